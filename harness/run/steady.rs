//! Whether what a failure compares two steps by is the same in every run.

use super::{Evidence, StepEvidence};
use crate::spec::{Step, StepName};

/// What two runs of a case differ in by themselves, of that by which the first failed in a comparison of two steps; none if
/// it is the same in both.
///
/// A command that prints the time or a random number differs from itself; that it differs from another step shows nothing.
pub(super) fn varying(steps: &[Step], first: &Evidence, second: &Evidence) -> Option<String> {
    let runs = [first, second];
    first.differences.iter().find_map(|difference| {
        let failed = steps.iter().find(|step| {
            difference
                .step
                .as_deref()
                .is_none_or(|name| name == step.name.as_str())
        })?;
        let others = compared_with(failed, &difference.subject);
        let mut sides = std::iter::once(&failed.name)
            .filter(|_| !others.is_empty())
            .chain(others.iter().copied());
        let varying = sides.find(|name| varies(name, &difference.subject, steps, runs))?;
        Some(format!(
            "the {} of the step {varying} differs from run to run",
            difference.subject
        ))
    })
}

/// The steps that this one is to be the same as, in what the difference is about.
fn compared_with<'s>(step: &'s Step, subject: &str) -> Vec<&'s StepName> {
    let Some(expected) = &step.expect else {
        return Vec::new();
    };
    let text = match subject {
        "exit" => {
            return expected
                .exit
                .iter()
                .flat_map(|test| test.same_as())
                .collect();
        }
        "stdout" => &expected.stdout,
        "stderr" => &expected.stderr,
        "output" => &expected.output,
        _ => return Vec::new(),
    };
    text.iter().flat_map(|matcher| matcher.same_as()).collect()
}

fn varies(name: &StepName, subject: &str, steps: &[Step], runs: [&Evidence; 2]) -> bool {
    let Some(at) = steps.iter().position(|step| step.name == *name) else {
        return false;
    };
    let [one, other] = runs.map(|run| run.steps.get(at).map(|step| seen(step, subject)));
    one != other
}

fn seen(step: &StepEvidence, subject: &str) -> String {
    match subject {
        "exit" => step.exit.to_string(),
        "stdout" => step.stdout.clone(),
        "stderr" => step.stderr.clone(),
        _ => format!("{}{}", step.stdout, step.stderr),
    }
}

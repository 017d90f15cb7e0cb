//! Whether what a failure compares two steps by is the same in every run.

use super::{Evidence, StepEvidence};
use crate::spec::{Step, StepName};
use crate::times::redact;

/// What two runs of a case differ in by themselves, of that by which the first failed in a comparison of two steps; none if
/// it is the same in both.
///
/// A command that prints the time or a random number differs from itself; that it differs from another step shows nothing.
/// But if with the times aside each step is the same in both runs, and the one differs from the other, then it is not the
/// time that they differ by.
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
        let (name, subject) = (&failed.name, difference.subject.as_str());
        if differs_but_for_times(name, &others, subject, steps, runs) {
            return None;
        }
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
    let [one, other] = runs.map(|run| of_step(name, subject, steps, run));
    one != other
}

/// True if, with the times aside, a step is the same in both runs, and so are the others, and it is like none of them.
fn differs_but_for_times(
    name: &StepName,
    others: &[&StepName],
    subject: &str,
    steps: &[Step],
    runs: [&Evidence; 2],
) -> bool {
    // What was not seen is like nothing.
    let steady = |name: &StepName| {
        let [one, other] = runs.map(|run| {
            let text = of_step(name, subject, steps, run)?;
            Some(redact(&text).into_owned())
        });
        if one == other { one } else { None }
    };
    let Some(own) = steady(name) else {
        return false;
    };
    let mut others = others.iter();
    others.all(|other| steady(other).is_some_and(|other| other != own))
}

/// What a run saw of a step.
fn of_step(name: &StepName, subject: &str, steps: &[Step], run: &Evidence) -> Option<String> {
    let at = steps.iter().position(|step| step.name == *name)?;
    run.steps.get(at).map(|step| seen(step, subject))
}

fn seen(step: &StepEvidence, subject: &str) -> String {
    match subject {
        "exit" => step.exit.to_string(),
        "stdout" => step.stdout.clone(),
        "stderr" => step.stderr.clone(),
        _ => format!("{}{}", step.stdout, step.stderr),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::Difference;
    use crate::sandbox::Exit;
    use crate::spec::{Script, Source, load};

    const SPEC: &str = "id: x\ntitle: x\nlevel: must\ncases:\n  - name: x\n    steps:\n      - {as: plain, run: dokku x}\n      - {as: flag, run: dokku x}\n    expect:\n      flag: {exit: {same_as: plain}, stdout: {any_of: [{empty: true}, {same_as: plain}]}, stderr: {empty: true}}\n";

    fn steps() -> Vec<Step> {
        let source = Source::new("x.yaml", SPEC);
        let rules = load(&[source]).unwrap();
        match &rules[0].cases[0].script {
            Script::Steps(steps) => steps.clone(),
            Script::Inspect(_) | Script::Suite => Vec::new(),
        }
    }

    /// What a run saw on standard output, and what the step `flag` failed in.
    fn run(plain: &str, flag: &str, subject: &str) -> Evidence {
        let step = |name: &str, stdout: &str| StepEvidence {
            name: Some(name.to_owned()),
            command: "dokku x".to_owned(),
            environment: Vec::new(),
            exit: Exit::Status(0),
            stdout: stdout.to_owned(),
            stderr: stdout.to_owned(),
            calls: Vec::new(),
            changes: Vec::new(),
            left: Vec::new(),
        };
        Evidence {
            differences: vec![Difference {
                step: Some("flag".to_owned()),
                subject: subject.to_owned(),
                expected: String::new(),
                actual: String::new(),
            }],
            steps: vec![step("plain", plain), step("flag", flag)],
            ..Evidence::default()
        }
    }

    #[test]
    fn what_differs_from_itself_shows_nothing() {
        let varying = |one: Evidence, other: Evidence| varying(&steps(), &one, &other);
        let of = |step| {
            Some(format!(
                "the stdout of the step {step} differs from run to run"
            ))
        };
        let same = run("1", "2", "stdout");
        assert_eq!(varying(same.clone(), same.clone()), None);
        assert_eq!(varying(same.clone(), run("3", "2", "stdout")), of("plain"));
        assert_eq!(varying(same, run("1", "3", "stdout")), of("flag"));
        // The time is another in each run, and what is beside it is not.
        let at = |second: u8, plain: &str, flag: &str| {
            let time = format!("10:11:{second:02}");
            run(
                &format!("{time} {plain}"),
                &format!("{time} {flag}"),
                "stdout",
            )
        };
        assert_eq!(varying(at(1, "a", "b"), at(2, "a", "b")), None);
        assert_eq!(varying(at(1, "a", "a"), at(2, "a", "a")), of("flag"));
        assert_eq!(varying(at(1, "a", "b"), at(2, "a", "c")), of("flag"));
        assert_eq!(varying(at(1, "a", "b"), at(2, "c", "b")), of("flag"));
        // What is not compared, or with no step, may be another every time.
        assert_eq!(varying(run("1", "2", "exit"), run("3", "4", "exit")), None);
        assert_eq!(
            varying(run("1", "2", "stderr"), run("3", "4", "stderr")),
            None
        );
    }
}

//! Cases: one executable check each.

use std::collections::BTreeMap;
use std::time::Duration;

use super::case_name::slug;
use super::{
    Cwd, Each, Expectation, Expression, Given, Inspection, Run, StepName, Template, Unfilled, User,
    Values,
};
use crate::dokku::{Span, Version};

/// One executable check of a requirement.
#[derive(Clone, Debug)]
pub struct Case {
    /// What it checks, in a few words; unique within its requirement.
    pub name: String,
    /// What it is repeated for.
    pub each: Option<Each>,
    /// The world before it.
    pub given: Given,
    /// Whether each step has a world of its own, in place of one world for all.
    pub fresh_worlds: bool,
    /// What it does.
    pub script: Script,
    /// When the rule turns out not to concern what was seen.
    pub not_applicable: Vec<NoVerdict>,
    /// When its outcome can't be known.
    pub undecided: Vec<NoVerdict>,
    /// Where in the plugin a failure is to be shown.
    pub place: Option<PlaceHint>,
}

/// What a case does.
#[derive(Clone, Debug)]
pub enum Script {
    /// Runs these steps, at least one, in one world; at least one expects something.
    Steps(Vec<Step>),
    /// Reads the plugin's text; each finding is a failure.
    Inspect(Inspection),
    /// Runs the plugin's own tests.
    Suite,
}

impl Case {
    /// Which of the reasons against a verdict count in a version.
    #[must_use]
    pub fn held_in(&self, version: Version) -> Vec<bool> {
        let reasons = self.not_applicable.iter().chain(&self.undecided);
        reasons
            .map(|reason| reason.holds.contains(version))
            .collect()
    }

    /// Its stable name, by which reports know it: its words joined by hyphens.
    #[must_use]
    pub fn word(&self) -> String {
        slug(&self.name)
    }

    /// True if it is repeated for something, so that its name in a report tells for what.
    #[must_use]
    pub fn is_repeated(&self) -> bool {
        self.each.is_some() || matches!(self.script, Script::Suite)
    }

    /// True if root runs a step of it.
    #[must_use]
    pub fn has_root(&self) -> bool {
        let Script::Steps(steps) = &self.script else {
            return false;
        };
        let who = |step: &Step| step.user.or(self.given.user);
        steps.iter().any(|step| who(step) == Some(User::Root))
    }

    /// True if something that decides the case is said of files.
    #[must_use]
    pub fn looks_at_files(&self) -> bool {
        let Script::Steps(steps) = &self.script else {
            return false;
        };
        let expected = steps.iter().filter_map(|step| step.expect.as_ref());
        let reasons = self
            .not_applicable
            .iter()
            .chain(&self.undecided)
            .map(|reason| &reason.when);
        expected
            .chain(reasons)
            .any(|expectation| !expectation.files.is_empty())
    }
}

impl Case {
    /// True if something that decides the case looks at what this step prints on standard error.
    #[must_use]
    pub fn looks_at_stderr(&self, name: &StepName) -> bool {
        let Script::Steps(steps) = &self.script else {
            return false;
        };
        let expected = steps
            .iter()
            .filter_map(|step| Some((Some(&step.name), step.expect.as_ref()?)));
        let reasons = self
            .not_applicable
            .iter()
            .chain(&self.undecided)
            .map(|reason| (reason.step.as_ref(), &reason.when));
        let looks = |(step, expectation): (Option<&StepName>, &Expectation)| {
            let mut streams = expectation.stderr.iter().chain(&expectation.output);
            streams.any(|matcher| {
                step.is_none_or(|step| step == name) || matcher.same_as().contains(&name)
            })
        };
        expected.chain(reasons).any(looks)
    }
}

/// One process started in the world.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its name, unique within the case.
    pub name: StepName,
    /// What is run.
    pub run: Run<Template>,
    /// What it reads on standard input.
    pub stdin: Stdin,
    /// Variables beside those that the world sets.
    pub environment: BTreeMap<String, Template>,
    /// How long it may run; none for the run's own deadline.
    pub deadline: Option<Duration>,
    /// Whether it has a terminal; none for what the case's world says.
    pub tty: Option<bool>,
    /// Where it starts; none for what the case's world says.
    pub cwd: Option<Cwd>,
    /// Who runs it; none for who runs the case.
    pub user: Option<User>,
    /// Its file mode creation mask; none for what the case's world says.
    pub umask: Option<u32>,
    /// What is expected of it; none for a step that only prepares.
    pub expect: Option<Expectation>,
}

impl Step {
    /// The only step of a case, that runs this as the case's world says, and of which nothing is expected.
    #[must_use]
    pub fn of(run: Run<Template>) -> Self {
        Self {
            name: StepName::only(),
            run,
            stdin: Stdin::Empty,
            environment: BTreeMap::new(),
            deadline: None,
            tty: None,
            cwd: None,
            user: None,
            umask: None,
            expect: None,
        }
    }
}

/// What a step reads on standard input.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Stdin {
    /// Nothing: end of file at once.
    #[default]
    Empty,
    /// A pipe that nobody writes to and nobody closes.
    Open,
    /// This text, then end of file.
    Text(Template),
}

impl Stdin {
    /// The text to write, with its placeholders filled; none unless it is a text.
    ///
    /// # Errors
    /// If a placeholder has no value.
    pub fn text(&self, values: &Values) -> Result<Option<String>, Unfilled> {
        match self {
            Self::Empty | Self::Open => Ok(None),
            Self::Text(text) => text.fill(values).map(Some),
        }
    }
}

/// A reason why a case has no verdict.
#[derive(Clone, Debug)]
pub struct NoVerdict {
    /// The step that it looks at; none for any.
    pub step: Option<StepName>,
    /// If this holds of the step, the case has no verdict, whatever else was seen.
    pub when: Expectation,
    /// Why not, in one sentence.
    pub because: String,
    /// The Dokku versions in which it counts.
    pub holds: Span,
}

/// Where in a plugin a failure is to be shown.
#[derive(Clone, Debug)]
pub struct PlaceHint {
    /// The file, relative to the plugin's root.
    pub file: Template,
    /// The first line that this matches, if any does.
    pub line: Option<Expression>,
}

#[cfg(test)]
mod tests {
    use super::super::{Source, load};

    #[test]
    fn a_stream_is_looked_at_by_what_names_it_or_compares_with_it() {
        let looks = |expect: &str, reasons: &str| {
            let text = format!(
                "id: x\ntitle: x\nlevel: must\ncases:\n  - name: x\n    steps:\n      - {{as: one, run: dokku x}}\n      - {{as: two, run: dokku x}}\n    expect: {{two: {expect}}}\n{reasons}"
            );
            let rules = load(&[Source::new("x.yaml", text)]).unwrap();
            let case = &rules[0].cases[0];
            ["one", "two"].map(|step| case.looks_at_stderr(&step.parse().unwrap()))
        };
        assert_eq!(looks("{stdout: {same_as: one}}", ""), [false, false]);
        assert_eq!(looks("{stderr: {empty: true}}", ""), [false, true]);
        assert_eq!(looks("{output: {same_as: one}}", ""), [true, true]);
        let undecided = "    undecided: [{when: {stderr: {contains: no}}, because: no}]\n";
        assert_eq!(looks("{exit: 0}", undecided), [true, true]);
    }
}

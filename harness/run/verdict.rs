//! What came of a case.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::dokku::Era;
use crate::plugin::{Finding, Place};
use crate::sandbox::Exit;
use crate::world::{Call, Change};

/// The five outcomes, as the record writes them. They never mix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The rule is kept, as far as this case shows.
    Pass,
    /// The rule is broken.
    Fail,
    /// The rule does not apply; the reason says why.
    Skip,
    /// The harness can't know; the reason says what it lacks.
    Inconclusive,
    /// The harness itself failed.
    Error,
}

impl Outcome {
    /// Every outcome, in the order of the summary.
    pub const ALL: [Self; 5] = [
        Self::Pass,
        Self::Fail,
        Self::Skip,
        Self::Inconclusive,
        Self::Error,
    ];
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Skip => "skip",
            Self::Inconclusive => "inconclusive",
            Self::Error => "error",
        })
    }
}

/// The outcome of a case with its reason and what was seen.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// The outcome.
    pub outcome: Outcome,
    /// One sentence; empty for a pass.
    pub reason: String,
    /// What was seen.
    pub evidence: Evidence,
    /// True if it came out otherwise when it was run again.
    pub flaky: bool,
    /// The largest part of its deadline that a step took which ended by itself, in percent.
    pub slowest: u8,
    /// The versions in which all that was asked of Dokku's past on the way to it has the same answers; none if that is not
    /// known.
    pub era: Option<Era>,
}

impl Verdict {
    /// A verdict without evidence: nothing was run.
    #[must_use]
    pub fn bare(outcome: Outcome, reason: impl Into<String>) -> Self {
        Self {
            outcome,
            reason: reason.into(),
            evidence: Evidence::default(),
            flaky: false,
            slowest: 0,
            era: None,
        }
    }
}

/// What a case saw. Paths of the world are written as `[ROOT]`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Evidence {
    /// The place in the plugin that the verdict is about, where it can be known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// What was expected and did not come.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<Difference>,
    /// What the inspection of the plugin's text found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
    /// What the plugin's `install` did, where it was run before the steps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub install: Option<Box<StepEvidence>>,
    /// What was run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<StepEvidence>,
    /// What a record lacks of all this, in a sentence; none if it has all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_out: Option<String>,
}

impl Evidence {
    /// Completes a place without a line by the line that the shell itself named for that file.
    pub(super) fn find_line(&mut self) {
        let Some(place) = self.place.as_mut().filter(|place| place.line.is_none()) else {
            return;
        };
        let mark = format!("{}: line ", place.file);
        let said = self.steps.iter().flat_map(|step| step.stderr.lines());
        place.line = said
            .filter_map(|line| line.split_once(&mark)?.1.split(':').next()?.parse().ok())
            .next();
    }

    /// All that was run, the `install` first.
    pub fn all_steps(&self) -> impl Iterator<Item = &StepEvidence> {
        self.install.as_deref().into_iter().chain(&self.steps)
    }

    /// The step that a difference is about.
    #[must_use]
    pub fn step_of(&self, difference: &Difference) -> Option<&StepEvidence> {
        let named = self.steps.iter().find(|step| step.name == difference.step);
        named.or(self.steps.first())
    }
}

/// One thing that was expected and what came instead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Difference {
    /// The step's name, in a case of several steps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// What it is about: `exit`, `stdout`, ...
    pub subject: String,
    /// What was expected, as text to be compared line by line.
    pub expected: String,
    /// What came, in the same form.
    pub actual: String,
}

/// One step that was run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct StepEvidence {
    /// Its name, in a case of several steps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its command line, as one would type it.
    pub command: String,
    /// The variables that the case gave it besides those of every world.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub environment: Vec<(String, String)>,
    /// How it ended.
    pub exit: Exit,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
    /// What it asked of stand-ins.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<Call>,
    /// What it changed in the world's files, where the case looks at that.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
    /// The command lines of processes that it left running.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<String>,
}

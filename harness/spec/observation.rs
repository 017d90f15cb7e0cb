//! What was seen of a case's steps.

use super::StepName;
use crate::sandbox::{Exit, Output};
use crate::world::{Call, Change};

/// What was seen of one step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observed {
    /// How it ended.
    pub exit: Exit,
    /// What it printed.
    pub stdout: Output,
    /// What it printed on standard error.
    pub stderr: Output,
    /// What it asked of stand-ins, in order.
    pub calls: Vec<Call>,
    /// What it did to files.
    pub changes: Vec<Change>,
    /// The command lines of the processes that it left running.
    pub left: Vec<String>,
}

impl Observed {
    /// Both streams as text, standard output first.
    #[must_use]
    pub fn output(&self) -> String {
        format!("{}{}", self.stdout.text(), self.stderr.text())
    }
}

/// What was seen of a case's steps, in the order in which they ran.
#[derive(Clone, Debug, Default)]
pub struct Observations(Vec<(StepName, Observed)>);

impl Observations {
    /// Nothing seen yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds what was seen of a step; the latest of a name counts.
    pub fn push(&mut self, step: StepName, observed: Observed) {
        self.0.retain(|(name, _)| *name != step);
        self.0.push((step, observed));
    }

    /// What was seen of a step.
    #[must_use]
    pub fn get(&self, step: &StepName) -> Option<&Observed> {
        self.iter()
            .find_map(|(name, observed)| (name == step).then_some(observed))
    }

    /// The steps in order.
    pub fn iter(&self) -> impl Iterator<Item = (&StepName, &Observed)> {
        self.0.iter().map(|(name, observed)| (name, observed))
    }
}

//! One case of one requirement for one plugin in one Dokku version.

use std::sync::Arc;

use super::{Outcome, Part};
use crate::dokku::Version;
use crate::plugin::{Place, Plugin};
use crate::spec::{Case, KnownFailure, Requirement, Values};

/// What is to become of a trial, decided before anything runs.
#[derive(Clone, Debug)]
pub enum Fate {
    /// It is to be run.
    Run,
    /// It is not run, for this reason: `skip` where it does not apply, `inconclusive` where that can't be known.
    Decided(Outcome, String),
    /// It is a `skip`, since the plugin has nothing that it is about: this is what it lacks.
    Absent(String),
    /// It is a part of a suite, and comes of playing the file that it lies in.
    OfSuite(Part),
    /// It is that of an expectation, and follows from what comes of these, which are in the plan too.
    Follows(Vec<Trial>),
}

/// One entry of a plan.
#[derive(Clone, Debug)]
pub struct Trial {
    /// The plugin.
    pub plugin: Arc<Plugin>,
    /// What the record calls the plugin: nothing else in it is called so.
    pub label: String,
    /// The requirement.
    pub requirement: Arc<Requirement>,
    /// Which of its cases, by index.
    pub index: usize,
    /// The Dokku version.
    pub version: Version,
    /// The values of placeholders.
    pub values: Values,
    /// What the case is repeated for, such as a command's name, if it is.
    pub target: Option<String>,
    /// The place in the plugin that the trial is about, where that is known beforehand.
    pub place: Option<Place>,
    /// What is to become of it.
    pub fate: Fate,
    /// The expectation that it fails, if there is one.
    pub expected: Option<Arc<KnownFailure>>,
}

impl Trial {
    /// The case.
    #[must_use]
    pub fn case(&self) -> Option<&Case> {
        self.requirement.cases.get(self.index)
    }

    /// The case's stable name: its words joined by hyphens, and in brackets what it is repeated for. What has no words of
    /// a spec, an expectation, is called by what it is about alone.
    #[must_use]
    pub fn case_name(&self) -> String {
        match (self.case().map(Case::word), &self.target) {
            (Some(name), Some(target)) => format!("{name}[{target}]"),
            (Some(name), None) => name,
            (None, target) => target.clone().unwrap_or_default(),
        }
    }

    /// True if both come of playing the same file of a suite.
    pub(super) fn plays_with(&self, other: &Self) -> bool {
        match (&self.fate, &other.fate) {
            (Fate::OfSuite(mine), Fate::OfSuite(others)) => {
                self.label == other.label
                    && self.version == other.version
                    && mine.file.name == others.file.name
            }
            _ => false,
        }
    }

    /// The trial's name among those of a plugin's tests: `requirement::plugin::case`.
    #[must_use]
    pub fn name(&self) -> String {
        format!(
            "{}::{}::{}",
            self.requirement.id,
            self.plugin.name(),
            self.case_name()
        )
    }
}

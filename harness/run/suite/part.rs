//! What a case of a suite is about.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Bats;
use crate::plugin::{Test, TestFile};

/// How the files of a suite are run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suite {
    /// What runs them.
    pub bats: Bats,
    /// Variables beside those that a world sets.
    pub environment: BTreeMap<String, String>,
    /// Whether the tests have a terminal.
    pub tty: bool,
}

/// A file of a suite, or one of its tests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// How it is run.
    pub suite: Arc<Suite>,
    /// The file.
    pub file: Arc<TestFile>,
    /// Which of its tests, by index; none for the file itself.
    pub test: Option<usize>,
}

impl Part {
    /// The test, if it is one.
    #[must_use]
    pub fn test(&self) -> Option<&Test> {
        self.file.tests.get(self.test?)
    }

    /// What a record calls it.
    #[must_use]
    pub fn name(&self) -> String {
        match self.test() {
            Some(test) => format!("{}: {}", self.file.name, test.title),
            None => self.file.name.clone(),
        }
    }
}

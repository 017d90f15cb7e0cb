//! One case of one requirement for one plugin in one Dokku version.

use std::sync::Arc;

use super::Outcome;
use crate::dokku::Version;
use crate::plugin::{Place, Plugin};
use crate::spec::{Case, Requirement, Values};

/// What is to become of a trial, decided before anything runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is to be run.
    Run,
    /// It is not run, for this reason: `skip` where it does not apply, `inconclusive` where that can't be known.
    Decided(Outcome, String),
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
}

impl Trial {
    /// The case.
    #[must_use]
    pub fn case(&self) -> Option<&Case> {
        self.requirement.cases.get(self.index)
    }

    /// The case's stable name: its words joined by hyphens, and in brackets what it is repeated for.
    #[must_use]
    pub fn case_name(&self) -> String {
        let name = self
            .case()
            .map_or_else(String::new, |case| slug(&case.name));
        match &self.target {
            Some(target) => format!("{name}[{target}]"),
            None => name,
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

/// A phrase as one word: letters and digits in lower case, all else a hyphen.
fn slug(phrase: &str) -> String {
    let words = phrase
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn a_case_name_becomes_one_word() {
        assert_eq!(
            slug("A neighbour still gets `its` turn!"),
            "a-neighbour-still-gets-its-turn"
        );
    }
}

//! The requirement that a plugin's own tests pass, and its cases.

use std::sync::{Arc, LazyLock};

use jiff::civil::Date;

use super::super::{Check, Checked, Fate, Outcome, Plan, Trial, expectations, of_runs};
use super::{Part, Suite};
use crate::dokku::{Version, core};
use crate::plugin::{Place, TestFile};
use crate::spec::{Case, Given, Requirement, Script, User, Values};

/// The id of the requirement that a plugin's own tests pass. No spec may have it.
pub const SUITE: &str = "suite";

/// The cases of that requirement, by index.
const OF_TEST: usize = 0;
const OF_FILE: usize = 1;

/// Why there is no suite to run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoSuite {
    /// The plugin has no bats file.
    #[error("{0} has no suite: no file `tests/*.bats` or `test/*.bats` is there")]
    NoFile(String),
    /// It has some, and none has a test.
    #[error("{0} has no suite: there is no test in {1}")]
    NoTest(String, String),
    /// A file that was asked for is not there.
    #[error("no bats file of {label} is `{wanted}`: there are {known}")]
    Unknown {
        /// What the plugin is called.
        label: String,
        /// What was asked for.
        wanted: String,
        /// What there is.
        known: String,
    },
}

/// The requirement that a plugin's own tests pass; none only if its id were none.
#[must_use]
pub fn suite() -> Option<&'static Arc<Requirement>> {
    static RULE: LazyLock<Option<Arc<Requirement>>> = LazyLock::new(|| {
        let rule = of_runs::rule(
            SUITE,
            "The plugin's own tests pass",
            "What an author holds to be true of a plugin is written in its tests. They need a whole Dokku host; a world \
                 is one that costs nothing and can't be ruined.",
            "Mend the plugin where the test is right, and the test where it is not; to accept a failure for a while, \
                 expect it in `conformance.yaml` with a reason.",
        )?;
        let cases = vec![case("test"), case("file")];
        Some(Arc::new(Requirement {
            cases,
            ..Requirement::clone(&rule)
        }))
    });
    RULE.as_ref()
}

/// A case of the requirement. Whoever tests a plugin is root on the host: with `sudo` or as such.
fn case(name: &str) -> Case {
    Case {
        name: name.to_owned(),
        each: None,
        given: Given {
            user: Some(User::Root),
            ..Given::default()
        },
        fresh_worlds: false,
        script: Script::Suite,
        not_applicable: Vec::new(),
        undecided: Vec::new(),
        place: None,
    }
}

impl Check {
    /// The same plugins, held to nothing but their own tests.
    #[must_use]
    pub fn of_suites(mut self) -> Self {
        for checked in &mut self.plugins {
            checked.requirements.clear();
        }
        self
    }

    /// The plan that runs the suite of each plugin, or only the files of these names, with what is expected to fail on
    /// this day.
    ///
    /// # Errors
    /// [`NoSuite`] for each plugin that has none: a run of nothing would look as if all were well.
    pub fn plan_of_suites(
        &self,
        suite: &Arc<Suite>,
        only: &[String],
        today: Date,
    ) -> Result<Plan, Vec<NoSuite>> {
        let (mut trials, mut missing) = (Vec::new(), Vec::new());
        for checked in &self.plugins {
            match selected(checked, only) {
                Ok(files) => {
                    let of_plugin = self.trials_of(checked, &files, suite);
                    trials.extend(expectations::weave(of_plugin, &checked.known, today));
                }
                Err(why) => missing.push(why),
            }
        }
        match missing.is_empty() {
            true => Ok(Plan { trials }),
            false => Err(missing),
        }
    }

    fn trials_of(
        &self,
        checked: &Checked,
        files: &[Arc<TestFile>],
        suite: &Arc<Suite>,
    ) -> Vec<Trial> {
        let versions = checked.versions.as_ref().unwrap_or(&self.versions);
        let mut trials = Vec::new();
        for version in versions {
            for file in files {
                let tests = (0..file.tests.len()).map(Some);
                let parts = std::iter::once(None).chain(tests).map(|test| Part {
                    suite: Arc::clone(suite),
                    file: Arc::clone(file),
                    test,
                });
                trials.extend(parts.filter_map(|part| trial(checked, *version, part)));
            }
        }
        trials
    }
}

/// The bats files that are to be run.
fn selected(checked: &Checked, only: &[String]) -> Result<Vec<Arc<TestFile>>, NoSuite> {
    let label = || checked.label.clone();
    let all = checked.plugin.suite();
    let names = || {
        let names: Vec<&str> = all.iter().map(|file| file.name.as_str()).collect();
        names.join(", ")
    };
    if all.is_empty() {
        return Err(NoSuite::NoFile(label()));
    }
    if let Some(wanted) = only
        .iter()
        .find(|wanted| !all.iter().any(|file| is_meant(file, wanted)))
    {
        return Err(NoSuite::Unknown {
            label: label(),
            wanted: wanted.clone(),
            known: names(),
        });
    }
    if all.iter().all(|file| file.tests.is_empty()) {
        return Err(NoSuite::NoTest(label(), names()));
    }
    let is_wanted =
        |file: &Arc<TestFile>| only.is_empty() || only.iter().any(|one| is_meant(file, one));
    Ok(all.iter().filter(|file| is_wanted(file)).cloned().collect())
}

/// True if a person means this file by its path, or the end of that.
fn is_meant(file: &TestFile, wanted: &str) -> bool {
    let wanted = wanted.trim_start_matches("./");
    let before = file.name.strip_suffix(wanted);
    before.is_some_and(|before| before.is_empty() || before.ends_with('/')) && !wanted.is_empty()
}

/// The trial of a part, in a version.
fn trial(checked: &Checked, version: Version, part: Part) -> Option<Trial> {
    let plugin = &checked.plugin;
    let is_taken = core::plugins(version).any(|name| name == plugin.name());
    let place = Place {
        file: part.file.name.clone(),
        line: part.test().map(|test| test.line),
    };
    let (target, index) = (part.name(), part.test.map_or(OF_FILE, |_| OF_TEST));
    let fate = match is_taken {
        true => Fate::Decided(
            Outcome::Skip,
            format!(
                "Dokku {version} has a core plugin `{}`, so this one can't be installed",
                plugin.name()
            ),
        ),
        false => Fate::OfSuite(part),
    };
    Some(Trial {
        plugin: Arc::clone(plugin),
        label: checked.label.clone(),
        requirement: Arc::clone(suite()?),
        index,
        version,
        values: Values::new(),
        target: Some(target),
        place: Some(place),
        fate,
        expected: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_requirement_of_suites_is_there() {
        let rule = suite().unwrap();
        assert_eq!(rule.id.as_str(), SUITE);
        assert_eq!(rule.cases[OF_FILE].name, "file");
    }

    #[test]
    fn a_file_is_meant_by_its_path_or_the_end_of_it() {
        let file = TestFile {
            name: "tests/unit/a.bats".into(),
            tests: Vec::new(),
        };
        for wanted in [
            "tests/unit/a.bats",
            "./tests/unit/a.bats",
            "unit/a.bats",
            "a.bats",
        ] {
            assert!(is_meant(&file, wanted), "{wanted}");
        }
        for wanted in ["", ".bats", "b.bats", "nit/a.bats"] {
            assert!(!is_meant(&file, wanted), "{wanted}");
        }
    }
}

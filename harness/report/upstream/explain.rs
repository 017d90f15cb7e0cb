//! Which change of Dokku explains which regression.
//!
//! A change explains a case that fails now and did not if both are so:
//!
//! - the plugin uses what changed at some place that is not guarded, so that its absence may be felt;
//! - what was seen of the failing case names it. A finding of an inspection names it if it is about that very name, or is
//!   at the place of the use and has the name in its sentence. What was run names it where the shell itself, or Dokku,
//!   says that it lacks it: `NAME: command not found` for a function, `No such file or directory` on a line with the path
//!   of a file, `NAME: unbound variable` for a variable, `NAME is not a dokku command` for a command.
//!
//! A mere mention of the name in what the plugin printed is no evidence: a trace has the names of all that worked, too. A
//! case that nothing explains is told as such.

use std::collections::{BTreeMap, BTreeSet};

use crate::dokku::surface::{Change, Changes, Facet, What};
use crate::report::{CaseRecord, Class, Record};
use crate::run::Outcome;
use crate::spec::Level;
use crate::upstream::{Hold, User};

/// What the checks of the plugins came to with the newer Dokku.
#[derive(Clone, Debug, Default)]
pub struct Regressions {
    /// The cases that regressed, in the order of the record.
    pub cases: Vec<Regression>,
    /// How many cases became what.
    pub classes: BTreeMap<Class, usize>,
    /// How many came out as an error with one Dokku or the other.
    pub errors: usize,
}

/// A case that failed with the newer Dokku and not with the older.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Regression {
    /// The plugin's label.
    pub plugin: String,
    /// The requirement's id.
    pub requirement: String,
    /// Its level.
    pub level: Level,
    /// The case's name.
    pub case: String,
    /// Why it fails.
    pub reason: String,
    /// True if the plugin, or the person, says beforehand that it fails.
    pub is_expected: bool,
    /// What explains it; nothing if nothing does.
    pub explanations: Vec<Explanation>,
}

/// A change that explains a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// What kind of thing changed.
    pub facet: Facet,
    /// Its name.
    pub name: String,
    /// What of the case names it, in a line.
    pub evidence: String,
}

impl Regressions {
    /// The cases by what explains them, in the order of the changes; a case is under each change that does.
    pub(super) fn explained(&self, changes: &Changes) -> Vec<Explained<'_>> {
        let of = |change: &Change| {
            let cases = self.cases.iter().filter_map(|case| {
                let mut explanations = case.explanations.iter();
                let is_it =
                    |one: &&Explanation| one.facet == change.facet && one.name == change.name;
                Some((case, explanations.find(is_it)?))
            });
            cases.collect::<Vec<_>>()
        };
        let explained = changes.changes.iter().enumerate();
        explained
            .map(|(change, one)| Explained {
                change,
                cases: of(one),
            })
            .filter(|one| !one.cases.is_empty())
            .collect()
    }

    /// The cases that nothing explains.
    pub fn unexplained(&self) -> impl Iterator<Item = &Regression> {
        self.cases
            .iter()
            .filter(|case| case.explanations.is_empty())
    }

    /// The plugins with a case that regressed, each once.
    #[must_use]
    pub fn plugins(&self) -> BTreeSet<&str> {
        self.cases.iter().map(|case| case.plugin.as_str()).collect()
    }
}

/// The cases that a change explains.
pub(super) struct Explained<'r> {
    /// The place of the change among all.
    pub(super) change: usize,
    /// The cases, each with why.
    pub(super) cases: Vec<(&'r Regression, &'r Explanation)>,
}

/// The cases of a compared record that regressed, each with the changes that explain it.
#[must_use]
pub fn explain(changes: &Changes, users: &[User], record: &Record) -> Regressions {
    let mut regressions = Regressions::default();
    for case in &record.cases {
        let Some(compared) = &case.compared else {
            continue;
        };
        *regressions.classes.entry(compared.class).or_default() += 1;
        let is_error = case.outcome == Outcome::Error || compared.was == Some(Outcome::Error);
        regressions.errors += usize::from(is_error);
        if compared.class == Class::Regressed {
            regressions.cases.push(Regression {
                plugin: case.plugin.clone(),
                requirement: case.requirement.clone(),
                level: case.level,
                case: case.case.clone(),
                reason: case.reason.clone(),
                is_expected: case.expected.is_some(),
                explanations: of_case(changes, users, case),
            });
        }
    }
    regressions
}

fn of_case(changes: &Changes, users: &[User], case: &CaseRecord) -> Vec<Explanation> {
    let breaking = changes.changes.iter().filter(|change| change.may_break());
    breaking
        .filter_map(|change| {
            let uses: Vec<&User> = users
                .iter()
                .filter(|user| {
                    user.plugin == case.plugin
                        && user.facet == change.facet
                        && user.name == change.name
                        && user.hold != Hold::Guarded
                })
                .collect();
            if uses.is_empty() {
                return None;
            }
            let evidence = found(change, &uses, case).or_else(|| lacked(change, case))?;
            Some(Explanation {
                facet: change.facet,
                name: change.name.clone(),
                evidence,
            })
        })
        .collect()
}

/// What an inspection found of the change.
fn found(change: &Change, uses: &[&User], case: &CaseRecord) -> Option<String> {
    let is_about = |name: &str| match change.facet {
        // The tables have them under another name.
        Facet::Path => name.replacen("$ROOT/", "$DOKKU_ROOT/", 1) == change.name,
        _ => name == change.name,
    };
    let findings = case.evidence.findings.iter();
    let mut named = findings.filter(|finding| {
        let is_at = |user: &&User| {
            user.place.file == finding.place.file
                && (user.place.line == finding.place.line || finding.place.line.is_none())
        };
        let is_there = uses.iter().any(is_at) || change.facet == Facet::Plugin;
        let by_name = finding.about.as_deref().is_some_and(is_about);
        is_there && (by_name || has_word(&finding.message, &change.name))
    });
    let finding = named.next()?;
    Some(format!("{}: {}", finding.place, finding.message))
}

/// The line by which something that was run says that it lacks what changed.
fn lacked(change: &Change, case: &CaseRecord) -> Option<String> {
    if !matches!(change.what, What::Removed | What::Moved { .. }) {
        return None;
    }
    let steps = case.evidence.all_steps();
    let mut lines = steps.flat_map(|step| step.stderr.lines().chain(step.stdout.lines()));
    let line = lines.find(|line| lacks(line, change))?;
    Some(line.trim().to_owned())
}

/// True if a line says that what changed is not there.
fn lacks(line: &str, change: &Change) -> bool {
    let name = change.name.as_str();
    let says = |text: &str| line.contains(text);
    match change.facet {
        Facet::Function => {
            has_word(line, name)
                && (says(&format!("{name}: command not found"))
                    || says(&format!("{name}: not found")))
        }
        Facet::File => {
            let is_it = |word: &str| word == name || word.ends_with(&format!("/{name}"));
            is_missing(line) && words(line).any(is_it)
        }
        Facet::Path => is_missing(line) && words(line).any(|word| is_path(word, name)),
        Facet::Variable => says(&format!("{name}: unbound variable")),
        Facet::Command => has_word(line, name) && says("is not a dokku command"),
        _ => false,
    }
}

fn is_missing(line: &str) -> bool {
    line.contains("No such file or directory")
}

/// The words of a line that may be paths.
fn words(line: &str) -> impl Iterator<Item = &str> {
    let words = line.split(|letter: char| letter.is_whitespace() || "'\"`‘’".contains(letter));
    words.map(|word| word.trim_end_matches([':', ',', ';']))
}

/// True for a path below DOKKU_ROOT or DOKKU_LIB_ROOT, wherever those are, of this form: `*` stands for a name.
fn is_path(word: &str, form: &str) -> bool {
    let Some((_, below)) = form.split_once('/') else {
        return false;
    };
    let wanted: Vec<&str> = below.split('/').collect();
    let has: Vec<&str> = word.split('/').collect();
    let Some(start) = has.len().checked_sub(wanted.len()) else {
        return false;
    };
    let root = has.get(..start).unwrap_or_default().join("/");
    let tail = has.get(start..).unwrap_or_default();
    let roots: &[&str] = match form.starts_with("$DOKKU_LIB_ROOT/") {
        true => &["/var/lib/dokku"],
        false => &["/home/dokku"],
    };
    roots.iter().any(|known| root.ends_with(known))
        && tail
            .iter()
            .zip(&wanted)
            .all(|(word, wanted)| wanted == &"*" || word == wanted)
}

/// True if the text has the name, and not as a part of a longer one.
fn has_word(text: &str, name: &str) -> bool {
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || "_-".contains(letter);
    text.match_indices(name).any(|(at, _)| {
        let before = text.get(..at).and_then(|text| text.chars().next_back());
        let after = text
            .get(at + name.len()..)
            .and_then(|text| text.chars().next());
        !before.is_some_and(is_letter) && !after.is_some_and(is_letter)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(facet: Facet, name: &str) -> Change {
        Change {
            facet,
            name: name.to_owned(),
            what: What::Removed,
            places: Default::default(),
            instead: None,
            since: None,
            audience: None,
        }
    }

    #[test]
    fn only_what_says_that_it_lacks_the_thing_is_evidence() {
        let says = |facet, name, line| lacks(line, &change(facet, name));
        let function = |line| says(Facet::Function, "ps_restart", line);
        assert!(function(
            "./commands: line 9: ps_restart: command not found"
        ));
        assert!(!function("+ ps_restart app"));
        assert!(!function(
            "./commands: line 9: my-ps_restart: command not found"
        ));
        let file = |line| says(Facet::File, "ps/functions", line);
        assert!(file(
            "x: line 3: /var/lib/dokku/core-plugins/available/ps/functions: No such file or directory"
        ));
        assert!(!file(
            "x: line 3: /a/caps/functions: No such file or directory"
        ));
        assert!(!file(
            "source /var/lib/dokku/core-plugins/available/ps/functions"
        ));
        let path = |line| says(Facet::Path, "$DOKKU_ROOT/*/ENV", line);
        assert!(path(
            "cat: /home/dokku/conform-app/ENV: No such file or directory"
        ));
        assert!(path(
            "cat: '[ROOT]/home/dokku/conform-app/ENV': No such file or directory"
        ));
        assert!(!path("cat: /home/dokku/ENV: No such file or directory"));
        assert!(!path("cat: /etc/app/ENV: No such file or directory"));
        assert!(says(
            Facet::Variable,
            "X_Y",
            "a: line 1: X_Y: unbound variable"
        ));
        assert!(says(
            Facet::Command,
            "ps:stopall",
            " !     `ps:stopall` is not a dokku command."
        ));
        assert!(!says(
            Facet::Command,
            "ps:stop",
            " !     `ps:stop-all` is not a dokku command."
        ));
        assert!(!says(
            Facet::Trigger,
            "post-deploy",
            "post-deploy: command not found"
        ));
    }
}

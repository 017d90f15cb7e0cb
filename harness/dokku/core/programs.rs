//! Which programs the core plugins had, in which versions: `data/programs.tsv`.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::{modelled, table};
use crate::dokku::era::{self, Era};
use crate::dokku::{Span, Version};

const TABLE: &str = include_str!("../data/programs.tsv");

/// The beginnings of the names of triggers by which core plugins keep their own house in order. Where nothing that a
/// plugin could see of it is modelled, nothing answers.
const HOUSEKEEPING: &[&str] = &[
    "backup-",
    "check-deploy",
    "core-post-",
    "cron-write",
    "dependencies",
    "docker-args-",
    "install",
    "post-",
    "pre-",
    "report",
    "update",
];

/// Core plugins that keep nothing of apps themselves, unless a trigger of theirs is named as modelled, by the beginnings of their names.
const KEEPS_NOTHING: &[&str] = &[
    "20_events",
    "builder-",
    "certs",
    "git",
    "scheduler-docker-local",
];

/// A program of a core plugin.
struct Program {
    /// Below the core plugins' directory.
    path: &'static str,
    plugin: &'static str,
    /// Below the plugin's directory.
    name: &'static str,
    span: Span,
}

impl Program {
    fn of(row: &'static str) -> Option<Self> {
        let [path, first, last] = table::cells(row)?;
        let (plugin, name) = path.split_once('/')?;
        Some(Self {
            path,
            plugin,
            name,
            span: table::span(first, last)?,
        })
    }

    fn subcommand(&self) -> Option<&'static str> {
        self.name.strip_prefix("subcommands/")
    }

    /// True if something answers by this name in that version.
    fn answers(&self, version: Version) -> bool {
        self.span.contains(version) && (!self.is_housekeeping() || self.is_keeping(version))
    }

    /// The versions in which it comes to answer, or not to answer any more.
    fn turns(&self) -> Vec<Version> {
        let mut known = self.span.turns();
        known.extend(modelled::turns(self.plugin, self.name));
        known.sort_unstable();
        let mut answers = self.answers(Version::OLDEST);
        known.retain(|at| {
            let before = std::mem::replace(&mut answers, self.answers(*at));
            before != answers
        });
        known
    }

    fn is_housekeeping(&self) -> bool {
        begins_with_any(self.name, HOUSEKEEPING)
    }

    /// True if what a core plugin keeps in order by this trigger is modelled.
    fn is_keeping(&self, version: Version) -> bool {
        match begins_with_any(self.plugin, KEEPS_NOTHING) {
            true => modelled::is_named(self.plugin, self.name, version),
            false => modelled::is_modelled(self.plugin, self.name, version),
        }
    }
}

fn begins_with_any(name: &str, beginnings: &[&str]) -> bool {
    beginnings
        .iter()
        .any(|beginning| name.starts_with(beginning))
}

/// The programs of a version, below the core plugins' directory: helpers, commands, and the triggers that give an
/// answer or do what they are asked for.
pub(super) fn programs(version: Version) -> impl Iterator<Item = &'static str> {
    all()
        .iter()
        .filter(move |program| program.answers(version))
        .map(|program| program.path)
}

/// True if a version had such a program, whether it is modelled or not.
pub(super) fn is_in(path: &str, version: Version) -> bool {
    path.split_once('/').is_some_and(|(plugin, name)| {
        of(plugin).any(|program| program.name == name && program.span.contains(version))
    })
}

/// Notes that the programs of a name were looked for, in one core plugin or in all: in which versions there are the same.
pub(in crate::dokku) fn note_looked(plugin: Option<&str>, name: &str, version: Version) {
    let meant = all().iter().filter(|program| {
        program.name == name && plugin.is_none_or(|plugin| program.plugin == plugin)
    });
    let turns = meant.flat_map(Program::turns);
    era::note(Era::around(version, turns));
}

/// The subcommands of a core plugin in a version, `default` for the command without one.
pub(super) fn subcommands(plugin: &str, version: Version) -> impl Iterator<Item = &'static str> {
    of(plugin)
        .filter(move |program| program.answers(version))
        .filter_map(Program::subcommand)
}

fn all() -> &'static [Program] {
    static ALL: OnceLock<Vec<Program>> = OnceLock::new();
    ALL.get_or_init(|| table::rows(TABLE).filter_map(Program::of).collect())
}

/// Every program that a core plugin had in some version, below the core plugins' directory, with the versions that had
/// it, whether it is modelled or not.
pub fn program_spans() -> impl Iterator<Item = (&'static str, Span)> {
    all().iter().map(|program| (program.path, program.span))
}

/// The programs that a core plugin had in any version.
fn of(plugin: &str) -> impl Iterator<Item = &'static Program> {
    static OF: OnceLock<HashMap<&str, Vec<&Program>>> = OnceLock::new();
    let of = OF.get_or_init(|| {
        let mut of: HashMap<_, Vec<_>> = HashMap::new();
        for program in all() {
            of.entry(program.plugin).or_default().push(program);
        }
        of
    });
    of.get(plugin).into_iter().flatten().copied()
}

/// True if a core plugin of that version has a `commands`, which answers its bare name and `<name>:help`.
#[must_use]
pub fn has_help(plugin: &str, version: Version) -> bool {
    is_in(&format!("{plugin}/commands"), version)
}

/// True if a core plugin of that version has this subcommand, `default` for its bare name.
#[must_use]
pub fn has_subcommand(plugin: &str, subcommand: &str, version: Version) -> bool {
    of(plugin).any(|program| program.subcommand() == Some(subcommand) && program.answers(version))
}

/// The spans of versions in which a core plugin has this subcommand, `default` for its bare name.
pub fn spans_of_subcommand(plugin: &str, subcommand: &str) -> impl Iterator<Item = Span> {
    of(plugin)
        .filter(move |program| program.subcommand() == Some(subcommand))
        .map(|program| program.span)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_table_is_read() {
        assert_eq!(all().len(), table::rows(TABLE).count());
    }

    #[test]
    fn helpers_appear_with_the_version_that_brought_them() {
        let has = |path, version| programs(version).any(|program| program == path);
        assert!(!has("common/prop", Version::new(0, 19, 9)));
        assert!(has("common/prop", Version::new(0, 19, 10)));
        assert!(has("config/subcommands/get", Version::NEWEST));
        assert!(!has("apps/post-delete", Version::new(0, 37, 10)));
        assert!(has("apps/post-delete", Version::NEWEST));
        assert!(!has("20_events/post-delete", Version::NEWEST));
        // With it no other plugin is alone in having the trigger.
        assert!(has("20_events/user-auth", Version::new(0, 18, 0)));
    }

    #[test]
    fn a_program_turns_where_it_begins_or_ceases_to_answer() {
        let of = |path: &str| {
            let program = all().iter().find(|program| program.path == path);
            let turns = program.unwrap().turns().into_iter();
            turns.map(|at| at.to_string()).collect::<Vec<_>>()
        };
        // It is housekeeping of which nothing was modelled before.
        assert_eq!(of("git/subcommands/from-image"), ["0.24.0"]);
        assert_eq!(of("common/core-post-deploy"), ["0.38.0"]);
    }
}

//! Which programs the core plugins had, in which versions: `data/programs.tsv`.

use std::sync::OnceLock;

use super::{modelled, table};
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

/// Core plugins that keep nothing of apps themselves, by the beginnings of their names.
const KEEPS_NOTHING: &[&str] = &[
    "20_events",
    "builder-",
    "certs",
    "git",
    "scheduler-docker-local",
];

/// The programs of a version, below the core plugins' directory: helpers, commands, and the triggers that give an
/// answer or do what they are asked for.
pub(super) fn programs(version: Version) -> impl Iterator<Item = &'static str> {
    all()
        .iter()
        .filter(move |(path, span)| {
            span.contains(version) && (!is_housekeeping(path) || is_keeping(path, version))
        })
        .map(|(path, _)| *path)
}

/// True if a version had such a program, whether it is modelled or not.
pub(super) fn is_in(path: &str, version: Version) -> bool {
    all()
        .iter()
        .any(|(known, span)| *known == path && span.contains(version))
}

/// The subcommands of a core plugin in a version, `default` for the command without one.
pub(super) fn subcommands(plugin: &str, version: Version) -> impl Iterator<Item = &'static str> {
    programs(version).filter_map(move |path| {
        let (owner, rest) = path.split_once('/')?;
        (owner == plugin)
            .then_some(rest)?
            .strip_prefix("subcommands/")
    })
}

fn all() -> &'static [(&'static str, Span)] {
    static ALL: OnceLock<Vec<(&str, Span)>> = OnceLock::new();
    ALL.get_or_init(|| {
        table::rows(TABLE)
            .filter_map(|row| {
                let [path, first, last] = table::cells(row)?;
                Some((path, table::span(first, last)?))
            })
            .collect()
    })
}

fn is_housekeeping(path: &str) -> bool {
    path.split_once('/').is_some_and(|(_, name)| {
        HOUSEKEEPING
            .iter()
            .any(|beginning| name.starts_with(beginning))
    })
}

/// True if a core plugin of that version has a `commands`, which answers its bare name and `<name>:help`.
#[must_use]
pub fn has_help(plugin: &str, version: Version) -> bool {
    is_in(&format!("{plugin}/commands"), version)
}

/// True if a core plugin of that version has this subcommand, `default` for its bare name.
#[must_use]
pub fn has_subcommand(plugin: &str, subcommand: &str, version: Version) -> bool {
    subcommands(plugin, version).any(|known| known == subcommand)
}

/// The spans of versions in which a core plugin has this subcommand, `default` for its bare name.
pub fn spans_of_subcommand(plugin: &str, subcommand: &str) -> impl Iterator<Item = Span> {
    let path = format!("{plugin}/subcommands/{subcommand}");
    let rows = all().iter().filter(move |(known, _)| *known == path);
    rows.map(|(_, span)| *span)
}

/// True if what a core plugin keeps in order by this trigger is modelled.
fn is_keeping(path: &str, version: Version) -> bool {
    path.split_once('/').is_some_and(|(plugin, name)| {
        modelled::is_modelled(plugin, name, version)
            && !KEEPS_NOTHING
                .iter()
                .any(|beginning| plugin.starts_with(beginning))
    })
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
}

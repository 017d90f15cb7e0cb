//! From which version on the commands and triggers of the core plugins are modelled: `data/modelled.tsv`.
//!
//! A version here is where this project's knowledge begins. It is no change of Dokku: what changed there is told by a
//! [`Timeline`](crate::dokku::Timeline). What a program does beyond what is modelled of it, it says itself.

use std::sync::OnceLock;

use super::table;
use crate::dokku::era::{self, Era};
use crate::dokku::{Span, Version};

/// A row for each program: its path, with `*` for every core plugin; and the first version in which it is modelled, or
/// none if it is in all that have it. What has no row is modelled in none.
const TABLE: &str = include_str!("../data/modelled.tsv");

/// One row: a core plugin, the path of one of its programs within it, and the versions in which that is modelled.
type Row = (&'static str, &'static str, Span);

/// True if a core plugin's trigger, or its subcommand as `subcommands/NAME`, is modelled in a version.
pub(super) fn is_modelled(plugin: &str, program: &str, version: Version) -> bool {
    all().iter().any(|(of, known, span)| {
        ["*", plugin].contains(of) && *known == program && span.contains(version)
    })
}

/// The same, as a program of the world asks it of another: in which versions the answer is the same is noted.
pub(super) fn asked(plugin: &str, program: &str, version: Version) -> bool {
    era::note(Era::around(version, turns(plugin, program)));
    is_modelled(plugin, program, version)
}

/// The versions from which on a program is modelled, by its own name or by that of all core plugins' programs.
pub(super) fn turns(plugin: &str, program: &str) -> impl Iterator<Item = Version> {
    let rows = all()
        .iter()
        .filter(move |(of, known, _)| ["*", plugin].contains(of) && *known == program);
    rows.flat_map(|(_, _, span)| span.turns())
}

/// True if that is so of a program by its own name, and not by that of all core plugins' programs.
pub(super) fn is_named(plugin: &str, program: &str, version: Version) -> bool {
    all()
        .iter()
        .any(|(of, known, span)| *of == plugin && *known == program && span.contains(version))
}

fn all() -> &'static [Row] {
    static ALL: OnceLock<Vec<Row>> = OnceLock::new();
    ALL.get_or_init(|| table::rows(TABLE).filter_map(row).collect())
}

fn row(row: &'static str) -> Option<Row> {
    let [path, since] = table::cells(row)?;
    let (plugin, program) = path.split_once('/')?;
    Some((plugin, program, table::span(since, "")?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dokku::core::{plugins, programs};

    /// True if a version had a program of this row.
    fn is_in((plugin, program, _): &Row, version: Version) -> bool {
        let mut plugins = plugins(version).filter(|one| ["*", *one].contains(plugin));
        plugins.any(|plugin| programs::is_in(&format!("{plugin}/{program}"), version))
    }

    #[test]
    fn every_row_of_the_table_is_read() {
        assert_eq!(all().len(), table::rows(TABLE).count());
    }

    #[test]
    fn every_row_is_of_programs_that_were_there() {
        for row in all() {
            let mut versions = crate::dokku::releases().iter();
            let known = versions.any(|version| row.2.contains(*version) && is_in(row, *version));
            assert!(known, "{row:?}");
        }
    }

    /// Where a program is modelled from its first version on, a later one would say nothing.
    #[test]
    fn every_limit_leaves_something_out() {
        for row in all() {
            if let Some(since) = row.2.since {
                let mut before = crate::dokku::releases().iter().filter(|one| **one < since);
                let is_limit = before.any(|version| is_in(row, *version));
                assert!(is_in(row, since) && is_limit, "{row:?}");
            }
        }
    }

    #[test]
    fn a_program_is_modelled_from_its_row_on() {
        let newest = Version::NEWEST;
        assert!(is_modelled("proxy", "proxy-type", newest));
        assert!(!is_modelled("proxy", "proxy-type", Version::new(0, 37, 10)));
        assert!(is_modelled("logs", "post-delete", newest));
        assert!(!is_modelled("logs", "no-such-trigger", newest));
    }
}

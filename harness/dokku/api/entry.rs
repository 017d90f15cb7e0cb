//! Tables of what is known by its name alone: commands, paths, settings, variables.

use std::sync::OnceLock;

use super::Life;
use crate::dokku::core::table;

/// Something that Dokku had in some versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub name: &'static str,
    /// The versions that have it.
    pub life: Life,
    /// What takes its place where it is not, in a few words; empty if nothing does.
    pub instead: &'static str,
}

/// `dokku` commands that went away.
const COMMANDS: &str = include_str!("../data/api/commands.tsv");
/// Files whose place or name changed.
const PATHS: &str = include_str!("../data/api/paths.tsv");
/// Keys of an app's config that Dokku kept its own settings under.
const SETTINGS: &str = include_str!("../data/api/settings.tsv");

macro_rules! tables {
    ($($(#[$about:meta])* $name:ident = $table:ident;)+) => {$(
        $(#[$about])*
        #[must_use]
        pub fn $name() -> &'static [Entry] {
            static ENTRIES: OnceLock<Vec<Entry>> = OnceLock::new();
            ENTRIES.get_or_init(|| table::rows($table).filter_map(parse).collect())
        }
    )+};
}

tables! {
    /// The commands of `dokku` that not every version has.
    commands = COMMANDS;
    /// The files that not every version has. `$ROOT` stands for DOKKU_ROOT and `*` for a name.
    paths = PATHS;
    /// The keys of the config that not every version keeps its own settings under.
    settings = SETTINGS;
}

fn parse(row: &'static str) -> Option<Entry> {
    let [name, first, last, instead] = table::cells(row)?;
    Some(Entry {
        name,
        life: Life::from(table::span(first, last)?),
        instead,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read() {
        assert_eq!(commands().len(), table::rows(COMMANDS).count());
        assert_eq!(paths().len(), table::rows(PATHS).count());
        assert_eq!(settings().len(), table::rows(SETTINGS).count());
    }
}

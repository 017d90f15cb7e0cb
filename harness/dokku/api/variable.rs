//! The variables that Dokku sets for plugins, through time.

use std::sync::OnceLock;

use super::Life;
use crate::dokku::core::table;

/// Variables that not every version from 0.4.0 on sets.
const TABLE: &str = include_str!("../data/api/variables.tsv");

/// A variable that Dokku sets in some versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// The versions that set it.
    pub life: Life,
    /// The core function that sets it; none if it is in every plugin's environment.
    pub set_by: Option<&'static str>,
    /// What its absence does.
    pub without: Without,
}

/// What the absence of a variable does to a script that reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Without {
    /// Commands and paths that are made with it are wrong.
    Breaks,
    /// It is empty, which its readers are used to.
    Empty,
}

/// The variable of this name, if some versions set it and others do not.
#[must_use]
pub fn variable(name: &str) -> Option<&'static Variable> {
    known().iter().find(|variable| variable.name == name)
}

fn known() -> &'static [Variable] {
    static KNOWN: OnceLock<Vec<Variable>> = OnceLock::new();
    KNOWN.get_or_init(|| {
        table::rows(TABLE)
            .filter_map(|row| {
                let [name, first, last, set_by, without] = table::cells(row)?;
                Some(Variable {
                    name,
                    life: Life::from(table::span(first, last)?),
                    set_by: Some(set_by).filter(|name| !name.is_empty()),
                    without: match without {
                        "breaks" => Without::Breaks,
                        "empty" => Without::Empty,
                        _ => return None,
                    },
                })
            })
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read() {
        assert_eq!(known().len(), table::rows(TABLE).count());
        assert!(variable("DOCKER_BIN").is_some_and(|one| one.without == Without::Breaks));
        assert!(variable("HOME").is_none());
    }
}

//! The triggers that Dokku calls, through time, with what took the place of those that are gone.

use super::Life;
use crate::dokku::core::table;
use crate::dokku::triggers;

const SUCCESSORS: &str = include_str!("../data/api/trigger_successors.tsv");

/// The versions that call a trigger of this name; none if no version ever did.
#[must_use]
pub fn life(name: &str) -> Option<Life> {
    let whole = Life::from(triggers::span(name)?);
    Some(match triggers::absence(name) {
        Some(gap) => whole.and(&Life::from(gap).not()),
        None => whole,
    })
}

/// The triggers that took the place of this one, the nearest first.
pub fn successors(name: &str) -> impl Iterator<Item = &'static str> {
    table::rows(SUCCESSORS)
        .filter_map(|row| row.split_once('\t'))
        .filter(move |(gone, _)| *gone == name)
        .flat_map(|(_, successors)| successors.split(' '))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dokku::Version;

    #[test]
    fn what_went_and_came_back_lives_twice() {
        let life = life("pre-build").unwrap();
        assert_eq!(life.spans().len(), 2);
        for version in Version::released() {
            assert_eq!(
                life.contains(*version),
                triggers::exists("pre-build", *version),
                "{version}"
            );
        }
    }

    #[test]
    fn successors_are_triggers() {
        for (gone, later) in table::rows(SUCCESSORS).filter_map(|row| row.split_once('\t')) {
            assert!(life(gone).is_some(), "{gone}");
            assert!(later.split(' ').all(|name| life(name).is_some()), "{later}");
        }
    }
}

//! What changed at certain versions and held until it changed again.

use super::Version;
use super::era::{self, Era};

/// A first value, and the values that replaced it, each from a version on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeline<T: 'static> {
    first: T,
    changes: &'static [(Version, T)],
}

impl<T> Timeline<T> {
    /// A timeline of the first value and its changes, oldest first.
    #[must_use]
    pub const fn new(first: T, changes: &'static [(Version, T)]) -> Self {
        Self { first, changes }
    }

    /// The value that held in a version.
    #[must_use]
    pub fn at(&self, version: Version) -> &T {
        self.changes
            .iter()
            .rev()
            .find(|(since, _)| *since <= version)
            .map_or(&self.first, |(_, value)| value)
    }

    /// The same, as a program of the world asks it: in which versions it is told the same is noted. To be asked by nothing
    /// else, and only where the answer makes a difference.
    pub(super) fn asked(&self, version: Version) -> &T {
        era::note(self.era(version));
        self.at(version)
    }

    /// What comes of a question to the value that held in a version, as a program of the world asks it: in which versions
    /// around this one the same comes of it is noted. To be asked by nothing else.
    pub(super) fn ask<R: PartialEq>(&self, version: Version, question: impl Fn(&T) -> R) -> R {
        let (answer, era) = self.era_of(version, question);
        era::note(era);
        answer
    }

    fn era_of<R: PartialEq>(&self, version: Version, question: impl Fn(&T) -> R) -> (R, Era) {
        let answer = question(self.at(version));
        let first = std::iter::once((Version::OLDEST, &self.first));
        let changes = self.changes.iter().map(|(since, value)| (*since, value));
        let (past, future): (Vec<_>, Vec<_>) = first
            .chain(changes)
            .partition(|(since, _)| *since <= version);
        let is_same = |(_, value): &&(Version, &T)| question(value) == answer;
        let since = past.iter().rev().take_while(is_same).last();
        let before = future.iter().find(|one| !is_same(one));
        let era = Era {
            since: since.map_or(version, |(since, _)| *since),
            before: before.map(|(since, _)| *since),
        };
        (answer, era)
    }

    /// The versions around this one in which the value is the same.
    fn era(&self, version: Version) -> Era {
        Era::around(version, self.turns())
    }

    /// The versions in which it changed, oldest first.
    #[must_use]
    pub fn turns(&self) -> Vec<Version> {
        self.changes.iter().map(|(since, _)| *since).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_holds_until_the_next_one() {
        const WORDS: Timeline<&str> = Timeline::new(
            "old",
            &[
                (Version::new(0, 5, 0), "newer"),
                (Version::new(0, 8, 1), "newest"),
            ],
        );
        assert_eq!(*WORDS.at(Version::new(0, 4, 14)), "old");
        assert_eq!(*WORDS.at(Version::new(0, 5, 0)), "newer");
        assert_eq!(*WORDS.at(Version::new(0, 8, 0)), "newer");
        assert_eq!(*WORDS.at(Version::NEWEST), "newest");
        let era = WORDS.era(Version::new(0, 6, 0));
        assert_eq!(era.since, Version::new(0, 5, 0));
        assert_eq!(era.before, Some(Version::new(0, 8, 1)));
        assert_eq!(WORDS.era(Version::NEWEST).before, None);
    }

    #[test]
    fn what_comes_of_a_question_is_the_same_across_what_does_not_matter_to_it() {
        const NAMES: Timeline<&[&str]> = Timeline::new(
            &["a"],
            &[
                (Version::new(0, 5, 0), &["a", "b"]),
                (Version::new(0, 8, 1), &["b"]),
            ],
        );
        let era = |version, name| {
            NAMES
                .era_of(version, |names: &&[&str]| names.contains(&name))
                .1
        };
        let all = era(Version::new(0, 6, 0), "c");
        assert_eq!(all, Era::default());
        let a = era(Version::new(0, 6, 0), "a");
        assert_eq!(
            (a.since, a.before),
            (Version::OLDEST, Some(Version::new(0, 8, 1)))
        );
        let b = era(Version::NEWEST, "b");
        assert_eq!((b.since, b.before), (Version::new(0, 5, 0), None));
    }
}

//! What changed at certain versions and held until it changed again.

use super::Version;

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
    }
}

//! What changed from one Dokku version to another.

use super::Version;

/// A value that changed in certain versions of Dokku, and stayed the same between them.
#[derive(Clone, Copy, Debug)]
pub struct Timeline<T: 'static>(&'static [(Version, T)]);

impl<T> Timeline<T> {
    /// The value since each version, oldest first.
    #[must_use]
    pub const fn new(changes: &'static [(Version, T)]) -> Self {
        Self(changes)
    }

    /// The value in a version; none before the first.
    #[must_use]
    pub fn at(&self, version: Version) -> Option<&'static T> {
        let known = self.0.partition_point(|(since, _)| *since <= version);
        self.0.get(known.checked_sub(1)?).map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_holds_from_its_version_to_the_next_change() {
        const MOODS: Timeline<&str> = Timeline::new(&[
            (Version::new(0, 5, 0), "early"),
            (Version::new(0, 10, 0), "late"),
        ]);
        assert_eq!(MOODS.at(Version::new(0, 4, 14)), None);
        assert_eq!(MOODS.at(Version::new(0, 5, 0)), Some(&"early"));
        assert_eq!(MOODS.at(Version::new(0, 9, 4)), Some(&"early"));
        assert_eq!(MOODS.at(Version::new(0, 38, 27)), Some(&"late"));
    }
}

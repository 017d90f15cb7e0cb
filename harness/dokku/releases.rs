//! Which versions of Dokku were released.

use std::sync::OnceLock;

use super::Version;

/// One version a line, oldest first, below a heading. Source: the tags of the project.
const TABLE: &str = include_str!("data/releases.tsv");

impl Version {
    /// Every released version from 0.2.0 on, oldest first; those before [`Version::OLDEST`] can't be imitated.
    #[must_use]
    pub fn released() -> &'static [Self] {
        static RELEASED: OnceLock<Vec<Version>> = OnceLock::new();
        RELEASED.get_or_init(|| {
            TABLE
                .lines()
                .skip(1)
                .filter_map(|line| line.parse().ok())
                .collect()
        })
    }

    /// The first version that was released after this one; none after the newest.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        let released = Self::released();
        released
            .get(released.partition_point(|one| *one <= self))
            .copied()
    }

    /// The last version that was released before this one; none before the oldest.
    #[must_use]
    pub fn previous(self) -> Option<Self> {
        let released = Self::released();
        released
            .partition_point(|one| *one < self)
            .checked_sub(1)
            .and_then(|index| released.get(index))
            .copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_releases_are_all_read_and_in_order() {
        let released = Version::released();
        assert_eq!(released.len(), TABLE.lines().count() - 1);
        assert!(released.is_sorted_by(|one, next| one < next));
        assert!(released.contains(&Version::OLDEST));
        assert_eq!(released.last(), Some(&Version::NEWEST));
    }

    #[test]
    fn the_next_version_is_the_next_release() {
        assert_eq!(Version::new(0, 21, 4).next(), Some(Version::new(0, 22, 0)));
        assert_eq!(Version::new(0, 3, 26).next(), Some(Version::OLDEST));
        assert_eq!(Version::NEWEST.next(), None);
        assert_eq!(Version::OLDEST.previous(), Some(Version::new(0, 3, 26)));
        assert_eq!(Version::new(0, 2, 0).previous(), None);
    }
}

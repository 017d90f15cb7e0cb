//! The released versions: `data/releases.tsv`, a row for each minor with its newest patch. None was left out: the patches
//! of every minor count from 0. Source: the tags of the project.

use std::sync::OnceLock;

use super::Version;

const TABLE: &str = include_str!("data/releases.tsv");

/// Every version that can be imitated, oldest first: those since 0.4.0, the first with plugn.
#[must_use]
pub fn releases() -> &'static [Version] {
    let all = Version::released();
    let known = all.partition_point(|one| *one < Version::OLDEST);
    all.get(known..).unwrap_or_default()
}

/// The newest version of each minor that can be imitated, oldest first.
pub fn minors() -> impl DoubleEndedIterator<Item = Version> {
    rows().filter(|newest| *newest >= Version::OLDEST)
}

impl Version {
    /// Every released version from 0.2.0 on, oldest first; those before [`Version::OLDEST`] can't be imitated.
    #[must_use]
    pub fn released() -> &'static [Self] {
        static RELEASED: OnceLock<Vec<Version>> = OnceLock::new();
        RELEASED.get_or_init(|| rows().flat_map(Self::up_to).collect())
    }

    /// The first version that was released after this one; none after the newest.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        let released = Self::released();
        let after = released.partition_point(|one| *one <= self);
        released.get(after).copied()
    }

    /// The last version that was released before this one; none before the oldest.
    #[must_use]
    pub fn previous(self) -> Option<Self> {
        let released = Self::released();
        let before = released.partition_point(|one| *one < self).checked_sub(1)?;
        released.get(before).copied()
    }
}

/// The released version nearest to one that is not: the last one before it, or the first of all that can be imitated.
#[must_use]
pub(super) fn nearest(version: Version) -> Version {
    let before = releases().iter().rev().find(|release| **release <= version);
    *before.unwrap_or(&Version::OLDEST)
}

/// The newest version of each minor.
fn rows() -> impl DoubleEndedIterator<Item = Version> {
    TABLE.lines().filter_map(newest_of_row)
}

/// The newest version of a row; none for the row of headings.
fn newest_of_row(row: &str) -> Option<Version> {
    let (minor, patch) = row.split_once('\t')?;
    format!("{minor}.{patch}").parse().ok()
}

/// The newest version of the last row, known when the program is built.
pub(super) const fn newest() -> Version {
    let mut numbers = [0; 3];
    let mut at = 0;
    let mut rest = TABLE.as_bytes();
    while let [byte, tail @ ..] = rest {
        rest = tail;
        match *byte {
            b'\n' if !tail.is_empty() => {
                numbers = [0; 3];
                at = 0;
            }
            b'.' | b'\t' => at += 1,
            digit @ b'0'..=b'9' if at < 3 => numbers[at] = numbers[at] * 10 + (digit - b'0') as u16,
            _ => {}
        }
    }
    Version::new(numbers[0], numbers[1], numbers[2])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read_whole_and_in_order() {
        let releases = releases();
        assert_eq!(rows().count(), TABLE.lines().count() - 1);
        assert_eq!(releases.first(), Some(&Version::OLDEST));
        assert_eq!(releases.last(), Some(&Version::NEWEST));
        assert!(releases.is_sorted());
        assert_eq!(minors().last(), Some(Version::NEWEST));
    }

    #[test]
    fn the_next_version_is_the_next_release() {
        assert_eq!(Version::new(0, 21, 4).next(), Some(Version::new(0, 22, 0)));
        assert_eq!(Version::new(0, 3, 26).next(), Some(Version::OLDEST));
        assert_eq!(Version::NEWEST.next(), None);
        assert_eq!(Version::OLDEST.previous(), Some(Version::new(0, 3, 26)));
        assert_eq!(Version::new(0, 2, 0).previous(), None);
    }

    #[test]
    fn what_was_never_released_has_a_neighbour() {
        for (version, neighbour) in [
            ((0, 24, 11), (0, 24, 10)),
            ((0, 3, 26), (0, 4, 0)),
            ((0, 24, 3), (0, 24, 3)),
        ] {
            let of = |(major, minor, patch)| Version::new(major, minor, patch);
            assert_eq!(nearest(of(version)), of(neighbour));
        }
        assert_eq!(nearest(Version::new(2, 0, 0)), Version::NEWEST);
    }
}

//! The released versions: `data/releases.tsv`, a row for each minor with its newest patch. None was left out: the patches
//! of every minor count from 0.

use std::sync::OnceLock;

use super::Version;

const TABLE: &str = include_str!("data/releases.tsv");

/// Every version that can be imitated, oldest first: those since 0.4.0, the first with plugn.
#[must_use]
pub fn releases() -> &'static [Version] {
    static RELEASES: OnceLock<Vec<Version>> = OnceLock::new();
    RELEASES.get_or_init(|| {
        let minors = TABLE.lines().filter_map(newest_of_row);
        minors.flat_map(Version::up_to).collect()
    })
}

/// The newest version of each minor, oldest first.
pub fn minors() -> impl DoubleEndedIterator<Item = Version> {
    TABLE.lines().filter_map(newest_of_row)
}

/// The released version nearest to one that is not: the last one before it, or the first of all.
#[must_use]
pub(super) fn nearest(version: Version) -> Version {
    let before = releases().iter().rev().find(|release| **release <= version);
    *before.unwrap_or(&Version::OLDEST)
}

/// The release that followed a version, if one did.
pub(super) fn next(version: Version) -> Option<Version> {
    releases().iter().copied().find(|one| *one > version)
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
        assert_eq!(minors().count(), TABLE.lines().count() - 1);
        assert_eq!(releases.first(), Some(&Version::OLDEST));
        assert_eq!(releases.last(), Some(&Version::NEWEST));
        assert!(releases.is_sorted());
        assert_eq!(minors().last(), Some(Version::NEWEST));
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

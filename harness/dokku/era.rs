//! The versions in which what a program of the imitated Dokku asked of its past has the same answer.

use std::sync::{Mutex, OnceLock, PoisonError};

use serde::{Deserialize, Serialize};

use super::Version;

/// The versions from one on, and before another if there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Era {
    /// The first of them.
    pub since: Version,
    /// The one in which they are over.
    pub before: Option<Version>,
}

impl Default for Era {
    /// All versions: nothing was asked.
    fn default() -> Self {
        Self {
            since: Version::OLDEST,
            before: None,
        }
    }
}

impl Era {
    /// This version alone.
    #[must_use]
    pub fn of(version: Version) -> Self {
        Self {
            since: version,
            before: version.next(),
        }
    }

    /// The versions around one in which nothing changes, of what changes in these.
    #[must_use]
    pub fn around(version: Version, turns: impl IntoIterator<Item = Version>) -> Self {
        let (past, future): (Vec<_>, Vec<_>) = turns.into_iter().partition(|at| *at <= version);
        Self {
            since: past.into_iter().max().unwrap_or(Version::OLDEST),
            before: future.into_iter().min(),
        }
    }

    /// True if the version is one of them.
    #[must_use]
    pub fn contains(&self, version: Version) -> bool {
        self.since <= version && self.before.is_none_or(|before| version < before)
    }

    /// The versions that are in both, where one is.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let ends = [self.before, other.before].into_iter().flatten();
        Self {
            since: self.since.max(other.since),
            before: ends.min(),
        }
    }
}

/// Who listens to what this process asks.
static LISTENER: OnceLock<Listener> = OnceLock::new();

struct Listener {
    /// What it was told last.
    told: Mutex<Era>,
    listen: Box<dyn Fn(Era) + Send + Sync>,
}

/// Has `listen` told in which versions all that this process asks from now on has the same answers, each time that it is
/// fewer; the first to say so is heard. What nobody listens to is not noted.
pub fn tell(listen: impl Fn(Era) + Send + Sync + 'static) {
    let _ = LISTENER.set(Listener {
        told: Mutex::default(),
        listen: Box::new(listen),
    });
}

/// Notes that something was asked that has the same answer in these versions.
pub(super) fn note(era: Era) {
    let Some(listener) = LISTENER.get() else {
        return;
    };
    let mut told = listener.told.lock().unwrap_or_else(PoisonError::into_inner);
    let now = told.and(era);
    if now != *told {
        *told = now;
        (listener.listen)(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn era(since: (u16, u16), before: Option<(u16, u16)>) -> Era {
        let version = |(minor, patch)| Version::new(0, minor, patch);
        Era {
            since: version(since),
            before: before.map(version),
        }
    }

    #[test]
    fn what_is_in_both_is_in_each() {
        let all = Era::default();
        let (older, newer) = (era((5, 0), Some((30, 1))), era((12, 0), None));
        assert_eq!(all.and(older), older);
        assert_eq!(older.and(newer), era((12, 0), Some((30, 1))));
        assert_eq!(older.and(newer), newer.and(older));
    }

    #[test]
    fn nothing_changes_between_the_turns_around_a_version() {
        let turns = [(30, 1), (5, 0), (12, 0)].map(|(minor, patch)| Version::new(0, minor, patch));
        let around = |minor| Era::around(Version::new(0, minor, 0), turns);
        assert_eq!(around(12), era((12, 0), Some((30, 1))));
        assert_eq!(around(31), era((30, 1), None));
        assert_eq!(around(4), era((4, 0), Some((5, 0))));
    }

    #[test]
    fn the_version_that_ends_it_is_not_in_it() {
        let one = era((12, 0), Some((30, 1)));
        let has = |minor, patch| one.contains(Version::new(0, minor, patch));
        assert!(has(12, 0) && has(30, 0));
        assert!(!has(11, 9) && !has(30, 1));
        assert!(Era::default().contains(Version::NEWEST));
    }
}

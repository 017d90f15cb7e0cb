//! Dokku's version numbers, and spans of them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::release;

/// A released version of Dokku, such as 0.38.27.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Version {
    major: u16,
    minor: u16,
    patch: u16,
}

/// Why a text is no version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a Dokku version: write it as 0.38.27 (a leading `v` is allowed)")]
pub struct VersionError {
    text: String,
}

impl Version {
    /// The oldest version that this program knows: the first with plugn.
    pub const OLDEST: Self = Self::new(0, 4, 0);
    /// The newest version that this program knows.
    pub const NEWEST: Self = release::newest();

    /// The version of these three numbers.
    #[must_use]
    pub const fn new(major: u16, minor: u16, patch: u16) -> Self {
        Self {
            major,
            minor,
            patch,
        }
    }

    /// The versions of its minor up to and with it.
    pub(super) fn up_to(self) -> impl Iterator<Item = Self> {
        (0..=self.patch).map(move |patch| Self { patch, ..self })
    }

    /// The first version of its minor.
    pub(super) fn first_of_minor(self) -> Self {
        Self { patch: 0, ..self }
    }

    /// True if both are of one minor.
    pub(super) fn is_of_minor_of(self, other: Self) -> bool {
        (self.major, self.minor) == (other.major, other.minor)
    }
}

impl FromStr for Version {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fail = || VersionError {
            text: text.to_owned(),
        };
        let bare = text.strip_prefix('v').unwrap_or(text);
        let mut parts = bare.split('.').map(|part| {
            let digits = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| part.parse().ok()).flatten().ok_or_else(fail)
        });
        let mut next = || parts.next().unwrap_or_else(|| Err(fail()));
        let version = Self::new(next()?, next()?, next()?);
        match parts.next() {
            None => Ok(version),
            Some(_) => Err(fail()),
        }
    }
}

impl TryFrom<String> for Version {
    type Error = VersionError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Version> for String {
    fn from(version: Version) -> Self {
        version.to_string()
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// The versions that something holds for: from `since` on, up to and with `until`; open where one is absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The first version, or none for "from the beginning".
    pub since: Option<Version>,
    /// The last version, or none for "to this day".
    pub until: Option<Version>,
}

impl Span {
    /// True if the version lies within.
    #[must_use]
    pub fn contains(&self, version: Version) -> bool {
        self.since.is_none_or(|since| since <= version)
            && self.until.is_none_or(|until| version <= until)
    }
}

impl Span {
    /// The versions in which it begins, and in which it is over.
    #[must_use]
    pub fn turns(&self) -> Vec<Version> {
        let over = self.until.and_then(release::next);
        self.since.into_iter().chain(over).collect()
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.since, self.until) {
            (None, None) => write!(f, "every version"),
            (Some(since), None) => write!(f, "{since} and newer"),
            (None, Some(until)) => write!(f, "{until} and older"),
            (Some(since), Some(until)) => write!(f, "{since} to {until}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_parse_in_both_spellings_and_order_by_number() {
        let parse = |text: &str| text.parse::<Version>().unwrap();
        assert_eq!(parse("v0.38.27"), Version::NEWEST);
        assert!(parse("0.9.4") < parse("0.10.0"));
        assert_eq!(parse("0.4.0").to_string(), "0.4.0");
    }

    #[test]
    fn what_is_no_version_is_refused_with_the_right_form() {
        for text in [
            "",
            "0.4",
            "0.4.0.1",
            "0.4.x",
            "0.+4.0",
            "1.2.99999",
            "newest",
        ] {
            let error = text.parse::<Version>().unwrap_err().to_string();
            assert!(error.contains("0.38.27"), "{text}: {error}");
        }
    }

    #[test]
    fn a_span_includes_both_its_ends() {
        let span = Span {
            since: Some(Version::new(0, 5, 0)),
            until: Some(Version::new(0, 6, 0)),
        };
        assert!(span.contains(Version::new(0, 5, 0)) && span.contains(Version::new(0, 6, 0)));
        assert!(!span.contains(Version::new(0, 4, 14)) && !span.contains(Version::new(0, 6, 1)));
        assert!(Span::default().contains(Version::NEWEST));
    }
}

//! Versions as a person names them.

use std::str::FromStr;

use super::release::{minors, nearest, releases};
use super::{Version, VersionError};

/// Released versions, each once, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Versions(Vec<Version>);

/// Why a text names no released version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnknownVersion {
    /// It is no version, and no word for some.
    #[error(
        "`{0}` names no Dokku version: write 0.38.27, 0.38 (its newest), 0.30..0.38 (the newest of each minor), \
         0.37.5..0.38.2 (every release between), `minors`, `all` or `newest`"
    )]
    Text(String),
    /// It is no single version.
    #[error("`{0}` names no single Dokku version: write 0.38.27, 0.38 (its newest) or `newest`")]
    NotOne(String),
    /// It was never released, or is older or newer than what is known.
    #[error("Dokku {name} is not known: the nearest that is known is {nearest}")]
    Unreleased {
        /// The version or minor.
        name: String,
        /// The nearest known one.
        nearest: Version,
    },
    /// A range ends before it begins.
    #[error("the range `{0}` ends before it begins")]
    Backwards(String),
}

/// What a word for one version names.
#[derive(Clone, Copy)]
pub(super) enum Point {
    /// The newest version of a minor.
    Minor(Version),
    Release(Version),
}

impl Point {
    pub(super) fn read(text: &str) -> Result<Self, UnknownVersion> {
        if text == "newest" {
            return Ok(Self::Release(Version::NEWEST));
        }
        let unreleased = |nearest| UnknownVersion::Unreleased {
            name: text.trim_start_matches('v').to_owned(),
            nearest,
        };
        if let Ok(version) = text.parse::<Version>() {
            let nearest = nearest(version);
            return match version == nearest {
                true => Ok(Self::Release(version)),
                false => Err(unreleased(nearest)),
            };
        }
        // Of Dokku 0 there are all, and of any other there is none.
        if let Ok(major) = format!("{text}.0.0").parse::<Version>()
            && major > Version::NEWEST
        {
            return Err(unreleased(nearest(major)));
        }
        let first: Version = format!("{text}.0")
            .parse()
            .map_err(|_: VersionError| UnknownVersion::Text(text.to_owned()))?;
        let newest = minors().find(|newest| newest.is_of_minor_of(first));
        newest
            .map(Self::Minor)
            .ok_or_else(|| unreleased(nearest(first)))
    }

    pub(super) fn version(self) -> Version {
        match self {
            Self::Minor(version) | Self::Release(version) => version,
        }
    }

    /// The first release that it stands for.
    pub(super) fn first(self) -> Version {
        match self {
            Self::Minor(newest) => newest.first_of_minor(),
            Self::Release(release) => release,
        }
    }
}

impl Versions {
    /// All of them, oldest first.
    #[must_use]
    pub fn all(&self) -> &[Version] {
        &self.0
    }

    /// Reads the name of one version: `0.38.27`, `0.38` for its newest, or `newest`.
    ///
    /// # Errors
    /// If it names none that was released.
    pub fn one(text: &str) -> Result<Version, UnknownVersion> {
        let text = text.trim();
        match Point::read(text) {
            Ok(point) => Ok(point.version()),
            Err(UnknownVersion::Text(text)) => Err(UnknownVersion::NotOne(text)),
            Err(error) => Err(error),
        }
    }

    fn range(text: &str, from: &str, to: &str) -> Result<Self, UnknownVersion> {
        let (from, to) = (Point::read(from.trim())?, Point::read(to.trim())?);
        let chosen: Vec<Version> = match (from, to) {
            (Point::Minor(from), Point::Minor(to)) => {
                minors().filter(|one| (from..=to).contains(one)).collect()
            }
            (from, to) => {
                let within = |one: &&Version| (from.first()..=to.version()).contains(one);
                releases().iter().filter(within).copied().collect()
            }
        };
        if chosen.is_empty() {
            return Err(UnknownVersion::Backwards(text.to_owned()));
        }
        Ok(Self(chosen))
    }
}

impl FromStr for Versions {
    type Err = UnknownVersion;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        match text {
            "minors" => Ok(Self(minors().collect())),
            "all" => Ok(Self(releases().to_vec())),
            _ => match text.split_once("..") {
                Some((from, to)) => Self::range(text, from, to),
                None => Point::read(text).map(|point| Self(vec![point.version()])),
            },
        }
    }
}

impl FromIterator<Version> for Versions {
    fn from_iter<I: IntoIterator<Item = Version>>(versions: I) -> Self {
        let mut all: Vec<Version> = versions.into_iter().collect();
        all.sort_unstable();
        all.dedup();
        Self(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        let versions: Versions = text.parse().unwrap();
        versions.all().iter().map(ToString::to_string).collect()
    }

    fn refused(text: &str) -> String {
        text.parse::<Versions>().unwrap_err().to_string()
    }

    #[test]
    fn a_version_a_minor_and_a_word_name_one() {
        assert_eq!(read("0.24.0"), ["0.24.0"]);
        assert_eq!(read("v0.24.0"), ["0.24.0"]);
        assert_eq!(read("0.24"), ["0.24.10"]);
        assert_eq!(read("newest"), [Version::NEWEST.to_string()]);
        assert_eq!(read(" 0.25"), ["0.25.7"]);
    }

    #[test]
    fn a_range_names_minors_or_releases_as_its_ends_do() {
        assert_eq!(read("0.28..0.30"), ["0.28.4", "0.29.4", "0.30.11"]);
        assert_eq!(
            read("0.28.3..0.29.1"),
            ["0.28.3", "0.28.4", "0.29.0", "0.29.1"]
        );
        assert_eq!(read("0.28..0.28.1"), ["0.28.0", "0.28.1"]);
        assert_eq!(read("0.38.26..newest").first().unwrap(), "0.38.26");
        assert_eq!(read("minors").len(), minors().count());
        assert_eq!(read("all").len(), releases().len());
    }

    #[test]
    fn one_version_is_asked_for_in_the_forms_that_name_one() {
        for text in ["minors", "all", "0.28..0.30", "latest"] {
            let refused = Versions::one(text).unwrap_err().to_string();
            assert!(refused.contains("names no single Dokku version"), "{text}");
            assert!(!refused.contains("minors`,"), "{refused}");
        }
    }

    #[test]
    fn what_is_not_known_is_refused_with_the_nearest() {
        assert!(refused("0.24.11").ends_with("nearest that is known is 0.24.10"));
        assert!(refused("0.3.26").ends_with("0.4.0"));
        assert!(refused("0.99").ends_with(&Version::NEWEST.to_string()));
        assert!(refused("0.28..0.99").contains("0.99"));
        for major in ["1", "99", "v2"] {
            assert!(refused(major).ends_with(&Version::NEWEST.to_string()));
        }
        assert!(refused("0.30..0.28").contains("ends before it begins"));
        for text in ["", "latest", "0.x", "..", "0.28..", "0.28...0.30", "0"] {
            assert!(refused(text).contains("names no Dokku version"), "{text}");
        }
    }
}

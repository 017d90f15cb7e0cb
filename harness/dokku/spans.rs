//! Versions that something is said of, as a person writes them.

use std::fmt;

use super::versions::Point;
use super::{Span, UnknownVersion, Version};

/// Spans of versions, at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spans(Vec<Span>);

impl Default for Spans {
    /// Every version.
    fn default() -> Self {
        Span::default().into()
    }
}

impl From<Span> for Spans {
    fn from(span: Span) -> Self {
        Self(vec![span])
    }
}

impl FromIterator<Self> for Spans {
    fn from_iter<I: IntoIterator<Item = Self>>(all: I) -> Self {
        Self(all.into_iter().flat_map(|one| one.0).collect())
    }
}

impl Spans {
    /// Reads one word of the language in which [`Versions`](super::Versions) are chosen. A run takes the newest release
    /// of a minor for all of them; what is said of a minor is said of each of its releases.
    ///
    /// # Errors
    /// If it names no version, or one that is not known.
    pub fn read(word: &str) -> Result<Self, UnknownVersion> {
        let word = word.trim();
        if matches!(word, "all" | "minors") {
            return Ok(Self::default());
        }
        let (from, to) = match word.split_once("..") {
            Some((from, to)) => (Point::read(from.trim())?, Point::read(to.trim())?),
            None => {
                let point = Point::read(word)?;
                (point, point)
            }
        };
        let span = Span {
            since: Some(from.first()),
            until: Some(to.version()),
        };
        match span.since <= span.until {
            true => Ok(span.into()),
            false => Err(UnknownVersion::Backwards(word.to_owned())),
        }
    }

    /// True if the version lies within.
    #[must_use]
    pub fn contains(&self, version: Version) -> bool {
        self.0.iter().any(|span| span.contains(version))
    }

    /// True if some version lies within both.
    #[must_use]
    pub fn meet(&self, other: &Self) -> bool {
        let is_over = |one: &Span, other: &Span| match (one.until, other.since) {
            (Some(until), Some(since)) => until < since,
            _ => false,
        };
        let meet = |one: &Span, other: &Span| !is_over(one, other) && !is_over(other, one);
        let mut spans = self.0.iter();
        spans.any(|one| other.0.iter().any(|other| meet(one, other)))
    }
}

impl fmt::Display for Spans {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let spans: Vec<String> = self.0.iter().map(Span::to_string).collect();
        f.write_str(&spans.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Spans {
        let words = text.split(',').map(|word| Spans::read(word).unwrap());
        words.collect()
    }

    #[test]
    fn what_a_run_takes_for_a_word_is_within_it() {
        for word in [
            "0.24.3",
            "0.24",
            "0.30..0.38",
            "0.37.5..0.38.2",
            "minors",
            "all",
            "newest",
        ] {
            let chosen: super::super::Versions = word.parse().unwrap();
            let spans = read(word);
            assert!(
                chosen.all().iter().all(|one| spans.contains(*one)),
                "{word}"
            );
        }
    }

    #[test]
    fn a_minor_is_each_of_its_releases() {
        let holds = |text: &str, version: &str| read(text).contains(version.parse().unwrap());
        assert!(holds("0.24", "0.24.0") && holds("0.24", "0.24.10"));
        assert!(!holds("0.24", "0.23.9") && !holds("0.24", "0.25.0"));
        assert!(holds("0.20.1,0.24..0.25", "0.25.3") && !holds("0.20.1,0.24..0.25", "0.20.2"));
        assert_eq!(read("0.20.1,0.24").to_string(), "0.20.1, 0.24.0 to 0.24.10");
    }

    #[test]
    fn spans_meet_where_a_version_is_in_both() {
        let meet = |one: &str, other: &str| read(one).meet(&read(other));
        assert!(meet("0.20..0.24", "0.24..0.30") && meet("all", "0.4.0") && meet("all", "all"));
        assert!(!meet("0.20,0.22", "0.21") && !meet("0.24.0", "0.24.1"));
        let until = |text: &str| Span {
            since: None,
            until: Some(text.parse().unwrap()),
        };
        assert!(!Spans::from(until("0.20.0")).meet(&read("0.21")));
    }

    #[test]
    fn what_names_no_version_is_refused() {
        for text in ["", "latest", "0.99", "0.30..0.28", "0.28.."] {
            assert!(Spans::read(text).is_err(), "{text}");
        }
    }
}

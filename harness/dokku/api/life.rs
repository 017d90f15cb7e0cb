//! The versions in which something works.

use crate::dokku::{Span, Version};

/// The versions in which something works: spans that lie apart, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Life(Vec<Span>);

/// How something stands in one version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It works.
    Works,
    /// It worked, and does so no longer.
    Gone {
        /// The first version without it.
        since: Version,
    },
    /// It does not work yet.
    NotYet {
        /// The first version with it.
        from: Version,
    },
    /// It worked before, and does again later.
    Between {
        /// The first version without it.
        since: Version,
        /// The first version with it again.
        until: Version,
    },
    /// It works in no version.
    Never,
}

impl Life {
    /// Every version.
    #[must_use]
    pub fn always() -> Self {
        Self(vec![Span::default()])
    }

    /// No version.
    #[must_use]
    pub const fn never() -> Self {
        Self(Vec::new())
    }

    /// The spans, oldest first.
    #[must_use]
    pub fn spans(&self) -> &[Span] {
        &self.0
    }

    /// True if it works in that version.
    #[must_use]
    pub fn contains(&self, version: Version) -> bool {
        self.0.iter().any(|span| span.contains(version))
    }

    /// The versions of either.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        self.0.iter().chain(&other.0).copied().collect()
    }

    /// The versions of both.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        self.0
            .iter()
            .flat_map(|one| other.0.iter().filter_map(|two| common(*one, *two)))
            .collect()
    }

    /// Every other version.
    #[must_use]
    pub fn not(&self) -> Self {
        let mut rest = Vec::new();
        let mut since = None;
        let mut is_open = true;
        for span in &self.0 {
            if let Some(until) = span.since.and_then(Version::previous)
                && since.is_none_or(|since| since <= until)
            {
                let until = Some(until);
                rest.push(Span { since, until });
            }
            since = span.until.and_then(Version::next);
            is_open = since.is_some();
        }
        if is_open {
            rest.push(Span { since, until: None });
        }
        Self(rest)
    }

    /// How it stands in one version.
    #[must_use]
    pub fn at(&self, version: Version) -> Standing {
        if self.contains(version) {
            return Standing::Works;
        }
        let before = self
            .0
            .iter()
            .filter_map(|span| span.until)
            .filter(|until| *until < version)
            .max();
        let from = self
            .0
            .iter()
            .filter_map(|span| span.since)
            .filter(|since| *since > version)
            .min();
        match (before.and_then(Version::next), from) {
            (Some(since), Some(until)) => Standing::Between { since, until },
            (Some(since), None) => Standing::Gone { since },
            (None, Some(from)) => Standing::NotYet { from },
            (None, None) => Standing::Never,
        }
    }
}

/// Puts the spans in order and joins those between which no version was released.
impl FromIterator<Span> for Life {
    fn from_iter<I: IntoIterator<Item = Span>>(spans: I) -> Self {
        let mut sorted: Vec<Span> = spans.into_iter().collect();
        sorted.sort_by_key(|span| span.since);
        let mut apart: Vec<Span> = Vec::new();
        for span in sorted {
            match apart.last_mut() {
                Some(last) if touch(*last, span) => last.until = later(last.until, span.until),
                _ => apart.push(span),
            }
        }
        Self(apart)
    }
}

impl From<Span> for Life {
    fn from(span: Span) -> Self {
        Self(vec![span])
    }
}

/// True if no version lies between the end of one and the beginning of the other, which begins later.
fn touch(earlier: Span, later: Span) -> bool {
    match (earlier.until, later.since) {
        (None, _) | (_, None) => true,
        (Some(until), Some(since)) => {
            since <= until || until.next().is_some_and(|next| since <= next)
        }
    }
}

/// The later of two ends, where none is the latest.
fn later(one: Option<Version>, other: Option<Version>) -> Option<Version> {
    Some(one?.max(other?))
}

fn common(one: Span, other: Span) -> Option<Span> {
    let since = one.since.max(other.since);
    let until = match (one.until, other.until) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    };
    let is_empty = matches!((since, until), (Some(since), Some(until)) if until < since);
    (!is_empty).then_some(Span { since, until })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn life(spans: &[(&str, &str)]) -> Life {
        spans
            .iter()
            .map(|(since, until)| Span {
                since: since.parse().ok(),
                until: until.parse().ok(),
            })
            .collect()
    }

    fn v(text: &str) -> Version {
        text.parse().unwrap()
    }

    #[test]
    fn spans_that_touch_become_one() {
        let joined = life(&[("0.21.0", "0.22.0"), ("0.5.0", "0.20.4")]);
        assert_eq!(joined, life(&[("0.5.0", "0.22.0")]));
        assert_eq!(life(&[("0.5.0", "0.6.0"), ("0.12.0", "")]).spans().len(), 2);
        assert_eq!(life(&[("", "0.6.0"), ("0.6.0", "")]), Life::always());
    }

    #[test]
    fn what_two_have_in_common_may_be_nothing() {
        let old = life(&[("", "0.10.5")]);
        let new = life(&[("0.11.0", "")]);
        assert_eq!(old.and(&new), Life::never());
        assert_eq!(old.or(&new), Life::always());
        assert_eq!(
            life(&[("0.5.0", "0.20.0")]).and(&life(&[("0.7.0", "")])),
            life(&[("0.7.0", "0.20.0")])
        );
    }

    #[test]
    fn the_others_are_what_is_left() {
        let some = life(&[("0.5.0", "0.29.4"), ("0.37.0", "")]);
        assert_eq!(some.not(), life(&[("", "0.4.14"), ("0.30.0", "0.36.11")]));
        assert_eq!(some.not().not(), some);
        assert_eq!(Life::never().not(), Life::always());
        assert_eq!(Life::always().not(), Life::never());
        assert_eq!(some.or(&some.not()), Life::always());
    }

    #[test]
    fn a_version_stands_before_between_or_after() {
        let life = life(&[("0.5.0", "0.29.4"), ("0.37.0", "0.37.10")]);
        assert_eq!(life.at(v("0.5.0")), Standing::Works);
        assert_eq!(life.at(v("0.4.0")), Standing::NotYet { from: v("0.5.0") });
        assert_eq!(
            life.at(v("0.30.0")),
            Standing::Between {
                since: v("0.30.0"),
                until: v("0.37.0")
            }
        );
        assert_eq!(life.at(v("0.38.0")), Standing::Gone { since: v("0.38.0") });
        assert_eq!(Life::never().at(Version::NEWEST), Standing::Never);
    }
}

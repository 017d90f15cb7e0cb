//! The triggers that Dokku calls, and the versions that call them.
//!
//! A version counts as having a trigger if one of its core plugins calls it or its documentation lists it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::{Span, Version};

/// One line a trigger: name, first version, last version, a span within in which it was absent; `-` where there is none.
const TABLE: &str = include_str!("data/triggers.tsv");

/// One line a trigger: name, then the names of its arguments as its documentation last gave them.
const ARGUMENTS: &str = include_str!("data/trigger_arguments.tsv");

/// The life of one trigger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Life {
    span: Span,
    absent: Option<Span>,
}

static LIVES: LazyLock<BTreeMap<&'static str, Life>> =
    LazyLock::new(|| TABLE.lines().filter_map(life).collect());

fn life(line: &'static str) -> Option<(&'static str, Life)> {
    let mut columns = line.split('\t');
    let name = columns.next().filter(|name| !name.starts_with('#'))?;
    let span = Span {
        since: Some(columns.next()?.parse().ok()?),
        until: columns.next()?.parse().ok(),
    };
    let absent = columns
        .next()
        .and_then(|gap| gap.split_once(".."))
        .map(|(first, last)| Span {
            since: first.parse().ok(),
            until: last.parse().ok(),
        });
    Some((name, Life { span, absent }))
}

/// True if that version of Dokku calls a trigger of this name.
#[must_use]
pub fn exists(name: &str, version: Version) -> bool {
    LIVES.get(name).is_some_and(|life| {
        life.span.contains(version) && !life.absent.is_some_and(|gap| gap.contains(version))
    })
}

/// The first and last version that call a trigger of this name; none if no version from 0.2.0 on ever did.
///
/// A trigger that went away and came back spans both lives: see [`absence`].
#[must_use]
pub fn span(name: &str) -> Option<Span> {
    LIVES.get(name).map(|life| life.span)
}

/// The versions within a trigger's span that did not call it.
#[must_use]
pub fn absence(name: &str) -> Option<Span> {
    LIVES.get(name).and_then(|life| life.absent)
}

/// Every trigger that any version calls, in alphabetical order.
pub fn names() -> impl Iterator<Item = &'static str> {
    LIVES.keys().copied()
}

/// The names of a trigger's arguments, such as `APP` and `IMAGE_TAG`; none if its documentation gives none.
#[must_use]
pub fn arguments(name: &str) -> Option<Vec<&'static str>> {
    let (_, arguments) = ARGUMENTS
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .find(|(known, _)| *known == name)?;
    Some(arguments.split(' ').collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_understood() {
        let lines = TABLE
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .count();
        assert_eq!(LIVES.len(), lines);
        assert!(lines > 200);
        assert!(LIVES.values().all(|life| life.span.since.is_some()));
    }

    #[test]
    fn a_trigger_lives_from_its_first_to_its_last_version() {
        assert!(exists("install", Version::NEWEST));
        assert!(exists("docker-args", Version::new(0, 3, 26)));
        assert!(!exists("docker-args", Version::new(0, 4, 0)));
        assert!(!exists("no-such-trigger", Version::NEWEST));
        assert_eq!(span("no-such-trigger"), None);
    }

    #[test]
    fn a_trigger_may_go_and_come_back() {
        assert!(exists("pre-build", Version::new(0, 3, 26)));
        assert!(!exists("pre-build", Version::new(0, 20, 0)));
        assert!(exists("pre-build", Version::new(0, 32, 0)));
        assert!(absence("pre-build").is_some());
    }
}

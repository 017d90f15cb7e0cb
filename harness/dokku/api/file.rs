//! The core files that scripts source, through time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use super::Life;
use crate::dokku::core::{self, table};
use crate::dokku::{Span, Version};

/// Core files with functions, below the core plugins' directory.
const FILES: &str = include_str!("../data/api/core_files.tsv");

/// The versions that have this core file; none if no version had it.
#[must_use]
pub fn life(path: &str) -> Option<&'static Life> {
    known().get(path)
}

/// The versions in which some core file came or went.
#[must_use]
pub fn changes() -> BTreeSet<Version> {
    let lives = known().values();
    lives
        .flat_map(|life| life.spans().iter().flat_map(Span::turns))
        .collect()
}

/// This core file and all that it sources in turn, each with the versions in which a script that sources this one has it.
#[must_use]
pub fn reach(path: &'static str) -> BTreeMap<&'static str, Life> {
    let Some(own) = life(path) else {
        return BTreeMap::new();
    };
    let mut reach = BTreeMap::from([(path, own.clone())]);
    let mut waiting = vec![path];
    while let Some(from) = waiting.pop() {
        let through = reach.get(from).cloned().unwrap_or_default();
        for (to, span) in sourced(from) {
            let way = through.and(&Life::from(span));
            let known = reach.entry(to).or_default();
            let more = known.or(&way);
            if more != *known {
                *known = more;
                waiting.push(to);
            }
        }
    }
    reach
}

/// The path as the table has it, if some version had a core file of this path.
#[must_use]
pub fn core_file(path: &str) -> Option<&'static str> {
    known().get_key_value(path).map(|(known, _)| *known)
}

/// The core files of a version.
pub fn paths_in(version: Version) -> impl Iterator<Item = &'static str> {
    let files = known().iter();
    files
        .filter(move |(_, life)| life.contains(version))
        .map(|(path, _)| *path)
}

/// The core files that a core file sources, each with the versions in which it does.
pub fn sourced(from: &str) -> impl Iterator<Item = (&'static str, Span)> {
    core::sourced()
        .filter(move |(file, _, _)| *file == from)
        .filter_map(|(_, word, span)| {
            let (_, path) = word.split_once('/')?;
            Some((core_file(path)?, span))
        })
}

fn known() -> &'static BTreeMap<&'static str, Life> {
    static KNOWN: OnceLock<BTreeMap<&str, Life>> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let mut spans: BTreeMap<&str, Vec<Span>> = BTreeMap::new();
        for row in table::rows(FILES) {
            if let Some([file, first, last]) = table::cells(row)
                && let Some(span) = table::span(first, last)
            {
                spans.entry(file).or_default().push(span);
            }
        }
        spans
            .into_iter()
            .map(|(file, spans)| (file, spans.into_iter().collect()))
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read_and_every_function_lies_in_a_file_that_is_there() {
        assert!(table::rows(FILES).all(|row| {
            table::cells::<3>(row).is_some_and(|[file, _, _]| life(file).is_some())
        }));
        for function in core::functions() {
            let file = life(function.file).unwrap();
            let since = function.span.since.unwrap_or(Version::OLDEST);
            let until = function.span.until.unwrap_or(Version::NEWEST);
            assert!(file.contains(since) && file.contains(until), "{function:?}");
        }
    }

    #[test]
    fn what_a_file_sources_comes_with_it_in_the_versions_that_did() {
        let reach = reach("nginx-vhosts/functions");
        let domains = reach.get("domains/functions").unwrap();
        assert!(domains.contains("0.20.4".parse().unwrap()));
        assert!(!domains.contains("0.21.0".parse().unwrap()));
        assert!(reach.contains_key("common/functions"));
    }

    #[test]
    fn a_file_may_go_and_come_back() {
        let proxy = life("proxy/functions").unwrap();
        assert!(!proxy.contains("0.30.0".parse().unwrap()));
        assert!(proxy.contains("0.37.0".parse().unwrap()));
        assert_eq!(life("no/functions"), None);
    }
}

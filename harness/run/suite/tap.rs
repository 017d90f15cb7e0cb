//! What bats tells of a file of tests: the Test Anything Protocol, as bats writes it.
//!
//! Anybody whom bats runs can write such lines too. Nothing here trusts them further than that.

use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::time::Duration;

use regex::Regex;

/// How many results are kept: no file that a person wrote has more.
const MOST: usize = 10_000;

/// The line of a test that has ended.
static ENDED: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^(not )?ok (\d{1,6})(?: (.*))?$").ok());

/// How long a test took, behind its title.
static TOOK: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^(.*?)(?: #)? in (\d{1,9}) ?ms\b(.*)$").ok());

/// The word that makes a test a skipped one, behind its title or before it.
static SKIPPED: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^(.*?) ?# skip(?: \((.*?)\))?(?: (.*))?$").ok());

/// What bats told of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tap {
    /// How many tests it meant to run; none if it did not come to say so.
    pub(super) planned: Option<usize>,
    /// What came of each, by its number, from 1.
    pub(super) results: BTreeMap<usize, Told>,
    /// What belongs to no test.
    pub(super) loose: Vec<String>,
}

/// What bats told of one test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) title: String,
    pub(super) ended: Ended,
    /// What was said of it: why it failed, and what it printed.
    pub(super) lines: Vec<String>,
    pub(super) took: Option<Duration>,
}

/// How a test ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    Well,
    Badly,
    /// It was skipped, for this reason, which may be empty.
    Skipped(String),
}

impl Tap {
    /// Reads what bats wrote to standard output.
    pub(super) fn read(text: &str) -> Self {
        let mut tap = Self::default();
        let mut last = None;
        for line in text.lines() {
            if let Some(count) = planned(line).filter(|_| tap.planned.is_none()) {
                tap.planned = Some(count);
            } else if let Some((number, told)) = told(line) {
                // What comes a second time is not bats's own word.
                if tap.results.len() < MOST {
                    tap.results.entry(number).or_insert(told);
                }
                last = Some(number);
            } else {
                let said = line.strip_prefix("# ").or(line.strip_prefix('#'));
                match last.and_then(|number| tap.results.get_mut(&number)) {
                    Some(told) => told.lines.push(said.unwrap_or(line).to_owned()),
                    None => tap.loose.push(said.unwrap_or(line).to_owned()),
                }
            }
        }
        tap
    }
}

fn planned(line: &str) -> Option<usize> {
    line.strip_prefix("1..")?.trim().parse().ok()
}

fn told(line: &str) -> Option<(usize, Told)> {
    let found = ENDED.as_ref()?.captures(line)?;
    let number = found.get(2)?.as_str().parse().ok()?;
    let rest = found.get(3).map_or("", |rest| rest.as_str());
    let (rest, took) = timed(rest);
    let skipped = SKIPPED.as_ref()?.captures(&rest);
    let part = |index: usize| {
        let skipped = skipped.as_ref()?;
        Some(skipped.get(index)?.as_str().trim().to_owned())
    };
    let (title, ended) = match (&skipped, found.get(1)) {
        (Some(_), None) => {
            let (before, behind) = (part(1).unwrap_or_default(), part(3).unwrap_or_default());
            match part(2) {
                // The oldest form has the reason in brackets, and the title behind it.
                Some(reason) if before.is_empty() => (behind, Ended::Skipped(reason)),
                Some(reason) => {
                    let reason = format!("({reason}) {behind}").trim().to_owned();
                    (before, Ended::Skipped(reason))
                }
                None if before.is_empty() => (behind, Ended::Skipped(String::new())),
                None => (before, Ended::Skipped(behind)),
            }
        }
        (_, Some(_)) => (rest, Ended::Badly),
        (None, None) => (rest, Ended::Well),
    };
    let told = Told {
        title,
        ended,
        lines: Vec::new(),
        took,
    };
    Some((number, told))
}

/// What is behind the number, less how long it took.
fn timed(rest: &str) -> (String, Option<Duration>) {
    let found = TOOK.as_ref().and_then(|pattern| pattern.captures(rest));
    let parts = found.and_then(|found| {
        let took = found.get(2)?.as_str().parse().ok()?;
        let text = format!("{}{}", found.get(1)?.as_str(), found.get(3)?.as_str());
        Some((text, Duration::from_millis(took)))
    });
    match parts {
        Some((text, took)) => (text.trim_end().to_owned(), Some(took)),
        None => (rest.trim_end().to_owned(), None),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn one(line: &str) -> Told {
        let tap = Tap::read(line);
        tap.results.into_values().next().unwrap()
    }

    #[test]
    fn what_bats_tells_is_read() {
        let tap = Tap::read(
            "1..3\nok 1 it works\nnot ok 2 it fails\n# (in test file tests/a.bats, line 3)\n#   `false' failed\n# said\nok 3 not here # skip no tty\n",
        );
        assert_eq!(tap.planned, Some(3));
        let ended: Vec<&Ended> = tap.results.values().map(|told| &told.ended).collect();
        let skipped = Ended::Skipped("no tty".into());
        assert_eq!(ended, [&Ended::Well, &Ended::Badly, &skipped]);
        let lines = [
            "(in test file tests/a.bats, line 3)",
            "  `false' failed",
            "said",
        ];
        assert_eq!(tap.results[&2].lines, lines);
        assert_eq!(tap.results[&3].title, "not here");
    }

    #[test]
    fn every_form_of_a_skip_and_of_a_time_is_read() {
        assert_eq!(
            one("ok 1 # skip (why) title").ended,
            Ended::Skipped("why".into())
        );
        assert_eq!(one("ok 1 # skip (why) title").title, "title");
        assert_eq!(one("ok 1 # skip title").title, "title");
        assert_eq!(
            one("ok 1 title # skip").ended,
            Ended::Skipped(String::new())
        );
        for line in ["ok 1 title # in 12 ms", "ok 1 title in 12ms"] {
            let told = one(line);
            assert_eq!(
                (told.title.as_str(), told.took),
                ("title", Some(Duration::from_millis(12)))
            );
        }
        let told = one("ok 1 title in 3ms # skip why");
        assert_eq!(
            (told.title.as_str(), &told.ended),
            ("title", &Ended::Skipped("why".into()))
        );
        assert_eq!(one("not ok 1 a # skip b").ended, Ended::Badly);
    }

    #[test]
    fn what_comes_twice_counts_once_and_noise_belongs_to_nobody() {
        let tap = Tap::read("noise\nok 1 a\nnot ok 1 a\n1..1\n1..9\n");
        assert_eq!(tap.results[&1].ended, Ended::Well);
        assert_eq!(
            (tap.planned, tap.loose),
            (Some(1), vec!["noise".to_owned()])
        );
    }

    proptest! {
        #[test]
        fn whatever_is_printed_is_read(text in "(?s)(?:(?:not )?ok [0-9]{0,9} .{0,30}\n|1\\.\\.[0-9]{1,30}\n|.{0,30}\n){0,9}") {
            let _ = Tap::read(&text);
        }
    }
}

//! What bats, and the helpers that tests use, say of a failure: where it is, and what was expected.

use std::sync::LazyLock;

use regex::Regex;

use super::super::Difference;
use super::super::sentence::clipped;
use crate::plugin::Place;

/// How many bytes of what was expected, and of what was there, a difference shows.
const SHOWN: usize = 16 << 10;

/// How many bytes of a command are shown.
const OF_COMMAND: usize = 200;

/// Where in a test file it happened, as bats says it, and in which function that is none of a test.
static WHERE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:from function `([^']+)' )?in test file (.+?), line (\d{1,7})").ok()
});

/// The command that failed, as bats says it.
static COMMAND: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^\s*`(.*)' failed(?: with status (\d{1,3}))?").ok());

/// Where bash can't read a file.
static UNREADABLE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:^|/)([^\s/]+\.bats(?:\.src)?|[^\s/]+\.bash): line (\d{1,7}): (?:syntax error|unexpected)").ok()
});

/// Lines by which helpers tell what they expected and what came, in the forms of Dokku's own helpers and of bats-assert.
const EXPECTED: [&str; 2] = ["expected", "substring"];
const ACTUAL: [&str; 3] = ["actual", "output", "status"];

/// What ends what came: the mark of bats-assert, and what bats itself tells behind all that a test printed.
const ENDS: [&str; 2] = ["--", "Last output:"];

/// What is known of a failure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Failure {
    /// The function, such as `setup`, in which it happened, if not in the test itself.
    pub(super) within: Option<String>,
    /// The line of the test file.
    pub(super) line: Option<u32>,
    /// The command that failed.
    pub(super) command: Option<String>,
    /// The status that it ended with, where that is told.
    status: Option<u32>,
    expected: Option<String>,
    actual: Option<String>,
    /// Everything that was printed besides.
    rest: Vec<String>,
}

impl Failure {
    /// Reads the lines behind a test that failed.
    pub(super) fn read(lines: &[String]) -> Self {
        let mut failure = Self::default();
        let mut is_open = false;
        for line in lines {
            if failure.line.is_none() && failure.is_place(line) {
                continue;
            }
            if failure.command.is_none() && failure.is_command(line) {
                continue;
            }
            if line.trim_start().starts_with("(from function") || line.starts_with(" from function")
            {
                continue;
            }
            is_open = match is_open {
                true if ENDS.contains(&line.trim()) => false,
                _ => failure.take(line, is_open),
            };
        }
        failure
    }

    fn is_place(&mut self, line: &str) -> bool {
        let Some(found) = WHERE.as_ref().and_then(|pattern| pattern.captures(line)) else {
            return false;
        };
        self.within = found.get(1).map(|name| name.as_str().to_owned());
        self.line = found.get(3).and_then(|line| line.as_str().parse().ok());
        true
    }

    fn is_command(&mut self, line: &str) -> bool {
        let Some(found) = COMMAND.as_ref().and_then(|pattern| pattern.captures(line)) else {
            return false;
        };
        self.command = found.get(1).map(|command| command.as_str().to_owned());
        self.status = found.get(2).and_then(|status| status.as_str().parse().ok());
        true
    }

    /// Takes a line of what was printed. True if further lines of what came may follow.
    fn take(&mut self, line: &str, is_open: bool) -> bool {
        let pair = line.split_once(':');
        let pair = pair.map(|(key, value)| (key.trim(), less_padding(key, value)));
        match pair {
            Some((key, value)) if self.expected.is_none() && EXPECTED.contains(&key) => {
                self.expected = Some(value.to_owned());
                false
            }
            Some((key, value))
                if self.expected.is_some() && self.actual.is_none() && ACTUAL.contains(&key) =>
            {
                self.actual = Some(value.to_owned());
                true
            }
            _ => {
                match &mut self.actual {
                    Some(actual) if is_open => {
                        actual.push('\n');
                        actual.push_str(line);
                    }
                    _ => self.rest.push(line.to_owned()),
                }
                is_open
            }
        }
    }

    /// In one sentence.
    pub(super) fn sentence(&self) -> String {
        let within = match &self.within {
            Some(function) => format!("in `{function}`, "),
            None => String::new(),
        };
        match &self.command {
            Some(command) => {
                let status = self
                    .status
                    .map_or(String::new(), |status| format!(" with status {status}"));
                let command = clipped(command.clone(), OF_COMMAND);
                format!("{within}`{command}` failed{status}")
            }
            None => match self.rest.iter().find(|line| !line.trim().is_empty()) {
                Some(line) => format!(
                    "{within}bats says: {}",
                    clipped(line.trim().to_owned(), OF_COMMAND)
                ),
                None => format!("{within}it failed, and nothing says why"),
            },
        }
    }

    /// What was expected and did not come.
    pub(super) fn difference(&self) -> Difference {
        let subject = clipped(
            self.command.clone().unwrap_or_else(|| "test".to_owned()),
            OF_COMMAND,
        );
        let (expected, actual) = match (&self.expected, &self.actual) {
            (Some(expected), Some(actual)) => (expected.clone(), actual.clone()),
            _ => {
                let status = self
                    .status
                    .map_or("it fails".to_owned(), |status| format!("exit {status}"));
                let said = self.rest.iter().map(String::as_str);
                let said: Vec<&str> = std::iter::once(status.as_str()).chain(said).collect();
                ("exit 0".to_owned(), said.join("\n"))
            }
        };
        Difference {
            step: None,
            subject,
            expected: clipped(expected, SHOWN),
            actual: clipped(actual, SHOWN),
        }
    }
}

/// A value less the blanks that put it below that of another key: where none stand before the colon, they stand behind it.
fn less_padding<'v>(key: &str, value: &'v str) -> &'v str {
    let is_padded_before = key.ends_with(' ');
    let aligned = (!is_padded_before && key.trim() == "actual").then_some("   ");
    let less = aligned.and_then(|blanks| value.strip_prefix(blanks));
    less.or_else(|| value.strip_prefix(' ')).unwrap_or(value)
}

/// Where bash can't read a file that bats was to run, and its line; none if nothing says so.
pub(super) fn unreadable(lines: &[String], file: &str) -> Option<Place> {
    let pattern = UNREADABLE.as_ref()?;
    let found = lines.iter().find_map(|line| pattern.captures(line))?;
    let name = found.get(1)?.as_str().trim_end_matches(".src");
    // What bats makes of a file before it reads it bears a number.
    let name = name.rsplit('/').next()?;
    let name = name.trim_start_matches(|letter: char| letter.is_ascii_digit());
    let name = name.strip_prefix('-').unwrap_or(name);
    file.ends_with(name).then(|| Place {
        file: file.to_owned(),
        line: found.get(2).and_then(|line| line.as_str().parse().ok()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Failure {
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        Failure::read(&lines)
    }

    #[test]
    fn the_forms_of_dokku_s_helpers_are_read() {
        let failure = read(
            "(from function `flunk' in file tests/test_helper.bash, line 13,\n from function `assert_equal' in file tests/test_helper.bash, line 58,\n in test file tests/a.bats, line 12)\n  `assert_equal \"$x\" \"b\"' failed\nexpected: b\nactual:    !     a\nmore\n",
        );
        assert_eq!((failure.line, failure.within.as_deref()), (Some(12), None));
        let difference = failure.difference();
        assert_eq!(difference.subject, "assert_equal \"$x\" \"b\"");
        assert_eq!(
            (difference.expected.as_str(), difference.actual.as_str()),
            ("b", " !     a\nmore")
        );
        assert_eq!(failure.sentence(), "`assert_equal \"$x\" \"b\"` failed");
    }

    #[test]
    fn a_failing_setup_is_named() {
        let failure = read(
            "(from function `setup' in test file tests/a.bats, line 5)\n  `dokku x' failed with status 3\nsaid\n",
        );
        assert_eq!(
            failure.sentence(),
            "in `setup`, `dokku x` failed with status 3"
        );
        let difference = failure.difference();
        assert_eq!(
            (difference.expected.as_str(), difference.actual.as_str()),
            ("exit 0", "exit 3\nsaid")
        );
    }

    #[test]
    fn the_form_of_bats_assert_is_read() {
        let failure = read(
            "(in test file tests/a.bats, line 3)\n  `assert_output foo' failed\n\n-- output differs --\nexpected : foo\nactual   : bar\n--\n\nrest\n",
        );
        let difference = failure.difference();
        assert_eq!(
            (difference.expected.as_str(), difference.actual.as_str()),
            ("foo", "bar")
        );
    }

    #[test]
    fn nothing_said_is_told_too() {
        assert_eq!(read("").sentence(), "it failed, and nothing says why");
    }

    #[test]
    fn where_bash_stops_reading_is_a_place() {
        let lines = ["/tmp/bats-run-1/1-a.bats.src: line 7: syntax error near `}'".to_owned()];
        assert_eq!(unreadable(&lines, "tests/b.bats"), None);
        assert_eq!(unreadable(&lines, "tests/a.bats").unwrap().line, Some(7));
    }
}

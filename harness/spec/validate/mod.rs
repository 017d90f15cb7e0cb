//! Raw shapes → valid types, with every mistake told at its place.
//!
//! Each function gives none where it told of a mistake, and goes on as long as there is something left to tell.

mod case;
mod conformance;
mod docker;
mod expectation;
mod given;
mod known_failure;
mod matcher;
mod requirement;

use std::str::FromStr;

use super::Expression;
use super::diagnostic::Diagnostic;
use super::page::{Page, Position};
use super::raw;
use super::yaml::Node;
use crate::world::{LONGEST_NAME, LONGEST_PATH};

pub(super) use conformance::conformance;
pub(super) use known_failure::known_failures;
pub(super) use requirement::requirement;

/// How many regular expressions a file may hold.
const MOST_EXPRESSIONS: usize = 100;

/// How many bytes a word of a command line, or the value of a variable, may have: a good part less than Linux takes, so that
/// what stands for its placeholders has room too.
const LONGEST_WORD: usize = 64 << 10;

/// Collects the mistakes of one file.
pub(super) struct Desk<'p> {
    page: &'p Page,
    expressions: usize,
    mistakes: Vec<Diagnostic>,
}

/// A place in the tree, so that what is wrong with a decoded value can be told where it stands.
#[derive(Clone, Copy)]
pub(super) struct At<'n> {
    node: &'n Node,
}

impl<'n> At<'n> {
    pub(super) fn root(node: &'n Node) -> Self {
        Self { node }
    }

    /// The value of a key; the map itself where the key is not there.
    pub(super) fn key(self, key: &str) -> Self {
        let node = self.node.entry(key).map_or(self.node, |entry| &entry.value);
        Self { node }
    }

    /// An item of a list; the value itself where it is no list.
    fn item(self, index: usize) -> Self {
        let node = self.node.item(index).unwrap_or(self.node);
        Self { node }
    }

    /// The place of a key itself.
    fn name(self, key: &str) -> Position {
        self.node
            .entry(key)
            .map_or(self.node.position, |entry| entry.position)
    }

    fn position(self) -> Position {
        self.node.position
    }
}

/// One or many values, each with its place.
fn each<'r, 'n, T>(
    values: &'r raw::OneOrMany<T>,
    at: At<'n>,
) -> impl Iterator<Item = (&'r T, At<'n>)> {
    let values = match values {
        raw::OneOrMany::One(value) => std::slice::from_ref(value),
        raw::OneOrMany::Many(values) => values.as_slice(),
    };
    listed(values, at)
}

/// The values of a list, each with its place.
fn listed<'r, 'n, T>(values: &'r [T], at: At<'n>) -> impl Iterator<Item = (&'r T, At<'n>)> {
    values
        .iter()
        .enumerate()
        .map(move |(index, value)| (value, at.item(index)))
}

impl<'p> Desk<'p> {
    pub(super) fn new(page: &'p Page) -> Self {
        Self {
            page,
            expressions: 0,
            mistakes: Vec::new(),
        }
    }

    /// The mistakes told so far.
    pub(super) fn into_mistakes(self) -> Vec<Diagnostic> {
        self.mistakes
    }

    fn tell(&mut self, at: At<'_>, message: impl Into<String>) {
        self.tell_at(at.position(), message);
    }

    fn tell_at(&mut self, position: Position, message: impl Into<String>) {
        self.mistakes.push(self.page.mistake(position, message));
    }

    fn advise(&mut self, at: At<'_>, message: impl Into<String>, help: impl Into<String>) {
        self.advise_at(at.position(), message, help);
    }

    fn advise_at(
        &mut self,
        position: Position,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let mistake = self.page.mistake(position, message).help(help);
        self.mistakes.push(mistake);
    }

    /// Tells of something that stands in the file a second time.
    fn repeated(&mut self, position: Position, first: Position, message: String) {
        let mut mistake = self.page.mistake(position, message);
        mistake.related = Some(self.page.related(first, "the first is here"));
        self.mistakes.push(mistake);
    }

    fn parse<T: FromStr<Err: std::fmt::Display>>(&mut self, text: &str, at: At<'_>) -> Option<T> {
        text.parse()
            .map_err(|error: T::Err| self.tell(at, error.to_string()))
            .ok()
    }

    /// A text that must say something.
    fn said(&mut self, text: &str, what: &str, at: At<'_>) -> Option<String> {
        if text.trim().is_empty() {
            self.tell(at, format!("`{what}` says nothing"));
            return None;
        }
        Some(text.to_owned())
    }

    fn regex(&mut self, pattern: &str, at: At<'_>) -> Option<Expression> {
        self.expressions += 1;
        if self.expressions > MOST_EXPRESSIONS {
            let message = format!("more than {MOST_EXPRESSIONS} regular expressions in one file");
            self.tell(at, message);
            return None;
        }
        match Expression::parse(pattern) {
            Ok(regex) => Some(regex),
            Err(error) => {
                let error = error.to_string();
                let last = error.lines().last().unwrap_or_default();
                let reason = last.strip_prefix("error: ").unwrap_or(last);
                self.tell(at, format!("no valid regular expression: {reason}"));
                None
            }
        }
    }

    /// Tells of a text that can be no word of a command line, and no value of a variable.
    fn passable(&mut self, text: &str, at: At<'_>) -> bool {
        let told = self.mistakes.len();
        if text.contains('\0') {
            self.tell(
                at,
                "no word of a command line and no variable can hold the byte 0",
            );
        } else if text.len() > LONGEST_WORD {
            let message = format!(
                "this has {} bytes, and a word at most {LONGEST_WORD}",
                text.len()
            );
            self.tell(at, message);
        }
        self.mistakes.len() == told
    }

    /// Permission bits, written in octal digits.
    fn octal(&mut self, text: &str, most: u32, at: At<'_>) -> Option<u32> {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        match u32::from_str_radix(text, 8) {
            Ok(bits) if digits && bits <= most => Some(bits),
            _ => {
                let help = format!("expected octal digits up to \"{most:04o}\"");
                self.advise(at, format!("`{text}` is no file mode"), help);
                None
            }
        }
    }

    /// Tells of what is no name of one file.
    fn file_name(&mut self, name: &str, position: Position) {
        if name.len() > LONGEST_NAME {
            let message = format!(
                "a name of {} bytes is too long for a file system",
                name.len()
            );
            self.advise_at(
                position,
                message,
                format!("a name has at most {LONGEST_NAME} bytes"),
            );
        } else if name.is_empty() || name.contains(['/', '\0']) || [".", ".."].contains(&name) {
            let help = "write the name of one file, without a path";
            self.advise_at(position, format!("`{name}` is no name here"), help);
        }
    }

    /// A path that stays below what it is relative to.
    fn inner_path(&mut self, path: &str, position: Position) -> bool {
        let is_long =
            path.len() > LONGEST_PATH || path.split('/').any(|name| name.len() > LONGEST_NAME);
        if is_long {
            let message = format!(
                "a path of {} bytes is too long for a file system",
                path.len()
            );
            let help = format!("a name has at most {LONGEST_NAME} bytes, a path {LONGEST_PATH}");
            self.advise_at(position, message, help);
            return false;
        }
        let inner = !path.is_empty()
            && !path.contains('\0')
            && path
                .split('/')
                .all(|part| !part.is_empty() && part != "." && part != "..");
        if !inner {
            let help = "write a relative path without `.` and `..`, such as home/dokku/app/ENV";
            self.advise_at(position, format!("`{path}` is no path here"), help);
        }
        inner
    }
}

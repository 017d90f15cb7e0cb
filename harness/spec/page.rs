//! A spec file's text, line by line, to show mistakes in.

use std::path::{Path, PathBuf};

use super::diagnostic::{Diagnostic, Related, Spot};
use super::source::Source;

/// Where something stands in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Position {
    /// The line, from 1.
    pub(super) line: usize,
    /// The column in characters, from 1.
    pub(super) column: usize,
    /// How many characters are meant; cut to the line when shown.
    pub(super) width: usize,
}

/// The longest line that is read, in bytes: each mistake shows the line that it stands on.
const LONGEST_LINE: usize = 16 << 10;

/// A file's text.
#[derive(Clone, Debug)]
pub(super) struct Page {
    file: PathBuf,
    text: String,
    /// Where each line begins.
    lines: Vec<usize>,
}

impl Page {
    /// The text of a source, without byte order mark, its line ends made one kind.
    ///
    /// # Errors
    /// If it is no UTF-8, holds a character that YAML does not allow, or has a line longer than 16 KiB.
    pub(super) fn read(source: &Source) -> Result<Self, Vec<Diagnostic>> {
        let mut lines = source.text.split(|byte| matches!(byte, b'\n' | b'\r'));
        if lines.any(|line| line.len() > LONGEST_LINE) {
            let message = "has a line longer than 16 KiB";
            let mistake = Diagnostic::of_file(&source.name, message);
            return Err(vec![
                mistake.help("break it, as YAML allows within any text"),
            ]);
        }
        let (text, broken) = match std::str::from_utf8(&source.text) {
            Ok(text) => (text, None),
            Err(error) => {
                let (valid, rest) = source.text.split_at(error.valid_up_to());
                (std::str::from_utf8(valid).unwrap_or_default(), rest.first())
            }
        };
        let page = Self::new(&source.name, text);
        if let Some((at, letter)) = page.text.char_indices().find(|(_, c)| is_forbidden(*c)) {
            let end = end_of(page.text.get(..at).unwrap_or_default());
            let message = format!("a control character, U+{:04X}", u32::from(letter));
            let help = "write it as an escape in a text in double quotes, such as \"\\e\"";
            return Err(vec![page.mistake(end, message).help(help)]);
        }
        match broken {
            None => Ok(page),
            Some(byte) => {
                let message = format!("the byte 0x{byte:02X} is not UTF-8");
                let mistake = page.mistake(end_of(&page.text), message);
                Err(vec![mistake.help("save the file as UTF-8")])
            }
        }
    }

    fn new(file: &Path, text: &str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let ends = text.match_indices('\n').map(|(end, _)| end + 1);
        Self {
            file: file.to_owned(),
            lines: std::iter::once(0).chain(ends).collect(),
            text,
        }
    }

    /// The whole text.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The file's name.
    pub(super) fn file(&self) -> &Path {
        &self.file
    }

    /// What stands at a position, as far as it is on one line.
    pub(super) fn at(&self, position: Position) -> String {
        self.line(position.line)
            .chars()
            .skip(position.column.saturating_sub(1))
            .take(position.width)
            .collect()
    }

    /// The text of a line, from 1.
    pub(super) fn line(&self, number: usize) -> &str {
        self.since_line(number)
            .split('\n')
            .next()
            .unwrap_or_default()
    }

    /// The text from the beginning of a line, from 1, on.
    fn since_line(&self, number: usize) -> &str {
        let start = self.lines.get(number.saturating_sub(1));
        start
            .and_then(|start| self.text.get(*start..))
            .unwrap_or_default()
    }

    /// The position, or, where only blank lines are left, the end of the last line that says something.
    pub(super) fn said(&self, position: Position) -> Position {
        if self.since_line(position.line).trim_start().is_empty() {
            end_of(self.text.trim_end())
        } else {
            position
        }
    }

    /// A mistake at a position.
    pub(super) fn mistake(&self, position: Position, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            spot: Some(self.spot(position)),
            ..Diagnostic::of_file(&self.file, message)
        }
    }

    /// A place that another mistake has to do with.
    pub(super) fn related(&self, position: Position, message: impl Into<String>) -> Related {
        Related {
            file: self.file.clone(),
            spot: self.spot(position),
            message: message.into(),
        }
    }

    fn spot(&self, position: Position) -> Spot {
        let text = self.line(position.line).trim_end().to_owned();
        let left = text
            .chars()
            .count()
            .saturating_sub(position.column.saturating_sub(1));
        Spot {
            line: position.line.max(1),
            column: position.column.max(1),
            width: position.width.min(left).max(1),
            text,
        }
    }
}

/// The position after a text.
fn end_of(text: &str) -> Position {
    let last = text.rsplit('\n').next().unwrap_or_default();
    Position {
        line: text.matches('\n').count() + 1,
        column: last.chars().count() + 1,
        width: 1,
    }
}

/// What YAML 1.2 does not allow to stand for itself; a parser may take NUL for the end of the file.
fn is_forbidden(letter: char) -> bool {
    let control = letter.is_control() && !matches!(letter, '\t' | '\n' | '\u{85}');
    control || matches!(letter, '\u{fffe}' | '\u{ffff}')
}

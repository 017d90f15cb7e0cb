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

/// A file's text.
#[derive(Clone, Debug)]
pub(super) struct Page {
    file: PathBuf,
    text: String,
}

impl Page {
    /// The text of a source, without byte order mark, its line ends made one kind.
    ///
    /// # Errors
    /// If it is no UTF-8, or holds a character that YAML does not allow.
    pub(super) fn read(source: &Source) -> Result<Self, Vec<Diagnostic>> {
        let file = source.name.clone();
        let text = match std::str::from_utf8(&source.text) {
            Ok(text) => text,
            Err(error) => {
                let (valid, rest) = source.text.split_at(error.valid_up_to());
                let text = String::from_utf8_lossy(valid).into_owned();
                let end = end_of(&text);
                let byte = rest.first().copied().unwrap_or_default();
                let page = Self { file, text };
                let mistake = page
                    .mistake(end, format!("the byte 0x{byte:02X} is not UTF-8"))
                    .help("save the file as UTF-8");
                return Err(vec![mistake]);
            }
        };
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let page = Self { file, text };
        match page.text.char_indices().find(|(_, c)| is_forbidden(*c)) {
            None => Ok(page),
            Some((at, letter)) => {
                let end = end_of(page.text.get(..at).unwrap_or_default());
                let message = format!("a control character, U+{:04X}", u32::from(letter));
                let help = "write it as an escape in a text in double quotes, such as \"\\e\"";
                Err(vec![page.mistake(end, message).help(help)])
            }
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
        self.text
            .split('\n')
            .nth(number.saturating_sub(1))
            .unwrap_or_default()
    }

    /// The position, or, where only blank lines are left, the end of the last line that says something.
    pub(super) fn said(&self, position: Position) -> Position {
        let before = position.line.saturating_sub(1);
        let mut left = self.text.split('\n').skip(before);
        if left.all(|line| line.trim().is_empty()) {
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

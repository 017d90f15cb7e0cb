//! What is wrong with a spec, and where.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::visible::{is_hidden, visible, visible_path};

/// A mistake in a spec file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The file.
    pub file: PathBuf,
    /// Where in it; none if the whole file is meant.
    pub spot: Option<Spot>,
    /// What is wrong.
    pub message: String,
    /// What was expected there, or what to do.
    pub help: Option<String>,
    /// Another place that has to do with it.
    pub related: Option<Related>,
}

/// A place in a spec file, with the line itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// How many characters of the line are meant, at least one.
    pub width: usize,
    /// The line's text.
    pub text: String,
}

/// Another place that a mistake has to do with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// The file.
    pub file: PathBuf,
    /// The place in it.
    pub spot: Spot,
    /// What is there.
    pub message: String,
}

impl Diagnostic {
    /// A mistake that is the whole file's.
    #[must_use]
    pub fn of_file(file: &Path, message: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            spot: None,
            message: message.into(),
            help: None,
            related: None,
        }
    }

    /// The same with an advice.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_place(f, &self.file, self.spot.as_ref(), &self.message)?;
        if let Some(help) = &self.help {
            writeln!(f, "     = {}", visible(help))?;
        }
        match &self.related {
            Some(Related {
                file,
                spot,
                message,
            }) => write_place(f, file, Some(spot), message),
            None => Ok(()),
        }
    }
}

/// How many letters of a line are shown.
const SHOWN: usize = 240;

fn write_place(
    f: &mut fmt::Formatter<'_>,
    file: &Path,
    spot: Option<&Spot>,
    message: &str,
) -> fmt::Result {
    // Of a plugin's own specs both are a stranger's words.
    let (file, message) = (visible_path(file), visible(message));
    let Some(spot) = spot else {
        return writeln!(f, "{file}: {message}");
    };
    writeln!(f, "{file}:{}:{}: {message}", spot.line, spot.column)?;
    // A tab, or a letter that is hidden, would move the caret away from what it points at.
    let seen = |letter: char| {
        if letter == '\t' || is_hidden(letter) {
            ' '
        } else {
            letter
        }
    };
    let column = spot.column.saturating_sub(1);
    // Of a long line as much as somebody reads, around what is meant.
    let start = if column < SHOWN / 2 {
        0
    } else {
        column - SHOWN / 4
    };
    let text: String = spot
        .text
        .chars()
        .skip(start)
        .take(SHOWN)
        .map(seen)
        .collect();
    let before = if start > 0 { "… " } else { "" };
    let after = match spot.text.chars().count() > start + SHOWN {
        true => " …",
        false => "",
    };
    writeln!(f, "{:>4} | {before}{text}{after}", spot.line)?;
    let blank = " ".repeat(before.chars().count() + column - start);
    let width = spot.width.min(SHOWN.saturating_sub(column - start)).max(1);
    writeln!(f, "     | {blank}{}", "^".repeat(width))
}

/// Every mistake of a set of spec files, in the order of files and lines; at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// Nothing, if there is no mistake; else all of them.
    pub(crate) fn unless_empty(mistakes: Vec<Diagnostic>) -> Result<(), Self> {
        if mistakes.is_empty() {
            Ok(())
        } else {
            Err(Self(mistakes))
        }
    }

    /// All of these; there must be one.
    pub(super) fn of(mistakes: Vec<Diagnostic>) -> Self {
        Self(mistakes)
    }

    /// The mistakes.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.0.iter()
    }

    /// How many mistakes there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }
}

#[cfg(feature = "cli")]
impl From<Vec<Diagnostic>> for Diagnostics {
    /// All of these; there must be one.
    fn from(mistakes: Vec<Diagnostic>) -> Self {
        Self(mistakes)
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Self(vec![diagnostic])
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'d> IntoIterator for &'d Diagnostics {
    type Item = &'d Diagnostic;
    type IntoIter = std::slice::Iter<'d, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, diagnostic) in self.0.iter().enumerate() {
            if at > 0 {
                writeln!(f)?;
            }
            write!(f, "{diagnostic}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostics {}

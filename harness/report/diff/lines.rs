//! A diff as lines of text.

use anstyle::Style;
use similar::ChangeTag;

use super::{Diff, Line, Part, Row};
use crate::report::Palette;

/// A line with a change is taken in at a glance if it has no more letters.
const GLANCE: usize = 24;

/// The lines of a diff without colours: `- ` what was expected, `+ ` what came, `  ` what is the same, and below a line
/// `? ` with `^` below what changed in it, where that is not seen at a glance. What can't be seen is shown as an escape.
#[must_use]
pub fn unified(expected: &str, actual: &str) -> Vec<String> {
    Diff::of(expected, actual).lines(&Palette::default())
}

impl Diff {
    /// The lines of a text. Where there are colours, what changed within a line is inverted.
    pub(in crate::report) fn lines(&self, palette: &Palette) -> Vec<String> {
        let mut lines = Vec::new();
        for row in &self.rows {
            match row {
                Row::Note(said) => lines.push(styled(palette.faint, &format!("  ({said})"))),
                Row::Line(line) => {
                    lines.push(line.coloured(palette));
                    if palette.is_plain() {
                        lines.extend(line.underline());
                    }
                }
            }
        }
        lines
    }
}

impl Line {
    fn coloured(&self, palette: &Palette) -> String {
        let (sign, style) = match self.tag {
            ChangeTag::Delete => ("- ", palette.bad),
            ChangeTag::Insert => ("+ ", palette.good),
            ChangeTag::Equal => ("  ", Style::new()),
        };
        let mut line = styled(style, sign);
        for part in &self.parts {
            let is_inverted = part.is_changed && !palette.is_plain();
            let style = if is_inverted { style.invert() } else { style };
            line.push_str(&styled(style, &part.text));
        }
        line
    }

    /// What stands below the line: a mark below each letter that changed. None where that is nothing, or is seen without:
    /// in a short line, and where most of it has changed.
    fn underline(&self) -> Option<String> {
        let width = |part: &Part| part.text.chars().count();
        let changed = || self.parts.iter().filter(|part| part.is_changed);
        let (letters, marked) = (
            self.parts.iter().map(width).sum::<usize>(),
            changed().map(width).sum::<usize>(),
        );
        let are_blanks = changed().any(|part| part.text.trim().is_empty());
        if marked == 0 || (!are_blanks && (letters <= GLANCE || marked * 2 > letters)) {
            return None;
        }
        let mark = |is_changed| if is_changed { "^" } else { " " };
        let marks = self.parts.iter();
        let marks = marks.map(|part| mark(part.is_changed).repeat(width(part)));
        Some(format!("? {}", marks.collect::<String>().trim_end()))
    }
}

/// A text in a style; as it is in none.
fn styled(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

//! What was expected against what came, line by line, as every rendering shows it.

mod lines;
mod part;

use similar::{ChangeTag, DiffOp, DiffTag, TextDiff};

pub use lines::unified;
pub(super) use part::Part;
use part::{Signs, between, parts};

use crate::spec::is_description;
use crate::times::without_times;

/// How a text ends of which the record has the beginning alone.
const CUT_OFF: &str = " bytes more]";
/// How many equal lines are shown around what differs.
const CONTEXT: usize = 3;
/// How many rows are shown at most.
const LONGEST: usize = 60;
/// How many lines from the first that differs on are compared.
const COMPARED: usize = 2000;
/// How many lines of one text that follow each other are shown at most: two such stretches have room.
const STRETCH: usize = LONGEST / 2 - 1;
/// How many bytes of a change are looked at word by word for what changed within its lines.
const INLINE: usize = 4 << 10;

/// What differs, as far as a reader is shown it. Long equal stretches are folded, and nothing in it is hidden.
pub(super) struct Diff {
    pub(super) rows: Vec<Row>,
}

/// A row of a diff.
pub(super) enum Row {
    /// A line of one text or of both.
    Line(Line),
    /// Something that is said of the texts.
    Note(String),
}

/// A line without its end.
pub(super) struct Line {
    /// Whether it is of the expected text (deleted), of the one that came (inserted), or of both (equal).
    pub(super) tag: ChangeTag,
    pub(super) parts: Vec<Part>,
}

/// The row of a line of these parts, each with whether it is what changed.
fn line<'t>(tag: ChangeTag, signs: Signs, of: impl IntoIterator<Item = (bool, &'t str)>) -> Row {
    let parts = parts(tag, signs, of);
    Row::Line(Line { tag, parts })
}

impl Diff {
    /// Compares two texts. Times are shown as `[..]`, unless nothing else differs.
    pub(super) fn of(expected: &str, actual: &str) -> Self {
        Self::with(expected, actual, Signs::Made)
    }

    /// Compares two texts in which all is visible already.
    pub(super) fn of_visible(expected: &str, actual: &str) -> Self {
        Self::with(expected, actual, Signs::There)
    }

    fn with(expected: &str, actual: &str, signs: Signs) -> Self {
        let (expected, actual) = &without_times(expected, actual);
        let section = Section::of(expected, actual);
        let diff = TextDiff::from_lines(section.expected, section.actual);
        let mut rows = Vec::new();
        // How many equal lines were not shown since the last row.
        let mut hidden = section.before;
        let mut end = 0;
        for group in diff.grouped_ops(CONTEXT) {
            if let (Some(first), Some(last)) = (group.first(), group.last()) {
                hidden += first.old_range().start - end;
                end = last.old_range().end;
            }
            rows.extend(fold(std::mem::take(&mut hidden)));
            let changes = group.iter().flat_map(|op| change(&diff, op, signs));
            rows.extend(shortened(changes));
        }
        if !section.is_cut {
            rows.extend(fold(diff.old_len() - end));
            tell_missing_end(&mut rows, expected, actual);
        }
        let more = rows.len().saturating_sub(LONGEST);
        rows.truncate(LONGEST);
        rows.extend(match (more, section.is_cut) {
            (0, false) => None,
            (0, true) => Some(Row::Note("what follows is not compared".into())),
            (more, false) => Some(Row::Note(format!("and {more} lines more"))),
            (more, true) => Some(Row::Note(format!(
                "and {more} lines more, and what is not compared"
            ))),
        });
        Self { rows }
    }
}

/// These rows, where of a long stretch of lines of one text alone only the first are shown: what the other text has in its
/// place follows it.
fn shortened(rows: impl IntoIterator<Item = Row>) -> Vec<Row> {
    let mut shown = Vec::new();
    // Of what text the stretch is, and how long it is.
    let (mut of, mut length) = (ChangeTag::Equal, 0_usize);
    for row in rows {
        let tag = match &row {
            Row::Line(line) => line.tag,
            Row::Note(_) => ChangeTag::Equal,
        };
        if tag != of {
            shown.extend(left_out(length));
            (of, length) = (tag, 0);
        }
        length += usize::from(tag != ChangeTag::Equal);
        if length <= STRETCH {
            shown.push(row);
        }
    }
    shown.extend(left_out(length));
    shown
}

/// Says how many lines of such a stretch are not shown, if there are any.
fn left_out(length: usize) -> Option<Row> {
    match length.saturating_sub(STRETCH) {
        0 => None,
        1 => Some(Row::Note("and 1 line more".into())),
        more => Some(Row::Note(format!("and {more} lines more"))),
    }
}

/// Says that so many equal lines are left out, if there are any.
fn fold(equal: usize) -> Option<Row> {
    let what = match equal {
        0 => return None,
        1 => "1 equal line".to_owned(),
        equal => format!("{equal} equal lines"),
    };
    Some(Row::Note(what))
}

/// The part of two texts that is compared.
struct Section<'t> {
    expected: &'t str,
    actual: &'t str,
    /// How many equal lines come before it.
    before: usize,
    /// True if something comes after it.
    is_cut: bool,
}

impl<'t> Section<'t> {
    /// From a few lines before the first that differs on, so many lines.
    fn of(expected: &'t str, actual: &'t str) -> Self {
        let lines = |text: &'t str| text.split_inclusive('\n');
        let equal: Vec<usize> = lines(expected)
            .zip(lines(actual))
            .take_while(|(one, other)| one == other)
            .map(|(line, _)| line.len())
            .collect();
        let before = equal.len().saturating_sub(CONTEXT);
        let skipped: usize = equal.iter().take(before).sum();
        let part = |text: &'t str| {
            let text = text.get(skipped..).unwrap_or(text);
            let length = lines(text).take(COMPARED).map(str::len).sum();
            text.split_at(length)
        };
        let ((expected, more), (actual, others)) = (part(expected), part(actual));
        Self {
            expected,
            actual,
            before,
            is_cut: !(more.is_empty() && others.is_empty()),
        }
    }
}

/// The rows of one change, or of equal lines.
fn change<'t>(diff: &TextDiff<'t, 't, str>, op: &DiffOp, signs: Signs) -> Vec<Row> {
    let old: Vec<&str> = op
        .old_range()
        .filter_map(|index| diff.old_slice(index))
        .collect();
    let new: Vec<&str> = op
        .new_range()
        .filter_map(|index| diff.new_slice(index))
        .collect();
    let bytes: usize = old.iter().chain(&new).map(|line| line.len()).sum();
    match (old.as_slice(), new.as_slice()) {
        _ if bytes <= INLINE => diff
            .iter_inline_changes(op)
            .map(|change| line(change.tag(), signs, change.values().iter().copied()))
            .collect(),
        // As many lines as before are taken for the same lines, each with another text.
        (old, new) if op.tag() == DiffTag::Replace && old.len() == new.len() => {
            let pairs = old.iter().zip(new).map(|(old, new)| {
                let [old, new] = between(old, new);
                (
                    line(ChangeTag::Delete, signs, old),
                    line(ChangeTag::Insert, signs, new),
                )
            });
            let (old, new): (Vec<Row>, Vec<Row>) = pairs.unzip();
            old.into_iter().chain(new).collect()
        }
        _ => diff
            .iter_changes(op)
            .map(|change| line(change.tag(), signs, [(false, change.value())]))
            .collect(),
    }
}

/// Says where a newline is missing at the end, if one text lacks it and the other has it. What is no text of a program has
/// none to lack.
fn tell_missing_end(rows: &mut Vec<Row>, expected: &str, actual: &str) {
    let (lacking, text) = match (expected.ends_with('\n'), actual.ends_with('\n')) {
        (true, false) => (ChangeTag::Insert, actual),
        (false, true) => (ChangeTag::Delete, expected),
        _ => return,
    };
    if text.is_empty() || is_description(text) || text.ends_with(CUT_OFF) {
        return;
    }
    let is_it = |row: &Row| matches!(row, Row::Line(line) if line.tag == lacking);
    let Some(index) = rows.iter().rposition(is_it) else {
        return;
    };
    // What is left out of a long stretch has the end.
    let is_next_note = |row: &Row| matches!(row, Row::Note(_));
    let after = index + 1 + usize::from(rows.get(index + 1).is_some_and(is_next_note));
    rows.insert(after, Row::Note("no newline at the end".into()));
}

#[cfg(test)]
mod tests;

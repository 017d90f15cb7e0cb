//! What was expected against what came, with what changed within a line marked.

use maud::{Markup, html};
use similar::{ChangeTag, DiffOp, InlineChange, TextDiff};

use super::shown::Line;
use crate::run::Difference;

/// How many equal lines are shown around a difference.
const CONTEXT: usize = 3;
/// How many lines of a difference are shown.
const LONGEST: usize = 60;
/// How many lines from the first that differs on are compared.
const COMPARED: usize = 2000;
/// How many bytes of a change are looked at for what changed within its lines.
const INLINE: usize = 4 << 10;

/// A difference as a table of signs and lines.
pub(super) fn difference(difference: &Difference) -> Markup {
    let about = match &difference.step {
        Some(step) => format!("{} of step {step}", difference.subject),
        None => difference.subject.clone(),
    };
    let (expected, actual) = (&difference.expected, &difference.actual);
    let (expected, actual, is_cut) = from_the_first_change(expected, actual);
    let diff = TextDiff::from_lines(expected, actual);
    let lines = lines(&diff);
    let more = lines.len().saturating_sub(LONGEST);
    let same_but_ends = difference.expected != difference.actual
        && difference.expected.trim_end_matches('\n') == difference.actual.trim_end_matches('\n');
    html! {
        figure.diff {
            figcaption {
                (Line(&about)) " "
                span.faint { del { "− expected" } " " ins { "+ came" } }
            }
            pre { @for line in lines.into_iter().take(LONGEST) { (line) } }
            @if same_but_ends { p.more { "They differ in the newlines at the end." } }
            @if more > 0 { p.more { "[" (more) " lines more of this difference are in the record]" } }
            @else if is_cut { p.more { "[what follows is in the record]" } }
        }
    }
}

/// Both texts without lines that are far from the first difference, and whether anything was left out after it.
fn from_the_first_change<'t>(one: &'t str, other: &'t str) -> (&'t str, &'t str, bool) {
    let pairs = one.split_inclusive('\n').zip(other.split_inclusive('\n'));
    let equal: Vec<usize> = pairs
        .take_while(|(one, other)| one == other)
        .map(|(line, _)| line.len())
        .collect();
    let skipped: usize = equal.iter().rev().skip(CONTEXT + 1).sum();
    let part = |text: &'t str| {
        let text = text.get(skipped..).unwrap_or(text);
        let length = text
            .split_inclusive('\n')
            .take(COMPARED)
            .map(str::len)
            .sum();
        text.split_at(length)
    };
    let ((one, more), (other, others)) = (part(one), part(other));
    (one, other, !(more.is_empty() && others.is_empty()))
}

/// The lines of a diff, long stretches of equal ones left out.
fn lines<'t>(diff: &TextDiff<'t, 't, str>) -> Vec<Markup> {
    let mut lines = Vec::new();
    for (index, group) in diff.grouped_ops(CONTEXT).iter().enumerate() {
        if index > 0 {
            lines.push(html! { span.gap { "⋯\n" } });
        }
        for op in group {
            if bytes(diff, op) > INLINE {
                let changes = diff.iter_changes(op);
                lines.extend(
                    changes.map(|change| one(change.tag(), [(false, change.value())].into_iter())),
                );
            } else {
                lines.extend(diff.iter_inline_changes(op).map(|change| inline(&change)));
            }
        }
    }
    lines
}

/// How many bytes a change is about.
fn bytes<'t>(diff: &TextDiff<'t, 't, str>, op: &DiffOp) -> usize {
    let old = op.old_range().filter_map(|index| diff.old_slice(index));
    let new = op.new_range().filter_map(|index| diff.new_slice(index));
    old.chain(new).map(str::len).sum()
}

fn inline(change: &InlineChange<'_, str>) -> Markup {
    one(change.tag(), change.values().iter().copied())
}

/// One line of its parts, each with whether it is what changed.
fn one<'t>(tag: ChangeTag, parts: impl Iterator<Item = (bool, &'t str)>) -> Markup {
    let parts =
        parts.map(|(is_changed, part)| (is_changed, part.strip_suffix('\n').unwrap_or(part)));
    let parts: Vec<_> = parts.filter(|(_, part)| !part.is_empty()).collect();
    let last = parts.len().saturating_sub(1);
    let text = parts
        .into_iter()
        .enumerate()
        .map(|(index, (is_changed, part))| {
            let part = match index == last {
                true => ended(part),
                false => html! { (Line(part)) },
            };
            html! { @if is_changed { mark { (part) } } @else { (part) } }
        });
    let text = html! { @for part in text { (part) } };
    match tag {
        ChangeTag::Delete => html! { del { "-" (text) "\n" } },
        ChangeTag::Insert => html! { ins { "+" (text) "\n" } },
        ChangeTag::Equal => html! { span { " " (text) "\n" } },
    }
}

/// The end of a line, with the blanks that nothing follows marked.
fn ended(part: &str) -> Markup {
    let (text, blanks) = part.split_at(part.trim_end_matches([' ', '\t']).len());
    html! {
        (Line(text))
        @if !blanks.is_empty() { span.blank { (Line(blanks)) } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(expected: &str, actual: &str) -> String {
        let of = Difference {
            step: None,
            subject: "stdout".into(),
            expected: expected.into(),
            actual: actual.into(),
        };
        difference(&of).into_string()
    }

    #[test]
    fn what_changed_within_a_line_is_marked() {
        let text = shown("one two three\n", "one 2 three\n");
        assert!(
            text.contains("<del>-one <mark>two</mark> three\n</del>"),
            "{text}"
        );
        assert!(
            text.contains("<ins>+one <mark>2</mark> three\n</ins>"),
            "{text}"
        );
    }

    #[test]
    fn hidden_letters_and_tags_are_text() {
        let text = shown("a\n", "<b>\u{1B}[1m\u{202E}\r\n");
        assert!(text.contains("&lt;b&gt;\\x1B[1m\\u{202E}\\r"), "{text}");
    }

    #[test]
    fn blanks_at_the_end_are_marked() {
        let text = shown("a\n", "a \t\n");
        assert!(text.contains("<span class=\"blank\"> \t</span>"), "{text}");
    }

    #[test]
    fn a_missing_newline_is_told() {
        assert!(shown("a\n", "a").contains("newlines at the end"));
    }

    #[test]
    fn long_texts_are_compared_from_where_they_differ() {
        let same = "same\n".repeat(100_000);
        let text = shown(&format!("{same}a\n"), &format!("{same}b\n"));
        assert!(
            text.contains("-<mark>a</mark>") || text.contains("-a"),
            "{text}"
        );
        let (many, others): (String, String) = (0..50_000)
            .map(|n| (format!("a{n}\n"), format!("b{n}\n")))
            .unzip();
        assert!(shown(&many, &others).contains("lines more of this difference"));
    }
}

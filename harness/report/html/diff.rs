//! What was expected against what came, with what changed within a line marked.

use maud::{Markup, html};
use similar::ChangeTag;

use super::shown::Line;
use crate::report::diff::{self, Diff, Part, Row};
use crate::run::Difference;

/// A difference as a list of signs and lines.
pub(super) fn difference(difference: &Difference) -> Markup {
    let about = match &difference.step {
        Some(step) => format!("{} of step {step}", difference.subject),
        None => difference.subject.clone(),
    };
    let diff = Diff::of(&difference.expected, &difference.actual);
    html! {
        figure.diff {
            figcaption {
                (Line(&about)) " "
                span.faint { del { "− expected" } " " ins { "+ came" } }
            }
            pre { @for row in &diff.rows { (self::row(row)) } }
        }
    }
}

fn row(row: &Row) -> Markup {
    match row {
        Row::Line(line) => self::line(line),
        Row::Note(said) => html! { span.said { (said) "\n" } },
    }
}

fn line(diff::Line { tag, parts }: &diff::Line) -> Markup {
    let text = html! {
        @for Part { is_changed, text } in parts {
            @if *is_changed { mark { (text) } } @else { (text) }
        }
    };
    match tag {
        ChangeTag::Delete => html! { del { "-" (text) "\n" } },
        ChangeTag::Insert => html! { ins { "+" (text) "\n" } },
        ChangeTag::Equal => html! { span { " " (text) "\n" } },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changed_within_a_line_is_marked_and_tags_are_text() {
        let of = Difference {
            step: None,
            subject: "stdout".into(),
            expected: "one two three\n".into(),
            actual: "one <b> three\n".into(),
        };
        let text = difference(&of).into_string();
        for line in [
            "<del>-one <mark>two</mark> three\n</del>",
            "<ins>+one <mark>&lt;b&gt;</mark> three\n</ins>",
        ] {
            assert!(text.contains(line), "{text}");
        }
    }
}

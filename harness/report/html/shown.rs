//! Text that strangers wrote, as it may stand in a page.

use maud::{Markup, Render, html};

use crate::report::visible;

/// How many bytes of a line are shown.
const WIDEST: usize = 1 << 10;
/// How many lines of a text are shown.
const LINES: usize = 200;
/// How many bytes of a text are shown.
const BYTES: usize = 16 << 10;

/// One line with nothing in it that hides or that the page could take for its own; of a very long one the beginning.
pub(in crate::report) struct Line<'t>(pub(in crate::report) &'t str);

impl Render for Line<'_> {
    fn render_to(&self, to: &mut String) {
        let (shown, rest) = split(self.0, WIDEST);
        visible(shown).render_to(to);
        if !rest.is_empty() {
            format!(" [{} bytes more]", rest.len()).render_to(to);
        }
    }
}

/// The same of what can be displayed.
pub(super) fn line(what: &impl ToString) -> Markup {
    html! { (Line(&what.to_string())) }
}

/// The lines of a text as they stand, the first of many.
pub(super) struct Lines<'t>(pub(super) &'t str);

impl Render for Lines<'_> {
    fn render_to(&self, to: &mut String) {
        lines(self.0, to, |line, to| Line(line).render_to(to));
    }
}

/// The same of sentences, in which what stands between backticks is code.
pub(in crate::report) struct Prose<'t>(pub(in crate::report) &'t str);

impl Render for Prose<'_> {
    fn render_to(&self, to: &mut String) {
        lines(self.0, to, |line, to| {
            if line.len() > WIDEST || !line.matches('`').count().is_multiple_of(2) {
                return Line(line).render_to(to);
            }
            for (index, part) in line.split('`').enumerate() {
                match index.is_multiple_of(2) || part.is_empty() {
                    true => Line(part).render_to(to),
                    false => html! { code { (Line(part)) } }.render_to(to),
                }
            }
        });
    }
}

/// Renders the lines of a text, the first of many.
fn lines(text: &str, to: &mut String, render: impl Fn(&str, &mut String)) {
    let (shown, more) = cut(text);
    for line in shown.split_inclusive('\n') {
        let (line, end) = match line.strip_suffix('\n') {
            Some(line) => (line, "\n"),
            None => (line, ""),
        };
        render(line, to);
        to.push_str(end);
    }
    if let Some(more) = more {
        html! { span.more { (more) } }.render_to(to);
    }
}

/// What is shown of a text, and what is said of the rest.
fn cut(text: &str) -> (&str, Option<String>) {
    let lines = text.split_inclusive('\n').take(LINES).map(str::len).sum();
    let (shown, rest) = split(text, BYTES.min(lines));
    if rest.is_empty() {
        return (text, None);
    }
    let said = match rest.lines().count() {
        lines if shown.ends_with('\n') => format!("[{lines} lines more are in the record]"),
        _ => format!(" [{} bytes more are in the record]", rest.len()),
    };
    (shown, Some(said))
}

/// The first so many bytes of a text, but for what would break a letter, and the rest.
fn split(text: &str, at: usize) -> (&str, &str) {
    let mut ends = (0..=at.min(text.len())).rev();
    let end = ends.find(|end| text.is_char_boundary(*end));
    text.split_at(end.unwrap_or_default())
}

/// A number with its thousands apart, as the page's script writes it too.
pub(super) fn number(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('\u{202F}');
        }
        text.push(digit);
    }
    text
}

/// A name as a part of an `id` and of a URL: letters, digits and `.-_` stay.
pub(super) fn slug(name: &str) -> String {
    let letter = |letter: char| match letter {
        '.' | '-' | '_' => letter.to_string(),
        letter if letter.is_ascii_alphanumeric() => letter.to_string(),
        letter => format!("~{:x}~", u32::from(letter)),
    };
    name.chars().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_at_a_line_or_else_at_a_letter_and_says_so() {
        assert_eq!(cut("a\nb"), ("a\nb", None));
        let (shown, more) = (cut(&"é\n".repeat(LINES + 2)).0.len(), "é\n".len() * LINES);
        assert_eq!(shown, more);
        let long = format!("x{}", "é".repeat(BYTES));
        assert_eq!(cut(&long).0.len(), BYTES - 1);
        assert!(cut(&long).1.unwrap().contains("16386 bytes more"));
    }

    #[test]
    fn what_stands_between_backticks_is_code() {
        let shown = |text| html! { (Prose(text)) }.into_string();
        assert_eq!(
            shown("a `<b>` c\n`d`"),
            "a <code>&lt;b&gt;</code> c\n<code>d</code>"
        );
        assert_eq!(shown("a ` b"), "a ` b");
        assert_eq!(shown("``"), "");
    }

    #[test]
    fn thousands_stand_apart() {
        let numbers = [0, 999, 1000, 1_234_567].map(number);
        assert_eq!(
            numbers,
            ["0", "999", "1\u{202F}000", "1\u{202F}234\u{202F}567"]
        );
    }

    #[test]
    fn names_that_differ_have_slugs_that_differ() {
        assert_eq!(slug("my-plugin_1.0"), "my-plugin_1.0");
        assert_eq!(slug("a b~\u{202E}\""), "a~20~b~7e~~202e~~22~");
        assert_ne!(slug("a~20~b"), slug("a b"));
    }
}

//! A part of a line, with whether it is what changed.

use similar::ChangeTag;

use crate::report::visible;

/// How many letters of what did not change are shown.
const EQUAL: usize = 160;
/// How many letters of what changed are shown.
const CHANGED: usize = 1000;

/// A part of a line.
pub(in crate::report) struct Part {
    /// Whether this is what changed within the line.
    pub(in crate::report) is_changed: bool,
    /// Its letters, of which each can be seen.
    pub(in crate::report) text: String,
}

/// Who makes what can't be seen in a text visible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signs {
    /// Nobody has yet: this does.
    Made,
    /// Whoever wrote the text has.
    There,
}

/// What a sign begins with.
const BACKSLASH: char = '\\';
/// What stands for a blank at the end of a line.
const BLANK: char = '·';

/// The parts of a line, each with whether it is what changed. In a line that is not in both texts, tabs and the blanks at
/// its end are seen too. A backslash that could be taken for the beginning of a sign is doubled.
pub(super) fn parts<'t>(
    tag: ChangeTag,
    signs: Signs,
    of: impl IntoIterator<Item = (bool, &'t str)>,
) -> Vec<Part> {
    let of: Vec<(bool, &str)> = of.into_iter().collect();
    let is_marked = of.iter().any(|(is_changed, _)| *is_changed);
    let mut signing = Signing::of(tag);
    let mut parts = Vec::new();
    for (is_changed, text) in of.into_iter().rev() {
        let text = text.strip_suffix('\n').unwrap_or(text);
        if text.is_empty() {
            continue;
        }
        let most = match tag == ChangeTag::Equal || (is_marked && !is_changed) {
            true => EQUAL,
            false => CHANGED,
        };
        let text = folded(text, most);
        let text = match signs {
            Signs::Made => signing.before(&text),
            Signs::There => visible(&text).into_owned(),
        };
        parts.push(Part { is_changed, text });
    }
    parts.reverse();
    parts
}

/// A line whose letters are made visible, from its end on.
struct Signing {
    /// Whether blanks and tabs are seen too.
    shows_blanks: bool,
    /// Whether nothing but blanks, or what looks like the sign of one, came yet.
    is_end: bool,
    is_like_end: bool,
    /// The letter that comes next in the line, as it is shown.
    next: Option<char>,
}

impl Signing {
    fn of(tag: ChangeTag) -> Self {
        let shows_blanks = tag != ChangeTag::Equal;
        Self {
            shows_blanks,
            is_end: shows_blanks,
            is_like_end: shows_blanks,
            next: None,
        }
    }

    /// The text that stands before what came yet.
    fn before(&mut self, text: &str) -> String {
        let mut shown: Vec<String> = text.chars().rev().map(|one| self.sign(one)).collect();
        shown.reverse();
        shown.concat()
    }

    /// A letter as it is shown.
    fn sign(&mut self, letter: char) -> String {
        self.is_end = self.is_end && matches!(letter, ' ' | '\t' | '\r');
        self.is_like_end =
            self.is_like_end && (self.is_end || matches!(letter, ' ' | '\t' | '\r' | BLANK));
        let could_begin_a_sign = || {
            self.next
                .is_some_and(|next| matches!(next, '0' | 'r' | 't' | 'u' | 'x' | BACKSLASH | BLANK))
        };
        let shown = match letter {
            ' ' if self.is_end => BLANK.to_string(),
            BLANK if self.is_like_end => format!("{BACKSLASH}{BLANK}"),
            '\t' if self.shows_blanks => "\\t".to_owned(),
            BACKSLASH if could_begin_a_sign() => "\\\\".to_owned(),
            letter => visible(letter.encode_utf8(&mut [0; 4])).into_owned(),
        };
        self.next = shown.chars().next();
        shown
    }
}

/// A text without its middle if it has more letters than so many.
fn folded(text: &str, most: usize) -> String {
    let count = text.chars().count();
    if count <= most {
        return text.to_owned();
    }
    let half = most / 2;
    let start: String = text.chars().take(half).collect();
    let end: String = text.chars().skip(count - half).collect();
    format!("{start}[{} letters]{end}", count - 2 * half)
}

/// The parts of two lines: what both begin with, what is between, and what both end with.
pub(super) fn between<'t>(one: &'t str, other: &'t str) -> [[(bool, &'t str); 3]; 2] {
    let same = |(one, other): &(char, char)| one == other;
    let bytes = |letters: (char, char)| letters.0.len_utf8();
    let start: usize = (one.chars().zip(other.chars()))
        .take_while(same)
        .map(bytes)
        .sum();
    let rest = |text: &'t str| text.split_at_checked(start).unwrap_or((text, ""));
    let ((start, one), (_, other)) = (rest(one), rest(other));
    let end: usize = (one.chars().rev().zip(other.chars().rev()))
        .take_while(same)
        .map(bytes)
        .sum();
    [one, other].map(|text| {
        let middle = text.len().saturating_sub(end);
        let (middle, end) = text.split_at_checked(middle).unwrap_or((text, ""));
        [(false, start), (true, middle), (false, end)]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deleted(of: &[(bool, &str)]) -> Vec<String> {
        let parts = parts(ChangeTag::Delete, Signs::Made, of.iter().copied());
        parts.into_iter().map(|part| part.text).collect()
    }

    #[test]
    fn blanks_are_seen_at_the_end_of_a_line_and_tabs_everywhere() {
        assert_eq!(deleted(&[(false, "a\tb c \t\r\n")]), ["a\\tb c·\\t\\r"]);
        assert_eq!(
            deleted(&[(false, "a "), (true, " "), (false, " \n")]),
            ["a·", "·", "·"]
        );
        assert_eq!(deleted(&[(false, "a "), (true, "b")]), ["a ", "b"]);
        let equal = parts(ChangeTag::Equal, Signs::Made, [(false, "\ta \n")]);
        assert_eq!(equal.first().unwrap().text, "\ta ");
    }

    #[test]
    fn a_sign_is_never_taken_for_the_letters_that_it_is_made_of() {
        let shown = |text| deleted(&[(false, text)]).concat();
        let texts = [
            "\u{1B}",
            "\\x1B",
            "\\\u{1B}",
            "\\\\x1B",
            "\t",
            "\\t",
            "\\\t",
            "a ",
            "a·",
            "a\\·",
            "a\\ ",
            "a· ",
            "a ·",
            "a··",
            "\r",
            "\\r",
            "\\",
            "\\\\",
            "\0",
            "\\0",
            "\u{200B}",
            "\\u{200B}",
            "a·b",
            "a\\·b",
        ];
        let all: std::collections::BTreeSet<String> = texts.map(shown).into();
        assert_eq!(all.len(), texts.len(), "{all:?}");
        // What no sign begins with stays as it is.
        for plain in ["a\\d+\\.", "printf 'a\\n'", "C:\\", "a · b"] {
            assert_eq!(shown(plain), plain);
        }
        assert_eq!(shown("\\x1B"), "\\\\x1B");
        assert_eq!(shown("a·"), "a\\·");
        // A backslash stands in another part than what comes after it.
        assert_eq!(deleted(&[(false, "a\\"), (true, "t")]), ["a\\\\", "t"]);
    }

    #[test]
    fn a_long_part_that_is_equal_is_folded() {
        let long = "é".repeat(EQUAL + 2);
        let texts = deleted(&[(false, &long), (true, "b")]);
        let half = "é".repeat(EQUAL / 2);
        assert_eq!(texts, [format!("{half}[2 letters]{half}"), "b".into()]);
        assert_eq!(deleted(&[(false, &long)]), [long.as_str()]);
    }

    #[test]
    fn what_is_between_is_found() {
        let [one, other] = between("aébc", "aèbc");
        assert_eq!(one, [(false, "a"), (true, "é"), (false, "bc")]);
        assert_eq!(other, [(false, "a"), (true, "è"), (false, "bc")]);
        let [one, other] = between("aa", "a");
        assert_eq!((one[1].1, other[1].1), ("a", ""));
    }
}

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

/// The parts of a line, each with whether it is what changed. In a line that is not in both texts, tabs and the blanks at
/// its end are seen too.
pub(super) fn parts<'t>(
    tag: ChangeTag,
    of: impl IntoIterator<Item = (bool, &'t str)>,
) -> Vec<Part> {
    let of: Vec<(bool, &str)> = of.into_iter().collect();
    let is_marked = of.iter().any(|(is_changed, _)| *is_changed);
    let mut is_end = true;
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
        let text = match tag {
            ChangeTag::Equal => visible(&folded(text, most)).into_owned(),
            _ => blanks_seen(&folded(text, most), is_end),
        };
        is_end = is_end && text.chars().all(|letter| letter == '·');
        parts.push(Part { is_changed, text });
    }
    parts.reverse();
    parts
}

/// A text whose tabs are seen, and the blanks at its end if it is one of a line.
fn blanks_seen(text: &str, is_end: bool) -> String {
    let end = match is_end {
        true => text.trim_end_matches([' ', '\t', '\r']).len(),
        false => text.len(),
    };
    let (text, blanks) = text.split_at(end);
    let text = format!("{}{}", visible(text), visible(&blanks.replace(' ', "·")));
    text.replace('\t', "\\t")
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
        let parts = parts(ChangeTag::Delete, of.iter().copied());
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
        let equal = parts(ChangeTag::Equal, [(false, "\ta \n")]);
        assert_eq!(equal.first().unwrap().text, "\ta ");
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

//! Writing a list's rows, so that they are read as they were meant.

use std::fmt::Write as _;

use crate::spec::quoted;

/// Words that some reader of YAML takes for a truth value or for nothing.
const WORDS: [&str; 10] = [
    "true", "false", "null", "yes", "no", "on", "off", "y", "n", "none",
];

/// Adds a key and its text to a row, which it begins if it is the first.
pub(super) fn add(row: &mut String, key: &str, text: &str) {
    let lead = match row.is_empty() {
        true => "  - ",
        false => "    ",
    };
    let _ = writeln!(row, "{lead}{key}: {}", scalar(text));
}

/// A text as YAML has it: as it is where every reader takes it for that text, or else in quotes.
pub(super) fn scalar(text: &str) -> String {
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || " _.,/()+-'&".contains(letter);
    let begins = |text: &str| text.starts_with(|first: char| first.is_ascii_alphabetic());
    let is_address = text.split_once("://").is_some_and(|(scheme, rest)| {
        begins(scheme)
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && rest
                .chars()
                .all(|letter| letter != ' ' && is_letter(letter))
    });
    let is_word = WORDS.iter().any(|word| text.eq_ignore_ascii_case(word));
    let is_plain = begins(text) && !text.ends_with(' ') && text.chars().all(is_letter) && !is_word;
    match is_plain || is_address {
        true => text.to_owned(),
        false => quoted(text),
    }
}

//! What went wrong, in one sentence.

use super::Evidence;

/// How many bytes of what was expected, and of what was there, the sentence shows.
const QUOTED: usize = 200;

/// The first difference in one sentence.
pub(super) fn of_failure(evidence: &Evidence) -> String {
    let Some(first) = evidence.differences.first() else {
        return String::new();
    };
    let step = evidence.step_of(first);
    let command = step.map_or("it", |step| step.command.as_str());
    let (expected, actual) = (quiet(&first.expected), quiet(&first.actual));
    if expected.lines().chain(actual.lines()).count() > 2 {
        return format!("`{command}`: {} is not as expected", first.subject);
    }
    let (expected, actual) = (
        clipped(expected.to_owned(), QUOTED),
        clipped(actual.to_owned(), QUOTED),
    );
    match first.subject.as_str() {
        "exit" => format!("`{command}`: {actual} where {expected} is expected"),
        subject => format!("`{command}`: {subject} is {actual} where {expected} is expected"),
    }
}

fn quiet(text: &str) -> &str {
    match text.trim() {
        "" => "empty",
        text => text,
    }
}

/// A text, or its beginning and how much there is more.
pub(super) fn clipped(mut text: String, most: usize) -> String {
    if text.len() <= most {
        return text;
    }
    let is_cut = |at: &usize| text.is_char_boundary(*at);
    let cut = (0..=most).rev().find(is_cut).unwrap_or_default();
    let more = text.len() - cut;
    text.truncate(cut);
    text.push_str(&format!("[... and {more} bytes more]"));
    text
}

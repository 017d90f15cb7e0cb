//! What a diff shows, as text.

use super::*;
use crate::report::Palette;

#[test]
fn what_differs_is_told_line_by_line() {
    assert_eq!(unified("exit 10", "exit 0"), ["- exit 10", "+ exit 0"]);
    assert_eq!(unified("a\n", "b\nc\n"), ["- a", "+ b", "+ c"]);
    let (expected, actual) = ("exit 10 (DOKKU_NOT_IMPLEMENTED_EXIT)", "exit 0");
    assert_eq!(
        unified(expected, actual),
        [format!("- {expected}"), format!("+ {actual}")]
    );
}

#[test]
fn what_changed_within_a_line_is_marked() {
    let (expected, actual) = (
        "a long line with one word in it\n",
        "a long line with two words in it\n",
    );
    assert_eq!(
        unified(expected, actual),
        [
            "- a long line with one word in it",
            "?                  ^^^ ^^^^",
            "+ a long line with two words in it",
            "?                  ^^^ ^^^^^",
        ]
    );
    let lines = Diff::of("one two\n", "one 2\n").lines(&Palette::coloured());
    assert_eq!(
        lines.last().map(String::as_str),
        Some("\u{1B}[32m+ \u{1B}[0m\u{1B}[32mone \u{1B}[0m\u{1B}[7m\u{1B}[32m2\u{1B}[0m")
    );
}

#[test]
fn a_blank_more_is_marked_in_the_shortest_line() {
    assert_eq!(
        unified("a b\n", "a  b\n"),
        ["- a b", "?  ^", "+ a  b", "?  ^^"]
    );
}

#[test]
fn what_is_hidden_is_seen() {
    assert_eq!(
        unified("a\nb\n", "a\nb\u{1B}\0 \r\n"),
        ["  a", "- b", "+ b\\x1B\\0·\\r"]
    );
    assert_eq!(unified("\ta\n", "        a\n").first().unwrap(), "- \\ta");
}

#[test]
fn long_stretches_of_equal_lines_are_folded() {
    let text = |n: usize, word: &str| {
        let line = |at: usize| format!("{at}{}\n", if at % n == n / 2 { word } else { "" });
        (0..30).map(line).collect::<String>()
    };
    let lines = unified(&text(20, "x"), &text(20, "y"));
    assert_eq!(
        lines,
        [
            "  (7 equal lines)",
            "  7",
            "  8",
            "  9",
            "- 10x",
            "+ 10y",
            "  11",
            "  12",
            "  13",
            "  (16 equal lines)",
        ]
    );
    let lines = unified(&text(10, "x"), &text(10, "y"));
    let notes: Vec<_> = lines.iter().filter(|line| line.contains('(')).collect();
    assert_eq!(
        notes,
        [
            "  (2 equal lines)",
            "  (3 equal lines)",
            "  (3 equal lines)",
            "  (1 equal line)"
        ]
    );
}

#[test]
fn a_missing_newline_is_told_after_its_line() {
    let note = "  (no newline at the end)";
    assert_eq!(unified("a\nb\n", "a\nb"), ["  a", "- b", "+ b", note]);
    assert_eq!(unified("b", "c\nb\n"), ["- b", note, "+ c", "+ b"]);
    assert_eq!(unified("b\n", "c"), ["- b", "+ c", note]);
    assert_eq!(unified("b", "c\n"), ["- b", note, "+ c"]);
    assert_eq!(
        unified("a\nb\nc\n", "x\nb\nd"),
        ["- a", "+ x", "  b", "- c", "+ d", note]
    );
    // Words about a text, and what was cut off, lack nothing.
    for (expected, actual) in [
        ("text that contains \"hello\"", "hallo\n"),
        ("(nothing)", "hallo\n"),
        ("hello\n", "(nothing)"),
        ("hello\n", "hallo[... and 9 bytes more]"),
    ] {
        assert_eq!(unified(expected, actual).len(), 2, "{expected}");
    }
    assert_eq!(unified("a\n", "a\n\n"), ["  a", "+ "]);
}

#[test]
fn what_changed_in_a_very_long_line_is_shown() {
    let (start, end) = ("x".repeat(5000), "é".repeat(5000));
    let lines = unified(&format!("{start}one{end}\n"), &format!("{start}two{end}\n"));
    assert!(
        lines.iter().all(|line| line.chars().count() < 1000),
        "{lines:?}"
    );
    assert!(
        lines
            .iter()
            .any(|line| line.contains("letters]") && line.contains("one"))
    );
}

#[test]
fn long_texts_are_compared_from_where_they_differ() {
    let same = "same\n".repeat(100_000);
    let lines = unified(&format!("{same}a\n"), &format!("{same}b\n"));
    assert_eq!(lines.first().unwrap(), "  (99997 equal lines)");
    assert_eq!(lines.last().unwrap(), "+ b");
    let (many, others): (String, String) = (0..50_000)
        .map(|n| (format!("a{n}\n"), format!("b{n}\n")))
        .unzip();
    let lines = unified(&many, &others);
    let of_both = |sign: &str| lines.iter().filter(|line| line.starts_with(sign)).count();
    assert_eq!((of_both("- "), of_both("+ ")), (STRETCH, STRETCH));
    let notes: Vec<_> = lines
        .iter()
        .filter(|line| line.starts_with("  ("))
        .collect();
    assert_eq!(
        notes,
        [
            "  (and 1971 lines more)",
            "  (and 1971 lines more)",
            "  (what follows is not compared)"
        ]
    );
}

#[test]
fn what_changed_is_marked_in_each_of_many_lines_too() {
    let text = |word: &str| {
        (0..200)
            .map(|n| format!("line {n} has one {word} in its middle\n"))
            .collect::<String>()
    };
    let lines = unified(&text("word"), &text("sign"));
    assert!(
        lines.iter().filter(|line| line.starts_with("? ")).count() == 2 * STRETCH,
        "{lines:?}"
    );
    assert!(lines.contains(&"+ line 0 has one sign in its middle".to_owned()));
}

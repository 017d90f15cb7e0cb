//! The places that the mistakes of a spec are told at.

use dokku_conform::spec::Diagnostics;

/// Every place that is told lies in the text, and the line shown is the one that stands there.
pub(crate) fn are_in(text: &[u8], mistakes: &Diagnostics) {
    let text = String::from_utf8_lossy(text);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    assert!(mistakes.count() > 0);
    for mistake in mistakes {
        assert!(!mistake.to_string().is_empty());
        let related = mistake.related.as_ref().map(|related| &related.spot);
        for spot in mistake.spot.iter().chain(related) {
            let line = text.split('\n').nth(spot.line - 1);
            let line = line.unwrap_or_else(|| panic!("no line {} for: {mistake}", spot.line));
            assert!(line.starts_with(&spot.text), "another line for: {mistake}");
            let length = line.chars().count();
            assert!(
                (1..=length + 1).contains(&spot.column),
                "no such column for: {mistake}"
            );
            assert!(
                spot.width == 1 || spot.column + spot.width <= length + 1,
                "too wide: {mistake}"
            );
        }
    }
}

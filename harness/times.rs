//! Times in texts, which are others in every run.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

/// What stands for a time.
const TIME: &str = "[..]";

/// Times as programs print them: of RFC 3339 and ISO 8601, of `date`, of a system's log, and those of a clock alone.
static TIMES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let clock = r"\d\d:\d\d:\d\d(?:[.,]\d+)?";
    let zone = r"(?:Z|[+-]\d\d:?\d\d| ?UTC| ?GMT)";
    let day = r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? )";
    let month = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)";
    let date = format!(
        r"(?:\d{{4}}[-/]\d\d[-/]\d\d[T ]|{day}?{month} {{1,2}}\d{{1,2}} |{day}?\d{{1,2}} {month} \d{{4}} )"
    );
    Regex::new(&format!(r"\b{date}?{clock}{zone}?(?: \d{{4}}\b)?")).ok()
});

/// Both texts with `[..]` in the place of times; as they are if nothing else differs in them.
pub(crate) fn without_times<'t>(one: &'t str, other: &'t str) -> (Cow<'t, str>, Cow<'t, str>) {
    let (redacted, others) = (redact(one), redact(other));
    match redacted == others {
        true => (Cow::Borrowed(one), Cow::Borrowed(other)),
        false => (redacted, others),
    }
}

/// True if nothing differs in them but times.
pub(crate) fn alike(one: &str, other: &str) -> bool {
    one == other || redact(one) == redact(other)
}

/// A text with `[..]` in the place of times.
pub(crate) fn redact(text: &str) -> Cow<'_, str> {
    match &*TIMES {
        Some(times) => times.replace_all(text, TIME),
        None => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_known_in_the_forms_that_programs_print() {
        for (text, shown) in [
            ("at 2026-01-02T03:04:05Z.", "at [..]."),
            ("2026-01-02 03:04:05.123+01:00 x", "[..] x"),
            ("Mon Jan  5 10:11:12 UTC 2026", "[..]"),
            ("Mon, 05 Jan 2026 10:11:12 GMT", "[..]"),
            ("Jan  5 10:11:12 host", "[..] host"),
            ("[10:11:12] -----> Building", "[[..]] -----> Building"),
            ("2026-01-02", "2026-01-02"),
            ("0.38.27 80:8080", "0.38.27 80:8080"),
        ] {
            assert_eq!(redact(text), shown);
        }
    }

    #[test]
    fn times_stay_where_nothing_else_differs() {
        let (one, other) = ("at 10:11:12\n", "at 10:11:13\n");
        assert_eq!(without_times(one, other), (one.into(), other.into()));
        let other = "on 10:11:13\n";
        let redacted = ("at [..]\n".into(), "on [..]\n".into());
        assert_eq!(without_times(one, other), redacted);
    }
}

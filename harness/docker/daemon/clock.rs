//! The time in a world's docker: it moves by a second with each change, so that what is printed is the same in every run.

use jiff::Timestamp;

/// When every docker began, in seconds since 1970: the first of January 2026.
const BEGINNING: i64 = 1_767_225_600;

/// A moment, in seconds since the beginning.
pub(in super::super) type Moment = u64;

/// The seconds since 1970.
fn seconds(moment: Moment) -> i64 {
    BEGINNING.saturating_add(i64::try_from(moment).unwrap_or(i64::MAX))
}

fn shown(moment: Moment, form: &str) -> String {
    match Timestamp::from_second(seconds(moment)) {
        Ok(time) => time.strftime(form).to_string(),
        Err(_) => String::new(),
    }
}

/// As documents tell it.
pub(in super::super) fn exact(moment: Moment) -> String {
    shown(moment, "%Y-%m-%dT%H:%M:%S.000000000Z")
}

/// As volumes tell it.
pub(in super::super) fn coarse(moment: Moment) -> String {
    shown(moment, "%Y-%m-%dT%H:%M:%SZ")
}

/// As lists tell it.
pub(in super::super) fn listed(moment: Moment) -> String {
    shown(moment, "%Y-%m-%d %H:%M:%S +0000 UTC")
}

/// A moment that never was, as documents tell it.
pub(in super::super) const NEVER: &str = "0001-01-01T00:00:00Z";

/// How long ago something was, as docker tells it.
pub(in super::super) fn span(from: Moment, to: Moment) -> String {
    let seconds = to.saturating_sub(from);
    let (minutes, hours) = (seconds / 60, (seconds + 1800) / 3600);
    match seconds {
        0 => "Less than a second".into(),
        1 => "1 second".into(),
        2..60 => format!("{seconds} seconds"),
        _ if minutes == 1 => "About a minute".into(),
        _ if minutes < 60 => format!("{minutes} minutes"),
        _ if hours == 1 => "About an hour".into(),
        _ if hours < 48 => format!("{hours} hours"),
        _ => format!("{} days", hours / 24),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_told_as_people_say_it() {
        let told = [0, 1, 59, 60, 119, 120, 3600, 7200, 200_000].map(|to| span(0, to));
        assert_eq!(
            told,
            [
                "Less than a second",
                "1 second",
                "59 seconds",
                "About a minute",
                "About a minute",
                "2 minutes",
                "About an hour",
                "2 hours",
                "2 days"
            ]
        );
        assert_eq!(exact(5), "2026-01-01T00:00:05.000000000Z");
        assert_eq!(listed(5), "2026-01-01 00:00:05 +0000 UTC");
    }
}

//! Renderings of a forecast.

mod badge;
mod markdown;
mod text;

pub use badge::badge;
pub use markdown::markdown;
pub use text::ForecastText;

use crate::dokku::Span;
use crate::run::{Cause, Effort, Forecast, Grounds};

/// How many causes of one bound, or reasons, are shown.
const SHOWN: usize = 4;

/// Spans of versions in words.
fn spans(spans: &[Span]) -> String {
    let words: Vec<_> = spans.iter().map(ToString::to_string).collect();
    words.join(", ")
}

/// A cause in one line: the place, the sentence, the rule, and how often it shows.
fn line(cause: &Cause) -> String {
    let place = place(cause)
        .map(|place| format!("{place}: "))
        .unwrap_or_default();
    let mut more = String::new();
    if let 2.. = cause.places.len() {
        more.push_str(&format!(", {} places", cause.places.len()));
    }
    if let 2.. = cause.cases.len() {
        more.push_str(&format!(", {} cases", cause.cases.len()));
    }
    let (level, rule) = (cause.level, &cause.requirement);
    format!("{place}{} ({level} {rule}{more})", cause.message)
}

/// What a reader must know beside the range, if it is not the plain truth.
fn caution(forecast: &Forecast) -> Option<String> {
    if forecast.is_unknown() {
        return Some("nothing of what it does could be judged".to_owned());
    }
    let Grounds {
        judged,
        unclear,
        unread,
    } = forecast.grounds;
    if !forecast.grounds.are_thin() {
        return None;
    }
    let mut parts = Vec::new();
    if unread {
        parts.push("some of its text could not be read".to_owned());
    }
    if unclear > 0 {
        let all = judged + unclear;
        parts.push(format!("{unclear} of {all} cases could not be judged"));
    }
    Some(format!("as far as can be told: {}", parts.join(", and ")))
}

/// The first of a cause's places.
fn place(cause: &Cause) -> Option<String> {
    cause.places.first().map(ToString::to_string)
}

/// What was run for a forecast, and what was spared.
fn effort(effort: &Effort) -> String {
    format!(
        "{} worlds were run of {} that there are: something of the plugin's interest changed in {} of {} releases",
        effort.ran, effort.of, effort.points, effort.releases
    )
}

//! Renderings of a forecast.

mod badge;
mod markdown;
mod text;

pub use badge::badge;
pub use markdown::markdown;
pub use text::ForecastText;

use crate::dokku::Span;
use crate::run::{Cause, Effort};

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

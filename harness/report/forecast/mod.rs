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

/// A cause in one line: the place, the sentence, the rule.
fn line(cause: &Cause) -> String {
    let place = cause
        .place
        .as_ref()
        .map(|place| format!("{place}: "))
        .unwrap_or_default();
    let more = match cause.cases.len() {
        0 | 1 => String::new(),
        count => format!(", {count} cases"),
    };
    let (level, rule) = (cause.level, &cause.requirement);
    format!("{place}{} ({level} {rule}{more})", cause.message)
}

/// What was run for a forecast, and what was spared.
fn effort(effort: &Effort) -> String {
    format!(
        "{} worlds were run of {} that there are: something of the plugin's interest changed in {} of {} releases",
        effort.ran, effort.of, effort.points, effort.releases
    )
}

//! A forecast as an endpoint of shields.

use serde_json::{Value, json};

use crate::dokku::Version;
use crate::run::Forecast;

/// The JSON that a badge service reads: the range as the message; green where it reaches the newest version, and
/// grey where it is not known. Of several plugins, the badge is about the first.
///
/// Source: the schema of shields' endpoint badges, version 1.
#[must_use]
pub fn badge(forecast: &Forecast) -> Value {
    let reaches_newest = forecast.to == Version::NEWEST
        && forecast
            .works
            .last()
            .is_some_and(|span| span.until.is_none());
    let color = match (forecast.works.is_empty(), reaches_newest) {
        (true, _) if forecast.is_unknown() => "lightgrey",
        (true, _) => "red",
        (false, true) if !forecast.grounds.are_thin() => "brightgreen",
        (false, _) => "yellow",
    };
    json!({
        "schemaVersion": 1,
        "label": "dokku",
        "message": forecast.range,
        "color": color,
    })
}

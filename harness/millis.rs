//! Durations as records and orders have them.

use std::time::Duration;

use serde::de::{Deserialize, Deserializer, Error};

/// A duration in whole milliseconds.
#[must_use]
pub fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// The longest duration that a record has: a year. What is longer no run took, and several would be no number together.
pub(crate) const LONGEST: u64 = 365 * 24 * 60 * 60 * 1000;

/// Reads a duration in milliseconds.
///
/// # Errors
/// If it is no number, or none that a run can take.
pub(crate) fn possible<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    match u64::deserialize(from)? {
        millis if millis <= LONGEST => Ok(millis),
        millis => Err(D::Error::custom(format!(
            "{millis} ms is longer than any run"
        ))),
    }
}

//! The ground that a subcommand runs cases on, and the options about it.

use std::time::Duration;

use super::status::Status;
use crate::run::Ground;

/// The most cases at the same time.
const MOST_JOBS: usize = 1024;

/// Reads how many cases run at the same time.
pub(super) fn jobs(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(jobs) if (1..=MOST_JOBS).contains(&jobs) => Ok(jobs),
        _ => Err(format!("write a whole number from 1 to {MOST_JOBS}")),
    }
}

/// Reads a time limit.
pub(super) fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text
        .parse()
        .map_err(|_| "write a number of seconds, such as 10 or 0.5".to_owned())?;
    match Duration::try_from_secs_f64(seconds) {
        Ok(time) if !time.is_zero() && time <= Duration::from_secs(86_400) => Ok(time),
        _ => Err("write a number of seconds above 0 and up to 86400".to_owned()),
    }
}

/// The ground, which a request to stop ends; with this time limit for each step, or the usual one.
pub(super) fn ground(timeout: Option<Duration>) -> Result<Ground, Status> {
    let mut ground =
        Ground::new().map_err(|error| Status::broken(format!("no place for worlds: {error}")))?;
    ground.timeout = timeout.unwrap_or(ground.timeout);
    let cancel = ground.cancel.clone();
    // A second request while the first is being carried out changes nothing: ending takes a moment at most.
    ctrlc::set_handler(move || cancel.request()).map_err(Status::broken)?;
    Ok(ground)
}

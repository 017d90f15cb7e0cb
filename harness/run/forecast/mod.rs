//! Which Dokku versions a plugin works with, found by running no more than has to be run.
//!
//! What a case comes to can change only where something changed that the plugin meets. Of the cases of one kind the
//! first, the *scout*, is run wherever something changed that the plugin uses by name, and here and there among what
//! changed for all plugins; the others at both ends, and on both sides of what the scout found. Where two neighbours
//! came out differently, the versions between are bisected; where they came out alike, those between count as alike.

mod breaks;
mod grounds;
mod idle;
mod outlook;
mod points;
mod samples;

pub use breaks::Cause;
pub use grounds::Grounds;
pub use outlook::{Forecast, Reach, Upgrade};
pub use samples::Effort;

use std::ops::RangeInclusive;

use super::runner::pool;
use super::{Checked, Ground};
use crate::dokku::Version;
use points::Points;
use samples::Samples;

/// How a forecast is to be made.
#[derive(Clone, Debug)]
pub struct Scope {
    /// The versions it is about.
    pub versions: RangeInclusive<Version>,
    /// Whether requirements of the level `should` are run too, and count.
    pub strict: bool,
    /// How many cases run at the same time; all cores for none.
    pub jobs: Option<usize>,
}

/// What a forecast tells of its progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stir {
    /// So many more cases are to be run.
    Planned(usize),
    /// One of them has ended.
    Ended,
}

/// The forecast for one plugin; none if it was interrupted.
///
/// # Errors
/// If the threads can't be started.
pub fn forecast(
    checked: &Checked,
    ground: &Ground,
    scope: &Scope,
    watch: &(dyn Fn(Stir) + Sync),
) -> Result<Option<Forecast>, rayon::ThreadPoolBuildError> {
    let points = Points::of(&checked.plugin, &scope.versions);
    let mut samples = pool(scope.jobs)?.install(|| Samples::plan(checked, points, scope));
    samples.take(ground, scope, watch)?;
    if ground.cancel.requested() {
        return Ok(None);
    }
    Ok(Some(Forecast::of(checked, &samples, scope)))
}

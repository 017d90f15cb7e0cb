//! Plan (plugins × versions × cases) → parallel execution → verdicts.

mod attempt;
mod check;
mod command;
mod decide;
mod doubt;
mod expectations;
mod fault;
pub mod fidelity;
mod forecast;
mod given;
mod ground;
mod hindrance;
mod inspect;
mod install;
#[cfg(feature = "cli")]
mod listed;
mod of_runs;
mod plan;
mod played;
mod provenance;
mod readable;
mod redact;
mod rehearsal;
mod repeats;
mod runner;
mod scene;
mod selection;
mod sentence;
mod stage;
mod steady;
mod suite;
mod takes;
#[cfg(feature = "cli")]
mod together;
mod trial;
mod unchanged;
mod verdict;

pub use check::{Check, CheckError, Checked, Options, requirements};
pub use expectations::{EXPECTATIONS, expectations, follow, place};
pub use forecast::{Cause, Effort, Forecast, Grounds, Reach, Scope, Stir, Upgrade, forecast};
pub use ground::Ground;
#[cfg(feature = "cli")]
pub use listed::Listed;
pub use of_runs::of_runs;
pub use plan::Plan;
pub use provenance::{Provenance, SOURCE, source};
pub use readable::Unreadable;
pub use rehearsal::Rehearsal;
pub use repeats::{Repeats, Turn};
pub use runner::{Finished, Watcher, run, run_again, run_repeatedly};
pub use selection::{Selection, UnknownId};
pub use suite::{Bats, NoBats, NoSuite, Part, SUITE, Suite, suite};
pub use takes::Takes;
#[cfg(feature = "cli")]
pub use together::{Breaker, HelpOfAll};
pub use trial::{Fate, Trial};
pub use unchanged::Unchanged;
pub use verdict::{Difference, Evidence, Outcome, StepEvidence, Verdict};

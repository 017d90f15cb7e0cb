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
mod inspect;
mod install;
mod plan;
mod played;
mod readable;
mod redact;
mod rehearsal;
mod runner;
mod scene;
mod selection;
mod sentence;
mod steady;
mod trial;
mod verdict;

pub use check::{Check, CheckError, Checked, Options, requirements};
pub use expectations::{EXPECTATIONS, expectations, follow, place};
pub use forecast::{Cause, Effort, Forecast, Grounds, Reach, Scope, Stir, Upgrade, forecast};
pub use ground::Ground;
pub use plan::Plan;
pub use readable::Unreadable;
pub use rehearsal::Rehearsal;
pub use runner::{Finished, run};
pub use selection::{Selection, UnknownId};
pub use trial::{Fate, Trial};
pub use verdict::{Difference, Evidence, Outcome, StepEvidence, Verdict};

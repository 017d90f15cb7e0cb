//! Plan (plugins × versions × cases) → parallel execution → verdicts.

mod check;
mod doubt;
mod execute;
pub mod fidelity;
mod given;
mod plan;
mod readable;
mod redact;
mod rehearsal;
mod runner;
mod selection;
mod trial;
mod verdict;

pub use check::{Check, CheckError, Checked, Options, requirements};
pub use execute::Ground;
pub use plan::Plan;
pub use readable::Unreadable;
pub use rehearsal::Rehearsal;
pub use runner::{Finished, run};
pub use selection::{Selection, UnknownId};
pub use trial::{Fate, Trial};
pub use verdict::{Difference, Evidence, Outcome, StepEvidence, Verdict};

//! What a case counts as for whoever reads a report.

use super::CaseRecord;
use crate::run::Outcome;

/// An outcome, with the failures that do not count told apart. The most urgent is the least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mark {
    Error,
    Fail,
    /// A broken rule that fails no run.
    Warn,
    Inconclusive,
    Pass,
    Skip,
}

impl Mark {
    /// The mark of a case, where a broken `should` counts if that is `strict`.
    pub(super) fn of(case: &CaseRecord, strict: bool) -> Self {
        match case.outcome {
            Outcome::Error => Self::Error,
            Outcome::Fail if case.level.counts(strict) => Self::Fail,
            Outcome::Fail => Self::Warn,
            Outcome::Inconclusive => Self::Inconclusive,
            Outcome::Skip => Self::Skip,
            Outcome::Pass => Self::Pass,
        }
    }

    /// True if a reader wants to be told of it, and not only to count it.
    pub(super) fn is_news(self) -> bool {
        self < Self::Pass
    }

    /// Its word.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Fail => "fail",
            Self::Warn => "warn",
            Self::Inconclusive => "inconclusive",
            Self::Skip => "skip",
            Self::Pass => "pass",
        }
    }
}

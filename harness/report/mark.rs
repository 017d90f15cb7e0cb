//! What a case counts as for whoever reads a report.

use super::{CaseRecord, Class};
use crate::run::Outcome;

/// An outcome, with the failures that do not count told apart. The most urgent is the least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mark {
    Error,
    Fail,
    /// A broken rule that fails no run and no comparison.
    Warn,
    /// A broken rule that was broken in the older record too.
    Known,
    Inconclusive,
    /// A broken rule of which the plugin, or the person, says so beforehand.
    Expected,
    Pass,
    Skip,
}

impl Mark {
    /// The mark of a case, where a broken `should` counts if that is `strict`.
    pub(super) fn of(case: &CaseRecord, strict: bool) -> Self {
        match case.outcome {
            _ if is_indeterminate(case) && case.outcome != Outcome::Error => Self::Inconclusive,
            Outcome::Error => Self::Error,
            Outcome::Fail if case.expected.is_some() => Self::Expected,
            Outcome::Fail if is_known(case) => Self::Known,
            // What the older record could not have found is no regression.
            Outcome::Fail if case.class() == Some(Class::Added) => Self::Warn,
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
            Self::Known => "known",
            Self::Inconclusive => "inconclusive",
            Self::Expected => "expected failure",
            Self::Skip => "skip",
            Self::Pass => "pass",
        }
    }
}

impl CaseRecord {
    /// True if it fails the run that it is of, or the comparison: a broken rule that counts. Every rendering calls these
    /// failures, and no others.
    #[must_use]
    pub fn fails(&self, strict: bool) -> bool {
        Mark::of(self, strict) == Mark::Fail
    }
}

fn is_known(case: &CaseRecord) -> bool {
    matches!(case.class(), Some(Class::StillFailing | Class::Changed))
}

/// True if one side of a comparison can't be judged: then neither can what became of the case.
fn is_indeterminate(case: &CaseRecord) -> bool {
    case.class().is_some_and(Class::is_open)
}

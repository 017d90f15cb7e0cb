//! What a cell of the matrix shows: a colour, a letter and a word.

use crate::report::CaseRecord;
use crate::run::Outcome;

/// An outcome as the reader of a report sees it: a failure that does not count is a warning. The most urgent is the least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mark {
    Error,
    Fail,
    Warn,
    Inconclusive,
    Pass,
    Skip,
}

impl Mark {
    /// Every mark, the most urgent first.
    pub(super) const ALL: [Self; 6] = [
        Self::Error,
        Self::Fail,
        Self::Warn,
        Self::Inconclusive,
        Self::Pass,
        Self::Skip,
    ];

    /// That of a case, where a broken `should` may count as a failure.
    pub(super) fn of(case: &CaseRecord, strict: bool) -> Self {
        match case.outcome {
            Outcome::Pass => Self::Pass,
            Outcome::Fail if case.level.counts(strict) => Self::Fail,
            Outcome::Fail => Self::Warn,
            Outcome::Skip => Self::Skip,
            Outcome::Inconclusive => Self::Inconclusive,
            Outcome::Error => Self::Error,
        }
    }

    /// True if a reader wants to know more.
    pub(super) fn has_evidence(self) -> bool {
        !matches!(self, Self::Pass | Self::Skip)
    }

    /// Its word, which is also its name in the page's URL.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Fail => "fail",
            Self::Warn => "warn",
            Self::Inconclusive => "inconclusive",
            Self::Pass => "pass",
            Self::Skip => "skip",
        }
    }

    /// What its cells are headed with when counted.
    pub(super) fn plural(self) -> &'static str {
        match self {
            Self::Error => "errors",
            Self::Fail => "failed",
            Self::Warn => "warned",
            Self::Inconclusive => "inconclusive",
            Self::Pass => "passed",
            Self::Skip => "skipped",
        }
    }

    /// Its class in the style sheet, which gives it a colour and a sign; this is also what it is called in the data of a row.
    pub(super) fn letter(self) -> &'static str {
        match self {
            Self::Error => "e",
            Self::Fail => "f",
            Self::Warn => "w",
            Self::Inconclusive => "i",
            Self::Pass => "p",
            Self::Skip => "s",
        }
    }
}

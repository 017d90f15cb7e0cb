//! What became of a case from one record to a newer one.

use serde::{Deserialize, Serialize};

use crate::report::CaseRecord;
use crate::run::Outcome;

/// What became of a case. The most urgent is the least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// It fails, and did not.
    Regressed,
    /// It was not there, or did not apply.
    New,
    /// It was not there, and the older run was not about its requirement at all.
    Added,
    /// It is not there any more, or does not apply any more.
    Gone,
    /// It is not there any more, and the newer run is not about its requirement, or its Dokku version, at all.
    Dropped,
    /// It fails as it did, and something else is seen.
    Changed,
    /// On one side nothing could be judged, or on both and for another reason.
    Indeterminate,
    /// On one side, or on both, it came out otherwise when it was run again.
    Flaky,
    /// It passes, and failed.
    Fixed,
    /// It fails as it did.
    StillFailing,
    /// Nothing could be judged, for the same reason as before.
    StillIndeterminate,
    /// It passes as it did.
    StillPassing,
    /// It does not apply, as before.
    StillSkipped,
}

impl Class {
    /// Every class, the most urgent first.
    pub const ALL: [Self; 13] = [
        Self::Regressed,
        Self::New,
        Self::Added,
        Self::Gone,
        Self::Dropped,
        Self::Changed,
        Self::Indeterminate,
        Self::Flaky,
        Self::Fixed,
        Self::StillFailing,
        Self::StillIndeterminate,
        Self::StillPassing,
        Self::StillSkipped,
    ];

    /// The class of a case that both records have; `same` tells whether what was seen of a failure is the same.
    pub(super) fn of(old: &CaseRecord, new: &CaseRecord, same: impl FnOnce() -> bool) -> Self {
        use Outcome::{Error, Fail, Inconclusive, Pass, Skip};
        match (old.outcome, new.outcome) {
            _ if old.flaky || new.flaky => Self::Flaky,
            (Inconclusive, Inconclusive) if old.reason == new.reason => Self::StillIndeterminate,
            (Inconclusive | Error, _) | (_, Inconclusive | Error) => Self::Indeterminate,
            (Pass | Skip, Fail) => Self::Regressed,
            (Fail, Pass) => Self::Fixed,
            (Fail, Fail) if same() => Self::StillFailing,
            (Fail, Fail) => Self::Changed,
            (Pass, Pass) => Self::StillPassing,
            (Skip, Skip) => Self::StillSkipped,
            (Skip, Pass) => Self::New,
            (Pass | Fail, Skip) => Self::Gone,
        }
    }

    /// True if one side, or both, could not be judged, so that what became of the case is not known either.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(
            self,
            Self::Indeterminate | Self::StillIndeterminate | Self::Flaky
        )
    }

    /// True if the case is as it was before.
    #[must_use]
    pub fn is_as_before(self) -> bool {
        matches!(
            self,
            Self::StillFailing | Self::StillIndeterminate | Self::StillPassing | Self::StillSkipped
        )
    }

    /// Its words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Regressed => "regressed",
            Self::New => "new",
            Self::Added => "newly asked",
            Self::Gone => "gone",
            Self::Dropped => "no longer asked",
            Self::Changed => "changed",
            Self::Indeterminate => "indeterminate",
            Self::Flaky => "flaky",
            Self::Fixed => "fixed",
            Self::StillFailing => "still failing",
            Self::StillIndeterminate => "still indeterminate",
            Self::StillPassing => "still passing",
            Self::StillSkipped => "still not applicable",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::compare::tests::case;

    #[test]
    fn every_pair_of_outcomes_has_its_class() {
        use Outcome::{Error, Fail, Inconclusive, Pass, Skip};
        let class = |old, new| Class::of(&case("a", old, ""), &case("a", new, ""), || true);
        assert_eq!(class(Pass, Fail), Class::Regressed);
        assert_eq!(class(Skip, Fail), Class::Regressed);
        assert_eq!(class(Fail, Pass), Class::Fixed);
        assert_eq!(class(Fail, Fail), Class::StillFailing);
        assert_eq!(class(Pass, Pass), Class::StillPassing);
        assert_eq!(class(Skip, Skip), Class::StillSkipped);
        assert_eq!(class(Skip, Pass), Class::New);
        for gone in [Pass, Fail] {
            assert_eq!(class(gone, Skip), Class::Gone);
        }
        // What can't be known on one side is never taken for good news, nor for bad.
        for doubtful in [Inconclusive, Error] {
            for other in Outcome::ALL {
                let expected = match (doubtful, other) {
                    (Inconclusive, Inconclusive) => Class::StillIndeterminate,
                    _ => Class::Indeterminate,
                };
                assert_eq!(class(doubtful, other), expected);
                assert_eq!(class(other, doubtful), expected);
            }
        }
    }
}

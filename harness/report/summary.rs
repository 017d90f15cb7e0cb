//! The counts of a run.

use serde::{Deserialize, Serialize};

use super::CaseRecord;
use crate::run::Outcome;
use crate::spec::Level;

/// How many cases had each outcome. Of the failures it is counted besides how many were expected, and of the others how
/// many are of what is no `must`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Counts {
    /// Rules kept.
    pub pass: usize,
    /// Rules broken, of any level.
    pub fail: usize,
    /// How many of those are no `must`, and were not expected.
    pub warn: usize,
    /// How many of those were expected.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub expected: usize,
    /// Cases that do not apply.
    pub skip: usize,
    /// Cases that can't be judged.
    pub inconclusive: usize,
    /// How many of those came out otherwise when they were run again.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub flaky: usize,
    /// Failures of the harness itself.
    pub error: usize,
}

impl Counts {
    /// Counts these cases.
    #[must_use]
    pub fn of<'c>(cases: impl IntoIterator<Item = &'c CaseRecord>) -> Self {
        let mut counts = Self::default();
        for case in cases {
            counts.add(case);
        }
        counts
    }

    /// Counts one more case.
    pub fn add(&mut self, case: &CaseRecord) {
        self.flaky += usize::from(case.flaky);
        match case.outcome {
            Outcome::Pass => self.pass += 1,
            Outcome::Fail => {
                self.fail += 1;
                let is_expected = case.expected.is_some();
                self.expected += usize::from(is_expected);
                self.warn += usize::from(case.level != Level::Must && !is_expected);
            }
            Outcome::Skip => self.skip += 1,
            Outcome::Inconclusive => self.inconclusive += 1,
            Outcome::Error => self.error += 1,
        }
    }

    /// How many cases there were.
    #[must_use]
    pub fn total(&self) -> usize {
        self.pass + self.fail + self.skip + self.inconclusive + self.error
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

//! What a record says of a case beside another record.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::class::Class;
use crate::dokku::Version;
use crate::report::text::dokku;
use crate::report::visible;
use crate::run::Outcome;
use crate::sandbox::Isolation;

/// The older record that a record is compared with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Against {
    /// The version of the program that wrote it.
    pub program: String,
    /// Its Dokku versions.
    pub dokku: Vec<Version>,
    /// Its level of isolation.
    pub isolation: Isolation,
    /// When its run began.
    pub time: String,
    /// In what the two runs differ beside the plugins, in a few words each: that may be why cases do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<String>,
}

impl Against {
    /// In what the two runs differ, a line for each.
    pub(in crate::report) fn others(&self) -> impl Iterator<Item = String> {
        let differences = self.differences.iter();
        differences.map(|difference| format!("other {}", visible(difference)))
    }
}

impl fmt::Display for Against {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "against the run of {} (dokku-conform {}, Dokku {}, isolation {})",
            visible(&self.time),
            visible(&self.program),
            dokku(&self.dokku),
            self.isolation
        )
    }
}

/// What became of a case since the older record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Compared {
    /// What became of it.
    pub class: Class,
    /// How it came out there; none if it was not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<Outcome>,
    /// What was told of it there, where it is told now in another way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<String>,
}

impl Compared {
    /// What became of a case with this outcome, in a few words: what it was, where it was there, and what it is now.
    #[must_use]
    pub fn of(&self, now: Outcome) -> String {
        let words = self.class.words();
        match (self.class, self.was) {
            (class, _) if class.is_as_before() => words.to_owned(),
            (Class::Gone | Class::Dropped, Some(was)) => format!("{words}: was {was}"),
            (_, Some(was)) if was == now => format!("{words}: was and is {now}"),
            (_, Some(was)) => format!("{words}: was {was}, is {now}"),
            (_, None) => format!("{words}: {}", verb(now)),
        }
    }
}

/// What a case with this outcome does.
fn verb(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "passes",
        Outcome::Fail => "fails",
        Outcome::Skip => "does not apply",
        Outcome::Inconclusive => "is inconclusive",
        Outcome::Error => "is an error",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_what_was_and_what_is() {
        let of = |class, was, now| {
            let told = None;
            Compared { class, was, told }.of(now)
        };
        for (class, was, now, said) in [
            (Class::New, None, Outcome::Fail, "new: fails"),
            (Class::Added, None, Outcome::Pass, "newly asked: passes"),
            (
                Class::New,
                Some(Outcome::Skip),
                Outcome::Pass,
                "new: was skip, is pass",
            ),
            (
                Class::Indeterminate,
                Some(Outcome::Pass),
                Outcome::Inconclusive,
                "indeterminate: was pass, is inconclusive",
            ),
            (
                Class::Changed,
                Some(Outcome::Fail),
                Outcome::Fail,
                "changed: was and is fail",
            ),
            // The record has a skip in the place of what is gone, and means no outcome by it.
            (
                Class::Gone,
                Some(Outcome::Fail),
                Outcome::Skip,
                "gone: was fail",
            ),
            (
                Class::StillFailing,
                Some(Outcome::Fail),
                Outcome::Fail,
                "still failing",
            ),
        ] {
            assert_eq!(of(class, was, now), said);
        }
    }
}

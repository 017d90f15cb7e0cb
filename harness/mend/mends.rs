//! All mends of a plugin.

use super::sheet::Sheets;
use super::{Mend, Mended, catch_all, execute_bit, manifest, quotes, trace_line};
use crate::plugin::{Place, Plugin};
use crate::run::{Evidence, Outcome, Verdict};

/// A broken rule that a mend is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The mend.
    pub mend: Mend,
    /// Where the fault is: none where only running showed that there is one.
    pub places: Vec<Place>,
}

/// What could not be mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// What it is about.
    pub mend: Mend,
    /// Where.
    pub place: Place,
    /// Why, in one sentence.
    pub why: String,
}

/// What is to be changed in a plugin, and what is left.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mends {
    /// The changes, one a file.
    pub files: Vec<Mended>,
    /// What is left.
    pub left: Vec<Left>,
}

impl Fault {
    /// What a verdict on a requirement shows; none if no mend is about it, or if it is not broken.
    #[must_use]
    pub fn of(requirement: &str, verdict: &Verdict) -> Option<Self> {
        let mend = requirement.parse().ok()?;
        (verdict.outcome == Outcome::Fail).then(|| Self {
            mend,
            places: found(&verdict.evidence),
        })
    }
}

fn found(evidence: &Evidence) -> Vec<Place> {
    let places = evidence.findings.iter().map(|finding| &finding.place);
    places.cloned().collect()
}

impl Mends {
    /// What these faults of a plugin ask for. Nothing is written.
    #[must_use]
    pub fn of(plugin: &Plugin, faults: &[Fault]) -> Self {
        let mut sheets = Sheets::new(plugin);
        for mend in Mend::ALL {
            let faults: Vec<&Fault> = faults.iter().filter(|fault| fault.mend == *mend).collect();
            if faults.is_empty() {
                continue;
            }
            let mut places: Vec<Place> = faults
                .iter()
                .flat_map(|fault| fault.places.clone())
                .collect();
            places.sort();
            places.dedup();
            match mend {
                Mend::ExecuteBit => execute_bit::mend(&mut sheets, &places),
                Mend::Manifest => manifest::mend(&mut sheets),
                Mend::CatchAll => catch_all::mend(&mut sheets),
                Mend::TraceLine => trace_line::mend(&mut sheets, &places),
                Mend::Quotes => quotes::mend(&mut sheets, &places),
            }
        }
        sheets.finish()
    }
}

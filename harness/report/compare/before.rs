//! The cases of the older record, by what they are known by in both.

use std::collections::HashMap;

use super::renames::Renames;
use crate::dokku::Version;
use crate::report::{CaseRecord, Header, Record, Sketch};
use crate::run::{Outcome, Trial};

/// What a case is known by in both records: plugin, requirement, case, and the version where that counts.
type Key<'r> = (&'r str, &'r str, &'r str, Option<Version>);

/// The cases of the older record.
#[derive(Debug)]
pub struct Before<'r> {
    old: &'r Record,
    /// Whether cases of different versions are different cases.
    is_by_version: bool,
    /// Their places in the record.
    places: HashMap<Key<'r>, usize>,
    /// Which of them the newer record has too.
    met: Vec<bool>,
}

impl<'r> Before<'r> {
    /// Those of a record, with a newer one of this header to be held against it.
    #[must_use]
    pub fn new(old: &'r Record, newer: &Header, renames: &'r Renames) -> Self {
        let is_by_version = old.header.dokku.len() > 1 || newer.dokku.len() > 1;
        let key = |case: &'r CaseRecord| {
            let id = renames.of(&case.requirement);
            let version = is_by_version.then_some(case.dokku);
            (&*case.plugin, id, &*case.case, version)
        };
        let places = (old.cases.iter().enumerate()).map(|(place, case)| (key(case), place));
        Self {
            old,
            is_by_version,
            places: places.collect(),
            met: vec![false; old.cases.len()],
        }
    }

    /// True if cases of different versions are different cases.
    pub(super) fn is_by_version(&self) -> bool {
        self.is_by_version
    }

    /// True if what was seen of a case of the newer record may be told: if it is news, or if it was not judged before.
    #[must_use]
    pub fn is_told(&self, new: &Sketch) -> bool {
        let was = |old: &CaseRecord| matches!(old.outcome, Outcome::Inconclusive | Outcome::Error);
        new.is_news() || self.of(new).is_some_and(|(_, old)| was(old))
    }

    /// The case as the older record has it, if it has it.
    pub(super) fn meet(&mut self, new: &CaseRecord) -> Option<&'r CaseRecord> {
        let (place, old) = self.of(new)?;
        *self.met.get_mut(place)? = true;
        Some(old)
    }

    /// Those that the newer record has not.
    pub(super) fn gone(&self) -> impl Iterator<Item = &'r CaseRecord> {
        let cases = self.old.cases.iter().zip(&self.met);
        cases.filter(|(_, is_met)| !**is_met).map(|(case, _)| case)
    }

    /// What a trial of the newer record came to in the older one; none if that has it not.
    #[must_use]
    pub fn outcome(&self, trial: &Trial) -> Option<Outcome> {
        let id = trial.requirement.id.as_str();
        let (_, old) = self.known_by(&trial.label, id, &trial.case_name(), trial.version)?;
        Some(old.outcome)
    }

    fn of<E>(&self, new: &CaseRecord<E>) -> Option<(usize, &'r CaseRecord)> {
        self.known_by(&new.plugin, &new.requirement, &new.case, new.dokku)
    }

    fn known_by(
        &self,
        plugin: &str,
        requirement: &str,
        case: &str,
        version: Version,
    ) -> Option<(usize, &'r CaseRecord)> {
        let version = self.is_by_version.then_some(version);
        let place = *self.places.get(&(plugin, requirement, case, version))?;
        Some((place, self.old.cases.get(place)?))
    }
}

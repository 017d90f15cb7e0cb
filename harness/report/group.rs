//! Cases that a reader takes in at one glance: those of one requirement that came out alike, whatever command and Dokku
//! version they are about.

use std::collections::BTreeMap;

use super::CaseRecord;
use crate::dokku::{Version, stretches};
use crate::run::{EXPECTATIONS, Outcome};
use crate::spec::Level;

/// Cases of one plugin and requirement with the same outcome, for the same reason.
pub(super) struct Group<'r> {
    /// Its members, one for each name of a case; never empty.
    members: Vec<Member<'r>>,
}

/// A case in every version in which it came out so.
pub(super) struct Member<'r> {
    /// Of each version, oldest first.
    cases: Vec<&'r CaseRecord>,
}

/// A case in the versions in which the same can be told of it.
pub(super) struct Stage<'r> {
    /// In the newest of them.
    pub(super) case: &'r CaseRecord,
    /// The versions, oldest first.
    pub(super) versions: Vec<Version>,
}

impl<'r> Member<'r> {
    /// The case in the newest of its versions.
    pub(super) fn newest(&self) -> Option<&'r CaseRecord> {
        self.cases.last().copied()
    }

    /// Its versions, oldest first.
    pub(super) fn versions(&self) -> Vec<Version> {
        self.cases.iter().map(|case| case.dokku).collect()
    }

    /// What can be told of it, the newest first: cases of which the same can be said are one stage.
    pub(super) fn stages(&self, same: impl Fn(&CaseRecord, &CaseRecord) -> bool) -> Vec<Stage<'r>> {
        let mut stages: Vec<Stage<'r>> = Vec::new();
        for case in self.cases.iter().rev() {
            match stages.iter_mut().find(|stage| same(stage.case, case)) {
                Some(stage) => stage.versions.insert(0, case.dokku),
                None => stages.push(Stage {
                    case,
                    versions: vec![case.dokku],
                }),
            }
        }
        stages
    }
}

impl<'r> Group<'r> {
    /// The member that is shown for all: the first of those that came out so in the newest version.
    pub(super) fn first(&self) -> Option<&Member<'r>> {
        let newest = |member: &&Member<'r>| member.newest().map(|case| case.dokku);
        let latest = self.members.iter().map(|member| newest(&member)).max()?;
        self.members.iter().find(|member| newest(member) == latest)
    }

    /// All members, in the order of the record.
    pub(super) fn members(&self) -> &[Member<'r>] {
        &self.members
    }

    fn add(&mut self, case: &'r CaseRecord) {
        let known = self
            .members
            .iter_mut()
            .find(|member| member.newest().is_some_and(|one| one.case == case.case));
        match known {
            Some(member) => member.cases.push(case),
            None => self.members.push(Member { cases: vec![case] }),
        }
    }
}

/// The groups of these cases, which are of one plugin and in the order of their record, the most urgent first.
pub(super) fn groups<'r>(cases: &[&'r CaseRecord]) -> Vec<Group<'r>> {
    let mut ids: BTreeMap<&str, usize> = BTreeMap::new();
    let mut groups: BTreeMap<_, Group<'r>> = BTreeMap::new();
    for (index, case) in cases.iter().enumerate() {
        let id = *ids.entry(&case.requirement).or_insert(index);
        // A failure is told once with its evidence; of the others the reason is all there is to tell. Each expectation
        // has a line of its own to tell of.
        let reason = match case.outcome {
            Outcome::Fail if case.requirement == EXPECTATIONS => case.case.as_str(),
            Outcome::Fail => "",
            _ => case.reason.as_str(),
        };
        let key = (urgency(case), id, reason, &case.expected);
        let group = groups.entry(key).or_insert_with(|| Group {
            members: Vec::new(),
        });
        group.add(case);
    }
    groups.into_values().collect()
}

/// What a reader wants to see first.
fn urgency(case: &CaseRecord) -> (u8, Level) {
    let rank = match case.outcome {
        Outcome::Error => 0,
        Outcome::Fail if case.expected.is_some() => 3,
        Outcome::Fail => 1,
        Outcome::Inconclusive => 2,
        Outcome::Skip => 4,
        Outcome::Pass => 5,
    };
    (rank, case.level)
}

/// Some of the versions of a run in few words: what lies between two that follow each other in the run goes unsaid.
pub(super) fn spans(some: &[Version], all: &[Version]) -> String {
    let stretches = stretches(some, all);
    let name = |(first, last): &(Version, Version)| match first == last {
        true => first.to_string(),
        false => format!("{first} to {last}"),
    };
    stretches.iter().map(name).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::spans;
    use crate::dokku::{Version, Versions};

    fn of(text: &str) -> Vec<Version> {
        let words = text
            .split(',')
            .map(|word| word.parse::<Versions>().unwrap());
        words.flat_map(|versions| versions.all().to_vec()).collect()
    }

    #[test]
    fn versions_that_follow_each_other_in_the_run_are_one_span() {
        let all = of("0.20..0.30");
        assert_eq!(spans(&of("0.20..0.22"), &all), "0.20.4 to 0.22.9");
        assert_eq!(
            spans(&of("0.20,0.25,0.26,0.30"), &all),
            "0.20.4, 0.25.7 to 0.26.8, 0.30.11"
        );
        assert_eq!(spans(&[], &all), "");
    }
}

//! What a plugin breaks in some versions, or in all.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::samples::{Course, Key, Samples};
use crate::plugin::{Finding, Place};
use crate::run::{Outcome, Verdict};
use crate::spec::Level;

/// The requirement that a release breaks by taking a name for itself. Whatever its level, from there on nobody reaches
/// the plugin by that name.
const NAMESPACED: &str = "commands-namespaced";

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// The requirement's id.
    pub requirement: String,
    /// Its level.
    pub level: Level,
    /// The places in the plugin, where they can be known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<Place>,
    /// In one sentence, as of the newest version that shows it.
    pub message: String,
    /// The cases that show it.
    pub cases: Vec<String>,
}

impl Cause {
    /// True if it limits the versions that a plugin works with, where what breaks a `should` counts if that is `strict`.
    #[must_use]
    pub fn counts(&self, strict: bool) -> bool {
        self.requirement == NAMESPACED || self.level.counts(strict)
    }
}

/// A cause with the points in which it shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Break {
    pub(super) cause: Cause,
    /// What it says in each point in which it shows, by the point's place.
    pub(super) said: BTreeMap<usize, String>,
    /// The places of the points that are known to be free of it.
    pub(super) free: BTreeSet<usize>,
}

impl Break {
    /// True if it shows in some versions and in others does not.
    pub(super) fn varies(&self) -> bool {
        !self.free.is_empty()
    }

    /// A cause that shows in the point at this place.
    fn shown_in(place: usize, cause: Cause) -> Self {
        Self {
            said: [(place, cause.message.clone())].into(),
            free: BTreeSet::new(),
            cause,
        }
    }

    /// True if it shows in the point at this place.
    pub(super) fn shows(&self, place: usize) -> bool {
        self.said.contains_key(&place)
    }

    /// The places of the points in which it shows.
    fn shown(&self) -> BTreeSet<usize> {
        self.said.keys().copied().collect()
    }

    /// Takes in that it shows in a newer point too.
    fn go_on(&mut self, newer: Self) {
        self.cause = newer.cause;
        self.said.extend(newer.said);
    }

    /// The cause, as it says in the point at this place.
    pub(super) fn at(&self, place: usize) -> Cause {
        let said = self.said.get(&place).unwrap_or(&self.cause.message);
        Cause {
            message: said.clone(),
            ..self.cause.clone()
        }
    }

    /// The cause for each thing that it says, with the places of the points in which it does; the oldest first.
    pub(super) fn by_message(&self) -> Vec<(Cause, BTreeSet<usize>)> {
        let mut all: BTreeMap<String, (Cause, BTreeSet<usize>)> = BTreeMap::new();
        for place in self.said.keys() {
            let cause = self.at(*place);
            // What names the version itself says the same of the next one.
            match all.entry(without_versions(&cause.message)) {
                Entry::Occupied(mut known) => {
                    known.get_mut().0 = cause;
                    known.get_mut().1.insert(*place);
                }
                Entry::Vacant(entry) => {
                    entry.insert((cause, [*place].into()));
                }
            }
        }
        let mut all: Vec<_> = all.into_values().collect();
        all.sort_by_key(|(_, places)| places.first().copied());
        all
    }

    /// Takes in another that shows in the same points.
    fn join(&mut self, other: Self) {
        self.free.extend(other.free);
        let cause = &mut self.cause;
        for place in other.cause.places {
            if !cause.places.contains(&place) {
                cause.places.push(place);
            }
        }
        for case in other.cause.cases {
            if !cause.cases.contains(&case) {
                cause.cases.push(case);
            }
        }
    }

    /// What sorts the gravest first.
    pub(super) fn gravity(&self) -> (Level, usize) {
        let width = self.cause.places.len().max(self.cause.cases.len());
        (self.cause.level, usize::MAX - width)
    }
}

/// Everything that shows in some point, the gravest first.
pub(super) fn breaks(samples: &Samples) -> Vec<Break> {
    let mut alike: BTreeMap<(String, String, BTreeSet<usize>), Break> = BTreeMap::new();
    for (key, course) in &samples.courses {
        for found in of_course(key, course, samples.points.len()) {
            // What is run and breaks in the same versions most likely does so for one cause; the text tells each by name.
            let said = match course.is_run() {
                true => String::new(),
                false => found.cause.message.clone(),
            };
            let kind = (key.requirement.clone(), said, found.shown());
            match alike.entry(kind) {
                Entry::Vacant(place) => {
                    place.insert(found);
                }
                Entry::Occupied(mut known) => known.get_mut().join(found),
            }
        }
    }
    let mut breaks: Vec<Break> = alike.into_values().collect();
    breaks.sort_by_key(Break::gravity);
    breaks
}

/// What breaks in one case: each finding by itself, or the case as a whole.
fn of_course(key: &Key, course: &Course, points: usize) -> Vec<Break> {
    let mut breaks: BTreeMap<Option<Identity>, Break> = BTreeMap::new();
    let mut judged = BTreeSet::new();
    let mut doubts: BTreeMap<usize, &[Finding]> = BTreeMap::new();
    for place in 0..points {
        let Some(verdict) = course.at(place) else {
            continue;
        };
        match verdict.outcome {
            Outcome::Pass | Outcome::Fail => {
                judged.insert(place);
            }
            // The text was read whole: what is doubtful is one thing in it.
            Outcome::Inconclusive if !verdict.evidence.findings.is_empty() => {
                doubts.insert(place, verdict.evidence.findings.as_slice());
            }
            _ => {}
        }
        for (finding, message) in sayings(verdict) {
            let site = finding.map(|one| one.place.clone());
            let site = site.or_else(|| verdict.evidence.place.clone());
            let found = Break::shown_in(place, key.cause(site, message));
            match breaks.entry(finding.map(Identity::of)) {
                Entry::Vacant(entry) => {
                    entry.insert(found);
                }
                Entry::Occupied(mut known) => known.get_mut().go_on(found),
            }
        }
    }
    for (identity, one) in &mut breaks {
        let may_be = |doubt: &Finding| identity.as_ref().is_none_or(|it| it.may_be(doubt));
        let elsewhere = doubts
            .iter()
            .filter(|(_, doubts)| !doubts.iter().any(may_be));
        let clear = elsewhere.map(|(place, _)| *place);
        let known: BTreeSet<usize> = judged.iter().copied().chain(clear).collect();
        one.free = known.difference(&one.shown()).copied().collect();
    }
    breaks.into_values().collect()
}

impl Key {
    /// What this case shows, at this place.
    fn cause(&self, site: Option<Place>, message: String) -> Cause {
        Cause {
            requirement: self.requirement.clone(),
            level: self.level,
            places: site.into_iter().collect(),
            message,
            cases: vec![self.case.clone()],
        }
    }
}

/// What one finding is about, whatever the version.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Identity {
    site: String,
    about: String,
}

impl Identity {
    fn of(finding: &Finding) -> Self {
        let about = finding.about.clone();
        Self {
            site: finding.place.to_string(),
            // What names the version itself says the same of the next one.
            about: about.unwrap_or_else(|| without_versions(&finding.message)),
        }
    }

    /// True if that is in doubt where this is.
    fn may_be(&self, doubt: &Finding) -> bool {
        let about = doubt.about.as_ref();
        doubt.place.to_string() == self.site && about.is_none_or(|about| *about == self.about)
    }
}

/// A sentence less every word that is a version.
fn without_versions(sentence: &str) -> String {
    let is_version = |word: &&str| {
        word.starts_with(|letter: char| letter.is_ascii_digit()) && word.matches('.').count() > 1
    };
    let words = sentence.split(' ').filter(|word| !is_version(word));
    words.collect::<Vec<_>>().join(" ")
}

/// What a verdict says is broken: in each of its findings, or as a whole.
fn sayings(verdict: &Verdict) -> Vec<(Option<&Finding>, String)> {
    if verdict.outcome != Outcome::Fail {
        return Vec::new();
    }
    let findings = &verdict.evidence.findings;
    if findings.is_empty() {
        return vec![(None, verdict.reason.clone())];
    }
    let said = findings.iter();
    said.map(|one| (Some(one), one.message.clone())).collect()
}

//! What a plugin breaks in some versions, or in all.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::samples::{Course, Key, Samples};
use crate::dokku::Version;
use crate::plugin::Place;
use crate::run::{Outcome, Verdict};
use crate::spec::Level;

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// The requirement's id.
    pub requirement: String,
    /// Its level.
    pub level: Level,
    /// The place in the plugin, where it can be known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// In one sentence, as of the newest version that shows it.
    pub message: String,
    /// The cases that show it.
    pub cases: Vec<String>,
}

/// A cause with the points in which it shows.
#[derive(Clone, Debug)]
pub(super) struct Break {
    pub(super) cause: Cause,
    /// The places of the points in which it shows.
    pub(super) shown: BTreeSet<usize>,
    /// The places of the points that are known to be free of it.
    pub(super) free: BTreeSet<usize>,
}

impl Break {
    /// True if it shows in some versions and in others does not.
    pub(super) fn varies(&self) -> bool {
        !self.free.is_empty()
    }

    /// What sorts the gravest first.
    pub(super) fn gravity(&self) -> (Level, usize) {
        (self.cause.level, usize::MAX - self.cause.cases.len())
    }
}

/// Everything that shows in some point, the gravest first.
pub(super) fn breaks(samples: &Samples) -> Vec<Break> {
    let mut breaks = Vec::new();
    let mut alike: BTreeMap<(String, BTreeSet<usize>), Break> = BTreeMap::new();
    for (key, course) in &samples.courses {
        let level = samples.levels.get(&key.requirement).copied();
        let level = level.unwrap_or(Level::Must);
        for found in of_course(key, course, level, samples.points.as_slice()) {
            if found.cause.place.is_some() && !course.is_run() {
                breaks.push(found);
                continue;
            }
            // Cases of one requirement that break in the same versions most likely do so for one cause.
            let kind = (key.requirement.clone(), found.shown.clone());
            let known = alike.entry(kind).or_insert_with(|| Break {
                cause: Cause {
                    cases: Vec::new(),
                    ..found.cause.clone()
                },
                ..found.clone()
            });
            known.free.extend(&found.free);
            known.cause.cases.extend(found.cause.cases);
        }
    }
    breaks.extend(alike.into_values());
    breaks.sort_by_key(Break::gravity);
    breaks
}

/// What breaks in one case: each finding by itself, or the case as a whole.
fn of_course(key: &Key, course: &Course, level: Level, points: &[Version]) -> Vec<Break> {
    let mut causes: BTreeMap<(String, String), (Cause, BTreeSet<usize>)> = BTreeMap::new();
    let mut judged = BTreeSet::new();
    for (place, version) in points.iter().enumerate() {
        let Some(verdict) = course.at(place) else {
            continue;
        };
        if matches!(verdict.outcome, Outcome::Pass | Outcome::Fail) {
            judged.insert(place);
        }
        for (site, message) in sayings(verdict) {
            let identity = match verdict.evidence.findings.is_empty() {
                true => (String::new(), String::new()),
                // What names the version itself says the same of the next one.
                false => (
                    site.as_ref().map(ToString::to_string).unwrap_or_default(),
                    message.replace(&version.to_string(), ""),
                ),
            };
            let cause = Cause {
                requirement: key.requirement.clone(),
                level,
                place: site,
                message,
                cases: vec![key.case.clone()],
            };
            let known = causes
                .entry(identity)
                .or_insert((cause.clone(), BTreeSet::new()));
            known.0 = cause;
            known.1.insert(place);
        }
    }
    let of = |(cause, shown): (Cause, BTreeSet<usize>)| Break {
        free: judged.difference(&shown).copied().collect(),
        cause,
        shown,
    };
    causes.into_values().map(of).collect()
}

/// What a verdict says is broken.
fn sayings(verdict: &Verdict) -> Vec<(Option<Place>, String)> {
    if verdict.outcome != Outcome::Fail {
        return Vec::new();
    }
    let findings = &verdict.evidence.findings;
    if findings.is_empty() {
        return vec![(verdict.evidence.place.clone(), verdict.reason.clone())];
    }
    let said = findings.iter();
    said.map(|one| (Some(one.place.clone()), one.message.clone()))
        .collect()
}

//! What a forecast says.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Scope;
use super::breaks::{self, Break, Cause};
use super::samples::{Effort, Samples};
use crate::dokku::{Span, Version};
use crate::run::{Checked, Outcome};

/// The requirement that is about versions and nothing else: what breaks it everywhere works nowhere.
const EXISTS: &str = "api-exists";

/// The requirement that a release breaks by taking a name for itself. Whatever its level, from there on nobody reaches
/// the plugin by that name.
const NAMESPACED: &str = "commands-namespaced";

/// Which Dokku versions a plugin works with, and what breaks in the others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forecast {
    /// What the plugin is called.
    pub plugin: String,
    /// Its directory, as the person named it.
    pub path: String,
    /// The first version that was looked at.
    pub from: Version,
    /// The last one.
    pub to: Version,
    /// The versions that it works with, as the list of community plugins writes them: `0.24.0+`, `0.20.0 - 0.37.10`, or
    /// `none`. Of several spans the newest.
    pub range: String,
    /// Every span of versions in which nothing that counts breaks, oldest first. An open end is that of what was looked
    /// at.
    pub works: Vec<Span>,
    /// What breaks just before the newest span begins; in the last version, if there is no such span.
    pub lower: Vec<Cause>,
    /// What breaks just after it ends.
    pub upper: Vec<Cause>,
    /// What breaks in some versions and not in others, the gravest first.
    pub changes: Vec<Reach>,
    /// What breaks in every version in which it can be judged. The range does not count it, unless it is a use of
    /// something that none of them has.
    pub always: Vec<Cause>,
    /// What can't be judged in some version, and how many cases that are.
    pub unclear: BTreeMap<String, usize>,
    /// What the way from the first to the last version comes to.
    pub upgrade: Upgrade,
    /// How much was run for it.
    pub effort: Effort,
}

/// A cause, and the versions in which it shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reach {
    /// The cause.
    #[serde(flatten)]
    pub cause: Cause,
    /// The versions. An open end is that of what was looked at.
    pub versions: Vec<Span>,
}

/// What changes for the plugin between two versions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upgrade {
    /// What breaks in the newer one alone, the gravest first.
    pub breaks: Vec<Cause>,
    /// What breaks in the older one alone.
    pub mends: Vec<Cause>,
}

impl Forecast {
    pub(super) fn of(checked: &Checked, samples: &Samples, scope: &Scope) -> Self {
        let all = breaks::breaks(samples);
        let view = View {
            points: &samples.points,
            to: *scope.versions.end(),
        };
        let counts = |one: &&Break| {
            let id = one.cause.requirement.as_str();
            (one.varies() || id == EXISTS)
                && (id == NAMESPACED || one.cause.level.counts(scope.strict))
        };
        let limits: Vec<&Break> = all.iter().filter(counts).collect();
        let last = view.points.len().saturating_sub(1);
        let is_fine = |place| limits.iter().all(|limit| !limit.shown.contains(&place));
        let newest = view.runs(is_fine).last().copied();
        let beyond = |place: Option<usize>| match place {
            Some(place) => {
                let limits = limits.iter().copied();
                causes(limits.filter(|one| one.shown.contains(&place)))
            }
            None => Vec::new(),
        };
        let changed = |from: usize, to: usize| {
            let all = all.iter();
            causes(all.filter(|one| one.free.contains(&from) && one.shown.contains(&to)))
        };
        Self {
            plugin: checked.label.clone(),
            path: checked.path.display().to_string(),
            from: *scope.versions.start(),
            to: *scope.versions.end(),
            range: view.name(newest),
            works: view.spans(is_fine),
            lower: beyond(newest.map_or(Some(last), |(first, _)| first.checked_sub(1))),
            upper: beyond(newest.map(|(_, end)| end + 1)),
            changes: all
                .iter()
                .filter(|one| one.varies())
                .map(|one| Reach {
                    cause: one.cause.clone(),
                    versions: view.spans(|place| one.shown.contains(&place)),
                })
                .collect(),
            always: causes(all.iter().filter(|one| !one.varies())),
            unclear: unclear(samples),
            upgrade: Upgrade {
                breaks: changed(0, last),
                mends: changed(last, 0),
            },
            effort: samples.effort,
        }
    }
}

fn causes<'b>(breaks: impl Iterator<Item = &'b Break>) -> Vec<Cause> {
    breaks.map(|one| one.cause.clone()).collect()
}

/// The reasons why cases can't be judged, with how many each stands for.
fn unclear(samples: &Samples) -> BTreeMap<String, usize> {
    let mut reasons = BTreeMap::new();
    for course in samples.courses.values() {
        let doubtful = |outcome| matches!(outcome, Outcome::Inconclusive | Outcome::Error);
        let newest = course.verdicts.values().rev();
        if let Some(verdict) = newest.into_iter().find(|one| doubtful(one.outcome)) {
            *reasons.entry(verdict.reason.clone()).or_default() += 1;
        }
    }
    reasons
}

/// The points of a forecast, as versions.
struct View<'v> {
    points: &'v [Version],
    to: Version,
}

impl View<'_> {
    /// The runs of places that have something in common: the first and the last of each.
    fn runs(&self, has_it: impl Fn(usize) -> bool) -> Vec<(usize, usize)> {
        let mut runs: Vec<(usize, usize)> = Vec::new();
        for place in (0..self.points.len()).filter(|place| has_it(*place)) {
            match runs.last_mut() {
                Some((_, last)) if *last + 1 == place => *last = place,
                _ => runs.push((place, place)),
            }
        }
        runs
    }

    /// The versions of the places that have something in common.
    fn spans(&self, has_it: impl Fn(usize) -> bool) -> Vec<Span> {
        let runs = self.runs(has_it).into_iter();
        runs.map(|run| self.span(run)).collect()
    }

    fn span(&self, (first, last): (usize, usize)) -> Span {
        Span {
            since: (first > 0)
                .then(|| self.points.get(first).copied())
                .flatten(),
            until: self.points.get(last + 1).and_then(|next| next.previous()),
        }
    }

    /// A run as the list of community plugins writes it.
    fn name(&self, run: Option<(usize, usize)>) -> String {
        let Some((first, last)) = run else {
            return "none".to_owned();
        };
        let Some(since) = self.points.get(first) else {
            return "none".to_owned();
        };
        match self.span((first, last)).until {
            None if self.to == Version::NEWEST => format!("{since}+"),
            until => match until.unwrap_or(self.to) {
                until if until == *since => since.to_string(),
                until => format!("{since} - {until}"),
            },
        }
    }
}

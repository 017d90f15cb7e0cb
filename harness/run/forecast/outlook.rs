//! What a forecast says.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Scope;
use super::breaks::{self, Break, Cause};
use super::grounds::{self, Grounds};
use super::idle::idle;
use super::samples::{Effort, Samples};
use crate::dokku::{Span, Version};
use crate::run::{Checked, Outcome};

/// The requirement that is about versions and nothing else: what breaks it everywhere works nowhere.
pub(super) const EXISTS: &str = "api-exists";

/// The range of a plugin of which nothing could be judged where nothing that counts breaks.
const UNKNOWN: &str = "unknown";

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
    /// `none`; `unknown` where nothing could be judged. Of several spans the newest. Where an end is that of what was
    /// looked at, and so no bound, it says so.
    pub range: String,
    /// Every span of versions in which something could be judged and nothing that counts breaks, oldest first. An open
    /// end is that of what was looked at.
    pub works: Vec<Span>,
    /// What the range rests on.
    pub grounds: Grounds,
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
    /// What is broken in the newer one where the older one does not tell.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub may_break: Vec<Cause>,
    /// What breaks in the older one alone.
    pub mends: Vec<Cause>,
}

impl Forecast {
    /// True if nothing could be judged where nothing that counts breaks.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        self.range == UNKNOWN
    }

    pub(super) fn of(checked: &Checked, samples: &Samples, scope: &Scope) -> Self {
        let idle = idle(&checked.plugin, &samples.points);
        let mut all = breaks::breaks(samples);
        all.extend(idle.clone());
        all.sort_by_key(Break::gravity);
        let view = View {
            points: &samples.points,
            from: *scope.versions.start(),
            to: *scope.versions.end(),
        };
        let counts = |one: &&Break| {
            let id = one.cause.requirement.as_str();
            let decides = one.varies() || id == EXISTS;
            decides && one.cause.counts(scope.strict) || idle.as_ref() == Some(*one)
        };
        let limits: Vec<&Break> = all.iter().filter(counts).collect();
        let last = view.points.len().saturating_sub(1);
        let is_free = |place| limits.iter().all(|limit| !limit.shows(place));
        let is_fine = |place| is_free(place) && grounds::is_judged(samples, place);
        let newest = view.runs(is_fine).last().copied();
        let beyond = |place: Option<usize>| match place {
            Some(place) => {
                let shown = limits.iter().filter(|one| one.shows(place));
                shown.map(|one| one.at(place)).collect()
            }
            None => Vec::new(),
        };
        let changed = |from: usize, to: usize| {
            let all = all.iter();
            let changed = all.filter(|one| one.free.contains(&from) && one.shows(to));
            changed.map(|one| one.at(to)).collect::<Vec<Cause>>()
        };
        let unknown = |from: usize, to: usize| {
            let is_open = |one: &&Break| !one.free.contains(&from) && !one.shows(from);
            causes(all.iter().filter(|one| is_open(one) && one.shows(to)))
        };
        Self {
            plugin: checked.label.clone(),
            path: checked.path.display().to_string(),
            from: *scope.versions.start(),
            to: *scope.versions.end(),
            range: match newest {
                Some(run) => view.name(run),
                None if (0..view.points.len()).any(is_free) => UNKNOWN.to_owned(),
                None => "none".to_owned(),
            },
            works: view.spans(is_fine),
            grounds: Grounds::of(checked, samples),
            lower: beyond(newest.map_or(Some(last), |(first, _)| first.checked_sub(1))),
            upper: beyond(newest.map(|(_, end)| end + 1)),
            changes: all
                .iter()
                .filter(|one| one.varies())
                .flat_map(Break::by_message)
                .map(|(cause, places)| Reach {
                    cause,
                    versions: view.spans(|place| places.contains(&place)),
                })
                .collect(),
            always: causes(all.iter().filter(|one| !one.varies())),
            unclear: unclear(samples),
            upgrade: Upgrade {
                breaks: changed(0, last),
                may_break: unknown(0, last),
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
    from: Version,
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
    fn name(&self, run: (usize, usize)) -> String {
        let span = self.span(run);
        let since = span.since.unwrap_or(self.from);
        let range = match span.until {
            None if self.to == Version::NEWEST => format!("{since}+"),
            until => match until.unwrap_or(self.to) {
                until if until == since => since.to_string(),
                until => format!("{since} - {until}"),
            },
        };
        let older = span.since.is_none() && self.from > Version::OLDEST;
        let newer = span.until.is_none() && self.to < Version::NEWEST;
        match (older, newer) {
            (false, false) => range,
            (true, false) => format!("{range}, older not looked at"),
            (false, true) => format!("{range}, newer not looked at"),
            (true, true) => format!("{range}, others not looked at"),
        }
    }
}

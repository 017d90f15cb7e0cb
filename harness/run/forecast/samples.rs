//! What a plugin's cases come to in the versions in which they were run.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::super::inspect;
use super::points::Points;
use super::{Scope, Stir};
use crate::dokku::{Version, releases};
use crate::run::{self, Checked, Fate, Ground, Outcome, Plan, Trial, Verdict};
use crate::spec::{Level, Script};

/// A case of a requirement, whatever the version.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) requirement: String,
    pub(super) level: Level,
    /// Which of the requirement's cases, by index.
    index: usize,
    pub(super) case: String,
}

/// One case through the versions.
#[derive(Debug, Default)]
pub(super) struct Course {
    /// The trial of each point in which the plan has one, by the point's place.
    trials: BTreeMap<usize, Trial>,
    /// What came of those that were run or needed none.
    pub(super) verdicts: BTreeMap<usize, Verdict>,
}

/// How much was run, and how much was spared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effort {
    /// How many cases were run in worlds.
    pub ran: usize,
    /// How many there are, over all releases of the range.
    pub of: usize,
    /// In how many versions something of the plugin's interest changed.
    pub points: usize,
    /// How many releases the range has.
    pub releases: usize,
}

/// The cases of a plugin through the versions.
#[derive(Debug)]
pub(super) struct Samples {
    /// The versions in which something changed, oldest first.
    pub(super) points: Vec<Version>,
    scouted: BTreeSet<usize>,
    pub(super) courses: BTreeMap<Key, Course>,
    pub(super) effort: Effort,
}

impl Course {
    /// What came of the point at this place: its own verdict, or that of the last sample before, since both sides of
    /// what was left out came out alike.
    pub(super) fn at(&self, place: usize) -> Option<&Verdict> {
        if !self.trials.contains_key(&place) && !self.verdicts.contains_key(&place) {
            return None;
        }
        self.verdicts.range(..=place).next_back().map(|(_, it)| it)
    }

    /// True if it is about what a run does, and not about the text.
    pub(super) fn is_run(&self) -> bool {
        !self.trials.is_empty()
    }

    /// The places in which it can be run, in order.
    fn open(&self) -> impl DoubleEndedIterator<Item = usize> {
        self.trials.keys().copied()
    }

    /// The first and the last place of each stretch of open places, with nothing decided between.
    fn ends(&self) -> impl Iterator<Item = usize> {
        let is_open = |place: usize| self.trials.contains_key(&place);
        self.open().filter(move |place| {
            place.checked_sub(1).is_none_or(|before| !is_open(before)) || !is_open(place + 1)
        })
    }

    /// The neighbouring samples that differ.
    fn turns(&self) -> impl Iterator<Item = (usize, usize)> {
        let samples = self.verdicts.iter();
        let pairs = samples.clone().zip(samples.skip(1));
        pairs
            .filter(|((_, left), (_, right))| left.outcome != right.outcome)
            .map(|((left, _), (right, _))| (*left, *right))
    }

    /// The middle of each stretch that was left out between samples that differ.
    fn middles(&self) -> Vec<usize> {
        let middle = |(left, right): (usize, usize)| {
            let open: Vec<usize> = self.trials.range(left + 1..right).map(|it| *it.0).collect();
            open.get(open.len() / 2).copied()
        };
        self.turns().filter_map(middle).collect()
    }
}

/// A case in one version, before anything runs.
struct Sketch {
    key: Key,
    place: usize,
    known: Known,
}

/// What is known of a case before anything runs.
enum Known {
    /// Its verdict, which needs no world.
    Verdict(Verdict),
    /// What to run for one.
    Trial(Trial),
}

/// The cases of one version.
fn sketches(
    checked: &Checked,
    place: usize,
    version: Version,
    scope: &Scope,
) -> impl Iterator<Item = Sketch> {
    let (plugin, label) = (&checked.plugin, &checked.label);
    let plan = Plan::new(plugin, label, &[version], &checked.requirements);
    let sketch = move |trial| Sketch::of(place, trial, scope);
    plan.trials.into_iter().filter_map(sketch)
}

impl Sketch {
    /// A trial at this place; none if a forecast does not ask for it.
    fn of(place: usize, trial: Trial, scope: &Scope) -> Option<Self> {
        let case = trial.case()?;
        // What needs a level of its own is about an installation: to play that in each version would take several times as
        // long as all the rest, and what it uses of Dokku the text tells.
        if case.given.isolation.is_some() {
            return None;
        }
        let level = trial.requirement.level;
        let of_text = match case.script {
            Script::Inspect(inspection) => Some(inspection),
            Script::Steps(_) if level.counts(scope.strict) => None,
            Script::Steps(_) | Script::Suite => return None,
        };
        let key = Key {
            requirement: trial.requirement.id.to_string(),
            level,
            index: trial.index,
            case: trial.case_name(),
        };
        let known = match (&trial.fate, of_text) {
            (Fate::Decided(outcome, reason), _) => Known::Verdict(Verdict::bare(*outcome, reason)),
            (Fate::Absent(reason), _) => Known::Verdict(Verdict::bare(Outcome::Skip, reason)),
            // What is expected to fail is no matter of a forecast.
            (Fate::Follows(_), _) => return None,
            // Nor are the plugin's own tests.
            (Fate::OfSuite(_), _) => return None,
            (Fate::Run, Some(inspection)) => Known::Verdict(inspect::verdict(&trial, inspection)),
            (Fate::Run, None) => Known::Trial(trial),
        };
        Some(Self { key, place, known })
    }
}

impl Samples {
    /// What there is to run; what needs no world has its verdict already.
    pub(super) fn plan(checked: &Checked, points: Points, scope: &Scope) -> Self {
        let mut samples = Self {
            effort: Effort {
                points: points.versions.len(),
                releases: releases_of(&scope.versions),
                ..Effort::default()
            },
            points: points.versions,
            scouted: points.scouted,
            courses: BTreeMap::new(),
        };
        // Much of what needs no world is reading the plugin's text anew for each version.
        let sketches: Vec<Sketch> = (samples.points.par_iter().enumerate())
            .flat_map_iter(|(place, version)| sketches(checked, place, *version, scope))
            .collect();
        for sketch in sketches {
            samples.add(sketch);
        }
        samples.effort.of = samples.all_cases(scope);
        samples
    }

    fn add(&mut self, Sketch { key, place, known }: Sketch) {
        let course = self.courses.entry(key).or_default();
        match known {
            Known::Verdict(verdict) => {
                course.verdicts.insert(place, verdict);
            }
            Known::Trial(trial) => {
                course.trials.insert(place, trial);
            }
        }
    }

    /// How many cases there would be to run in all releases of the range.
    fn all_cases(&self, scope: &Scope) -> usize {
        let last = |place: usize| self.points.get(place + 1).and_then(|next| next.previous());
        let points = self.points.iter().enumerate();
        let widths: Vec<usize> = points
            .map(|(place, from)| {
                releases_of(&(*from..=last(place).unwrap_or(*scope.versions.end())))
            })
            .collect();
        let open = self.courses.values().flat_map(Course::open);
        open.filter_map(|place| widths.get(place)).sum()
    }

    /// Runs what has to be run.
    pub(super) fn take(
        &mut self,
        ground: &Ground,
        scope: &Scope,
        watch: &(dyn Fn(Stir) + Sync),
    ) -> Result<(), rayon::ThreadPoolBuildError> {
        let scouts = self.scouts();
        let mut wanted: BTreeSet<(usize, Key)> = BTreeSet::new();
        for (key, course) in &self.courses {
            let places: Vec<usize> = match scouts.contains(key) {
                true => self.scouted_of(course).collect(),
                false => course.ends().collect(),
            };
            wanted.extend(places.into_iter().map(|place| (place, key.clone())));
        }
        self.run(wanted, ground, scope, watch)?;
        let found = self.beside_scouts(&scouts);
        self.run(found, ground, scope, watch)?;
        loop {
            let middles: BTreeSet<_> = self
                .courses
                .iter()
                .flat_map(|(key, course)| {
                    let middles = course.middles().into_iter();
                    middles.map(move |place| (place, key.clone()))
                })
                .collect();
            if middles.is_empty() || ground.cancel.requested() {
                return Ok(());
            }
            self.run(middles, ground, scope, watch)?;
        }
    }

    /// Where the scout of a kind is run.
    fn scouted_of(&self, course: &Course) -> impl Iterator<Item = usize> {
        let is_scouted = |place: &usize| self.scouted.contains(place);
        let scouted: BTreeSet<usize> = course.open().filter(is_scouted).collect();
        scouted.into_iter().chain(course.ends())
    }

    /// The first case of each kind.
    fn scouts(&self) -> BTreeSet<Key> {
        let mut kinds = BTreeSet::new();
        let open = self.courses.iter().filter(|(_, it)| !it.trials.is_empty());
        open.filter(|(key, _)| kinds.insert((key.requirement.clone(), key.index)))
            .map(|(key, _)| key.clone())
            .collect()
    }

    /// What is to be run on both sides of what the scouts found.
    fn beside_scouts(&self, scouts: &BTreeSet<Key>) -> BTreeSet<(usize, Key)> {
        let mut wanted = BTreeSet::new();
        for scout in scouts {
            let turns = self.courses.get(scout).into_iter().flat_map(Course::turns);
            let beside: BTreeSet<usize> = turns.flat_map(|(left, right)| [left, right]).collect();
            let kin = self.courses.iter().filter(|(key, _)| {
                (&key.requirement, key.index) == (&scout.requirement, scout.index)
            });
            for (key, course) in kin {
                let places = course.open().filter(|place| beside.contains(place));
                wanted.extend(places.map(|place| (place, key.clone())));
            }
        }
        wanted
    }

    /// Runs these, a version after the other, so that worlds of one kind serve one another, and the newest first.
    fn run(
        &mut self,
        wanted: BTreeSet<(usize, Key)>,
        ground: &Ground,
        scope: &Scope,
        watch: &(dyn Fn(Stir) + Sync),
    ) -> Result<(), rayon::ThreadPoolBuildError> {
        let mut plan = Plan { trials: Vec::new() };
        let mut asked = Vec::new();
        // What a version refuses at once is quickly done, so that the long ones are those of the newest.
        for (place, key) in wanted.into_iter().rev() {
            let Some(course) = self.courses.get_mut(&key) else {
                continue;
            };
            if course.verdicts.contains_key(&place) {
                continue;
            }
            plan.trials.extend(course.trials.get(&place).cloned());
            asked.push((place, key));
        }
        watch(Stir::Planned(plan.trials.len()));
        let finished = run::run(&plan, ground, scope.jobs, &|_, _| watch(Stir::Ended))?;
        for ((place, key), finished) in asked.into_iter().zip(finished) {
            self.effort.ran += 1;
            if let Some(course) = self.courses.get_mut(&key) {
                course.verdicts.insert(place, finished.verdict);
            }
        }
        Ok(())
    }
}

fn releases_of(range: &RangeInclusive<Version>) -> usize {
    let within = |one: &&Version| range.contains(one);
    releases().iter().filter(within).count()
}

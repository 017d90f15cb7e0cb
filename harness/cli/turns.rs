//! Which trials of a plan are to be run, and which need not be once another has been.

use std::collections::{HashMap, HashSet};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::dokku::Era;
use crate::report::{CaseRecord, Key, Memory};
use crate::run::{Finished, Ground, Outcome, Plan, Trial};

/// How often one that waits looks whether the run is to stop.
const LOOK: Duration = Duration::from_millis(100);

/// The trials of a plan that nothing is remembered of, each with its turn.
pub(super) struct Turns<'w> {
    plan: &'w Plan,
    ground: &'w Ground,
    memory: Option<&'w Memory>,
    /// The places of these trials in the plan, in their order.
    pub(super) places: Vec<usize>,
    /// What their results hang on, if that is known.
    keys: Vec<Option<Key>>,
    /// The turns of those that are alike but for their version and what is asked in them, in their order.
    kin: HashMap<Key, Vec<usize>>,
    state: Mutex<State>,
    ended: Condvar,
}

/// How far the turns are.
#[derive(Default)]
struct State {
    /// Those that were taken: that are run, or need not be.
    taken: HashSet<usize>,
    /// Those that are being run.
    running: HashSet<usize>,
}

impl<'w> Turns<'w> {
    pub(super) fn new(plan: &'w Plan, ground: &'w Ground, memory: Option<&'w Memory>) -> Self {
        Self {
            plan,
            ground,
            memory,
            places: Vec::new(),
            keys: Vec::new(),
            kin: HashMap::new(),
            state: Mutex::default(),
            ended: Condvar::new(),
        }
    }

    /// What came of the trial at this place, if that is remembered; else it gets a turn.
    pub(super) fn of(&mut self, place: usize) -> Option<CaseRecord> {
        let trial = self.plan.trials.get(place)?;
        let key = self.memory.and_then(|memory| memory.key(trial));
        if let (Some(memory), Some(key)) = (self.memory, &key) {
            if let Some(case) = memory.recall(key, trial) {
                return Some(case);
            }
            let turn = self.places.len();
            self.kin.entry(key.clone()).or_default().push(turn);
        }
        self.places.push(place);
        self.keys.push(key);
        None
    }

    /// Takes a turn, once none before it runs that may make it needless; false if it need not be taken, or no longer.
    pub(super) fn take(&self, turn: usize) -> bool {
        let is_kin_before =
            |other: &usize| *other < turn && self.kin(turn).any(|kin| kin == *other);
        let mut state = self.state();
        while state.running.iter().any(is_kin_before) {
            if self.ground.cancel.requested() {
                return false;
            }
            let waited = self.ended.wait_timeout(state, LOOK);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        let is_new = state.taken.insert(turn);
        if is_new {
            state.running.insert(turn);
        }
        is_new
    }

    /// The cases that come of a turn's end, with their places: its own, and those of the turns that it has made needless.
    /// It is remembered.
    pub(super) fn end(&self, finished: &Finished) -> Vec<(usize, CaseRecord)> {
        let turn = finished.index;
        let Some((place, trial)) = self.trial(turn) else {
            return Vec::new();
        };
        let case = CaseRecord::new(trial, finished);
        if let (Some(memory), Some(key)) = (self.memory, self.key(turn)) {
            let era = finished.verdict.era.unwrap_or(Era::of(trial.version));
            memory.keep(key, &case, era);
        }
        let settled = self.settled(finished);
        let settled = settled.into_iter().filter_map(|turn| self.trial(turn));
        let mut cases: Vec<(usize, CaseRecord)> = settled
            .map(|(place, trial)| (place, case.renewed(trial)))
            .collect();
        cases.push((place, case));
        cases
    }

    /// The other turns that this one's end makes needless, which are taken now.
    fn settled(&self, finished: &Finished) -> Vec<usize> {
        let verdict = &finished.verdict;
        let era = verdict
            .era
            .filter(|_| verdict.outcome != Outcome::Error && !verdict.flaky);
        let mut state = self.state();
        let is_settled = |turn: &usize| {
            let trial = self.trial(*turn);
            let (Some(era), Some((_, trial))) = (era, trial) else {
                return false;
            };
            era.contains(trial.version) && state.taken.insert(*turn)
        };
        let settled = self.kin(finished.index).filter(is_settled).collect();
        state.running.remove(&finished.index);
        self.ended.notify_all();
        settled
    }

    fn key(&self, turn: usize) -> Option<&Key> {
        self.keys.get(turn)?.as_ref()
    }

    /// All turns that are alike but for their version and what is asked in them.
    fn kin(&self, turn: usize) -> impl Iterator<Item = usize> + '_ {
        let kin = self.key(turn).and_then(|key| self.kin.get(key));
        kin.into_iter().flatten().copied()
    }

    /// The trial of a turn, and its place.
    fn trial(&self, turn: usize) -> Option<(usize, &'w Trial)> {
        let place = *self.places.get(turn)?;
        Some((place, self.plan.trials.get(place)?))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

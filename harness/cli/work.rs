//! Running what is left of a plan, and making the cases of a record of it.

use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;

use super::desk::Desk;
use super::output::Output;
use super::progress::Progress;
use super::status::Status;
use super::turns::Turns;
use crate::report::{Before, CaseRecord, Memory};
use crate::run::{self, Fate, Finished, Ground, Outcome, Plan, Repeats, Trial, Verdict, Watcher};

/// How often cases run, and how many of them at the same time.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pace {
    /// How many at the same time; as many as there are cores for none.
    pub(super) jobs: Option<usize>,
    /// How often each.
    pub(super) repeats: Repeats,
}

/// What is to be done of a run, and how.
pub(super) struct Work<'s> {
    pub(super) pace: Pace,
    pub(super) plan: &'s Plan,
    pub(super) ground: &'s Ground,
    pub(super) memory: Option<&'s Memory>,
    /// The older record that the run is held against, if it is.
    pub(super) before: Option<&'s Before<'s>>,
}

impl Work<'_> {
    /// Runs what of the plan has not been done: what follows the cases before, but for those that were done later and what
    /// is remembered. Gives all, and writes each further one as its turn comes if the record is wanted.
    pub(super) fn perform(
        &self,
        before: Vec<CaseRecord>,
        mut later: BTreeMap<usize, CaseRecord>,
        output: Option<&mut Output>,
    ) -> Result<Vec<CaseRecord>, Status> {
        let Self { plan, ground, .. } = *self;
        let record = output
            .as_ref()
            .map(|output| output.file_name().map(str::to_owned));
        let mut turns = Turns::new(plan, ground, self.memory);
        for (place, trial) in plan.trials.iter().enumerate().skip(before.len()) {
            if !later.contains_key(&place) && !matches!(trial.fate, Fate::Follows(_)) {
                later.extend(turns.of(place).map(|case| (place, case)));
            }
        }
        let left = Plan {
            trials: (turns.places.iter())
                .filter_map(|place| plan.trials.get(*place).cloned())
                .collect(),
        };
        let mut desk = Desk::after(before, plan, output);
        for (place, case) in later {
            desk.take(place, case);
        }
        let progress = Progress::new(turns.places.len());
        let desk = Mutex::new(desk);
        let needs_look = |trial: &Trial, verdict: &Verdict| self.needs_look(trial, verdict);
        let ended = |_: &Trial, finished: &Finished| {
            let cases = turns.end(finished);
            let Ok(mut desk) = desk.lock() else {
                return;
            };
            for (place, case) in cases {
                progress.step();
                desk.take(place, case);
            }
            // A record that can't be written is not worth the time of the other cases.
            if desk.written.is_err() {
                ground.cancel.request();
            }
        };
        let Pace { jobs, repeats } = self.pace;
        let watcher = Watcher {
            wants: &|turn| turns.take(turn),
            needs_look: &needs_look,
            ended: &ended,
        };
        let finished = run::run_repeatedly(&left, ground, jobs, repeats, watcher);
        progress.end();
        finished.map_err(Status::broken)?;
        let desk = desk.into_inner().map_err(|_| Status::Broken)?;
        desk.written?;
        let (ran, all) = (desk.cases.len(), plan.trials.len());
        if ran < all {
            let advice = match record {
                Some(Some(name)) => format!("; --resume {name} goes on with what is on record"),
                Some(None) => "; --resume goes on with what is on record".to_owned(),
                None => String::new(),
            };
            return Err(Status::broken(format!(
                "interrupted: {ran} of {all} cases ran{advice}"
            )));
        }
        Ok(desk.cases)
    }

    /// Runs again the trials at these places of the plan, whose cases there are, until they come out otherwise. Gives all
    /// cases, with what follows from them made anew.
    pub(super) fn look_again(
        &self,
        cases: Vec<CaseRecord>,
        places: Vec<usize>,
    ) -> Result<Vec<CaseRecord>, Status> {
        let Self { plan, ground, .. } = *self;
        let doubted = |place: &usize| Some((plan.trials.get(*place)?, cases.get(*place)?));
        let (trials, seen): (Vec<Trial>, Vec<_>) = (places.iter().filter_map(doubted))
            .map(|(trial, case)| (trial.clone(), case.verdict()))
            .unzip();
        let all = trials.len();
        let left = Plan { trials };
        let progress = Progress::new(all);
        let watch = |_: &Trial, _: &Finished| progress.step();
        let Pace { jobs, repeats } = self.pace;
        let finished = run::run_again(&left, ground, jobs, repeats.retries, &seen, &watch);
        progress.end();
        let finished = finished.map_err(Status::broken)?;
        if finished.len() < all {
            let looked = finished.len();
            let said = format!("interrupted: {looked} of {all} cases were looked at again");
            return Err(Status::broken(said));
        }
        let anew: HashMap<usize, CaseRecord> = (finished.iter().zip(&left.trials).zip(places))
            .map(|((finished, trial), place)| (place, CaseRecord::new(trial, finished)))
            .collect();
        Ok(self.with(cases, anew))
    }

    /// The cases with some of them replaced, and with what follows from them made anew.
    fn with(
        &self,
        cases: Vec<CaseRecord>,
        mut anew: HashMap<usize, CaseRecord>,
    ) -> Vec<CaseRecord> {
        let mut desk = Desk::after(Vec::new(), self.plan, None);
        for (place, case) in cases.into_iter().enumerate() {
            let trial = self.plan.trials.get(place);
            if trial.is_some_and(|trial| !matches!(trial.fate, Fate::Follows(_))) {
                desk.take(place, anew.remove(&place).unwrap_or(case));
            }
        }
        desk.cases
    }

    /// True if one look at a case is not enough for whoever asks for more.
    fn needs_look(&self, trial: &Trial, verdict: &Verdict) -> bool {
        let was = self.before.and_then(|before| before.outcome(trial));
        matches!(verdict.outcome, Outcome::Fail | Outcome::Error)
            || was.is_some_and(|was| was != verdict.outcome)
    }
}

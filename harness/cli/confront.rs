//! The same checks with two Dokkus, of which the newer is held against the older.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;
use std::time::Instant;

use super::side::Side;
use super::status::Status;
use super::tree;
use super::work::{Pace, Work};
use crate::report::{self, CaseRecord, Counts, Footer, Header, Record, Renames, millis};
use crate::run::{Check, Fate, Ground, Outcome, Plan};
use crate::today::today;

/// What a trial and its case are known by with both Dokkus.
type Key = (String, String, String);

/// The checks with one of the Dokkus.
struct Half {
    plan: Plan,
    ground: Ground,
    header: Header,
    cases: Vec<CaseRecord>,
    began: Instant,
}

/// The record of the checks with the newer Dokku, held against that with the older. What fails with one of them, or comes
/// out otherwise with the other, is run again with both, as often as the pace has it, to tell what is flaky.
pub(super) fn confront(
    mut check: Check,
    sides: [(&Side, Ground); 2],
    pace: Pace,
) -> Result<Record, Status> {
    let mut halves = Vec::new();
    for (side, mut ground) in sides {
        if let Some(tree) = &side.tree {
            tree::tell_loans(tree);
        }
        ground.tree.clone_from(&side.tree);
        check.versions = vec![side.version];
        halves.push(Half::run(&check, ground, pace)?);
    }
    let [mut before, mut after] = <[Half; 2]>::try_from(halves).map_err(|_| Status::Broken)?;
    if pace.repeats.retries > 0 {
        let doubted = doubted(&before, &after);
        before.look_again(&doubted, pace)?;
        after.look_again(&doubted, pace)?;
    }
    let (before, after) = (before.record(), after.record());
    Ok(report::compare(&before, after, &Renames::default()))
}

/// What fails on a side, and what differs between them.
fn doubted(before: &Half, after: &Half) -> BTreeSet<Key> {
    let outcomes = |half: &Half| -> HashMap<Key, Outcome> {
        let cases = half.cases.iter().map(|case| (key(case), case.outcome));
        cases.collect()
    };
    let (old, new) = (outcomes(before), outcomes(after));
    let fails = |outcome: &Outcome| matches!(outcome, Outcome::Fail | Outcome::Error);
    let is_doubted = |key: &&Key| match (old.get(*key), new.get(*key)) {
        (Some(old), Some(new)) => old != new || fails(new),
        (one, other) => one.or(other).is_some_and(fails),
    };
    let keys = old.keys().chain(new.keys());
    keys.filter(is_doubted).cloned().collect()
}

fn key(case: &CaseRecord) -> Key {
    (
        case.plugin.clone(),
        case.requirement.clone(),
        case.case.clone(),
    )
}

impl Half {
    fn run(check: &Check, ground: Ground, pace: Pace) -> Result<Self, Status> {
        let began = Instant::now();
        let plan = check.plan_on(today());
        let mut header = Header::new(check, &plan, &ground, &[] as &[PathBuf]);
        if let Some(tree) = &ground.tree {
            let root = tree.root().display().to_string();
            header.options = vec!["--dokku-tree".to_owned(), root];
        }
        let once = Pace {
            repeats: Default::default(),
            ..pace
        };
        let cases = work(&plan, &ground, once).perform(Vec::new(), BTreeMap::new(), None)?;
        Ok(Self {
            plan,
            ground,
            header,
            cases,
            began,
        })
    }

    /// Runs again what is doubted.
    fn look_again(&mut self, doubted: &BTreeSet<Key>, pace: Pace) -> Result<(), Status> {
        let is_doubted = |place: &usize| {
            let trial = self.plan.trials.get(*place);
            trial.is_some_and(|trial| matches!(trial.fate, Fate::Run))
                && (self.cases.get(*place)).is_some_and(|case| doubted.contains(&key(case)))
        };
        let places = (0..self.cases.len()).filter(is_doubted).collect();
        let cases = std::mem::take(&mut self.cases);
        self.cases = work(&self.plan, &self.ground, pace).look_again(cases, places)?;
        Ok(())
    }

    fn record(self) -> Record {
        Record {
            header: self.header,
            footer: Footer {
                counts: Counts::of(&self.cases),
                duration_ms: millis(self.began.elapsed()),
            },
            cases: self.cases,
        }
    }
}

fn work<'w>(plan: &'w Plan, ground: &'w Ground, pace: Pace) -> Work<'w> {
    Work {
        pace,
        plan,
        ground,
        memory: None,
        before: None,
    }
}

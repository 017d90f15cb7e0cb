//! Running a trial several times, to tell what is flaky.

use std::num::NonZero;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::{Outcome, Verdict};
use crate::millis::millis;

/// How often the trials of a plan are run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repeats {
    /// How many times each is run.
    pub times: NonZero<u32>,
    /// How many times more one is run that needs another look, until it comes out otherwise.
    pub retries: u32,
}

impl Default for Repeats {
    /// Once.
    fn default() -> Self {
        Self {
            times: NonZero::<u32>::MIN,
            retries: 0,
        }
    }
}

/// One of several runs of a trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Turn {
    /// What it came to.
    pub outcome: Outcome,
    /// How long it took, in milliseconds.
    #[serde(deserialize_with = "crate::millis::possible")]
    #[cfg_attr(test, schemars(range(max = crate::millis::LONGEST)))]
    pub duration_ms: u64,
}

impl Repeats {
    /// Runs a trial, and again as far as that is asked for and `needs_look` says so of the first verdict. What comes of
    /// all, and each run if there were several; none if `play` gives none, as when the run is interrupted.
    pub(super) fn play(
        self,
        play: impl Fn() -> Option<Verdict>,
        needs_look: impl FnOnce(&Verdict) -> bool,
    ) -> Option<(Verdict, Vec<Turn>)> {
        let timed = || {
            let began = Instant::now();
            Some((play()?, began.elapsed()))
        };
        let mut all = vec![timed()?];
        let retries = match all.first() {
            Some((first, _)) if self.retries > 0 && needs_look(first) => self.retries,
            _ => 0,
        };
        for _ in 1..self.times.get() {
            all.push(timed()?);
        }
        again(all, retries, timed)
    }
}

/// What comes of the runs of a trial that there were, and of more of them until one comes out otherwise.
pub(super) fn again(
    mut all: Vec<(Verdict, Duration)>,
    retries: u32,
    timed: impl Fn() -> Option<(Verdict, Duration)>,
) -> Option<(Verdict, Vec<Turn>)> {
    for _ in 0..retries {
        let mut outcomes = all.iter().map(|(verdict, _)| verdict.outcome);
        let judged = outcomes.next()?;
        if outcomes.any(|outcome| outcome != judged) {
            break;
        }
        all.push(timed()?);
    }
    let turns = match all.as_slice() {
        [_] => Vec::new(),
        several => several.iter().map(turn).collect(),
    };
    let verdicts = all.into_iter().map(|(verdict, _)| verdict).collect();
    Some((settled(verdicts)?, turns))
}

fn turn((verdict, duration): &(Verdict, Duration)) -> Turn {
    Turn {
        outcome: verdict.outcome,
        duration_ms: millis(*duration),
    }
}

/// What comes of several verdicts on the same trial. Those of an error are not about the trial, if there are others;
/// where these differ, nothing is known but that.
fn settled(mut verdicts: Vec<Verdict>) -> Option<Verdict> {
    if verdicts.iter().any(|one| one.outcome != Outcome::Error) {
        verdicts.retain(|one| one.outcome != Outcome::Error);
    }
    let slowest = verdicts.iter().map(|one| one.slowest).max()?;
    let eras = verdicts.iter().map(|one| one.era);
    let era = eras.reduce(|one, other| Some(one?.and(other?))).flatten();
    let all = verdicts.len();
    let count = |outcome: Outcome| {
        let same = verdicts.iter().filter(|one| one.outcome == outcome);
        (same.count(), outcome)
    };
    let counts: Vec<(usize, Outcome)> = (Outcome::ALL.into_iter().map(count))
        .filter(|(count, _)| *count > 0)
        .collect();
    // What failed shows more than what passed.
    let weight = |one: &Verdict| match one.outcome {
        Outcome::Fail => 2,
        Outcome::Inconclusive => 1,
        Outcome::Pass | Outcome::Skip | Outcome::Error => 0,
    };
    let heaviest = verdicts.iter().map(weight).max()?;
    let mut told = verdicts.into_iter().find(|one| weight(one) == heaviest)?;
    told.slowest = slowest;
    told.era = era;
    if counts.len() > 1 {
        let counts = counts
            .iter()
            .map(|(count, outcome)| format!("{count} {outcome}"));
        let counts: Vec<String> = counts.collect();
        told.outcome = Outcome::Inconclusive;
        told.flaky = true;
        told.reason = match told.reason.as_str() {
            "" => format!("flaky: of {all} runs {}", counts.join(", ")),
            reason => format!("flaky: of {all} runs {}: {reason}", counts.join(", ")),
        };
    }
    Some(told)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    /// What comes of these outcomes, in the order in which the runs have them, and how many runs there were.
    fn come(repeats: Repeats, outcomes: &[Outcome]) -> (Outcome, bool, String, usize) {
        let next = Cell::new(0);
        let play = || {
            let outcome = outcomes.get(next.get()).copied()?;
            next.set(next.get() + 1);
            let reason = if outcome == Outcome::Pass { "" } else { "why" };
            Some(Verdict::bare(outcome, reason))
        };
        let fails = |verdict: &Verdict| verdict.outcome == Outcome::Fail;
        let (verdict, turns) = repeats.play(play, fails).unwrap();
        let ran = next.get();
        assert_eq!(turns.len(), if ran == 1 { 0 } else { ran });
        (verdict.outcome, verdict.flaky, verdict.reason, ran)
    }

    fn retries(retries: u32) -> Repeats {
        Repeats {
            retries,
            ..Repeats::default()
        }
    }

    fn times(times: u32) -> Repeats {
        Repeats {
            times: NonZero::new(times).unwrap(),
            ..Repeats::default()
        }
    }

    #[test]
    fn what_needs_no_look_is_run_once() {
        use Outcome::{Fail, Pass};
        assert_eq!(come(Repeats::default(), &[Fail]).3, 1);
        assert_eq!(come(retries(5), &[Pass]), (Pass, false, String::new(), 1));
    }

    #[test]
    fn a_failure_that_comes_each_time_is_one() {
        use Outcome::Fail;
        let came = come(retries(2), &[Fail, Fail, Fail]);
        assert_eq!(came, (Fail, false, "why".to_owned(), 3));
    }

    #[test]
    fn what_comes_out_otherwise_is_flaky_and_looked_at_no_longer() {
        use Outcome::{Fail, Inconclusive, Pass};
        let reason = "flaky: of 2 runs 1 pass, 1 fail: why".to_owned();
        let came = come(retries(9), &[Fail, Pass]);
        assert_eq!(came, (Inconclusive, true, reason, 2));
    }

    #[test]
    fn what_is_to_be_repeated_is_whatever_comes() {
        use Outcome::{Fail, Inconclusive, Pass, Skip};
        assert_eq!(come(times(3), &[Pass, Pass, Pass]).3, 3);
        assert_eq!(come(times(4), &[Pass, Fail, Pass, Fail]).3, 4);
        let (outcome, flaky, reason, _) = come(times(2), &[Pass, Skip]);
        assert_eq!((outcome, flaky), (Inconclusive, true));
        assert_eq!(reason, "flaky: of 2 runs 1 pass, 1 skip");
    }

    #[test]
    fn the_harness_s_own_errors_are_not_the_trial_s() {
        use Outcome::{Error, Pass};
        assert_eq!(come(times(2), &[Error, Pass]).0, Pass);
        assert_eq!(come(times(2), &[Error, Error]).0, Error);
    }
}

//! Running a plan on every core.

use std::cell::Cell;
use std::time::{Duration, Instant};

use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};

use super::suite::Performances;
use super::{Fate, Ground, Plan, Repeats, Trial, Turn, Verdict};

/// A trial that has its verdict.
#[derive(Clone, Debug)]
pub struct Finished {
    /// Its place in the plan.
    pub index: usize,
    /// The verdict.
    pub verdict: Verdict,
    /// How long it took.
    pub duration: Duration,
    /// Each of its runs, if there were several.
    pub turns: Vec<Turn>,
}

/// Runs every trial of a plan on so many threads (all cores for none), and tells `watch` of each as it ends, in the
/// order of ending. The verdicts come back in the order of the plan; fewer if the run was interrupted.
///
/// # Errors
/// If the threads can't be started.
pub fn run(
    plan: &Plan,
    ground: &Ground,
    jobs: Option<usize>,
    watch: &(dyn Fn(&Trial, &Finished) + Sync),
) -> Result<Vec<Finished>, ThreadPoolBuildError> {
    run_repeatedly(plan, ground, jobs, Repeats::default(), &|_, _| false, watch)
}

/// Runs the trials of a plan several times. Those of which `needs_look` says so, by their first verdict, are retried.
///
/// # Errors
/// If the threads can't be started.
pub fn run_repeatedly(
    plan: &Plan,
    ground: &Ground,
    jobs: Option<usize>,
    repeats: Repeats,
    needs_look: &(dyn Fn(&Trial, &Verdict) -> bool + Sync),
    watch: &(dyn Fn(&Trial, &Finished) + Sync),
) -> Result<Vec<Finished>, ThreadPoolBuildError> {
    let pool = pool(jobs)?;
    let one = |index: usize, trial: &Trial, shared: &Performances<'_>| {
        if ground.cancel.requested() {
            return None;
        }
        let start = Instant::now();
        let (turn, took) = (Cell::new(0), Cell::new(None));
        let play = || {
            let verdict = match &trial.fate {
                Fate::OfSuite(part) => {
                    let (verdict, of_part) = shared.verdict(trial, part, turn.get());
                    turn.set(turn.get() + 1);
                    took.set(Some(took.get().unwrap_or_default() + of_part));
                    verdict
                }
                _ => ground.verdict(trial),
            };
            (!ground.cancel.requested()).then_some(verdict)
        };
        // What is known without running it comes to the same each time.
        let repeats = match &trial.fate {
            Fate::Decided(..) | Fate::Absent(_) => Repeats::default(),
            Fate::Run | Fate::OfSuite(_) | Fate::Follows(_) => repeats,
        };
        let (verdict, turns) = repeats.play(play, |verdict| needs_look(trial, verdict))?;
        let finished = Finished {
            index,
            verdict,
            duration: took.get().unwrap_or_else(|| start.elapsed()),
            turns,
        };
        watch(trial, &finished);
        Some(finished)
    };
    // Those that come of playing the same file are played together, each other trial alone.
    let chunks = plan.trials.chunk_by(Trial::plays_with);
    let numbered = chunks.scan(0, |next, chunk| {
        let first = std::mem::replace(next, *next + chunk.len());
        Some((first, chunk))
    });
    let all = |(first, chunk): (usize, &[Trial])| -> Vec<Finished> {
        let shared = Performances::new(ground);
        let trials = chunk.iter().enumerate();
        let finished = trials.map_while(|(place, trial)| one(first + place, trial, &shared));
        finished.collect()
    };
    // One queue, in the order of the plan: neighbours find each other's worlds, and nobody is left with a long stretch.
    let finished: Vec<Vec<Finished>> = pool.install(|| {
        let queue = numbered.par_bridge();
        queue.map(all).collect()
    });
    let mut finished: Vec<Finished> = finished.into_iter().flatten().collect();
    finished.sort_unstable_by_key(|it| it.index);
    Ok(finished)
}

/// So many threads, or one for each core.
pub(super) fn pool(jobs: Option<usize>) -> Result<ThreadPool, ThreadPoolBuildError> {
    ThreadPoolBuilder::new()
        .num_threads(jobs.unwrap_or(0))
        .build()
}

//! Running a plan on every core.

use std::cell::Cell;
use std::cmp::Reverse;
use std::time::{Duration, Instant};

use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};

use super::suite::Performances;
use super::{Fate, Ground, Plan, Repeats, Trial, Turn, Verdict, repeats};

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
    let watcher = Watcher {
        wants: &|_| true,
        needs_look: &|_, _| false,
        ended: watch,
    };
    run_repeatedly(plan, ground, jobs, Repeats::default(), watcher)
}

/// Who is asked and told as a run goes on, on whatever thread.
#[derive(Clone, Copy)]
#[allow(missing_debug_implementations, reason = "it is made of functions")]
pub struct Watcher<'w> {
    /// Whether the trial at this place is to be run, as its turn comes; what is not comes to nothing.
    pub wants: &'w (dyn Fn(usize) -> bool + Sync),
    /// Whether a trial is to be retried that came to this at first.
    pub needs_look: &'w (dyn Fn(&Trial, &Verdict) -> bool + Sync),
    /// Is told of each as it ends, in the order of ending.
    pub ended: &'w (dyn Fn(&Trial, &Finished) + Sync),
}

/// Runs the trials of a plan several times, those that the watcher wants.
///
/// # Errors
/// If the threads can't be started.
pub fn run_repeatedly(
    plan: &Plan,
    ground: &Ground,
    jobs: Option<usize>,
    repeats: Repeats,
    watcher: Watcher<'_>,
) -> Result<Vec<Finished>, ThreadPoolBuildError> {
    let come = |_: usize, trial: &Trial, play: &dyn Fn() -> Option<Verdict>| {
        // What is known without running it comes to the same each time.
        let repeats = match &trial.fate {
            Fate::Decided(..) | Fate::Absent(_) => Repeats::default(),
            Fate::Run | Fate::OfSuite(_) | Fate::Follows(_) => repeats,
        };
        repeats.play(play, |verdict| (watcher.needs_look)(trial, verdict))
    };
    each(plan, ground, jobs, &come, watcher)
}

/// Runs the trials of a plan again that came to these verdicts (by the trials' places, with how long each took), up to
/// so many times, until they come out otherwise.
///
/// # Errors
/// If the threads can't be started.
pub fn run_again(
    plan: &Plan,
    ground: &Ground,
    jobs: Option<usize>,
    retries: u32,
    seen: &[(Verdict, Duration)],
    watch: &(dyn Fn(&Trial, &Finished) + Sync),
) -> Result<Vec<Finished>, ThreadPoolBuildError> {
    let come = |place: usize, _: &Trial, play: &dyn Fn() -> Option<Verdict>| {
        let before = seen.get(place).cloned().into_iter().collect();
        let timed = || {
            let began = Instant::now();
            Some((play()?, began.elapsed()))
        };
        repeats::again(before, retries, timed)
    };
    let watcher = Watcher {
        wants: &|_| true,
        needs_look: &|_, _| false,
        ended: watch,
    };
    each(plan, ground, jobs, &come, watcher)
}

/// What `come` makes of each trial of a plan, by its place, on so many threads.
fn each(
    plan: &Plan,
    ground: &Ground,
    jobs: Option<usize>,
    come: &(impl Fn(usize, &Trial, &dyn Fn() -> Option<Verdict>) -> Option<(Verdict, Vec<Turn>)> + Sync),
    watcher: Watcher<'_>,
) -> Result<Vec<Finished>, ThreadPoolBuildError> {
    let pool = pool(jobs)?;
    let one = |index: usize, trial: &Trial, shared: &Performances<'_>| {
        if ground.cancel.requested() || !(watcher.wants)(index) {
            return None;
        }
        let start = Instant::now();
        let took = Cell::new(None);
        let run = |turn: usize| {
            let verdict = match &trial.fate {
                Fate::OfSuite(part) => {
                    let (verdict, of_part) = shared.verdict(trial, part, turn);
                    took.set(Some(took.get().unwrap_or_default() + of_part));
                    verdict
                }
                _ => ground.verdict(trial),
            };
            (!ground.cancel.requested()).then_some(verdict)
        };
        let turn = Cell::new(0);
        let play = || run(turn.replace(turn.get() + 1));
        let (verdict, turns) = come(index, trial, &play)?;
        let finished = Finished {
            index,
            verdict,
            duration: took.get().unwrap_or_else(|| start.elapsed()),
            turns,
        };
        (watcher.ended)(trial, &finished);
        Some(finished)
    };
    // Those that come of playing the same file are played together, each other trial alone.
    let chunks = plan.trials.chunk_by(Trial::plays_with);
    let numbered = chunks.scan(0, |next, chunk| {
        let first = std::mem::replace(next, *next + chunk.len());
        Some((first, chunk))
    });
    let mut numbered: Vec<(usize, &[Trial])> = numbered.collect();
    numbered.sort_by_key(|(_, chunk)| Reverse(chunk.len()));
    let all = |(first, chunk): (usize, &[Trial])| -> Vec<Finished> {
        let shared = Performances::new(ground);
        let trials = chunk.iter().enumerate();
        let finished = trials.filter_map(|(place, trial)| one(first + place, trial, &shared));
        finished.collect()
    };
    // One queue, with what has many parts first and else in the order of the plan: neighbours find each other's worlds,
    // and nobody is left with a long stretch.
    let finished: Vec<Vec<Finished>> = pool.install(|| {
        let queue = numbered.into_iter().par_bridge();
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

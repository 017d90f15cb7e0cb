//! Running a plan on every core.

use std::time::{Duration, Instant};

use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};

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
    let come = |_: usize, trial: &Trial| {
        // What is known without running it comes to the same each time.
        let repeats = match &trial.fate {
            Fate::Decided(..) | Fate::Absent(_) => Repeats::default(),
            Fate::Run | Fate::Follows(_) => repeats,
        };
        let play = || ground.verdict_unless_stopped(trial);
        repeats.play(play, |verdict| needs_look(trial, verdict))
    };
    each(plan, ground, jobs, &come, watch)
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
    let come = |place: usize, trial: &Trial| {
        let before = seen.get(place).cloned().into_iter().collect();
        let timed = || {
            let began = Instant::now();
            Some((ground.verdict_unless_stopped(trial)?, began.elapsed()))
        };
        repeats::again(before, retries, timed)
    };
    each(plan, ground, jobs, &come, watch)
}

/// What `come` makes of each trial of a plan, by its place, on so many threads.
fn each(
    plan: &Plan,
    ground: &Ground,
    jobs: Option<usize>,
    come: &(impl Fn(usize, &Trial) -> Option<(Verdict, Vec<Turn>)> + Sync),
    watch: &(dyn Fn(&Trial, &Finished) + Sync),
) -> Result<Vec<Finished>, ThreadPoolBuildError> {
    let pool = pool(jobs)?;
    let one = |(index, trial): (usize, &Trial)| {
        if ground.cancel.requested() {
            return None;
        }
        let start = Instant::now();
        let (verdict, turns) = come(index, trial)?;
        let finished = Finished {
            index,
            verdict,
            duration: start.elapsed(),
            turns,
        };
        watch(trial, &finished);
        Some(finished)
    };
    // One queue, in the order of the plan: neighbours find each other's worlds, and nobody is left with a long stretch.
    let mut finished: Vec<Finished> = pool.install(|| {
        let queue = plan.trials.iter().enumerate().par_bridge();
        queue.map(one).while_some().collect()
    });
    finished.sort_unstable_by_key(|it| it.index);
    Ok(finished)
}

impl Ground {
    /// The verdict on a trial; none if the run was interrupted meanwhile.
    fn verdict_unless_stopped(&self, trial: &Trial) -> Option<Verdict> {
        let verdict = self.verdict(trial);
        (!self.cancel.requested()).then_some(verdict)
    }
}

/// So many threads, or one for each core.
pub(super) fn pool(jobs: Option<usize>) -> Result<ThreadPool, ThreadPoolBuildError> {
    ThreadPoolBuilder::new()
        .num_threads(jobs.unwrap_or(0))
        .build()
}

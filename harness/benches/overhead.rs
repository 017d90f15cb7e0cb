//! What the harness costs: the cases of the conformant plugin by the runner, against the same processes bare.
//!
//! `cargo bench` prints the time of 200 cases both ways, in rounds that take turns, and the ratio of the medians.
//! `cargo bench --bench overhead -- 9` does so in 9 rounds.
//!
//! Bare means: the same executables with the same arguments, environment and working directory, started one after
//! another on as many threads, with their output to files, in worlds that are there already.

use std::io::{self, Seek, Write};
use std::os::unix::fs::symlink;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use dokku_conform::run::{self, Check, Fate, Ground, Outcome, Plan, Rehearsal, Trial};
use dokku_conform::sandbox::{Cancel, Isolation, Machine, Stdin, Step, Target};
use dokku_conform::world::Stock;
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;
use rayon::prelude::*;

const PROGRAM: &str = env!("CARGO_BIN_EXE_dokku-conform");
const PLUGIN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/plugins/hello");
const CASES: usize = 200;
const ROUNDS: usize = 5;

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    match measure() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("overhead: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure() -> Result<(), Failure> {
    // Cargo adds a `--bench` of its own.
    let rounds = match std::env::args().skip(1).find(|word| word != "--bench") {
        Some(word) => word.parse()?,
        None => ROUNDS,
    };
    // The bare processes have no walls, so they are those of a world in the machine's own file system.
    let ground = ground(Isolation::Off)?;
    let check = Check::of_plugin(Path::new(PLUGIN))?;
    // What passes plays all its steps, and once.
    let runnable: Vec<Trial> = check
        .plan()
        .trials
        .into_iter()
        .filter(|trial| matches!(trial.fate, Fate::Run))
        .filter(|trial| ground.verdict(trial).outcome == Outcome::Pass)
        .collect();
    let plan = Plan {
        trials: runnable.iter().cycle().take(CASES).cloned().collect(),
    };
    let rehearsals = runnable
        .iter()
        .map(|trial| Ok(ground.rehearse(trial)?))
        .collect::<Result<Vec<_>, Failure>>()?;
    let processes: usize = (0..plan.trials.len())
        .map(|index| processes(&rehearsals, index).len())
        .sum();
    let threads = rayon::current_num_threads();
    println!(
        "{} cases, {processes} processes, {threads} threads, {rounds} rounds",
        plan.trials.len()
    );
    let levels = levels();
    let mut harness: Vec<Vec<Cost>> = levels.iter().map(|_| Vec::new()).collect();
    let mut bare = Vec::new();
    for _ in 0..rounds {
        for (level, costs) in levels.iter().zip(&mut harness) {
            costs.push(timed(|| by_the_runner(&plan, *level))?);
        }
        bare.push(timed(|| barely(&rehearsals, plan.trials.len()))?);
    }
    report("bare", &bare);
    for (level, costs) in levels.iter().zip(&harness) {
        report(&level.to_string(), costs);
        let ratio = |of: fn(&Cost) -> Duration| {
            median(costs, of).as_secs_f64() / median(&bare, of).as_secs_f64()
        };
        println!(
            "{level}: ratio {:.2} in time, {:.2} in work of the processors",
            ratio(|cost| cost.time),
            ratio(|cost| cost.work)
        );
    }
    Ok(())
}

/// The levels that work on this machine.
fn levels() -> Vec<Isolation> {
    let machine = Machine::look(Path::new(PROGRAM));
    if let Some(why) = &machine.no_cell {
        println!("strict is left out: {why}");
    }
    let all = [Isolation::Off, Isolation::Portable, Isolation::Strict];
    all.into_iter()
        .filter(|level| *level <= machine.best())
        .collect()
}

fn ground(level: Isolation) -> io::Result<Ground> {
    Ok(Ground {
        tree: None,
        // Each case is to be played, as its bare processes are.
        takes: None,
        machine: Machine::look(Path::new(PROGRAM)),
        stock: Stock::new(PathBuf::from(PROGRAM), level)?,
        cancel: Cancel::default(),
        timeout: Duration::from_secs(60),
        most: None,
        cap: 1 << 20,
    })
}

/// The processes of the case of this number: the cases repeat.
fn processes<'r>(rehearsals: &'r [Rehearsal<'_>], index: usize) -> &'r [Step] {
    rehearsals
        .get(index % rehearsals.len())
        .map_or(&[], |rehearsal| &rehearsal.processes)
}

fn by_the_runner(plan: &Plan, level: Isolation) -> Result<(), Failure> {
    let finished = run::run(plan, &ground(level)?, None, &|_, _| {})?;
    match finished
        .iter()
        .find(|one| !matches!(one.verdict.outcome, Outcome::Pass | Outcome::Skip))
    {
        Some(other) => Err(format!("a case did not pass: {}", other.verdict.reason).into()),
        None => Ok(()),
    }
}

fn barely(rehearsals: &[Rehearsal<'_>], cases: usize) -> Result<(), Failure> {
    (0..cases).into_par_iter().try_for_each(|index| {
        processes(rehearsals, index)
            .iter()
            .try_for_each(|step| start(step).map_err(Failure::from))
    })
}

/// Starts a process as the supervisor would, and waits for its end.
fn start(step: &Step) -> io::Result<()> {
    let order = &step.order;
    let program = match &order.target {
        Target::Program(path) => path,
        // The supervisor becomes the role by itself; bare, it takes an executable of that name.
        Target::Role(path) => {
            match symlink(PROGRAM, path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                other => other?,
            }
            path
        }
    };
    let stdin = match &order.stdin {
        Stdin::Empty => Stdio::null(),
        Stdin::Open => Stdio::piped(),
        Stdin::Text(text) => {
            let mut file = tempfile::tempfile()?;
            file.write_all(text.as_bytes())?;
            file.rewind()?;
            file.into()
        }
    };
    let mut child = Command::new(program)
        .arg0(&step.name)
        .args(&step.args)
        .env_clear()
        .envs(step.env.iter().map(|(key, value)| (key, value)))
        .current_dir(&order.cwd)
        .stdin(stdin)
        .stdout(tempfile::tempfile_in(&step.output)?)
        .stderr(tempfile::tempfile_in(&step.output)?)
        .spawn()?;
    let open = child.stdin.take();
    child.wait()?;
    drop(open);
    Ok(())
}

/// What one round took.
struct Cost {
    time: Duration,
    /// What this process and all that it started kept the processors busy for.
    work: Duration,
}

fn timed(act: impl FnOnce() -> Result<(), Failure>) -> Result<Cost, Failure> {
    let (started, before) = (Instant::now(), work()?);
    act()?;
    Ok(Cost {
        time: started.elapsed(),
        work: work()?.saturating_sub(before),
    })
}

fn work() -> io::Result<Duration> {
    let mut sum = Duration::ZERO;
    for who in [UsageWho::RUSAGE_SELF, UsageWho::RUSAGE_CHILDREN] {
        let usage = getrusage(who)?;
        sum += duration(usage.user_time()) + duration(usage.system_time());
    }
    Ok(sum)
}

fn duration(value: TimeVal) -> Duration {
    let micros = value.tv_sec() * 1_000_000 + value.tv_usec();
    Duration::from_micros(u64::try_from(micros).unwrap_or(0))
}

fn median(costs: &[Cost], of: fn(&Cost) -> Duration) -> Duration {
    let mut all: Vec<_> = costs.iter().map(of).collect();
    all.sort_unstable();
    all.get(all.len() / 2).copied().unwrap_or_default()
}

fn report(name: &str, costs: &[Cost]) {
    let each: Vec<_> = costs
        .iter()
        .map(|cost| format!("{:.2}", cost.time.as_secs_f64()))
        .collect();
    println!(
        "{name:<8} {:.2} s in the middle of {}; work {:.2} s",
        median(costs, |cost| cost.time).as_secs_f64(),
        each.join(", "),
        median(costs, |cost| cost.work).as_secs_f64()
    );
}

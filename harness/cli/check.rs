//! `dokku-conform check`: hold plugins against the requirements.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};

use super::compare;
use super::desk::Desk;
use super::form::{Form, View};
use super::ground;
use super::keep::Keep;
use super::output::{self, Output};
use super::plugins;
use super::progress::Progress;
use super::reports::{self, Asked, Reports, Wanted};
use super::resume::{self, Begun};
use super::status::{Status, tell};
use super::subject::Subject;
use super::tree;
use crate::dokku::{Tree, Version, Versions};
use crate::report::{
    self, Before, CaseRecord, Counts, Footer, Header, LineOf, Record, Recorded, Renames, millis,
};
use crate::run::{self, Check, Fate, Finished, Ground, Outcome, Plan, Repeats, Trial, Verdict};
use crate::today::today;
use crate::visible::visible_path;

/// How many cases of a plugin in one Dokku version are worth telling beforehand: no plugin that is known has half of them.
const MANY: usize = 2000;

/// Check plugin directories against the requirements.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    subject: Subject,
    /// The Dokku versions to imitate: 0.38.27, 0.38 (its newest), 0.30..0.38, `minors`, `newest`, `all` [default: newest]
    #[arg(long, value_name = "VERSION,...", value_delimiter = ',')]
    dokku: Vec<Versions>,
    /// A real Dokku in place of the imitated one: a checkout, the root of an installation, or its library folder. Its
    /// version is what it tells, or the one that --dokku names
    #[arg(long, value_name = "DIR")]
    dokku_tree: Option<PathBuf>,
    /// What is expected to fail, keyed by plugin, beside what each plugin's conformance.yaml says
    #[arg(long, value_name = "FILE")]
    expectations: Option<PathBuf>,
    /// Run again, up to so many times, what fails, and what comes out otherwise than in --baseline, until it comes out
    /// otherwise: such a case is flaky, and inconclusive
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u32).range(..=100), conflicts_with = "repeat")]
    retries: u32,
    /// Run everything so many times, and tell what comes out otherwise from one time to another
    #[arg(long, value_name = "N", value_parser = repeat, allow_negative_numbers = true)]
    repeat: Option<NonZero<u32>>,
    /// How many cases run at the same time [default: one for each core]
    #[arg(long, value_name = "N", value_parser = ground::jobs, allow_negative_numbers = true)]
    jobs: Option<usize>,
    /// How many seconds a step of a case may take [default: 10]
    #[arg(long, value_name = "SECONDS", value_parser = ground::seconds, allow_negative_numbers = true)]
    timeout: Option<Duration>,
    #[command(flatten)]
    isolated: ground::Isolated,
    /// A broken `should` counts as a failure
    #[arg(long)]
    strict: bool,
    /// Count this outcome as a failure
    #[arg(long, value_name = "OUTCOME")]
    deny: Vec<Denied>,
    #[command(flatten)]
    reports: Asked,
    /// Leave no record in `reports`, where a run leaves it as last.jsonl if the working directory has such a folder and
    /// --format asks for none
    #[arg(long)]
    no_record: bool,
    /// Tell what changed since the run of this record, and fail where something regressed alone
    #[arg(long, value_name = "RECORD")]
    baseline: Option<PathBuf>,
    /// Go on with the unfinished record of such a run; with `--format jsonl --output RECORD`, in place
    #[arg(long, value_name = "RECORD")]
    resume: Option<PathBuf>,
    /// Show passes and skips too, and the whole evidence
    #[arg(short, long)]
    verbose: bool,
}

impl Arguments {
    /// Those on which the outcome of a case may hang, beside what the record has of each case, as words.
    fn decisive(&self) -> Vec<String> {
        let path = |path: &PathBuf| path.display().to_string();
        let seconds = |time: Duration| time.as_secs_f64().to_string();
        let all = [
            ("--name", self.subject.name.clone()),
            ("--dokku-tree", self.dokku_tree.as_ref().map(path)),
            ("--specs", self.subject.specs.as_ref().map(path)),
            ("--expectations", self.expectations.as_ref().map(path)),
            ("--timeout", self.timeout.map(seconds)),
            (
                "--retries",
                Some(self.retries.to_string()).filter(|_| self.retries > 0),
            ),
            ("--repeat", self.repeat.map(|times| times.to_string())),
            (
                "--isolation",
                self.isolated.asked().map(|level| level.to_string()),
            ),
        ];
        all.into_iter()
            .filter_map(|(option, value)| Some([option.to_owned(), value?]))
            .flatten()
            .collect()
    }

    fn repeats(&self) -> Repeats {
        Repeats {
            times: self.repeat.unwrap_or(NonZero::<u32>::MIN),
            retries: self.retries,
        }
    }
}

/// How many times everything is run: at least once, and not for days.
fn repeat(text: &str) -> Result<NonZero<u32>, String> {
    const MOST: u32 = 1000;
    match text.parse::<NonZero<u32>>() {
        Ok(times) if times.get() <= MOST => Ok(times),
        _ => Err(format!("a whole number from 1 to {MOST} is expected")),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Denied {
    Inconclusive,
}

/// Runs the subcommand.
pub(super) fn main(arguments: Arguments) -> Result<Status, Status> {
    let mut wanted = arguments.reports.wanted()?;
    let baseline = baseline(&arguments, &wanted)?;
    let tree = match &arguments.dokku_tree {
        Some(root) => Some(tree::open(root, one_version(&arguments.dokku)?)?),
        None => None,
    };
    let check = read(&arguments, tree.as_deref())?;
    // A run that goes on is of the day on which it began.
    let begun_on = arguments.resume.as_deref().and_then(resume::began_on);
    let plan = check.plan_on(begun_on.unwrap_or_else(today));
    tell_of_large(&check, &plan);
    let mut ground = ground::ground(&arguments.isolated, arguments.timeout)?;
    if let Some(tree) = &tree {
        tree::tell_loans(tree);
    }
    ground.tree = tree;
    let header = header(&arguments, &wanted, &check, &plan, &ground);
    let keep = match wanted.iter().any(|one| one.form == Form::Jsonl) || arguments.no_record {
        true => None,
        false => Keep::of(&header.run, arguments.resume.as_deref()),
    };
    wanted.extend(keep.as_ref().map(Keep::wanted));
    let mut begun = begun(&arguments, &wanted, header, &plan)?;
    let (record, others): (Vec<_>, Vec<_>) = wanted.iter().partition(|one| one.form == Form::Jsonl);
    let mut output = match record.as_slice() {
        [] => None,
        [record, ..] => Some(begun.output(record.file.as_deref())?),
    };
    let reports = Reports::open(record.into_iter().skip(1).chain(others))?;
    let renames = Renames::default();
    let before = baseline
        .as_ref()
        .map(|old| Before::new(old, &begun.recorded.header, &renames));
    let looks = Looks {
        repeats: arguments.repeats(),
        before: before.as_ref(),
    };
    let record = finish(&arguments, looks, begun, &plan, &ground, output.as_mut())?;
    if let Some(output) = output {
        output.end()?;
    }
    let kept = keep.map_or(Ok(()), Keep::end);
    let view = View {
        verbose: arguments.verbose,
        strict: arguments.strict,
    };
    let record = match baseline {
        Some(old) => report::compare(&old, record, &renames),
        None => record,
    };
    reports.write(&record, view)?;
    kept?;
    Ok(status(&arguments, &record))
}

/// The record that the run is to be held against, if one is.
fn baseline(arguments: &Arguments, wanted: &[Wanted]) -> Result<Option<Record>, Status> {
    let Some(path) = &arguments.baseline else {
        return Ok(None);
    };
    reports::apart(wanted, path)?;
    compare::older(path).map(Some)
}

/// What of the run is on record already: nothing, unless one is to be resumed.
fn begun(
    arguments: &Arguments,
    wanted: &[Wanted],
    header: Header,
    plan: &Plan,
) -> Result<Begun, Status> {
    let Some(path) = &arguments.resume else {
        return Ok(Begun::nothing(header));
    };
    let begun = Begun::read(path, wanted, header, plan)?;
    let name = visible_path(path);
    let (done, all) = (begun.done(), plan.trials.len());
    match (&begun.recorded.footer, begun.errors) {
        (Some(_), _) => tell(&format!("{name} is finished: nothing is left to run")),
        (None, 0) => tell(&format!("{name} has {done} of {all} cases")),
        (None, errors) => tell(&format!(
            "{name} has {done} of {all} cases, and errors in place of {errors}, which are run again"
        )),
    }
    Ok(begun)
}

/// The whole record, with what was left to run. The output takes its further lines as they come.
fn finish(
    arguments: &Arguments,
    looks: Looks<'_>,
    begun: Begun,
    plan: &Plan,
    ground: &Ground,
    mut output: Option<&mut Output>,
) -> Result<Record, Status> {
    let spent = begun.spent(arguments.jobs);
    let Recorded {
        header,
        mut cases,
        footer,
    } = begun.recorded;
    let footer = match footer {
        Some(footer) => footer,
        None => {
            let started = Instant::now();
            cases = perform(
                arguments,
                looks,
                plan,
                cases,
                begun.later,
                ground,
                output.as_deref_mut(),
            )?;
            let footer = Footer {
                counts: Counts::of(&cases),
                duration_ms: millis(spent + started.elapsed()),
            };
            if let Some(output) = output {
                output.write_line(&LineOf::Footer(&footer))?;
            }
            footer
        }
    };
    Ok(Record {
        header,
        cases,
        footer,
    })
}

/// How often cases are looked at.
#[derive(Clone, Copy)]
struct Looks<'r> {
    repeats: Repeats,
    /// The older record that the run is held against, if it is.
    before: Option<&'r Before<'r>>,
}

impl Looks<'_> {
    /// True if one look at a case is not enough for whoever asks for more.
    fn needs(&self, trial: &Trial, verdict: &Verdict) -> bool {
        let was = self.before.and_then(|before| before.outcome(trial));
        matches!(verdict.outcome, Outcome::Fail | Outcome::Error)
            || was.is_some_and(|was| was != verdict.outcome)
    }
}

/// The version that a tree is said to be of, if one is.
fn one_version(named: &[Versions]) -> Result<Option<Version>, Status> {
    let named: Vec<Version> = named.iter().flat_map(Versions::all).copied().collect();
    match named.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(*one)),
        _ => Err(Status::usage(
            "--dokku names several versions, and the tree of --dokku-tree is of one",
        )),
    }
}

/// Tells of plugins with so many cases that somebody who waits for them may wonder.
fn tell_of_large(check: &Check, plan: &Plan) {
    for checked in &check.plugins {
        let of_it = plan
            .trials
            .iter()
            .filter(|trial| trial.label == checked.label);
        let count = of_it.count() / check.versions.len().max(1);
        if count > MANY {
            let label = &checked.label;
            tell(&format!(
                "{label} has {count} cases in each Dokku version, for its many commands: --only checks some requirements"
            ));
        }
    }
}

/// Reads what is to be checked; says everything that speaks against it.
fn read(arguments: &Arguments, tree: Option<&Tree>) -> Result<Check, Status> {
    let versions = match tree {
        Some(tree) => std::iter::once(tree.version()).collect(),
        None => (arguments.dokku.iter().flat_map(Versions::all).copied()).collect(),
    };
    let subject = &arguments.subject;
    let options = subject.options(versions, arguments.expectations.clone());
    let check = plugins::open(&subject.paths, &options)?;
    // A run of nothing would look as if all were well.
    if check.requirements().is_empty() {
        return Err(Status::usage(
            "no requirement is left to check: --skip leaves out all that there are",
        ));
    }
    for doubt in &check.doubts {
        tell(doubt);
    }
    Ok(check)
}

fn header(
    arguments: &Arguments,
    wanted: &[Wanted],
    check: &Check,
    plan: &Plan,
    ground: &Ground,
) -> Header {
    // Reports may lie beside the plugin's files, and are none of them.
    let reports = wanted.iter().filter_map(|one| one.file.as_deref());
    let reports: Vec<PathBuf> = reports
        .chain(arguments.resume.as_deref())
        .filter_map(output::place)
        .collect();
    Header {
        options: arguments.decisive(),
        ..Header::new(check, plan, ground, &reports)
    }
}

/// Runs what of the plan has not been done: what follows the cases before, but for those that were done later. Gives
/// all, and writes each further one as its turn comes if the record is wanted.
fn perform(
    arguments: &Arguments,
    looks: Looks<'_>,
    plan: &Plan,
    before: Vec<CaseRecord>,
    later: BTreeMap<usize, CaseRecord>,
    ground: &Ground,
    output: Option<&mut Output>,
) -> Result<Vec<CaseRecord>, Status> {
    let record = output
        .as_ref()
        .map(|output| output.file_name().map(str::to_owned));
    let following = plan.trials.iter().enumerate().skip(before.len());
    let (places, trials): (Vec<usize>, Vec<Trial>) = following
        .filter(|(place, _)| !later.contains_key(place))
        .filter(|(_, trial)| !matches!(trial.fate, Fate::Follows(_)))
        .map(|(place, trial)| (place, trial.clone()))
        .unzip();
    let left = Plan { trials };
    let mut desk = Desk::after(before, plan, output);
    for (place, case) in later {
        desk.take(place, case);
    }
    let progress = Progress::new(left.trials.len());
    let desk = Mutex::new(desk);
    let needs_look = |trial: &Trial, verdict: &Verdict| looks.needs(trial, verdict);
    let watch = |trial: &Trial, finished: &Finished| {
        progress.step();
        let (Ok(mut desk), Some(place)) = (desk.lock(), places.get(finished.index)) else {
            return;
        };
        desk.take(*place, CaseRecord::new(trial, finished));
        // A record that can't be written is not worth the time of the other cases.
        if desk.written.is_err() {
            ground.cancel.request();
        }
    };
    let jobs = arguments.jobs;
    let finished = run::run_repeatedly(&left, ground, jobs, looks.repeats, &needs_look, &watch);
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

fn status(arguments: &Arguments, record: &Record) -> Status {
    let fails = |case: &CaseRecord| {
        case.outcome == Outcome::Fail
            && case.level.counts(arguments.strict)
            && case.expected.is_none()
    };
    let counts = record.footer.counts;
    if counts.error > 0 {
        return Status::Broken;
    }
    if arguments.deny.contains(&Denied::Inconclusive) && counts.inconclusive > 0 {
        return Status::Failed;
    }
    match record.header.against {
        Some(_) => compare::status(record, arguments.strict),
        None if record.cases.iter().any(fails) => Status::Failed,
        None => Status::Fine,
    }
}

//! `dokku-conform expect`: write down what fails now, for its author to say why.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;

use super::ground;
use super::output::Output;
use super::plugins;
use super::progress::Progress;
use super::status::{Status, tell};
use super::subject::Subject;
use crate::dokku::{Version, Versions};
use crate::mend::{self, Mended};
use crate::outfit::{Failing, PREFACE};
use crate::run::{self, Check, Checked, EXPECTATIONS, Finished, Outcome, Trial};
use crate::spec::{Source, with_items};
use crate::today::today;
use crate::visible::visible_path;

/// Write an expectation for each case that fails now, into each plugin's conformance.yaml. What is there stays; the
/// reasons are left to fill in, and until they are, the file is not read
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    subject: Subject,
    /// The Dokku versions to check, as `check` takes them; the expectations are for those in which a case fails
    #[arg(long, value_name = "VERSION,...", value_delimiter = ',')]
    dokku: Vec<Versions>,
    /// Write them into this file, keyed by plugin, for `check --expectations FILE`
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// How many cases run at the same time [default: one for each core]
    #[arg(long, value_name = "N", value_parser = ground::jobs, allow_negative_numbers = true)]
    jobs: Option<usize>,
    /// How many seconds a step of a case may take [default: 10]
    #[arg(long, value_name = "SECONDS", value_parser = ground::seconds, allow_negative_numbers = true)]
    timeout: Option<Duration>,
    #[command(flatten)]
    isolated: ground::Isolated,
    /// Write down each broken `should` too
    #[arg(long)]
    strict: bool,
}

/// Runs the subcommand.
pub(super) fn main(arguments: &Arguments) -> Result<Status, Status> {
    let check = read(arguments)?;
    let seen = look(arguments, &check)?;
    let has_versions = !arguments.dokku.is_empty();
    let mut output = Output::open(None)?;
    let mut status = Status::Fine;
    let mut sheets: BTreeMap<PathBuf, Sheet> = BTreeMap::new();
    for checked in &check.plugins {
        let failing = failing(&seen, &checked.label, arguments.strict);
        if failing.is_empty() {
            let name = checked.path.display();
            output.write(&format!("{name}: nothing fails that is not expected\n"))?;
            continue;
        }
        let (path, key) = place(arguments, checked);
        let sheet = match sheets.remove(&path) {
            Some(sheet) => sheet,
            None => Sheet::open(&path)?,
        };
        let items: Vec<String> = failing.iter().map(|one| one.item(has_versions)).collect();
        match sheet.with(&path, key, &items) {
            Ok(sheet) => {
                sheets.insert(path, sheet);
            }
            Err(sheet) => {
                tell(&format!(
                    "{} is laid out so that nothing can be added to it: add this by hand",
                    visible_path(&path)
                ));
                output.write(&format!("{key}:\n{}", items.concat()))?;
                status = Status::Usage;
                sheets.insert(path, sheet);
            }
        }
    }
    for (path, sheet) in &sheets {
        output.write(&sheet.write(path)?)?;
    }
    tell_rest(&seen, arguments.strict);
    Ok(match seen.iter().any(|one| one.outcome == Outcome::Error) {
        true => Status::Broken,
        false => status,
    })
}

fn read(arguments: &Arguments) -> Result<Check, Status> {
    let versions = arguments.dokku.iter().flat_map(Versions::all);
    // What stands there already is expected.
    let expectations = arguments.output.clone().filter(|path| path.exists());
    let subject = &arguments.subject;
    let options = subject.options(versions.copied().collect(), expectations);
    plugins::open(&subject.paths, &options)
}

/// A case that was judged.
struct Seen {
    label: String,
    requirement: String,
    case: String,
    version: Version,
    outcome: Outcome,
    reason: String,
    counts: bool,
    counts_strictly: bool,
}

impl Seen {
    fn of((trial, finished): (&Trial, Finished)) -> Self {
        let (level, verdict) = (trial.requirement.level, finished.verdict);
        let is_unexpected = verdict.outcome == Outcome::Fail && trial.expected.is_none();
        Self {
            label: trial.label.clone(),
            requirement: trial.requirement.id.to_string(),
            case: trial.case_name(),
            version: trial.version,
            outcome: verdict.outcome,
            reason: match &verdict.evidence.place {
                Some(place) => format!("{place}: {}", verdict.reason),
                None => verdict.reason,
            },
            counts: is_unexpected && level.counts(false),
            counts_strictly: is_unexpected && level.counts(true),
        }
    }

    /// True for an expectation that holds no longer.
    fn is_stale(&self) -> bool {
        self.requirement == EXPECTATIONS && self.outcome == Outcome::Fail
    }
}

/// What a check shows.
fn look(arguments: &Arguments, check: &Check) -> Result<Vec<Seen>, Status> {
    let ground = ground::ground(&arguments.isolated, arguments.timeout)?;
    let plan = check.plan_on(today());
    let progress = Progress::new(plan.trials.len());
    let finished = run::run(&plan, &ground, arguments.jobs, &|_, _| progress.step());
    progress.end();
    let finished = finished.map_err(Status::broken)?;
    if finished.len() < plan.trials.len() {
        return Err(Status::broken("interrupted"));
    }
    Ok(plan.trials.iter().zip(finished).map(Seen::of).collect())
}

/// The cases of a plugin that fail and are not expected to, each once.
fn failing(seen: &[Seen], label: &str, strict: bool) -> Vec<Failing> {
    let mut failing: Vec<Failing> = Vec::new();
    let counts = |one: &&Seen| {
        if strict {
            one.counts_strictly
        } else {
            one.counts
        }
    };
    let of_plugin = seen
        .iter()
        .filter(|one| one.label == label && !one.is_stale());
    for one in of_plugin.filter(counts) {
        let known = failing
            .iter_mut()
            .find(|known| known.requirement == one.requirement && known.case == one.case);
        match known {
            Some(known) => known.versions.push(one.version),
            None => failing.push(Failing {
                requirement: one.requirement.clone(),
                case: one.case.clone(),
                versions: vec![one.version],
                seen: one.reason.clone(),
            }),
        }
    }
    failing
}

/// The file that the expectations of a plugin go to, and the key of their list in it.
fn place<'a>(arguments: &'a Arguments, checked: &'a Checked) -> (PathBuf, &'a str) {
    match &arguments.output {
        Some(path) => (path.clone(), checked.plugin.name()),
        None => (checked.path.join("conformance.yaml"), "expectations"),
    }
}

/// A file that expectations are added to.
struct Sheet {
    /// What it says; none if it is not there.
    before: Option<String>,
    after: String,
    added: usize,
}

impl Sheet {
    fn open(path: &Path) -> Result<Self, Status> {
        let before = match fs::read_to_string(path) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => {
                let name = visible_path(path);
                return Err(Status::usage(format!("{name} can't be read: {error}")));
            }
        };
        Ok(Self {
            after: before.clone().unwrap_or_else(|| PREFACE.to_owned()),
            before,
            added: 0,
        })
    }

    /// The same with these items more; itself if they have no sure place in it.
    fn with(self, path: &Path, key: &str, items: &[String]) -> Result<Self, Self> {
        match with_items(&Source::new(path, self.after.as_str()), key, items) {
            Some(after) => Ok(Self {
                after,
                added: self.added + items.len(),
                ..self
            }),
            None => Err(self),
        }
    }

    /// Writes it, whole or not at all; gives what is to be told.
    fn write(&self, path: &Path) -> Result<String, Status> {
        if self.added == 0 {
            return Ok(String::new());
        }
        let name = visible_path(path);
        let refuse = |error| Status::broken(format!("{name} can't be written: {error}"));
        // What takes its place is the file itself, not a link to it.
        let real = match &self.before {
            Some(_) => fs::canonicalize(path).map_err(refuse)?,
            None => path.to_owned(),
        };
        let folder = real.parent().filter(|folder| *folder != Path::new(""));
        let mended = Mended {
            path: real.file_name().map(PathBuf::from).unwrap_or_default(),
            before: self.before.clone(),
            after: self.after.clone(),
            executable: false,
            made: Default::default(),
            advice: None,
        };
        mend::write(folder.unwrap_or(Path::new(".")), &mended).map_err(refuse)?;
        let count = match self.added {
            1 => "1 expectation: fill in its reason".to_owned(),
            count => format!("{count} expectations: fill in their reasons"),
        };
        Ok(format!("wrote {name}, {count}\n"))
    }
}

/// Tells of what fails and was not written down, and of what was and should not be.
fn tell_rest(seen: &[Seen], strict: bool) {
    let left = seen.iter().filter(|one| one.counts_strictly && !one.counts);
    match left.count() {
        left if left > 0 && !strict => tell(&format!(
            "{left} broken `should` fail no run: --strict writes them down too"
        )),
        _ => {}
    }
    let stale = seen.iter().filter(|one| one.is_stale()).count();
    if stale > 0 {
        tell(&format!(
            "of the expectations that are there, {stale} hold no longer: `dokku-conform check` tells which"
        ));
    }
}

//! `dokku-conform upstream`: what a change of Dokku means to plugins.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};
use tempfile::TempDir;

use super::compare;
use super::desk::Desk;
use super::gather::{Gathered, Gathering, List};
use super::ground;
use super::plugins;
use super::progress::Progress;
use super::reports::{Asked, Reports};
use super::status::{Status, tell};
use super::subject::Subject;
use super::tree;
use crate::dokku::surface::{Changes, Surface};
use crate::dokku::{Tree, Version, Versions};
use crate::report::{
    self, CaseRecord, Counts, Footer, Header, Palette, Record, Renames, Upstream, UpstreamText,
    millis,
};
use crate::run::{self, Check, Fate, Finished, Ground, Listed, Plan, Trial};
use crate::sandbox::Cancel;
use crate::today::today;
use crate::upstream::{checkout, surface_of, users};
use crate::visible::visible;

/// Tell what a change of Dokku means to plugins, given by their directories or as one list: what changed, who uses it, and
/// which checks regress
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The older Dokku: a version, the directory of a real one (`./dokku`), or a git repository with a ref (`REPOSITORY@REF`)
    #[arg(long, value_name = "DOKKU")]
    old: String,
    /// The newer Dokku
    #[arg(long, value_name = "DOKKU")]
    new: String,
    /// The version that the older one is taken for, if it is a real one that does not tell it
    #[arg(long, value_name = "VERSION", value_parser = Versions::one)]
    old_version: Option<Version>,
    /// The version that the newer one is taken for
    #[arg(long, value_name = "VERSION", value_parser = Versions::one)]
    new_version: Option<Version>,
    #[command(flatten)]
    subject: Subject,
    #[command(flatten)]
    gathering: Gathering,
    /// Run no checks: tell what changed and who uses it alone
    #[arg(long)]
    no_run: bool,
    /// How many cases run at the same time [default: one for each core]
    #[arg(long, value_name = "N", value_parser = ground::jobs, allow_negative_numbers = true)]
    jobs: Option<usize>,
    /// How many seconds a step of a case may take [default: 10]
    #[arg(long, value_name = "SECONDS", value_parser = ground::seconds, allow_negative_numbers = true)]
    timeout: Option<Duration>,
    #[command(flatten)]
    isolated: ground::Isolated,
    #[command(flatten)]
    reports: Asked<Form>,
    /// A `should` that is broken now and was not is a regression that fails too
    #[arg(long)]
    strict: bool,
    /// Show what is Dokku's own affair too, and all of many
    #[arg(short, long)]
    verbose: bool,
}

/// A form of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    Text,
    /// For a pull request.
    Markdown,
    /// A page for a browser.
    Html,
    /// JSON Lines.
    Jsonl,
}

/// One of the two Dokkus, where it can be looked at.
struct Side {
    label: String,
    version: Version,
    tree: Option<Arc<Tree>>,
    /// The work tree that goes with the run.
    _fetched: Option<TempDir>,
}

/// Runs the subcommand. It ends with 1 if a plugin regresses.
pub(super) fn main(arguments: &Arguments) -> Result<Status, Status> {
    let wanted = arguments.reports.wanted()?;
    let old = Side::open("--old", &arguments.old, arguments.old_version)?;
    let new = Side::open("--new", &arguments.new, arguments.new_version)?;
    let cancel = Cancel::default();
    let (check, opened, _held) = opened(arguments, old.version, &cancel)?;
    let reports = Reports::open(&wanted)?;
    let (before, after) = (old.surface(), new.surface());
    let changes = Changes::between(&before, &after);
    let opened_plugins = check.plugins.iter();
    let labelled = opened_plugins.map(|one| (one.label.as_str(), &*one.plugin));
    let users = users(labelled, &changes, &after);
    let labels = check.plugins.iter().map(|one| one.label.clone()).collect();
    let record = match arguments.no_run {
        true => None,
        false => Some(compared(arguments, check, &old, &new)?),
    };
    let regressions = (record.as_ref()).map(|record| report::explain(&changes, &users, record));
    let upstream = Upstream {
        old: old.told(),
        new: new.told(),
        plugins: labels,
        changes,
        users,
        regressions,
    };
    reports.write_by(|form, palette| render(form, &upstream, arguments.verbose, palette))?;
    let errors = upstream.regressions.as_ref().map_or(0, |one| one.errors);
    Ok(match &record {
        _ if opened != Status::Fine => opened,
        Some(_) if errors > 0 => Status::Broken,
        Some(record) => compare::status(record, arguments.strict),
        None => Status::Fine,
    })
}

/// The plugins in the directories, or of the list, that are named; with the status to end with if nothing else is wrong,
/// and what holds those that were brought.
fn opened(
    arguments: &Arguments,
    version: Version,
    cancel: &Cancel,
) -> Result<(Check, Status, Option<Gathered>), Status> {
    let subject = &arguments.subject;
    let options = subject.options(std::iter::once(version).collect(), None);
    let [list] = subject.paths.as_slice() else {
        let (check, status) = plugins::open_usable(&subject.paths, &options)?;
        return Ok((check, status, None));
    };
    if !list.is_file() {
        let (check, status) = plugins::open_usable(&subject.paths, &options)?;
        return Ok((check, status, None));
    }
    let list = List::read(list)?;
    let mut gathered = arguments.gathering.gather(&list, None, None, cancel)?;
    // Both sides are looked at, whatever versions a row asks for.
    let listed = std::mem::take(&mut gathered.listed).into_iter();
    let listed = listed.map(|one| Listed {
        versions: Vec::new(),
        ..one
    });
    let mut check = Check::of_list(listed.collect(), &options).map_err(Status::usage)?;
    for checked in &check.plugins {
        if let Some(why) = checked.missing() {
            tell(&format!("{}: {why}", visible(&checked.label)));
        }
    }
    check.plugins.retain(|checked| checked.missing().is_none());
    match check.plugins.is_empty() {
        true => Err(Status::broken("no plugin of the list could be had")),
        // What could not be brought says nothing of the change.
        false => Ok((check, Status::Fine, Some(gathered))),
    }
}

impl Side {
    /// Opens what an option names.
    fn open(option: &str, named: &str, version: Option<Version>) -> Result<Self, Status> {
        // A folder that is called like a version is named with its path.
        let is_version = named.starts_with(|letter: char| letter.is_ascii_digit())
            || named == "newest"
            || named.parse::<Version>().is_ok();
        if is_version {
            if version.is_some() {
                return Err(Status::usage(format!(
                    "{option} names a version, so that {option}-version has nothing to say"
                )));
            }
            let version = Versions::one(named).map_err(Status::usage)?;
            return Ok(Self {
                label: version.to_string(),
                version,
                tree: None,
                _fetched: None,
            });
        }
        if Path::new(named).is_dir() {
            let tree = open_tree(option, Path::new(named), version)?;
            return Ok(Self {
                label: named.to_owned(),
                version: tree.version(),
                tree: Some(tree),
                _fetched: None,
            });
        }
        let Some((repository, reference)) = named.rsplit_once('@') else {
            return Err(Status::usage(format!(
                "{option}: `{named}` is no version, no directory and no REPOSITORY@REF"
            )));
        };
        let fetched = checkout(repository, reference)
            .map_err(|error| Status::usage(format!("{option}: {error}")))?;
        let tree = open_tree(option, fetched.path(), version)?;
        Ok(Self {
            label: named.to_owned(),
            version: tree.version(),
            tree: Some(tree),
            _fetched: Some(fetched),
        })
    }

    fn surface(&self) -> Surface {
        match &self.tree {
            Some(tree) => surface_of(tree),
            None => Surface::of_release(self.version),
        }
    }

    fn told(&self) -> report::Side {
        report::Side {
            label: self.label.clone(),
            version: self.version,
            is_tree: self.tree.is_some(),
        }
    }
}

/// Opens a real Dokku that an option names.
fn open_tree(option: &str, root: &Path, version: Option<Version>) -> Result<Arc<Tree>, Status> {
    let tree = Tree::open(root, version).map_err(|error| {
        // Its advice is that of another subcommand.
        let said = error
            .to_string()
            .replace("--dokku", &format!("{option}-version"));
        Status::usage(said)
    })?;
    Ok(Arc::new(tree))
}

/// The record of the checks with the newer Dokku, held against that with the older.
fn compared(
    arguments: &Arguments,
    mut check: Check,
    old: &Side,
    new: &Side,
) -> Result<Record, Status> {
    let first = ground::ground(&arguments.isolated, arguments.timeout)?;
    let second = ground::anew(&arguments.isolated, &first)?;
    let mut records = Vec::new();
    for (side, mut ground) in [(old, first), (new, second)] {
        if let Some(tree) = &side.tree {
            tree::tell_loans(tree);
        }
        ground.tree.clone_from(&side.tree);
        check.versions = vec![side.version];
        records.push(recorded(arguments, &check, &ground)?);
    }
    match <[Record; 2]>::try_from(records) {
        Ok([before, after]) => Ok(report::compare(&before, after, &Renames::default())),
        Err(_) => Err(Status::Broken),
    }
}

/// The record of a check on this ground.
fn recorded(arguments: &Arguments, check: &Check, ground: &Ground) -> Result<Record, Status> {
    let started = Instant::now();
    let plan = check.plan_on(today());
    let mut header = Header::new(check, &plan, ground, &[] as &[PathBuf]);
    if let Some(tree) = &ground.tree {
        let root = tree.root().display().to_string();
        header.options = vec!["--dokku-tree".to_owned(), root];
    }
    let (places, trials): (Vec<usize>, Vec<Trial>) = plan
        .trials
        .iter()
        .enumerate()
        .filter(|(_, trial)| !matches!(trial.fate, Fate::Follows(_)))
        .map(|(place, trial)| (place, trial.clone()))
        .unzip();
    let left = Plan { trials };
    let desk = Mutex::new(Desk::after(Vec::new(), &plan, None));
    let progress = Progress::new(left.trials.len());
    let watch = |trial: &Trial, finished: &Finished| {
        progress.step();
        if let (Ok(mut desk), Some(place)) = (desk.lock(), places.get(finished.index)) {
            desk.take(*place, CaseRecord::new(trial, finished));
        }
    };
    let finished = run::run(&left, ground, arguments.jobs, &watch);
    progress.end();
    finished.map_err(Status::broken)?;
    let cases = desk.into_inner().map_err(|_| Status::Broken)?.cases;
    let (ran, all) = (cases.len(), plan.trials.len());
    if ran < all {
        tell(&format!("interrupted: {ran} of {all} cases ran"));
        return Err(Status::Broken);
    }
    let footer = Footer {
        counts: Counts::of(&cases),
        duration_ms: millis(started.elapsed()),
    };
    Ok(Record {
        header,
        cases,
        footer,
    })
}

fn render(
    form: Form,
    upstream: &Upstream,
    verbose: bool,
    palette: Palette,
) -> Result<String, Status> {
    Ok(match form {
        Form::Text => {
            let text = UpstreamText {
                upstream,
                verbose,
                palette,
            };
            report::inert(&text.to_string())
        }
        Form::Markdown => report::inert(&report::upstream_markdown(upstream)),
        Form::Html => report::upstream_html(upstream),
        Form::Jsonl => {
            let mut text = String::new();
            for line in report::upstream_lines(upstream) {
                let _ = writeln!(text, "{line}");
            }
            text
        }
    })
}

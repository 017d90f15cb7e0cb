//! `dokku-conform fix`: mend what is mechanical, and check it again.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use tempfile::TempDir;

use super::ground;
use super::output::Output;
use super::plugins;
use super::status::{Status, tell};
use crate::mend::{self, Fault, Left, Mend, Mended, Mends};
use crate::report::{unified, visible};
use crate::run::{self, Check, Checked, Ground, Options, Outcome, Selection, Verdict};
use crate::world::copy_tree;

/// Mend what is mechanical in a plugin, show the change, and check it again
#[derive(Debug, Args)]
#[command(
    after_help = "Exit status: 0 what was mended passes; 1 it does not; 2 the plugin can't be used; 3 the harness \
    could not do its work. What is left as it is is told, and changes nothing of the status."
)]
pub(super) struct Arguments {
    /// The plugin's directory
    #[arg(value_name = "PATH")]
    path: PathBuf,
    /// Show the change, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Mend what breaks these requirements only: executable-files, plugin-toml, unknown-command-declined,
    /// trace-supported, arguments-intact
    #[arg(long, value_name = "ID,...", value_delimiter = ',')]
    only: Vec<Mend>,
    #[command(flatten)]
    isolated: ground::Isolated,
}

/// The requirement that a mended script must still keep.
const SYNTAX: &str = "shell-syntax";

/// How often a plugin is mended: what one mend brings to light, as a script that could not be run, is for the next.
const ROUNDS: usize = 3;

/// Runs the subcommand.
pub(super) fn main(arguments: &Arguments) -> Result<Status, Status> {
    let wanted: BTreeSet<Mend> = match arguments.only.as_slice() {
        [] => Mend::ALL.iter().copied().collect(),
        only => only.iter().copied().collect(),
    };
    let mut check = open(&arguments.path, &wanted)?;
    let mut ground = ground::ground(&arguments.isolated, None)?;
    let first = look(&check, &ground)?;
    let mut output = Output::open(None)?;
    let mut made = BTreeSet::new();
    let mut is_shown = false;
    let mut draft: Option<Draft> = None;
    let mut last: Option<Vec<Seen>> = None;
    for round in 0..=ROUNDS {
        let seen = last.as_deref().unwrap_or(&first);
        let plugin = &one(&check)?.plugin;
        let mends = Mends::of(plugin, &faults(seen));
        let is_end = mends.files.is_empty() || round == ROUNDS;
        if !is_end {
            output.write(&changes(&mends))?;
            is_shown = true;
        }
        if is_end {
            output.write(&left(&mends, seen))?;
            break;
        }
        if arguments.dry_run && draft.is_none() {
            draft = Some(Draft::of(plugin.root())?);
        }
        let (path, root) = match &draft {
            Some(draft) => (draft.root.as_path(), draft.root.as_path()),
            None => (arguments.path.as_path(), plugin.root()),
        };
        for mended in &mends.files {
            mend::write(root, mended).map_err(|error| unwritten(mended, &error))?;
            made.extend(mended.made.iter().cloned());
        }
        check = open(path, &wanted)?;
        ground = ground::anew(&arguments.isolated, &ground)?;
        last = Some(look(&check, &ground)?);
    }
    match last.filter(|_| !arguments.dry_run) {
        Some(last) => again(&made, &first, &last, &mut output),
        None => {
            let told = match is_shown {
                true => "nothing is written: --dry-run\n",
                false => "nothing to mend\n",
            };
            output.write(told)?;
            Ok(Status::Fine)
        }
    }
}

/// A copy of a plugin that is mended in its place, to see what comes to light then. It goes away with the value.
struct Draft {
    root: PathBuf,
    _folder: TempDir,
}

impl Draft {
    /// That of the plugin in this directory. It has the directory's name, as a plugin may be called by it.
    fn of(root: &Path) -> Result<Self, Status> {
        let refuse =
            |error: io::Error| Status::broken(format!("the plugin can't be copied: {error}"));
        let folder = tempfile::tempdir().map_err(refuse)?;
        let copy = folder.path().join(root.file_name().unwrap_or_default());
        copy_tree(root, &copy).map_err(refuse)?;
        Ok(Self {
            root: copy,
            _folder: folder,
        })
    }
}

fn faults(seen: &[Seen]) -> Vec<Fault> {
    let fault = |seen: &Seen| Fault::of(&seen.requirement, &seen.verdict);
    seen.iter().filter_map(fault).collect()
}

fn unwritten(mended: &Mended, error: &io::Error) -> Status {
    Status::broken(format!("{} can't be written: {error}", shown(&mended.path)))
}

/// The plugin with the requirements that these mends are about.
fn open(path: &Path, mends: &BTreeSet<Mend>) -> Result<Check, Status> {
    let only = mends.iter().map(|mend| mend.as_str().to_owned());
    let options = Options {
        selection: Selection {
            only: only.chain([SYNTAX.to_owned()]).collect(),
            skip: Vec::new(),
        },
        ..Options::default()
    };
    plugins::open(&[path.to_owned()], &options)
}

fn one(check: &Check) -> Result<&Checked, Status> {
    check.plugins.first().ok_or(Status::Usage)
}

/// A case that was judged.
struct Seen {
    requirement: String,
    case: String,
    verdict: Verdict,
}

/// What a check shows.
fn look(check: &Check, ground: &Ground) -> Result<Vec<Seen>, Status> {
    let plan = check.plan();
    let finished = run::run(&plan, ground, None, &|_, _| {}).map_err(Status::broken)?;
    if finished.len() < plan.trials.len() {
        return Err(Status::broken("interrupted"));
    }
    let seen: Vec<Seen> = plan
        .trials
        .iter()
        .zip(finished)
        .map(|(trial, finished)| Seen {
            requirement: trial.requirement.id.to_string(),
            case: trial.case_name(),
            verdict: finished.verdict,
        })
        .collect();
    match seen
        .iter()
        .find(|seen| seen.verdict.outcome == Outcome::Error)
    {
        Some(seen) => Err(Status::broken(format!(
            "{}: {}",
            seen.requirement, seen.verdict.reason
        ))),
        None => Ok(seen),
    }
}

/// What is to be changed.
fn changes(mends: &Mends) -> String {
    let mut text = String::new();
    for mended in &mends.files {
        let names: BTreeSet<&str> = mended.mends().map(Mend::as_str).collect();
        let names: Vec<&str> = names.into_iter().collect();
        let _ = writeln!(text, "{}: {}", shown(&mended.path), names.join(", "));
        if mended.executable {
            let _ = writeln!(text, "    chmod +x {}", shown(&mended.path));
        }
        let old = mended.before.as_deref().unwrap_or_default();
        if old != mended.after {
            for line in unified(old, &mended.after) {
                let _ = writeln!(text, "    {line}");
            }
        }
        if let Some(advice) = mended.advice {
            let _ = writeln!(text, "    then: {advice}");
        }
    }
    text
}

/// What is left as it is.
fn left(mends: &Mends, seen: &[Seen]) -> String {
    let mut text = String::new();
    for Left { mend, place, why } in &mends.left {
        let _ = writeln!(
            text,
            "left: {mend} {}: {}",
            visible(&place.to_string()),
            visible(why)
        );
    }
    let is_open =
        |seen: &&Seen| seen.verdict.outcome == Outcome::Inconclusive && seen.requirement != SYNTAX;
    for seen in seen.iter().filter(is_open) {
        let reason = visible(&seen.verdict.reason);
        let _ = writeln!(
            text,
            "left: {} could not be judged: {reason}",
            seen.requirement
        );
    }
    text
}

fn shown(path: &Path) -> String {
    visible(&path.display().to_string()).into_owned()
}

/// Tells what the mended plugin shows.
fn again(
    made: &BTreeSet<(Mend, String)>,
    before: &[Seen],
    after: &[Seen],
    output: &mut Output,
) -> Result<Status, Status> {
    let mut status = Status::Fine;
    for (mend, file) in made {
        let broken: Vec<&Seen> = after
            .iter()
            .filter(|seen| seen.requirement == mend.as_str() && seen.speaks_of(file))
            .collect();
        match broken.first() {
            None => output.write(&format!("mended: {mend} {}\n", visible(file)))?,
            Some(seen) => {
                status = Status::Failed;
                let reason = &seen.verdict.reason;
                output.write(&format!(
                    "{}: {mend} {}: {}\n",
                    seen.verdict.outcome,
                    visible(file),
                    visible(reason)
                ))?;
            }
        }
    }
    let was_broken = |case: &str| {
        before
            .iter()
            .any(|seen| seen.is_broken_syntax() && seen.case == case)
    };
    for seen in after
        .iter()
        .filter(|seen| seen.is_broken_syntax() && !was_broken(&seen.case))
    {
        status = Status::Failed;
        tell(&format!(
            "{} was not broken before: {}",
            seen.case, seen.verdict.reason
        ));
    }
    Ok(status)
}

impl Seen {
    fn is_broken_syntax(&self) -> bool {
        self.requirement == SYNTAX && self.verdict.outcome == Outcome::Fail
    }

    /// True if it is about this file, and no pass.
    fn speaks_of(&self, file: &str) -> bool {
        let evidence = &self.verdict.evidence;
        let mut places = evidence
            .findings
            .iter()
            .map(|finding| &finding.place)
            .chain(&evidence.place)
            .peekable();
        let is_bad = matches!(self.verdict.outcome, Outcome::Fail | Outcome::Inconclusive);
        // What names no file may be about each.
        is_bad && (places.peek().is_none() || places.any(|place| place.file == file))
    }
}

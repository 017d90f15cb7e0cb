//! `dokku-conform compare`: hold the record of a run against an older one.

use std::io::{self, BufRead};
use std::path::{Path, PathBuf};

use clap::Args;

use super::form::View;
use super::input;
use super::render::{is_stdin, name, open, unreadable};
use super::reports::{self, Asked, Reports};
use super::status::{Status, tell};
use crate::report::{self, Before, Opening, Record, Renames};
use crate::run::Outcome;
use crate::visible::visible_path;

/// Tell what changed from one run to another
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The record of the older run, as `check --format jsonl` writes it; `-` for standard input, as for the newer one
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// The record of the newer run
    #[arg(value_name = "NEW")]
    new: PathBuf,
    /// Requirements that have another name in the newer record: on each line of the file the old id and the new one
    #[arg(long, value_name = "FILE")]
    renames: Option<PathBuf>,
    #[command(flatten)]
    reports: Asked,
    /// A `should` that is broken now, and was not or was not there, fails too
    #[arg(long)]
    strict: bool,
    /// Show what did not change too, and the whole evidence
    #[arg(short, long)]
    verbose: bool,
}

/// Runs the subcommand. It ends with 1 if something regressed, and with 3 if the newer run has errors.
pub(super) fn main(arguments: &Arguments) -> Result<Status, Status> {
    if is_stdin(&arguments.old) && is_stdin(&arguments.new) {
        return Err(Status::usage(
            "standard input is one record: name a file for the other one",
        ));
    }
    let wanted = arguments.reports.wanted()?;
    reports::apart(&wanted, &arguments.old)?;
    reports::apart(&wanted, &arguments.new)?;
    let renames = match &arguments.renames {
        Some(path) => renames(path)?,
        None => Renames::default(),
    };
    let view = View {
        verbose: arguments.verbose,
        strict: arguments.strict,
    };
    let old = older(&arguments.old)?;
    let new = plain(&arguments.new)?;
    if new.header.cases == 0 {
        return Err(Status::usage(format!(
            "{} has no cases: there is nothing to compare",
            name(&arguments.new)
        )));
    }
    let table = arguments.renames.as_deref().map(visible_path);
    for doubt in renames.doubts(&old.header, &new.header) {
        tell(&format!(
            "{}, {doubt}",
            table.as_deref().unwrap_or_default()
        ));
    }
    let before = Before::new(&old, &new.header, &renames);
    let has_all = wanted.iter().any(|one| one.form.has_all(view));
    let new = new.read_wanted(|case| has_all || before.is_told(case));
    let new = new.map_err(|damage| unreadable(&arguments.new, &damage))?;
    let record = report::compare(&old, new, &renames);
    Reports::open(&wanted)?.write(&record, view)?;
    Ok(status(&record, arguments.strict))
}

/// The record of a run at a path, to be held against a newer one: what was seen is only asked of what fails.
pub(super) fn older(path: &Path) -> Result<Record, Status> {
    let record = plain(path)?.read_wanted(|case| case.outcome == Outcome::Fail);
    record.map_err(|damage| unreadable(path, &damage))
}

/// The record of a run at a path, of which the header is read.
fn plain(path: &Path) -> Result<Opening<impl BufRead>, Status> {
    let opening = open(path)?;
    match opening.header.against {
        None => Ok(opening),
        Some(_) => Err(Status::usage(format!(
            "{} tells what changed between two runs: name the record of a run in its place",
            name(path)
        ))),
    }
}

/// Whether the newer run could be done, and whether something in it fails that counts: what was not broken before, or was
/// not there, though the older record knows its requirement.
pub(super) fn status(record: &Record, strict: bool) -> Status {
    let mut cases = record.cases.iter();
    match record.footer.counts.error {
        0 if cases.any(|case| case.fails(strict)) => Status::Failed,
        0 => Status::Fine,
        _ => Status::Broken,
    }
}

fn renames(path: &Path) -> Result<Renames, Status> {
    let name = visible_path(path);
    let text = input::open(path)
        .and_then(io::read_to_string)
        .map_err(|error| Status::usage(format!("{name} can't be read: {error}")))?;
    Renames::read(&text).map_err(|mistake| Status::usage(format!("{name}, {mistake}")))
}

//! `dokku-conform render`: tell the record of a run in other forms.

use std::fmt::Display;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use clap::Args;

use super::form::View;
use super::input;
use super::reports::{self, Asked, Reports};
use super::status::Status;
use crate::report::{Class, Opening, Sketch};
use crate::visible::visible_path;

/// How many bytes of a record are read at once.
const AT_ONCE: usize = 1 << 18;

/// Tell the record of a run in other forms
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The record, as `check --format jsonl` writes it; `-` for standard input
    #[arg(value_name = "RECORD")]
    record: PathBuf,
    #[command(flatten)]
    reports: Asked,
    /// A broken `should` counts as a failure
    #[arg(long)]
    strict: bool,
    /// Show passes and skips too, and the whole evidence
    #[arg(short, long)]
    verbose: bool,
}

/// Runs the subcommand. What the run came to is no matter of its status: that is the check's.
pub(super) fn main(arguments: &Arguments) -> Result<Status, Status> {
    let wanted = arguments.reports.wanted()?;
    let view = View {
        verbose: arguments.verbose,
        strict: arguments.strict,
    };
    let has_all = wanted.iter().any(|one| one.form.has_all(view));
    let record = open(&arguments.record)?.read_wanted(|case| has_all || is_told(case));
    let record = record.map_err(|damage| unreadable(&arguments.record, &damage))?;
    reports::apart(&wanted, &arguments.record)?;
    Reports::open(&wanted)?.write(&record, view)?;
    Ok(Status::Fine)
}

/// True if some form tells what was seen of a case: if it is news, or if what became of it can't be told.
fn is_told(case: &Sketch) -> bool {
    case.is_news() || case.class().is_some_and(Class::is_open)
}

/// The record at a path, of which the header is read.
pub(super) fn open(path: &Path) -> Result<Opening<impl BufRead + use<>>, Status> {
    let file: Box<dyn Read> = match is_stdin(path) {
        true => Box::new(io::stdin()),
        false => Box::new(input::open(path).map_err(|error| unreadable(path, &error))?),
    };
    let record = BufReader::with_capacity(AT_ONCE, file);
    Opening::begun(record).map_err(|damage| unreadable(path, &damage))
}

/// True for the path that stands for standard input.
pub(super) fn is_stdin(path: &Path) -> bool {
    path == Path::new("-")
}

/// What a record is called in a message.
pub(super) fn name(path: &Path) -> String {
    match is_stdin(path) {
        true => "standard input".to_owned(),
        false => visible_path(path),
    }
}

/// Says that a file can't be read as a record.
pub(super) fn unreadable(path: &Path, why: &dyn Display) -> Status {
    Status::usage(format!("{} can't be read as a record: {why}", name(path)))
}

//! `dokku-conform render`: tell the record of a run in other forms.

use std::fmt::Display;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use super::form::View;
use super::reports::{self, Asked, Reports};
use super::status::Status;
use crate::report::Record;

/// Tell the record of a run in other forms
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The record, as `check --format jsonl` writes it
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
    let record = read(&arguments.record)?;
    let view = View {
        verbose: arguments.verbose,
        strict: arguments.strict,
    };
    reports::apart(&wanted, &arguments.record)?;
    Reports::open(&wanted)?.write(&record, view)?;
    Ok(Status::Fine)
}

/// The whole record at a path.
pub(super) fn read(path: &Path) -> Result<Record, Status> {
    let refuse = |why: &dyn Display| {
        Status::usage(format!(
            "{} can't be read as a record: {why}",
            path.display()
        ))
    };
    let bytes = fs::read(path).map_err(|error| refuse(&error))?;
    Record::read(&bytes).map_err(|damage| refuse(&damage))
}

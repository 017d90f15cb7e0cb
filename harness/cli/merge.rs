//! `dokku-conform merge`: the records of all shards of a run as one.

use std::path::PathBuf;

use clap::Args;

use super::compare;
use super::form::View;
use super::render;
use super::reports::{self, Asked, Reports};
use super::status::Status;
use crate::report::{self, Record, Renames, merge};

/// Join the records of all shards of a run into one
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The records of the shards, as `nightly --shard I/N` writes them, in any order
    #[arg(required = true, value_name = "RECORD")]
    records: Vec<PathBuf>,
    /// Tell what changed since the run of this record, and fail where something regressed alone
    #[arg(long, value_name = "RECORD")]
    baseline: Option<PathBuf>,
    #[command(flatten)]
    reports: Asked,
    /// A broken `should` counts as a failure
    #[arg(long)]
    strict: bool,
    /// Show passes and skips too, and the whole evidence
    #[arg(short, long)]
    verbose: bool,
}

/// Runs the subcommand. What the run came to is no matter of its status, unless it is held against an older one.
pub(super) fn main(arguments: &Arguments) -> Result<Status, Status> {
    let wanted = arguments.reports.wanted()?;
    for record in arguments.records.iter().chain(&arguments.baseline) {
        reports::apart(&wanted, record)?;
    }
    let older = arguments
        .baseline
        .as_deref()
        .map(compare::older)
        .transpose()?;
    let view = View {
        verbose: arguments.verbose,
        strict: arguments.strict,
    };
    let read = |path: &PathBuf| -> Result<Record, Status> {
        let record = render::open(path)?.read_wanted(|_| true);
        record.map_err(|damage| render::unreadable(path, &damage))
    };
    let records: Vec<Record> = arguments
        .records
        .iter()
        .map(read)
        .collect::<Result<_, _>>()?;
    let record = merge(records).map_err(Status::usage)?;
    let record = match &older {
        Some(older) => report::compare(older, record, &Renames::default()),
        None => record,
    };
    Reports::open(&wanted)?.write(&record, view)?;
    Ok(match older {
        Some(_) => compare::status(&record, arguments.strict),
        None => Status::Fine,
    })
}

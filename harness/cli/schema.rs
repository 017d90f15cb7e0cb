//! `dokku-conform schema`: the JSON Schema of specs, for editors.

use clap::Args;

use super::output::Output;
use super::status::Status;
use crate::spec;

/// Print the JSON Schema of the spec files.
#[derive(Debug, Args)]
pub(super) struct Arguments {}

/// Runs the subcommand.
pub(super) fn main(_: &Arguments) -> Result<Status, Status> {
    Output::open(None)?.write(spec::REQUIREMENT_SCHEMA)?;
    Ok(Status::Fine)
}

//! `dokku-conform doctor`: what this machine offers to keep plugins apart from it.

use clap::Args;

use super::output::{Format, Output};
use super::status::Status;
use crate::report::Doctor;
use crate::sandbox::Machine;

/// Tell what this machine offers to keep plugins apart from it, and how to get more
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The form of the page
    #[arg(long, default_value = "text")]
    format: Format,
}

/// Runs the subcommand.
pub(super) fn main(arguments: &Arguments) -> Result<Status, Status> {
    let program = std::env::current_exe()
        .map_err(|error| Status::broken(format!("finding this program: {error}")))?;
    let page = Doctor::of(Machine::look(&program));
    let mut output = Output::open(None)?;
    match arguments.format {
        Format::Text => output.write(&page.to_string())?,
        Format::Jsonl => output.write_line(&page)?,
    }
    Ok(Status::Fine)
}

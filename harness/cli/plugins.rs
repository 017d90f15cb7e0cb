//! The plugins that a subcommand is about.

use std::path::PathBuf;

use super::status::Status;
use crate::run::{Check, Options};

/// Reads the plugins in these directories and what they are held to, without those that speak against it, each of which
/// is told. Gives the status to end with if nothing else is wrong.
pub(super) fn open_usable(paths: &[PathBuf], options: &Options) -> Result<(Check, Status), Status> {
    let (check, errors) = Check::new(paths, options);
    for error in &errors {
        Status::usage(error);
    }
    match (errors.is_empty(), check.plugins.is_empty()) {
        (true, _) => Ok((check, Status::Fine)),
        (false, false) => Ok((check, Status::Usage)),
        (false, true) => Err(Status::Usage),
    }
}

/// Reads the plugins in these directories and what they are held to; says everything that speaks against it.
pub(super) fn open(paths: &[PathBuf], options: &Options) -> Result<Check, Status> {
    let (check, errors) = Check::new(paths, options);
    for error in &errors {
        Status::usage(error);
    }
    match errors.is_empty() {
        true => Ok(check),
        false => Err(Status::Usage),
    }
}

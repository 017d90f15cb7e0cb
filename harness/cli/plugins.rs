//! The plugins that a subcommand is about.

use std::path::PathBuf;

use super::status::Status;
use crate::run::{Check, Options};

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

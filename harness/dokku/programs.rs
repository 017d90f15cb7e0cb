//! The programs that this binary is when it is started under another name.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::host::Host;
use super::{column, core, dispatch, plugn};

/// Runs the program that the name says, on this host, and gives its exit status; none if the name is no program's.
#[must_use]
pub fn run(called_as: &Path, arguments: Vec<OsString>, host: &Host) -> Option<u8> {
    let status = match called_as.file_name()?.as_bytes() {
        b"dokku" => dispatch::run(called_as, arguments, host),
        b"plugn" => plugn::run(called_as, &arguments),
        b"column" => column::run(arguments),
        _ => return core::run(called_as, &arguments),
    };
    Some(status)
}

//! The dispatcher of a tree, which bash runs.

use std::ffi::OsString;
use std::io::{self, ErrorKind, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

/// Becomes bash with a tree's script. Its command line begins with `dokku`, as plugins look for it in that of their
/// parent. Returns only if there is no bash to become: the exit status of a shell for that.
#[must_use]
pub fn become_dispatcher(script: &Path, arguments: &[OsString]) -> u8 {
    let error = Command::new("bash")
        .arg0("dokku")
        .arg(script)
        .args(arguments)
        .exec();
    let _ = writeln!(io::stderr(), "dokku: bash can't be started: {error}");
    match error.kind() {
        ErrorKind::NotFound => 127,
        _ => 126,
    }
}

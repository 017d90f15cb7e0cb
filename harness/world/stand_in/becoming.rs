//! What a stand-in becomes that does no more than run another program.

use std::ffi::OsString;
use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::process::Command;

/// What a call becomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Become {
    /// The command line.
    pub(super) command: Vec<OsString>,
    /// What is set in its environment.
    pub(super) environment: Vec<(OsString, OsString)>,
}

impl Become {
    /// Becomes the command; returns only if it can't be run, with the status that sudo has for that. `program` is what
    /// says so.
    pub(super) fn be(&self, program: &str) -> u8 {
        let Some((first, args)) = self.command.split_first() else {
            return 1;
        };
        let environment = self.environment.iter().cloned();
        let error = Command::new(first).args(args).envs(environment).exec();
        let cause = match error.kind() {
            io::ErrorKind::NotFound => "command not found".to_owned(),
            _ => error.to_string(),
        };
        let _ = writeln!(io::stderr(), "{program}: {}: {cause}", first.display());
        1
    }
}

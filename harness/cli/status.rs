//! The exit statuses of the command line.

use std::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;

use crate::report::{inert, visible_lines};

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    /// Nothing failed.
    Fine,
    /// The plugin broke a rule.
    Failed,
    /// What was asked can't be done as asked.
    Usage,
    /// The harness could not do its work.
    Broken,
}

impl Status {
    /// Says what is wrong with what was asked.
    pub(super) fn usage(error: impl Display) -> Self {
        tell(&error);
        Self::Usage
    }

    /// The status of a run some of whose plugins could not be read, which was told and is that of `all_read` then: they end
    /// no other plugin's run.
    pub(super) fn unless_unread(self, all_read: Self) -> Self {
        match self {
            Self::Broken => self,
            _ if all_read != Self::Fine => all_read,
            _ => self,
        }
    }

    /// Says what the harness could not do.
    pub(super) fn broken(error: impl Display) -> Self {
        tell(&error);
        Self::Broken
    }
}

/// Tells the person at the terminal, if there is one still.
pub(super) fn tell(error: &impl Display) {
    let text = error.to_string();
    // It may quote what a plugin wrote.
    let text = inert(&visible_lines(text.trim_end()));
    let _ = writeln!(io::stderr(), "dokku-conform: {text}");
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(match status {
            Status::Fine => 0,
            Status::Failed => 1,
            Status::Usage => 2,
            Status::Broken => 3,
        })
    }
}

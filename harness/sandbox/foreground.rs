//! A command that a person runs and watches: its streams are theirs, and there is no deadline.

use std::io;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Command, ExitStatus};

use nix::sys::signal::{SigSet, Signal};

use super::supervisor::{block_signals, watch};
use super::{Exit, Isolation};

/// Runs a command with the caller's own streams and waits for its end. Signals that ask to end are passed on to it, and
/// it has a moment to obey; this process lives on to clean up after it. What it leaves running is ended too, unless
/// isolation is `off`. To be called before any thread is made.
///
/// # Errors
/// If the command can't be started, or the system refuses to wait for it.
pub fn foreground(command: &mut Command, isolation: Isolation) -> io::Result<ExitStatus> {
    if isolation == Isolation::Off {
        return command.status();
    }
    nix::sys::prctl::set_child_subreaper(true)?;
    // Blocked before the child is known, since a signal may come sooner.
    let signals = block_signals(&[Signal::SIGINT, Signal::SIGQUIT])?;
    // SAFETY: to change the mask of signals is one call of the system.
    unsafe { command.pre_exec(|| Ok(SigSet::empty().thread_set_mask()?)) };
    let child = command.spawn()?;
    let report = watch(child.id(), signals)?;
    Ok(match report.exit {
        Exit::Status(status) => ExitStatus::from_raw(i32::from(status) << 8),
        Exit::Signal(signal) => ExitStatus::from_raw(signal),
        Exit::Deadline(_) | Exit::Flood(_) => ExitStatus::from_raw(Signal::SIGTERM as i32),
    })
}

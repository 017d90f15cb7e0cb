//! A command that a person runs and watches: its streams are theirs, and there is no deadline.

use std::io::{self, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Command, ExitStatus};

use nix::sys::signal::{SigSet, Signal};

use super::filter::{self, Reach};
use super::privilege::drop_rights;
use super::watch::{block_signals, watch};
use super::{Exit, Walls};

/// Runs a command with the caller's own streams and waits for its end. Signals that ask to end are passed on to it, and
/// it has a moment to obey; this process lives on to clean up after it. What it leaves running is ended too, unless
/// there are no walls. Of walls, a cell is made; a fence is not closed, since the command is the caller's own. To be
/// called before any thread is made.
///
/// # Errors
/// If the command can't be started, or the system refuses to wait for it.
pub fn foreground(command: &mut Command, walls: &Walls) -> io::Result<ExitStatus> {
    match walls {
        Walls::None => command.status(),
        Walls::Fence(_) => watched(command),
        Walls::Cell(cell) => {
            // What a cell says goes through its exit status, as that of a shell does.
            let give_up = || drop_rights(None).and_then(|()| filter::set(Reach::Cell));
            // SAFETY: the process that forks to call this has no other thread.
            unsafe { command.pre_exec(give_up) };
            let live = || watched(command).map_or_else(not_started, of_shell);
            let status = cell.enter(live, not_started)?;
            Ok(ExitStatus::from_raw(i32::from(status) << 8))
        }
    }
}

fn watched(command: &mut Command) -> io::Result<ExitStatus> {
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
        Exit::Deadline(_) | Exit::Flood(_) | Exit::Exhausted(_) => {
            ExitStatus::from_raw(Signal::SIGTERM as i32)
        }
    })
}

/// The status as a shell shows it: 128 and the signal for a command that a signal ended.
#[must_use]
pub fn of_shell(status: ExitStatus) -> u8 {
    let number = status
        .code()
        .or_else(|| status.signal().map(|signal| 128 + signal));
    number
        .and_then(|number| u8::try_from(number).ok())
        .unwrap_or(1)
}

fn not_started(error: io::Error) -> u8 {
    // Nobody may be listening any more.
    let _ = writeln!(
        io::stderr(),
        "dokku-conform: the command could not be run: {error}"
    );
    match error.kind() {
        io::ErrorKind::NotFound => 127,
        io::ErrorKind::PermissionDenied | io::ErrorKind::IsADirectory => 126,
        _ => 3,
    }
}

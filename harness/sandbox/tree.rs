//! The descendants of a process, from `/proc`.

use std::fs;

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::visible_utf8;

/// The direct children of a process, in no order; none if it is gone.
pub(super) fn children(of: Pid) -> Vec<Pid> {
    let Ok(tasks) = fs::read_dir(format!("/proc/{of}/task")) else {
        return Vec::new();
    };
    tasks
        .flatten()
        .filter_map(|task| fs::read_to_string(task.path().join("children")).ok())
        .flat_map(|line| {
            line.split_whitespace()
                .filter_map(|pid| pid.parse().ok())
                .map(Pid::from_raw)
                .collect::<Vec<_>>()
        })
        .collect()
}

/// Every living descendant of a process, parents before their children.
pub(super) fn descendants(of: Pid) -> Vec<Pid> {
    let mut found = children(of);
    let mut next = 0;
    while let Some(&pid) = found.get(next) {
        found.extend(children(pid));
        next += 1;
    }
    found
}

/// Sends a signal to every descendant of a process; those that are gone meanwhile are passed over.
pub(super) fn signal_descendants(of: Pid, signal: Signal) {
    for pid in descendants(of) {
        match kill(pid, signal) {
            Ok(()) | Err(Errno::ESRCH | Errno::EPERM) => {}
            Err(error) => unreachable!("kill of a known process with a known signal: {error}"),
        }
    }
}

/// Stops every descendant of a process, until none is left that runs and so could start another.
pub(super) fn freeze_descendants(of: Pid) {
    let mut frozen = 0;
    loop {
        signal_descendants(of, Signal::SIGSTOP);
        let now = descendants(of).len();
        if now <= frozen {
            return;
        }
        frozen = now;
    }
}

/// The command line of a process with its words joined by blanks, or its short name in brackets, or none if it has
/// ended (a zombie has ended).
pub(super) fn command_line(pid: Pid) -> Option<String> {
    let raw = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
    let words: Vec<_> = raw
        .split(|byte| *byte == 0)
        .filter(|word| !word.is_empty())
        .map(visible_utf8)
        .collect();
    (!words.is_empty()).then(|| words.join(" "))
}

//! The descendants of this process, from `/proc`.
//!
//! Where `/proc` belongs to an outer namespace of processes, as after `unshare --pid` without another mount, it shows each
//! under a number that is none here.

use std::fs;

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, getpid};

use super::visible_utf8;

/// A process of the namespace of this one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Process {
    /// Its number.
    pub(super) pid: Pid,
    /// The number that `/proc` shows it under.
    shown: i32,
    /// How many namespaces the one of `/proc` is outside of this one.
    depth: usize,
}

/// This process; none if `/proc` does not show it.
fn this() -> Option<Process> {
    let shown = fs::read_link("/proc/self").ok()?.to_str()?.parse().ok()?;
    let depth = numbers(shown)?.len().checked_sub(1)?;
    Process::new(shown, depth).filter(|this| this.pid == getpid())
}

/// The numbers of a process in the namespaces from that of `/proc` to its own.
fn numbers(shown: i32) -> Option<Vec<i32>> {
    let status = fs::read_to_string(format!("/proc/{shown}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("NSpid:"))?;
    line.split_whitespace()
        .map(|number| number.parse().ok())
        .collect()
}

/// True if `/proc` shows this process and its children.
pub(super) fn is_seen() -> bool {
    this().is_some_and(|this| {
        let shown = this.shown;
        fs::read_to_string(format!("/proc/{shown}/task/{shown}/children")).is_ok()
    })
}

/// The direct children of this process, in no order; none if `/proc` does not show it.
pub(super) fn children() -> Vec<Process> {
    this().map_or_else(Vec::new, Process::children)
}

/// Every living descendant of this process, parents before their children.
pub(super) fn descendants() -> Vec<Process> {
    below(children())
}

fn below(mut found: Vec<Process>) -> Vec<Process> {
    let mut next = 0;
    while let Some(&process) = found.get(next) {
        found.extend(process.children());
        next += 1;
    }
    found
}

/// Sends a signal to every descendant of this process; those that are gone meanwhile are passed over.
pub(super) fn signal_descendants(signal: Signal) {
    for process in descendants() {
        process.signal(signal);
    }
}

/// Stops every descendant of this process, until none is left that runs and so could start another.
pub(super) fn freeze_descendants() {
    let mut frozen = 0;
    loop {
        signal_descendants(Signal::SIGSTOP);
        let now = descendants().len();
        if now <= frozen {
            return;
        }
        frozen = now;
    }
}

impl Process {
    /// The one that `/proc` shows under this number, from so many namespaces outside of this one.
    fn new(shown: i32, depth: usize) -> Option<Self> {
        let number = match depth {
            0 => shown,
            _ => *numbers(shown)?.get(depth)?,
        };
        Some(Self {
            pid: Pid::from_raw(number),
            shown,
            depth,
        })
    }

    /// Its direct children, in no order; none if it is gone.
    fn children(self) -> Vec<Self> {
        let Ok(tasks) = fs::read_dir(format!("/proc/{}/task", self.shown)) else {
            return Vec::new();
        };
        let lines = tasks
            .flatten()
            .filter_map(|task| fs::read_to_string(task.path().join("children")).ok());
        let mut found = Vec::new();
        for line in lines {
            let shown = line.split_whitespace().filter_map(|word| word.parse().ok());
            found.extend(shown.filter_map(|shown| Self::new(shown, self.depth)));
        }
        found
    }

    /// Kills it and all below it.
    pub(super) fn kill_tree(self) {
        for process in below(vec![self]).into_iter().rev() {
            process.signal(Signal::SIGKILL);
        }
    }

    fn signal(self, signal: Signal) {
        match kill(self.pid, signal) {
            Ok(()) | Err(Errno::ESRCH | Errno::EPERM) => {}
            Err(error) => unreachable!("kill of a known process with a known signal: {error}"),
        }
    }

    /// Its command line with its words joined by blanks, or none if it has ended (a zombie has ended).
    pub(super) fn command_line(self) -> Option<String> {
        let raw = fs::read(format!("/proc/{}/cmdline", self.shown)).ok()?;
        let words: Vec<_> = raw
            .split(|byte| *byte == 0)
            .filter(|word| !word.is_empty())
            .map(visible_utf8)
            .collect();
        (!words.is_empty()).then(|| words.join(" "))
    }

    /// How many pages of memory it has, less what it may share; none if it is gone.
    pub(super) fn pages(self) -> Option<u64> {
        let text = fs::read_to_string(format!("/proc/{}/statm", self.shown)).ok()?;
        let mut pages = text
            .split(' ')
            .skip(1)
            .map_while(|word| word.parse::<u64>().ok());
        let (resident, shared) = (pages.next()?, pages.next()?);
        Some(resident.saturating_sub(shared))
    }
}

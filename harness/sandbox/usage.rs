//! How much a tree of processes uses, and how much it may.
//!
//! The kernel's own limits are for one process, or for all of a user. These are for a tree; whoever watches over it looks
//! again and again, so that a tree can be over a bound for a moment.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use nix::sys::statvfs::statvfs;
use nix::unistd::{SysconfVar, sysconf};

use super::Resource;
use super::extent::Extent;
use super::tree::{self, Process};

/// How many processes a tree may have at the same time.
const PROCESSES: u64 = 256;
/// How many threads they may have together.
const THREADS: u64 = 400;
/// How many bytes of memory they may have together.
const MEMORY: u64 = 1 << 30;
/// How many times as much it may seem to be, where they share it.
const TIMES_SHARED: u64 = 16;
/// How many files and sockets they may have open together. What waits in a socket is memory that no process has.
const OPEN_FILES: u64 = 2048;
/// By how many bytes a world may grow on the disk in one case.
const DISK: u64 = 256 << 20;
/// By how many files and folders.
const FILES: u64 = 20_000;

/// How long after a look the next one is due.
const PAUSE: Duration = Duration::from_millis(15);
/// Of how many looks one is at the memory, which costs more.
const LOOKS_AT_MEMORY: u32 = 2;
/// How long after a look at the disk the next one is due, if the look did not take longer itself.
const PAUSE_OF_DISK: Duration = Duration::from_millis(100);

/// What is known of the tree below this process.
#[derive(Debug)]
pub(super) struct Usage {
    /// The folders that the tree can write to.
    folders: Vec<PathBuf>,
    /// What was in them before anything ran there.
    before: Extent,
    /// What was free on their disk when the tree began.
    free: Option<Extent>,
    looks: u32,
    due: Instant,
    disk_due: Instant,
}

impl Usage {
    /// Of a tree that can write to these folders, in which this much was before, and has not begun.
    pub(super) fn of(folders: Vec<PathBuf>, before: Extent) -> Self {
        let now = Instant::now();
        Self {
            free: folders.first().and_then(|folder| free(folder)),
            folders,
            before,
            looks: 0,
            due: now + PAUSE,
            disk_due: now + PAUSE_OF_DISK,
        }
    }

    /// Looks at the tree, if it is time; the bound that it is over, if it is over one.
    pub(super) fn look(&mut self) -> Option<Resource> {
        let now = Instant::now();
        if now < self.due {
            return None;
        }
        self.looks = self.looks.wrapping_add(1);
        let mut over = self.look_at_processes();
        if over.is_none() && now >= self.disk_due {
            over = self.look_at_disk();
            self.disk_due = Instant::now() + PAUSE_OF_DISK.max(now.elapsed());
        }
        self.due = Instant::now() + PAUSE;
        over
    }

    fn look_at_processes(&self) -> Option<Resource> {
        let processes = tree::descendants();
        let sum = |count: fn(Process) -> Option<u64>| -> u64 {
            processes.iter().filter_map(|one| count(*one)).sum()
        };
        if processes.len() as u64 > PROCESSES {
            return Some(Resource::Processes(PROCESSES));
        }
        if sum(Process::threads) > THREADS {
            return Some(Resource::Threads(THREADS));
        }
        if !self.looks.is_multiple_of(LOOKS_AT_MEMORY) {
            return None;
        }
        if has_too_much(&processes) || hide_too_much(&processes) {
            return Some(Resource::Memory(MEMORY));
        }
        (sum(Process::open_files) > OPEN_FILES).then_some(Resource::OpenFiles(OPEN_FILES))
    }

    /// The bound on the disk that is passed when the tree has ended. To count what every short step left would take longer
    /// than the steps: it is done where the disk has much less room than before, whoever took that.
    pub(super) fn look_at_end(&self) -> Option<Resource> {
        const MUCH: u64 = 4;
        let now = self.folders.first().and_then(|folder| free(folder));
        let has_taken_little = self.free.zip(now).is_some_and(|(before, now)| {
            before.bytes.saturating_sub(now.bytes) < DISK / MUCH
                && before.files.saturating_sub(now.files) < FILES / MUCH
        });
        match has_taken_little {
            true => None,
            false => self.look_at_disk(),
        }
    }

    /// The bound on the disk that is passed. The count ends with the first that is.
    fn look_at_disk(&self) -> Option<Resource> {
        let has_bytes = |now: &Extent| now.bytes > self.before.bytes.saturating_add(DISK);
        let has_files = |now: &Extent| now.files > self.before.files.saturating_add(FILES);
        let mut now = Extent::default();
        let is_over = self
            .folders
            .iter()
            .any(|folder| now.add(folder, |now| has_bytes(now) || has_files(now)));
        is_over.then(|| match has_bytes(&now) {
            true => Resource::Disk(DISK),
            false => Resource::Files(FILES),
        })
    }
}

/// True if these have more memory than a tree may. What several of them share is counted for each at first: to know better
/// takes long, and is asked for only where that matters.
fn has_too_much(processes: &[Process]) -> bool {
    let page = page();
    let sum = |count: fn(Process, u64) -> Option<u64>, most: u64| {
        let mut sum: u64 = 0;
        processes.iter().any(|one| {
            sum = sum.saturating_add(count(*one, page).unwrap_or(0));
            sum > most
        })
    };
    sum(Process::memory, MEMORY)
        && (sum(Process::memory, MEMORY * TIMES_SHARED) || sum(Process::share_of_memory, MEMORY))
}

/// True if these have files without names open that take more than a tree may have of memory: that is where most of them
/// are.
fn hide_too_much(processes: &[Process]) -> bool {
    let files = processes.iter().flat_map(|one| one.nameless_files());
    let each: HashMap<_, u64> = files.collect();
    each.values()
        .fold(0, |sum: u64, bytes| sum.saturating_add(*bytes))
        > MEMORY
}

/// How much is free on the disk that a folder is on; none if that is not told.
fn free(folder: &Path) -> Option<Extent> {
    let disk = statvfs(folder).ok()?;
    Some(Extent {
        bytes: disk.blocks_free().saturating_mul(disk.fragment_size()),
        files: disk.files_free(),
    })
}

/// How many bytes a page of memory has.
fn page() -> u64 {
    let page = sysconf(SysconfVar::PAGE_SIZE).ok().flatten();
    page.and_then(|bytes| u64::try_from(bytes).ok())
        .unwrap_or(4096)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_processes_share_counts_once() {
        use nix::sys::signal::{Signal, kill};
        use nix::sys::wait::waitpid;
        use nix::unistd::{ForkResult, fork, pause};

        // Touched, so that it is there.
        let shared = vec![1_u8; 300 << 20];
        let children: Vec<_> = (0..6)
            .map(|_| {
                // SAFETY: the child but waits to be killed.
                match unsafe { fork() }.unwrap() {
                    ForkResult::Parent { child } => child,
                    ForkResult::Child => loop {
                        pause();
                    },
                }
            })
            .collect();
        let mut forked = tree::children();
        forked.retain(|one| children.contains(&one.pid));
        // Other tests of this process have memory too, in which the children share: what counts is how often it is counted.
        let quick: u64 = forked.iter().filter_map(|one| one.memory(page())).sum();
        let shares = forked.iter().filter_map(|one| one.share_of_memory(page()));
        let shares: u64 = shares.sum();
        for child in &children {
            kill(*child, Signal::SIGKILL).unwrap();
            waitpid(*child, None).unwrap();
        }
        assert_eq!(
            shared.iter().map(|byte| u64::from(*byte)).sum::<u64>(),
            300 << 20
        );
        assert!(quick > MEMORY && shares < quick / 3, "{quick} {shares}");
    }

    #[test]
    fn what_was_there_before_counts_for_nothing() {
        let place = tempfile::tempdir().unwrap();
        let add = |name: &str, count: u64| {
            fs::create_dir(place.path().join(name)).unwrap();
            for file in 0..count {
                fs::write(place.path().join(name).join(file.to_string()), "").unwrap();
            }
        };
        add("a", 100);
        let before = Extent::of(place.path());
        assert_eq!(before.files, 101);
        let mut usage = Usage::of(vec![place.path().to_owned()], before);
        assert_eq!(usage.look_at_disk(), None);
        usage.before.files = 0;
        add("b", FILES - 102);
        assert_eq!(usage.look_at_disk(), None);
        add("c", 0);
        assert_eq!(usage.look_at_disk(), Some(Resource::Files(FILES)));
    }
}

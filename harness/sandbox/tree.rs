//! The descendants of this process, from `/proc`.
//!
//! Where `/proc` belongs to an outer namespace of processes, as after `unshare --pid` without another mount, it shows each
//! under a number that is none here.

use std::fs::{self, File};
use std::io::{self, Read, Seek};
use std::os::unix::fs::MetadataExt;

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

/// How many descendants are found at once: no tree may have so many, and where others begin while they are looked for,
/// the look must have an end.
const MOST: usize = 1024;

/// Every descendant of this process, parents before their children; of very many a part, with those that began last.
pub(super) fn descendants() -> Vec<Process> {
    below(children().into_iter().rev().take(MOST).collect())
}

fn below(mut found: Vec<Process>) -> Vec<Process> {
    let mut next = 0;
    while let Some(&process) = found.get(next) {
        if found.len() >= MOST {
            break;
        }
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

/// Stops every descendant of this process, until none is left that runs and so could start another, for as long as
/// `go_on` says so.
pub(super) fn freeze_descendants(mut go_on: impl FnMut() -> io::Result<bool>) -> io::Result<()> {
    while go_on()? {
        signal_descendants(Signal::SIGSTOP);
        if !descendants().into_iter().any(Process::runs) {
            break;
        }
    }
    Ok(())
}

/// Sends a signal to every process of the namespace but this one, which is its first: none of them gets to start another
/// meanwhile.
pub(super) fn signal_namespace(signal: Signal) {
    // There may be none.
    let _ = kill(Pid::from_raw(-1), signal);
}

/// How many children are killed before those that there are then are asked for.
const LAST: usize = 64;

/// Kills the last children of this process again and again, so that what is always another is met too, for as long as
/// `go_on` says so.
pub(super) fn stamp_out(mut go_on: impl FnMut() -> io::Result<bool>) -> io::Result<()> {
    let Some(this) = this() else { return Ok(()) };
    let shown = this.shown;
    let Ok(mut list) = File::open(format!("/proc/{shown}/task/{shown}/children")) else {
        return Ok(());
    };
    let mut line = String::new();
    while go_on()? {
        line.clear();
        list.rewind()?;
        list.read_to_string(&mut line)?;
        // The last of them have begun last, and run if any does.
        let shown = line.split_ascii_whitespace().rev().take(LAST);
        for child in shown.filter_map(|word| Process::new(word.parse().ok()?, this.depth)) {
            child.signal(Signal::SIGKILL);
        }
    }
    Ok(())
}

/// How many letters of a title are kept.
const TITLE: usize = 200;
/// How many titles are told.
const TOLD: usize = 20;

/// What these processes are called, the first of them one by one.
pub(super) fn titles(processes: Vec<Process>) -> Vec<String> {
    let mut titles: Vec<String> = processes.into_iter().filter_map(Process::title).collect();
    let more = titles.len().saturating_sub(TOLD);
    if more > 0 {
        titles.truncate(TOLD);
        titles.push(format!("and {more} more"));
    }
    titles
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

    /// Its command line with its words joined by blanks or, where it shows none, its name in brackets, as `ps` has it;
    /// none if it has ended (a zombie has ended). A long one is cut off.
    fn title(self) -> Option<String> {
        let file = File::open(format!("/proc/{}/cmdline", self.shown)).ok()?;
        let mut raw = Vec::new();
        // A letter has up to four bytes; one more tells that there is more.
        let room = 4 * TITLE as u64 + 1;
        file.take(room).read_to_end(&mut raw).ok()?;
        let words: Vec<_> = raw
            .split(|byte| *byte == 0)
            .filter(|word| !word.is_empty())
            .map(visible_utf8)
            .collect();
        match words.is_empty() {
            false => Some(shortened(&words.join(" "))),
            true => self.is_alive().then(|| self.name()).flatten(),
        }
    }

    /// True if any of its threads runs: the first may have ended before the others.
    fn is_alive(self) -> bool {
        self.any_thread(|stat| stat.is_alive())
    }

    fn any_thread(self, is_so: impl Fn(&Stat<'_>) -> bool) -> bool {
        let tasks = fs::read_dir(format!("/proc/{}/task", self.shown));
        tasks
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|task| fs::read(task.path().join("stat")).ok())
            .any(|stat| Stat::parse(&stat).is_some_and(|stat| is_so(&stat)))
    }

    /// The name of its program in brackets; none if it is gone.
    fn name(self) -> Option<String> {
        let stat = fs::read(format!("/proc/{}/stat", self.shown)).ok()?;
        let name = visible_utf8(Stat::parse(&stat)?.name);
        Some(format!("[{name}]"))
    }

    /// True if any of its threads is neither stopped nor at its end.
    fn runs(self) -> bool {
        self.any_thread(|stat| stat.is_alive() && !matches!(stat.state, "T" | "t"))
    }

    /// How many bytes of memory it has, those of its page tables among them, where a page has so many; none if it is gone.
    /// What it shares with others, all of them have.
    pub(super) fn memory(self, page: u64) -> Option<u64> {
        let statm = self.statm()?;
        Some(statm.resident.saturating_mul(page) + self.tables(&statm, page))
    }

    /// The same with its part alone of what several have, and without what is in files that have a name: the system can let
    /// go of that. It takes the kernel a look at every page.
    pub(super) fn share_of_memory(self, page: u64) -> Option<u64> {
        const PARTS: [&str; 2] = ["Pss_Anon:", "Pss_Shmem:"];
        let statm = self.statm()?;
        let part = |key| self.bytes_told("smaps_rollup", key);
        // Who may not look into it goes by the quick count.
        match PARTS.map(part) {
            [Some(own), Some(shared)] => Some(own + shared + self.tables(&statm, page)),
            _ => self.memory(page),
        }
    }

    /// How many bytes its page tables have, if they can be many: 8 for each page of what it has mapped.
    fn tables(self, statm: &Statm, page: u64) -> u64 {
        const OF_A_PAGE: u64 = 8;
        const FEW: u64 = 1 << 20;
        match statm.size.saturating_mul(OF_A_PAGE) > FEW.max(page) {
            true => self.bytes_told("status", "VmPTE:").unwrap_or(0),
            false => 0,
        }
    }

    fn statm(self) -> Option<Statm> {
        let text = fs::read_to_string(format!("/proc/{}/statm", self.shown)).ok()?;
        let mut pages = text.split(' ').map_while(|word| word.parse::<u64>().ok());
        Some(Statm {
            size: pages.next()?,
            resident: pages.next()?,
        })
    }

    /// What a file of `/proc` tells of it under a key, in kB; none if it does not.
    fn bytes_told(self, file: &str, key: &str) -> Option<u64> {
        let text = fs::read(format!("/proc/{}/{file}", self.shown)).ok()?;
        let mut lines = text.split(|byte| *byte == b'\n');
        let line = lines.find_map(|line| line.strip_prefix(key.as_bytes()))?;
        let count = str::from_utf8(line).ok()?.split_whitespace().next()?;
        Some(count.parse::<u64>().ok()?.saturating_mul(1024))
    }
}

/// How many pages a process has: mapped, and in memory.
struct Statm {
    size: u64,
    resident: u64,
}

impl Process {
    /// How many threads it has; none if it is gone.
    pub(super) fn threads(self) -> Option<u64> {
        let tasks = fs::metadata(format!("/proc/{}/task", self.shown)).ok()?;
        // Besides one link for each, a folder has its name and its own dot.
        Some(tasks.nlink().saturating_sub(2))
    }

    /// How many files it has open; none if it is gone or can't be looked into.
    pub(super) fn open_files(self) -> Option<u64> {
        let path = format!("/proc/{}/fd", self.shown);
        match fs::metadata(&path).ok()?.len() {
            // So it is before Linux 6.2.
            0 => u64::try_from(fs::read_dir(&path).ok()?.count()).ok(),
            count => Some(count),
        }
    }

    /// The files without a name that it has open, each with the bytes that it takes: those in memory are among them, which no
    /// process need have mapped.
    pub(super) fn nameless_files(self) -> Vec<(FileId, u64)> {
        const BLOCK: u64 = 512;
        let open = fs::read_dir(format!("/proc/{}/fd", self.shown));
        let files = open.into_iter().flatten().flatten();
        files
            .filter_map(|entry| fs::metadata(entry.path()).ok())
            .filter(|meta| meta.is_file() && meta.nlink() == 0)
            .map(|meta| ((meta.dev(), meta.ino()), meta.blocks() * BLOCK))
            .collect()
    }
}

/// What tells a file from all others: the number of its file system, and its own.
pub(super) type FileId = (u64, u64);

/// As much of a title as is kept.
fn shortened(title: &str) -> String {
    match title.char_indices().nth(TITLE) {
        Some((end, _)) => format!("{}…", title.get(..end).unwrap_or_default()),
        None => title.to_owned(),
    }
}

/// The flag of a thread that is on its way out and has no memory any more (`PF_EXITING` of the kernel's `sched.h`).
const EXITING: u64 = 0x4;

/// What `/proc` says of a thread in `stat`: proc_pid_stat(5).
#[derive(Debug, PartialEq, Eq)]
struct Stat<'a> {
    name: &'a [u8],
    state: &'a str,
    flags: u64,
}

impl<'a> Stat<'a> {
    /// The name may hold anything, so that its end is the last bracket.
    fn parse(text: &'a [u8]) -> Option<Self> {
        let start = text.iter().position(|byte| *byte == b'(')? + 1;
        let end = text.iter().rposition(|byte| *byte == b')')?;
        let rest = str::from_utf8(text.get(end + 1..)?).ok()?;
        let mut fields = rest.split_ascii_whitespace();
        Some(Self {
            name: text.get(start..end)?,
            state: fields.next()?,
            flags: fields.nth(5)?.parse().ok()?,
        })
    }

    fn is_alive(&self) -> bool {
        !matches!(self.state, "Z" | "X" | "x") && self.flags & EXITING == 0
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader, Write};
    use std::os::unix::process::CommandExt;
    use std::process::{Command, Stdio};
    use std::thread;
    use std::time::Duration;

    use nix::libc;
    use nix::sys::wait::{Id, WaitPidFlag, waitid, waitpid};
    use nix::unistd::{ForkResult, fork};

    use super::*;

    fn child(pid: Pid) -> Process {
        let mut found = children().into_iter();
        found.find(|process| process.pid == pid).unwrap()
    }

    #[test]
    fn a_name_may_hold_what_looks_like_the_rest() {
        let stat = Stat::parse(b"7 (a) Z (\n\xff) S 1 7 7 0 -1 4194304 98 0 0").unwrap();
        assert_eq!((stat.name, stat.state), (&b"a) Z (\n\xff"[..], "S"));
        assert!(stat.is_alive());
        for ended in [
            &b"7 (a) Z 1 7 7 0 -1 4194304 98"[..],
            b"7 (a) R 1 7 7 0 -1 4194308 98",
        ] {
            assert!(!Stat::parse(ended).unwrap().is_alive());
        }
        for damaged in [
            &b""[..],
            b"7 (",
            b")(",
            b"7 (a) S 1",
            b"7 (a) S 1 7 7 0 -1 x",
        ] {
            assert_eq!(Stat::parse(damaged), None);
        }
    }

    #[test]
    fn a_long_title_is_cut_off() {
        assert_eq!(shortened("ä b"), "ä b");
        assert_eq!(shortened(&"ä".repeat(TITLE)), "ä".repeat(TITLE));
        let long = shortened(&"ä".repeat(TITLE + 1));
        assert_eq!(long, format!("{}…", "ä".repeat(TITLE)));
    }

    #[test]
    fn an_empty_command_line_does_not_hide_a_process() {
        let mut bash = Command::new("bash")
            .arg0("")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = bash.stdin.take().unwrap();
        stdin.write_all(b"echo ready\n").unwrap();
        let mut line = String::new();
        let stdout = bash.stdout.take().unwrap();
        BufReader::new(stdout).read_line(&mut line).unwrap();
        let process = child(Pid::from_raw(i32::try_from(bash.id()).unwrap()));
        assert_eq!(process.title().as_deref(), Some("[bash]"));
        drop(stdin);
        let ended = WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT;
        waitid(Id::Pid(process.pid), ended).unwrap();
        assert_eq!(process.title(), None);
        bash.wait().unwrap();
    }

    #[test]
    fn page_tables_are_memory() {
        const LENGTH: usize = 64 << 30;
        const OF_A_TABLE: usize = 2 << 20;
        // SAFETY: the child but reads what it has mapped, and waits to be killed.
        let pid = match unsafe { fork() }.unwrap() {
            ForkResult::Parent { child } => child,
            ForkResult::Child => unsafe {
                let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
                let begin = libc::mmap(std::ptr::null_mut(), LENGTH, libc::PROT_READ, flags, -1, 0);
                if begin == libc::MAP_FAILED {
                    libc::_exit(1);
                }
                // A huge page of zeros would need no table.
                libc::madvise(begin, LENGTH, libc::MADV_NOHUGEPAGE);
                for at in (0..LENGTH).step_by(OF_A_TABLE) {
                    std::ptr::read_volatile(begin.cast::<u8>().add(at));
                }
                loop {
                    libc::pause();
                }
            },
        };
        let process = child(pid);
        let is_full = || process.memory(4096).is_some_and(|bytes| bytes > 100 << 20);
        let filled = (0..1000).any(|_| {
            thread::sleep(Duration::from_millis(10));
            is_full()
        });
        let shared = process.share_of_memory(4096);
        process.kill_tree();
        waitpid(pid, None).unwrap();
        assert!(filled && shared.is_some_and(|bytes| bytes > 100 << 20));
    }

    #[test]
    fn a_process_lives_on_without_its_first_thread() {
        // SAFETY: the child but starts a thread and ends its own.
        let pid = match unsafe { fork() }.unwrap() {
            ForkResult::Parent { child } => child,
            ForkResult::Child => {
                thread::spawn(|| thread::sleep(Duration::from_secs(60)));
                // SAFETY: it ends this thread alone, and no value is used after.
                unsafe { libc::syscall(libc::SYS_exit, 0) };
                std::process::abort()
            }
        };
        let process = child(pid);
        let is_headless = || {
            let stat = fs::read(format!("/proc/{}/stat", process.shown)).unwrap();
            Stat::parse(&stat).unwrap().state == "Z"
        };
        for _ in 0..1000 {
            if is_headless() {
                break;
            }
            thread::sleep(Duration::from_millis(5));
        }
        let (headless, title) = (is_headless(), process.title());
        process.kill_tree();
        waitpid(pid, None).unwrap();
        assert!(headless && title.is_some_and(|title| title.starts_with('[')));
    }
}

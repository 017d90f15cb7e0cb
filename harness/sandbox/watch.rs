//! The wait for a tree of processes: until its main process has ended or may go on no longer, and then until nothing is left
//! of it.

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{SigSet, Signal, kill, killpg};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

use super::control::Report;
use super::usage::Usage;
use super::{Exit, Resource, tree};
use crate::millis::millis;

/// How long a process that the main process left behind may go on before it counts as left running: a pipe's last
/// reader needs a moment.
const GRACE_FOR_STRAGGLERS: Duration = Duration::from_millis(200);
/// How long a process has between the request to end and its being killed.
const GRACE_AFTER_TERM: Duration = Duration::from_millis(300);
/// How long a person's own command has to end by itself after it was asked to.
const GRACE_FOR_MAIN: Duration = Duration::from_secs(2);
/// What the kernel itself sends a signal with, as for a key that was typed.
const SI_KERNEL: i32 = 0x80;
/// How many processes are too many to be asked.
const CROWD: usize = 64;
/// How many children that have ended are taken note of at once.
const AT_ONCE: usize = 512;
/// How long processes that are left are stopped to be named, and how long they are tried to be named.
const TIME_TO_STOP: Duration = Duration::from_millis(100);
const TIME_TO_NAME: Duration = Duration::from_secs(1);
/// What is told of a process that was there and yet had no name whenever it was asked: one that is always another.
const NAMELESS: &str = "a process that was gone before it could be named";
/// What is told of processes that could not be killed, as where the next is there before the last is met.
const ENDLESS: &str = "processes that could not be ended";
/// How long killing goes on at a stretch.
const STRETCH: Duration = Duration::from_millis(50);
/// How long killing may take before the supervisor gives up and says so by its own status.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often the sizes of the output files are looked at.
const LOOK_AT_OUTPUT: Duration = Duration::from_millis(20);
/// The signals that a supervisor waits for besides these, as a descriptor.
pub(super) fn block_signals(further: &[Signal]) -> io::Result<SignalFd> {
    let own = [Signal::SIGCHLD, Signal::SIGTERM, Signal::SIGHUP];
    let set: SigSet = own.into_iter().chain(further.iter().copied()).collect();
    set.thread_block()?;
    Ok(SignalFd::with_flags(
        &set,
        SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK,
    )?)
}

/// Waits for a child that this process has started itself and, when it has ended, ends whatever it left running: what
/// the supervisor does, for a command that a person runs in the foreground. No deadline and no cap.
///
/// # Errors
/// If the system refuses to wait.
pub(super) fn watch(child: u32, signals: SignalFd) -> io::Result<Report> {
    let pid = i32::try_from(child).map_err(io::Error::other)?;
    let mut watch = Watch::new(Pid::from_raw(pid), None, None, signals);
    watch.passes_on = true;
    watch.run()
}

/// One wait for a tree of processes.
pub(super) struct Watch<'a> {
    child: Pid,
    control: Option<&'a UnixStream>,
    terminal: Option<OwnedFd>,
    signals: SignalFd,
    /// How long the main process may run.
    pub(super) deadline: Option<Duration>,
    /// How many bytes it may write to a stream.
    pub(super) cap: Option<u64>,
    /// What the tree uses, if that is bounded.
    pub(super) usage: Option<Usage>,
    /// Whether this is the first process of a namespace, in which all others are the step's.
    pub(super) is_alone: bool,
    /// Whether something of the step could not be ended.
    pub(super) lives_on: bool,
    started: Instant,
    /// Whether a signal is for the main process first.
    passes_on: bool,
    /// When a main process that was asked to end is waited for no longer.
    until: Option<Instant>,
}

/// Why the main process is not waited for any longer.
enum End {
    Ended(Exit),
    Deadline,
    Flood(u64),
    Exhausted(Resource),
    Cancelled,
}

impl<'a> Watch<'a> {
    /// A wait for the tree below this child, without bounds. Whoever holds the other end of `control` ends it by closing
    /// that; what a terminal shows goes to standard output.
    pub(super) fn new(
        child: Pid,
        control: Option<&'a UnixStream>,
        terminal: Option<OwnedFd>,
        signals: SignalFd,
    ) -> Self {
        Self {
            child,
            control,
            terminal,
            signals,
            deadline: None,
            cap: None,
            usage: None,
            is_alone: false,
            lives_on: false,
            started: Instant::now(),
            passes_on: false,
            until: None,
        }
    }

    /// Waits to the end of the tree.
    ///
    /// # Errors
    /// If the system refuses to wait.
    pub(super) fn run(&mut self) -> io::Result<Report> {
        let end = self.wait_for_main()?;
        let mut left = Vec::new();
        let exit = match end {
            End::Ended(exit) => {
                left = self.end_stragglers()?;
                self.drain_terminal();
                // One that was quick enough to end by itself wrote no less: how it came out must not hang on when it was
                // seen.
                let filled = || {
                    let resource = self.usage.as_ref().and_then(Usage::look_at_end);
                    resource.map(Exit::Exhausted)
                };
                let flood = self.exceeded().map(Exit::Flood);
                flood.or_else(filled).unwrap_or(exit)
            }
            end => {
                let after = millis(self.started.elapsed());
                self.end_tree()?;
                self.drain_terminal();
                match end {
                    End::Flood(cap) => Exit::Flood(cap),
                    End::Exhausted(resource) => Exit::Exhausted(resource),
                    End::Ended(exit) => exit,
                    End::Deadline | End::Cancelled => Exit::Deadline(
                        self.deadline
                            .map_or(after, |limit| limit.as_millis() as u64),
                    ),
                }
            }
        };
        if self.lives_on {
            left.push(ENDLESS.to_owned());
        }
        Ok(Report { exit, left })
    }

    /// Takes away the signals that came too late to be of any matter, lest they end the next wait.
    ///
    /// # Errors
    /// If the system refuses to tell them.
    pub(super) fn forget_signals(&mut self) -> io::Result<()> {
        while self.signals.read_signal()?.is_some() {}
        Ok(())
    }

    /// Waits until the main process has ended, or its time or space is used up, or nobody wants the answer any more.
    fn wait_for_main(&mut self) -> io::Result<End> {
        loop {
            if let Some(exit) = self.reap()? {
                return Ok(End::Ended(exit));
            }
            if self.until.is_some_and(|until| Instant::now() >= until) {
                return Ok(End::Cancelled);
            }
            let spent = self.started.elapsed();
            if self.deadline.is_some_and(|limit| spent >= limit) {
                return Ok(End::Deadline);
            }
            if let Some(cap) = self.exceeded() {
                return Ok(End::Flood(cap));
            }
            if let Some(resource) = self.usage.as_mut().and_then(Usage::look) {
                return Ok(End::Exhausted(resource));
            }
            let left = self.deadline.map_or(LOOK_AT_OUTPUT, |limit| limit - spent);
            if self.sleep(left.min(LOOK_AT_OUTPUT))? {
                return Ok(End::Cancelled);
            }
        }
    }

    /// Sleeps until a child has changed or the time is over; true if the runner has gone or somebody asks to end.
    fn sleep(&mut self, time: Duration) -> io::Result<bool> {
        let millis = u16::try_from(time.as_millis()).unwrap_or(u16::MAX).max(1);
        let mut watched = vec![PollFd::new(self.signals.as_fd(), PollFlags::POLLIN)];
        watched.extend(
            self.control
                .map(|fd| PollFd::new(fd.as_fd(), PollFlags::POLLIN)),
        );
        watched.extend(
            self.terminal
                .as_ref()
                .map(|fd| PollFd::new(fd.as_fd(), PollFlags::POLLIN)),
        );
        match poll(&mut watched, PollTimeout::from(millis)) {
            Ok(_) | Err(Errno::EINTR) => {}
            Err(error) => return Err(error.into()),
        }
        let ready = |index: usize| watched.get(index).and_then(PollFd::any).unwrap_or(false);
        let cancelled = self.control.is_some() && ready(1);
        let typed = self.terminal.is_some() && ready(watched.len() - 1);
        drop(watched);
        if typed {
            self.pump_terminal();
        }
        let mut terminated = false;
        while let Some(info) = self.signals.read_signal()? {
            let number = i32::try_from(info.ssi_signo).map_err(io::Error::other)?;
            match Signal::try_from(number)? {
                Signal::SIGCHLD => {}
                signal if self.passes_on => self.pass_on(signal, info.ssi_code),
                _ => terminated = true,
            }
        }
        Ok(cancelled || terminated)
    }

    /// Lets the main process have a signal. What a person types has reached it already.
    fn pass_on(&mut self, signal: Signal, code: i32) {
        if code != SI_KERNEL {
            let _ = kill(self.child, signal);
        }
        if matches!(signal, Signal::SIGTERM | Signal::SIGHUP) {
            self.until.get_or_insert(Instant::now() + GRACE_FOR_MAIN);
        }
    }

    /// Takes note of children that have ended, of so many at once that others can't keep it at that; the main one's end,
    /// if it is among them.
    fn reap(&self) -> io::Result<Option<Exit>> {
        let mut main = None;
        for _ in 0..AT_ONCE {
            match waitpid(None, Some(WaitPidFlag::WNOHANG)) {
                Ok(WaitStatus::Exited(pid, status)) if pid == self.child => {
                    main = Some(Exit::Status(u8::try_from(status & 0xFF).unwrap_or(u8::MAX)));
                }
                Ok(WaitStatus::Signaled(pid, signal, _)) if pid == self.child => {
                    main = Some(Exit::Signal(signal as i32));
                }
                Ok(WaitStatus::StillAlive) | Err(Errno::ECHILD) => return Ok(main),
                Ok(_) | Err(Errno::EINTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(main)
    }

    /// Gives what the main process left behind a moment, then ends it; what had to be ended, each by its title.
    fn end_stragglers(&mut self) -> io::Result<Vec<String>> {
        let until = Instant::now() + GRACE_FOR_STRAGGLERS;
        while Instant::now() < until {
            if !any_child()? {
                return Ok(Vec::new());
            }
            self.sleep(Duration::from_millis(5))?;
            self.reap()?;
        }
        let left = self.name_what_is_left()?;
        self.end_tree()?;
        Ok(left)
    }

    /// What is still there, stopped, each by its title.
    fn name_what_is_left(&mut self) -> io::Result<Vec<String>> {
        let until = Instant::now() + TIME_TO_NAME;
        loop {
            self.freeze_tree()?;
            self.reap()?;
            let titles = tree::titles(tree::descendants());
            if !titles.is_empty() || !any_child()? || !tree::is_seen() {
                return Ok(titles);
            }
            if Instant::now() >= until {
                return Ok(vec![NAMELESS.to_owned()]);
            }
            self.sleep(Duration::from_millis(1))?;
        }
    }

    /// Asks every process below this one to end, then kills what is still there. What can't be killed is noted.
    fn end_tree(&mut self) -> io::Result<()> {
        self.reap()?;
        tree::signal_descendants(Signal::SIGTERM);
        tree::signal_descendants(Signal::SIGCONT);
        let asked = Instant::now();
        let mut grace = GRACE_AFTER_TERM;
        while any_child()? {
            let waited = asked.elapsed();
            if waited > PATIENCE {
                self.lives_on = tree::is_seen();
                return match self.lives_on {
                    true => Ok(()),
                    false => Err(io::Error::other(
                        "processes of the step live on, since /proc does not show them",
                    )),
                };
            }
            // What multiplies meanwhile is to have no time for it.
            if tree::descendants().len() > CROWD {
                self.freeze_tree()?;
                grace = Duration::ZERO;
            }
            if waited > grace {
                self.kill_tree()?;
            }
            self.sleep(Duration::from_millis(5))?;
            self.reap()?;
        }
        Ok(())
    }

    /// Kills every process below this one, as far as it is met.
    fn kill_tree(&self) -> io::Result<()> {
        if self.is_alone {
            tree::signal_namespace(Signal::SIGKILL);
            return Ok(());
        }
        if !tree::is_seen() {
            // The group that the step began is what is known of it.
            let _ = killpg(self.child, Signal::SIGKILL);
        }
        tree::stamp_out(self.reaping_for(STRETCH))?;
        // What is stopped starts no other meanwhile.
        self.freeze_tree()?;
        tree::signal_descendants(Signal::SIGKILL);
        Ok(())
    }

    /// Stops every process below this one, as far as it is met.
    fn freeze_tree(&self) -> io::Result<()> {
        if self.is_alone {
            tree::signal_namespace(Signal::SIGSTOP);
            return Ok(());
        }
        tree::freeze_descendants(self.reaping_for(TIME_TO_STOP))
    }

    /// True again and again for this long, while there are children. Those that have ended are taken away first: whoever
    /// looks for children sees them too.
    fn reaping_for(&self, time: Duration) -> impl FnMut() -> io::Result<bool> {
        let until = Instant::now() + time;
        move || {
            self.reap()?;
            Ok(Instant::now() < until && any_child()?)
        }
    }

    /// The cap, if a stream has become longer.
    fn exceeded(&self) -> Option<u64> {
        self.cap.filter(|cap| {
            [io::stdout().as_raw_fd(), io::stderr().as_raw_fd()]
                .into_iter()
                .any(|fd| {
                    // SAFETY: both descriptors are open for the whole life of the process.
                    let fd = unsafe { BorrowedFd::borrow_raw(fd) };
                    let size = nix::sys::stat::fstat(fd).map_or(0, |stat| stat.st_size);
                    u64::try_from(size).unwrap_or(0) > *cap
                })
        })
    }

    /// Copies what the terminal shows to standard output; a terminal that nobody holds open any more is closed.
    fn pump_terminal(&mut self) {
        let Some(master) = &self.terminal else { return };
        let mut buffer = [0; 4096];
        match nix::unistd::read(master, &mut buffer) {
            Ok(count) if count > 0 => {
                // Past the buffer of this process: what finds no room on the disk is not to come out in another step.
                let mut rest = buffer.get(..count).unwrap_or_default();
                while let Ok(written) = nix::unistd::write(io::stdout(), rest)
                    && !rest.is_empty()
                {
                    rest = rest.get(written..).unwrap_or_default();
                }
            }
            Err(Errno::EINTR) => {}
            _ => self.terminal = None,
        }
    }

    fn drain_terminal(&mut self) {
        while self.terminal.is_some() {
            self.pump_terminal();
        }
    }
}

/// True while this process has any child, ended or not.
fn any_child() -> io::Result<bool> {
    use nix::sys::wait::{Id, waitid};
    let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG | WaitPidFlag::WNOWAIT;
    match waitid(Id::All, flags) {
        Ok(_) => Ok(true),
        Err(Errno::ECHILD) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

//! The process between the runner and a plugin: it starts the step's main process, waits for it with a deadline, and
//! ends whatever the step left running.

use std::ffi::OsString;
use std::fs::{File, Permissions};
use std::io::{self, Seek, Write};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::signal::{SigSet, Signal, kill, killpg};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use nix::sys::stat::{Mode, umask};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{ForkResult, Pid, dup2_stderr, dup2_stdin, dup2_stdout, fork, setsid};

use super::control::{self, Answer, Order, Report, Stdin, Target};
use super::filter::{self, Reach};
use super::privilege::{Bounds, drop_rights};
use super::usage::Usage;
use super::{Exit, Resource, Walls, fence, tree};
use crate::millis::millis;

/// The name under which this program starts itself as the supervisor of a step.
pub const SUPERVISOR: &str = "conform-step";

/// How a process of this program takes on a role: the path it is called as and its arguments in, its exit status out;
/// none if there is no such role.
pub type Become = fn(&Path, Vec<OsString>) -> Option<u8>;

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
/// How much processor time one process has beyond the deadline: never the bound that ends it first, unless it got away.
const SECONDS_TO_SPARE: u64 = 10;
/// How much larger than an output stream's cap any file may grow.
const FILE_SIZE_FACTOR: u64 = 64;

/// How many bytes a file may have that a step writes which may write so many to a stream.
#[must_use]
pub fn largest_file(cap: u64) -> u64 {
    cap.saturating_mul(FILE_SIZE_FACTOR)
}

/// Runs one step as its supervisor: to be called by a process that the runner's side of this module started, before it
/// has made any thread. Standard input is the control socket, standard output and error are the step's own.
///
/// Returns the exit status of the supervisor itself, 0 if a report was sent.
#[must_use]
pub fn supervise(r#become: Become) -> u8 {
    match try_supervise(r#become) {
        Ok(code) => code,
        Err(error) => {
            let _ = writeln!(io::stderr(), "dokku-conform: supervisor: {error}");
            1
        }
    }
}

fn try_supervise(r#become: Become) -> io::Result<u8> {
    close_inherited()?;
    let control = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    let order: Order = control::receive(&control)?;
    let refused = |error: io::Error| {
        // Who does not listen has gone.
        let _ = control::send(&control, &Answer::Err(error.to_string()));
        1
    };
    let live = || live(&order, &control, r#become).unwrap_or_else(refused);
    Ok(match order.walls.cell() {
        None => live(),
        Some(cell) => cell.enter(live, refused).unwrap_or_else(refused),
    })
}

/// Closes what whoever started the harness had left open: it is none of the step's.
fn close_inherited() -> io::Result<()> {
    // SAFETY: what is open above the three streams is not used any more.
    let status = unsafe {
        nix::libc::syscall(
            nix::libc::SYS_close_range,
            nix::libc::STDERR_FILENO + 1,
            nix::libc::c_uint::MAX,
            0,
        )
    };
    match Errno::result(status) {
        // Older than Linux 5.9: Rust's own descriptors are closed at exec as they are.
        Ok(_) | Err(Errno::ENOSYS) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Starts the step's main process and watches over it to the end of all that it started.
fn live(order: &Order, control: &UnixStream, r#become: Become) -> io::Result<u8> {
    let signals = block_signals(&[])?;
    nix::sys::prctl::set_child_subreaper(true)?;
    // Who can look into it can take the control socket out of it.
    nix::sys::prctl::set_dumpable(false)?;
    let terminal = order
        .tty
        .then(|| nix::pty::openpty(None, None))
        .transpose()?;
    // Both ends live as long as the step: an open stdin never ends before it.
    let silent_pipe = (order.stdin == Stdin::Open)
        .then(nix::unistd::pipe)
        .transpose()?;
    let usage = Usage::of(order.walls.writable(), order.installed);
    // SAFETY: the process has one thread, so the child may do whatever its parent may.
    match unsafe { fork() }? {
        ForkResult::Child => {
            let slave = terminal.as_ref().map(|pty| pty.slave.as_fd());
            let reader = silent_pipe.as_ref().map(|(reader, _)| reader.as_fd());
            let status = be_the_step(order, slave, reader, r#become);
            // What its parent has open is closed here already.
            std::process::exit(status.into());
        }
        ForkResult::Parent { child } => {
            let terminal = terminal.map(|pty| {
                drop(pty.slave);
                pty.master
            });
            let mut watch = Watch::new(child, Some(control), terminal, signals);
            watch.deadline = Some(Duration::from_millis(order.deadline_ms));
            watch.cap = Some(order.cap);
            watch.usage = Some(usage);
            watch.is_alone = order.walls.cell().is_some();
            let report = watch.run()?;
            control::send(control, &Answer::Ok(report))?;
            Ok(u8::from(watch.lives_on))
        }
    }
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

/// The child's side: takes its streams, gives up its rights and becomes the target. Returns only if it became a role
/// or could not become a program; the statuses are those of a shell.
fn be_the_step(
    order: &Order,
    terminal: Option<BorrowedFd<'_>>,
    silence: Option<BorrowedFd<'_>>,
    r#become: Become,
) -> u8 {
    if let Err(error) = prepare(order, terminal, silence) {
        let _ = writeln!(io::stderr(), "dokku-conform: {error}");
        return 126;
    }
    let mut args = std::env::args_os();
    let name = args.next().unwrap_or_default();
    match &order.target {
        Target::Role(path) => r#become(path, args.collect()).unwrap_or(127),
        Target::Program(path) => {
            let mut command = Command::new(path);
            let error = command.arg0(name).args(args.by_ref()).exec();
            could_not_start(path, &error)
        }
    }
}

/// Says why a program could not be started, as a shell would, and with its status.
fn could_not_start(path: &Path, error: &io::Error) -> u8 {
    let text = error.to_string();
    let cause = text.split(" (os error").next().unwrap_or_default();
    let _ = writeln!(io::stderr(), "{}: {cause}", path.display());
    let missing = error.kind() == io::ErrorKind::NotFound;
    if missing { 127 } else { 126 }
}

fn prepare(
    order: &Order,
    terminal: Option<BorrowedFd<'_>>,
    silence: Option<BorrowedFd<'_>>,
) -> io::Result<()> {
    SigSet::empty().thread_set_mask()?;
    setsid()?;
    std::env::set_current_dir(&order.cwd)?;
    if order.close_cwd {
        std::fs::set_permissions(".", Permissions::from_mode(0o000))?;
    }
    match (&order.stdin, silence) {
        (Stdin::Text(text), _) => dup2_stdin(holding(text)?)?,
        (Stdin::Open, Some(reader)) => dup2_stdin(reader)?,
        _ => dup2_stdin(File::open("/dev/null")?)?,
    }
    if let Some(slave) = terminal {
        dup2_stdin(slave)?;
        dup2_stdout(slave)?;
        dup2_stderr(slave)?;
    }
    // Whoever has the control socket makes the report; and a role goes on in this process, with what the supervisor has
    // open.
    close_inherited()?;
    umask(Mode::from_bits_truncate(order.umask));
    if let Some(fence) = order.walls.fence() {
        drop_rights(Some(Bounds {
            file_size: largest_file(order.cap),
            seconds: order.deadline_ms / 1000 + SECONDS_TO_SPARE,
        }))?;
        fence.close()?;
        filter::set(match order.walls {
            Walls::Cell(_) => Reach::Cell,
            Walls::Fence(_) | Walls::None => Reach::Machine {
                no_tcp: fence::keeps_from_tcp(),
            },
        })?;
    }
    // The supervisor can't be looked into, and its child is as it is.
    nix::sys::prctl::set_dumpable(true)?;
    Ok(())
}

/// A file in memory that holds a text, to be read from its beginning.
fn holding(text: &str) -> io::Result<File> {
    let mut file = File::from(memfd_create(c"stdin", MFdFlags::empty())?);
    file.write_all(text.as_bytes())?;
    file.rewind()?;
    Ok(file)
}

/// One wait for a tree of processes.
struct Watch<'a> {
    child: Pid,
    control: Option<&'a UnixStream>,
    terminal: Option<OwnedFd>,
    signals: SignalFd,
    deadline: Option<Duration>,
    cap: Option<u64>,
    usage: Option<Usage>,
    /// Whether this is the first process of a namespace, in which all others are the step's.
    is_alone: bool,
    /// Whether something of the step could not be ended.
    lives_on: bool,
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
    fn new(
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

    fn run(&mut self) -> io::Result<Report> {
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
                let _ = io::stdout().write_all(buffer.get(..count).unwrap_or_default());
                let _ = io::stdout().flush();
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

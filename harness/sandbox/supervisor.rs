//! The process between the runner and a plugin: it starts a step's main process, waits for it with a deadline, and ends
//! whatever the step left running. Then it is there for the next step: to start this program takes longer than most steps
//! take.

use std::ffi::{OsStr, OsString};
use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, Seek, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::signal::{SigSet, Signal};
use nix::sys::stat::{Mode, umask};
use nix::unistd::{ForkResult, dup2_stderr, dup2_stdin, dup2_stdout, setsid};

use super::cell::wait;
use super::control::{self, Answer, Order, Over, Stdin, Target};
use super::filter::{self, Reach};
use super::privilege::{Bounds, drop_rights};
use super::scarcity::fork;
use super::title::Title;
use super::usage::Usage;
use super::watch::{Watch, block_signals};
use super::words::Words;
use super::{Walls, fence};

/// The name under which this program starts itself as a supervisor of steps.
pub const SUPERVISOR: &str = "conform-step";

/// How a process of this program takes on a role: the path it is called as and its arguments in, its exit status out;
/// none if there is no such role.
pub type Become = fn(&Path, Vec<OsString>) -> Option<u8>;

/// How much processor time one process has beyond the deadline: never the bound that ends it first, unless it got away.
const SECONDS_TO_SPARE: u64 = 10;
/// How much larger than an output stream's cap any file may grow.
const FILE_SIZE_FACTOR: u64 = 64;

/// How many bytes a file may have that a step writes which may write so many to a stream.
#[must_use]
pub fn largest_file(cap: u64) -> u64 {
    cap.saturating_mul(FILE_SIZE_FACTOR)
}

/// Runs steps as their supervisor, one after another: to be called by a process that the runner's side of this module
/// started, before it has made any thread. Standard input is the control socket.
///
/// Returns the exit status of the supervisor itself: 0 if the runner wants no more of it.
#[must_use]
pub fn supervise(r#become: Become) -> u8 {
    match serve(r#become) {
        Ok(code) => code,
        Err(error) => {
            let _ = writeln!(io::stderr(), "dokku-conform: supervisor: {error}");
            1
        }
    }
}

fn serve(r#become: Become) -> io::Result<u8> {
    close_inherited()?;
    let title = Title::find();
    // Who can look into it can take the control socket out of it.
    nix::sys::prctl::set_dumpable(false)?;
    let control = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    let mut given_up = None;
    let mut words = Words::default();
    while let Some((order, [stdout, stderr])) = control::receive_errand(&control, &mut words)? {
        dup2_stdout(stdout)?;
        dup2_stderr(stderr)?;
        give_up_calls(&order.walls, &mut given_up)?;
        if let Some(title) = &title {
            // A plugin asks for the command line of its parent, which this process is to some.
            title.show(&words.command);
        }
        let status = run(&order, &words, &control, r#become)?;
        if status != 0 {
            return Ok(status);
        }
        words.wipe();
        forget_step()?;
        control::send(&control, &Over)?;
    }
    Ok(0)
}

/// Is as before the step: its files are the runner's alone from here on, and what ends a process ends this one.
fn forget_step() -> io::Result<()> {
    let nowhere = OpenOptions::new().write(true).open("/dev/null")?;
    dup2_stdout(&nowhere)?;
    dup2_stderr(&nowhere)?;
    Ok(SigSet::empty().thread_set_mask()?)
}

/// Takes from this process and all it starts the calls that a step within these walls may not make. It has no need of them
/// itself, and to do so anew for each step takes longer.
fn give_up_calls(walls: &Walls, given_up: &mut Option<Reach>) -> io::Result<()> {
    let reach = match walls {
        Walls::None => None,
        Walls::Cell(_) => Some(Reach::Cell),
        Walls::Fence(_) => Some(Reach::Machine {
            no_tcp: fence::keeps_from_tcp(),
        }),
    };
    match (reach, *given_up) {
        (reach, held) if reach == held => Ok(()),
        (Some(reach), None) => {
            filter::set(reach)?;
            *given_up = Some(reach);
            Ok(())
        }
        _ => Err(io::Error::other(
            "what was given up within other walls is not had again",
        )),
    }
}

/// Runs one step, and gives the exit status that a supervisor of this step alone would have: 0 if a report was sent, and
/// nothing of the step is left.
fn run(order: &Order, words: &Words, control: &UnixStream, r#become: Become) -> io::Result<u8> {
    let refused = |error: io::Error| {
        // Who does not listen has gone.
        let _ = control::send(control, &Answer::Err(error.to_string()));
        1
    };
    let live = || live(order, words, control, r#become).unwrap_or_else(refused);
    let Some(cell) = order.walls.cell() else {
        return Ok(live());
    };
    // Who has entered a cell does not come out of it again.
    // SAFETY: the process has one thread, so the child may do whatever its parent may.
    match unsafe { fork() }? {
        ForkResult::Child => {
            let enter = || {
                nix::sys::prctl::set_pdeathsig(Signal::SIGKILL)?;
                // What is there to say which users a cell has belongs to root in a process that can't be looked into.
                nix::sys::prctl::set_dumpable(true)?;
                cell.enter(live, refused)
            };
            let status = enter().unwrap_or_else(refused);
            std::process::exit(status.into());
        }
        ForkResult::Parent { child } => wait(child),
    }
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
fn live(order: &Order, words: &Words, control: &UnixStream, r#become: Become) -> io::Result<u8> {
    let signals = block_signals(&[])?;
    nix::sys::prctl::set_child_subreaper(true)?;
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
            let status = be_the_step(order, words, slave, reader, r#become);
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
            watch.forget_signals()?;
            control::send(control, &Answer::Ok(report))?;
            Ok(u8::from(watch.lives_on))
        }
    }
}

/// The child's side: takes its streams, gives up its rights and becomes the target. Returns only if it became a role
/// or could not become a program; the statuses are those of a shell.
fn be_the_step(
    order: &Order,
    words: &Words,
    terminal: Option<BorrowedFd<'_>>,
    silence: Option<BorrowedFd<'_>>,
    r#become: Become,
) -> u8 {
    if let Err(error) = prepare(order, terminal, silence) {
        let _ = writeln!(io::stderr(), "dokku-conform: {error}");
        return 126;
    }
    let mut command = words.command();
    let name = command.next().unwrap_or_default();
    match &order.target {
        Target::Role(path) => {
            for (name, value) in words.environment() {
                // SAFETY: the process has one thread. It was started without a variable.
                unsafe { std::env::set_var(name, value) };
            }
            r#become(path, command.map(OsStr::to_owned).collect()).unwrap_or(127)
        }
        Target::Program(path) => {
            let error = Command::new(path)
                .arg0(name)
                .args(command)
                .env_clear()
                .envs(words.environment())
                .exec();
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

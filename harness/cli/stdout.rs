//! Standard output, if whoever started the program gave it one.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use nix::libc;

/// Whether the process was started with a standard output. Before `main` begins, the language's runtime opens the null
/// device in the place of a closed one, which takes whatever is written and tells nobody.
static WAS_OPEN: AtomicBool = AtomicBool::new(true);

/// Looks before the runtime does.
#[used]
#[unsafe(link_section = ".init_array")]
static BEFORE_MAIN: extern "C" fn() = look;

extern "C" fn look() {
    // SAFETY: the call asks about a number, and reads no memory.
    let flags = unsafe { libc::fcntl(libc::STDOUT_FILENO, libc::F_GETFD) };
    WAS_OPEN.store(flags != -1, Ordering::Relaxed);
}

/// Standard output.
///
/// # Errors
/// If the process was started without one.
pub(super) fn stdout() -> io::Result<io::Stdout> {
    match WAS_OPEN.load(Ordering::Relaxed) {
        true => Ok(io::stdout()),
        false => Err(io::Error::other("it is closed")),
    }
}

/// Sees to it that what was written to standard output came through. A reader that has heard enough is no fault.
///
/// # Errors
/// If it did not.
pub(super) fn came_through(written: io::Result<()>) -> io::Result<()> {
    let flushed = written.and_then(|()| stdout()?.flush());
    match flushed {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
        _ => Ok(()),
    }
}

//! What is done where the system has no process left for the moment.

use std::io;
use std::thread;
use std::time::{Duration, Instant};

use nix::unistd::ForkResult;

/// How long the system may have none.
const SCARCITY: Duration = Duration::from_secs(3);
/// How long is waited for one at a time.
const PAUSE: Duration = Duration::from_millis(50);

/// Starts something, and tries again while the system says that it has no process left: somebody may have taken them all for
/// a moment.
///
/// # Errors
/// Those of `start`.
pub(super) fn patiently<T>(mut start: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    let until = Instant::now() + SCARCITY;
    loop {
        match start() {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock && Instant::now() < until => {
                thread::sleep(PAUSE);
            }
            other => return other,
        }
    }
}

/// Forks as patiently.
///
/// # Errors
/// If the system refuses.
///
/// # Safety
/// The process has one thread: its child may do whatever it may.
pub(super) unsafe fn fork() -> io::Result<ForkResult> {
    // SAFETY: as the caller says.
    patiently(|| Ok(unsafe { nix::unistd::fork() }?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lacking_for_a_moment_is_waited_for() {
        let mut tries = 0;
        let started = patiently(|| {
            tries += 1;
            match tries {
                3 => Ok("started"),
                _ => Err(io::ErrorKind::WouldBlock.into()),
            }
        });
        assert_eq!(started.unwrap(), "started");
        let refused = patiently(|| Err::<(), _>(io::ErrorKind::NotFound.into()));
        assert_eq!(refused.unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}

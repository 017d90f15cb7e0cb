//! How long a test waits for what should not take long.

use std::panic::resume_unwind;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

/// A thousand times what any text takes that a person wrote: a loaded machine is no hang.
const LONGEST: Duration = Duration::from_secs(60);

/// Gives what the work gives; its panic is passed on, and a hang is one.
pub(crate) fn in_time<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let (done, result) = channel();
    let worker = thread::spawn(move || {
        let _ = done.send(work());
    });
    match result.recv_timeout(LONGEST) {
        Ok(value) => value,
        Err(RecvTimeoutError::Timeout) => panic!("it takes longer than {LONGEST:?}"),
        Err(RecvTimeoutError::Disconnected) => match worker.join() {
            Err(panic) => resume_unwind(panic),
            Ok(()) => unreachable!("the work ended without a result"),
        },
    }
}

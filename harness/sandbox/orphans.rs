//! What a step leaves behind when its supervisor was killed before it could clean up.

use std::collections::BTreeSet;
use std::process::Child;
use std::sync::{Mutex, MutexGuard, Once, PoisonError, RwLock};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::wait::waitpid;

use super::tree::{self, Process};

/// How long orphans may take to die.
const PATIENCE: Duration = Duration::from_secs(5);

/// The supervisors that this process has running. Any other child of it that appeared since the first of them was
/// started is an orphan: its parents below a supervisor have died, and so has the supervisor.
#[derive(Debug, Default)]
pub(super) struct Running {
    /// By their ids.
    supervisors: BTreeSet<i32>,
    /// Children that this process had before, which are none of ours.
    strangers: BTreeSet<i32>,
}

static RUNNING: Mutex<Running> = Mutex::new(Running {
    supervisors: BTreeSet::new(),
    strangers: BTreeSet::new(),
});
/// Shared by those who start a supervisor, so that none waits for another; held alone by who looks for orphans, to whom
/// a supervisor that is not noted yet would be one.
static STARTING: RwLock<()> = RwLock::new(());
static ADOPTING: Once = Once::new();

impl Running {
    /// Starts a supervisor and takes note of it.
    ///
    /// # Errors
    /// Those of `start`.
    pub(super) fn start<E>(start: impl FnOnce() -> Result<Child, E>) -> Result<Child, E> {
        let _starting = STARTING.read().unwrap_or_else(PoisonError::into_inner);
        ADOPTING.call_once(|| {
            lock().strangers = tree::children()
                .iter()
                .map(|process| process.pid.as_raw())
                .collect();
            // Where the system refuses, orphans become children of init, as without this.
            let _ = nix::sys::prctl::set_child_subreaper(true);
        });
        let child = start()?;
        lock().supervisors.extend(i32::try_from(child.id()));
        Ok(child)
    }

    /// Strikes off a supervisor that has ended; if it was lost, ends what it can't end any more.
    pub(super) fn ended(supervisor: u32, lost: bool) {
        if let Ok(pid) = i32::try_from(supervisor) {
            lock().supervisors.remove(&pid);
        }
        if lost {
            let _alone = STARTING.write().unwrap_or_else(PoisonError::into_inner);
            lock().end_orphans();
        }
    }

    fn end_orphans(&self) {
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            let is_orphan = |process: &Process| {
                let pid = process.pid.as_raw();
                !self.supervisors.contains(&pid) && !self.strangers.contains(&pid)
            };
            let orphans: Vec<_> = tree::children().into_iter().filter(is_orphan).collect();
            if orphans.is_empty() {
                return;
            }
            for orphan in orphans {
                orphan.kill_tree();
                let _ = waitpid(orphan.pid, None);
            }
            // What an orphan had started becomes a child of this process a moment later.
            thread::sleep(Duration::from_millis(1));
        }
    }
}

fn lock() -> MutexGuard<'static, Running> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

//! The supervisors that one program has for its steps, on the runner's side.

use std::io::{self, Read};
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::control::{self, Over};
use super::orphans::Running;
use super::scarcity::patiently;
use super::supervisor::SUPERVISOR;
use super::title;

/// How long a supervisor may take over its time before it is taken for dead.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
/// How often who waits looks whether it was asked to stop.
const LOOK_UP: Duration = Duration::from_millis(100);

/// The supervisors that one program has for its steps: each is there for one step at a time, and stays for the next. They
/// end when the last copy of this is dropped.
#[derive(Clone, Debug)]
pub struct Supervisors(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// The path that the program is started under.
    program: PathBuf,
    idle: Mutex<Vec<Supervisor>>,
}

/// A supervisor that waits for a step, or has one.
#[derive(Debug)]
pub(super) struct Supervisor {
    process: Child,
    control: UnixStream,
    has_ended: bool,
}

/// A supervisor that has reported. It is waited for when this is dropped, and there for the next step then: who has work
/// to do meanwhile need not stand by.
#[derive(Debug)]
pub struct Lingering {
    supervisor: Option<Supervisor>,
    home: Supervisors,
}

impl Supervisors {
    /// Those of the program that this path leads to, which takes on the role of a supervisor when it is started under it.
    /// None is started yet.
    #[must_use]
    pub fn new(program: PathBuf) -> Self {
        Self(Arc::new(Inner {
            program,
            idle: Mutex::default(),
        }))
    }

    /// One that has no step: an idle one, or a new one.
    ///
    /// # Errors
    /// If the system starts none.
    pub(super) fn take(&self) -> io::Result<Supervisor> {
        loop {
            let Some(mut supervisor) = self.idle().pop() else {
                return Supervisor::start(&self.0.program);
            };
            if supervisor.is_there() {
                return Ok(supervisor);
            }
        }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Supervisor>> {
        self.0.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is left of one that has reported.
    pub(super) fn linger(&self, supervisor: Supervisor) -> Lingering {
        Lingering {
            supervisor: Some(supervisor),
            home: self.clone(),
        }
    }
}

impl Drop for Lingering {
    fn drop(&mut self) {
        let Some(supervisor) = self.supervisor.take() else {
            return;
        };
        let until = Instant::now() + PATIENCE;
        let over = control::receive(supervisor.listen(until, &|| false));
        // One that says nothing more ends in its own way.
        if let Ok(Over) = over {
            self.home.idle().push(supervisor);
        }
    }
}

impl Supervisor {
    fn start(program: &Path) -> io::Result<Self> {
        let (control, theirs) = UnixStream::pair()?;
        control.set_read_timeout(Some(LOOK_UP))?;
        let mut command = Command::new(program);
        command
            .arg0(SUPERVISOR)
            .arg(title::room())
            .env_clear()
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0);
        let process = Running::start(|| patiently(|| command.spawn()))?;
        Ok(Self {
            process,
            control,
            has_ended: false,
        })
    }

    /// The line to it.
    pub(super) fn control(&self) -> &UnixStream {
        &self.control
    }

    /// What it says, until some time or until who waits wants no more; that is an error, of its own kind.
    pub(super) fn listen<'s>(
        &'s self,
        until: Instant,
        is_enough: &'s dyn Fn() -> bool,
    ) -> impl Read + 's {
        Listening {
            control: &self.control,
            until,
            is_enough,
        }
    }

    /// True if it has not ended.
    fn is_there(&mut self) -> bool {
        matches!(self.process.try_wait(), Ok(None))
    }

    /// Has it end the step that it has, and then itself; how it ended.
    ///
    /// # Errors
    /// If the system refuses to wait for it.
    pub(super) fn end(mut self) -> io::Result<ExitStatus> {
        self.close()
    }

    fn close(&mut self) -> io::Result<ExitStatus> {
        self.has_ended = true;
        // Closing the socket tells it to end the tree.
        let _ = self.control.shutdown(Shutdown::Both);
        let status = wait(&mut self.process);
        let is_lost = !status.as_ref().is_ok_and(ExitStatus::success);
        Running::ended(self.process.id(), is_lost);
        status
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        if !self.has_ended {
            // It is dead, or told to be.
            let _ = self.close();
        }
    }
}

/// Waits for a supervisor that should be ending; one that does not, as when it was stopped, is killed.
fn wait(supervisor: &mut Child) -> io::Result<ExitStatus> {
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until {
        if let Some(status) = supervisor.try_wait()? {
            return Ok(status);
        }
        thread::sleep(Duration::from_millis(1));
    }
    supervisor.kill()?;
    supervisor.wait()
}

/// A reader of the control socket that looks up between waits.
struct Listening<'a> {
    control: &'a UnixStream,
    until: Instant,
    is_enough: &'a dyn Fn() -> bool,
}

impl Read for Listening<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.control.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    if (self.is_enough)() || Instant::now() > self.until {
                        return Err(io::ErrorKind::TimedOut.into());
                    }
                }
                other => return other,
            }
        }
    }
}

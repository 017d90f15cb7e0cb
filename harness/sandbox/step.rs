//! The runner's side of one step: start, wait, collect.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Read, Seek};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::Output;
use super::control::{self, Answer, Order, Report};
use super::orphans::Supervisors;

/// How long a supervisor may take over the deadline before it is taken for dead.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long the system may have no process left for a supervisor.
const SCARCITY: Duration = Duration::from_secs(3);
/// How often the runner looks whether it was asked to stop.
const LOOK_UP: Duration = Duration::from_millis(100);

/// A request to stop, shared by everything that is running.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Asks everything that shares this to end as soon as it can. Safe in a signal handler.
    pub fn request(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// True once somebody asked.
    #[must_use]
    pub fn requested(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// Why a step has no result. Never the plugin's doing.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    /// The system refused something.
    #[error("{what}: {source}")]
    System {
        /// What was tried.
        what: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// The supervisor could not do what was ordered.
    #[error("the step could not be started: {0}")]
    Refused(String),
    /// The supervisor ended without a report.
    #[error("the step's supervisor ended without a report ({0})")]
    NoReport(String),
    /// A signal ended the supervisor, which only the step itself or who runs the machine has cause to send.
    #[error(
        "the step's supervisor was killed ({0}), as by a plugin that stops or kills its parent"
    )]
    Killed(ExitStatus),
    /// Somebody asked the whole run to stop.
    #[error("interrupted")]
    Cancelled,
}

/// One process tree to be run.
#[derive(Clone, Debug)]
pub struct Step {
    /// The path that this program is started under to be the supervisor.
    pub supervisor: PathBuf,
    /// The name that the main process shows as the first word of its command line.
    pub name: OsString,
    /// Its arguments.
    pub args: Vec<OsString>,
    /// Its whole environment.
    pub env: Vec<(OsString, OsString)>,
    /// The folder that the files for its output are made in; it may open them anew there by way of `/dev/stdout`.
    pub output: PathBuf,
    /// The rest of what it is.
    pub order: Order,
}

/// What is known of a step that has ended.
#[derive(Debug)]
pub struct Ended {
    /// What the supervisor reported.
    pub report: Report,
    /// What was written to standard output, up to the cap.
    pub stdout: Output,
    /// What was written to standard error, up to the cap.
    pub stderr: Output,
    /// The supervisor, which has nothing left to do but to end.
    pub supervisor: Lingering,
}

/// A supervisor that has reported. It is waited for when this is dropped: who has work to do meanwhile need not stand
/// by.
#[derive(Debug)]
pub struct Lingering(Child);

impl Drop for Lingering {
    fn drop(&mut self) {
        let is_through = self.0.wait().is_ok_and(|status| status.success());
        Supervisors::ended(self.0.id(), !is_through);
    }
}

impl Step {
    /// Runs the step to its end.
    ///
    /// # Errors
    /// If the system refuses to start it, if its supervisor dies, or if `cancel` is requested.
    pub fn run(&self, cancel: &Cancel) -> Result<Ended, StepError> {
        let (ours, theirs) = UnixStream::pair().map_err(system("making a socket"))?;
        let streams = Streams::create(self)?;
        let mut supervisor = Supervisors::start(|| self.start(theirs, &streams))?;
        match self.talk(&ours, cancel) {
            Ok(report) => {
                let supervisor = Lingering(supervisor);
                Ok(Ended {
                    stdout: self.collect(streams.stdout)?,
                    stderr: self.collect(streams.stderr)?,
                    report,
                    supervisor,
                })
            }
            Err(error) => {
                // Closing the socket tells the supervisor to end the tree.
                drop(ours);
                let status = end(&mut supervisor).map_err(system("waiting for a step"));
                Supervisors::ended(supervisor.id(), true);
                let status = status?;
                Err(match error {
                    StepError::System { .. } if status.signal().is_some() => {
                        StepError::Killed(status)
                    }
                    StepError::System { .. } => StepError::NoReport(status.to_string()),
                    other => other,
                })
            }
        }
    }

    fn start(&self, control: UnixStream, streams: &Streams) -> Result<Child, StepError> {
        let shared = |file: &File| {
            file.try_clone()
                .map(Stdio::from)
                .map_err(system("making an output file"))
        };
        let mut command = Command::new(&self.supervisor);
        command
            .arg0(&self.name)
            .args(&self.args)
            .env_clear()
            .envs(
                self.env
                    .iter()
                    .map(|(key, value)| (key as &OsStr, value as &OsStr)),
            )
            .stdin(Stdio::from(OwnedFd::from(control)))
            .stdout(shared(&streams.stdout)?)
            .stderr(shared(&streams.stderr)?)
            .process_group(0);
        patiently(|| command.spawn()).map_err(system("starting a step"))
    }

    fn talk(&self, control: &UnixStream, cancel: &Cancel) -> Result<Report, StepError> {
        control::send(control, &self.order).map_err(system("ordering a step"))?;
        control
            .set_read_timeout(Some(LOOK_UP))
            .map_err(system("waiting for a step"))?;
        let until = Instant::now() + Duration::from_millis(self.order.deadline_ms) + PATIENCE;
        let mut waiting = Waiting {
            control,
            cancel,
            until,
        };
        let answer: Answer = control::receive(&mut waiting).map_err(|source| {
            if cancel.requested() {
                StepError::Cancelled
            } else {
                StepError::System {
                    what: "waiting for a step",
                    source,
                }
            }
        })?;
        answer.map_err(StepError::Refused)
    }

    fn collect(&self, mut file: File) -> Result<Output, StepError> {
        let mut bytes = Vec::new();
        file.rewind().map_err(system("reading an output file"))?;
        let size = file.metadata().map_or(0, |meta| meta.len());
        file.take(self.order.cap)
            .read_to_end(&mut bytes)
            .map_err(system("reading an output file"))?;
        Ok(Output::new(bytes, size > self.order.cap))
    }
}

/// Tries again while the system says that it has no process left: somebody may have taken them all for a moment.
fn patiently<T>(mut start: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    let until = Instant::now() + SCARCITY;
    loop {
        match start() {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock && Instant::now() < until => {
                thread::sleep(LOOK_UP);
            }
            other => return other,
        }
    }
}

/// Waits for a supervisor that should be ending; one that does not, as when it was stopped, is killed.
fn end(supervisor: &mut Child) -> io::Result<ExitStatus> {
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until {
        if let Some(status) = supervisor.try_wait()? {
            return Ok(status);
        }
        thread::sleep(Duration::from_millis(5));
    }
    supervisor.kill()?;
    supervisor.wait()
}

/// The files that a step's output goes to. They have no name: one that a step before has laid in their way, as a link to a
/// file of the machine, would be followed.
struct Streams {
    stdout: File,
    stderr: File,
}

impl Streams {
    fn create(step: &Step) -> Result<Self, StepError> {
        let create =
            || tempfile::tempfile_in(&step.output).map_err(system("making an output file"));
        Ok(Self {
            stdout: create()?,
            stderr: create()?,
        })
    }
}

/// A reader of the control socket that looks up between waits.
struct Waiting<'a> {
    control: &'a UnixStream,
    cancel: &'a Cancel,
    until: Instant,
}

impl Read for Waiting<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.control.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    if self.cancel.requested() || Instant::now() > self.until {
                        return Err(io::ErrorKind::TimedOut.into());
                    }
                }
                other => return other,
            }
        }
    }
}

fn system(what: &'static str) -> impl Fn(io::Error) -> StepError {
    move |source| StepError::System { what, source }
}

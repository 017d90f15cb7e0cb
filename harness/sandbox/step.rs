//! The runner's side of one step: start, wait, collect.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::Output;
use super::control::{self, Order, Report};

/// How long a supervisor may take over the deadline before it is taken for dead.
const PATIENCE: Duration = Duration::from_secs(10);
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
    /// The supervisor ended without a report.
    #[error("the step's supervisor ended without a report ({0})")]
    NoReport(String),
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
    /// Where its standard output goes.
    pub stdout: PathBuf,
    /// Where its standard error goes.
    pub stderr: PathBuf,
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
        // Only who waits twice is refused.
        let _ = self.0.wait();
    }
}

impl Step {
    /// Runs the step to its end.
    ///
    /// # Errors
    /// If the system refuses to start it, if its supervisor dies, or if `cancel` is requested.
    pub fn run(&self, cancel: &Cancel) -> Result<Ended, StepError> {
        let (ours, theirs) = UnixStream::pair().map_err(system("making a socket"))?;
        let mut supervisor = Lingering(self.start(theirs)?);
        let report = match self.talk(&ours, cancel) {
            Ok(report) => report,
            Err(error) => {
                // Closing the socket tells the supervisor to end the tree.
                drop(ours);
                let status = supervisor.0.wait().map_err(system("waiting for a step"))?;
                return Err(match error {
                    StepError::System { .. } => StepError::NoReport(status.to_string()),
                    other => other,
                });
            }
        };
        Ok(Ended {
            stdout: self.collect(&self.stdout)?,
            stderr: self.collect(&self.stderr)?,
            report,
            supervisor,
        })
    }

    fn start(&self, control: UnixStream) -> Result<Child, StepError> {
        let create = |path: &Path| File::create(path).map_err(system("making an output file"));
        Command::new(&self.supervisor)
            .arg0(&self.name)
            .args(&self.args)
            .env_clear()
            .envs(
                self.env
                    .iter()
                    .map(|(key, value)| (key as &OsStr, value as &OsStr)),
            )
            .stdin(Stdio::from(OwnedFd::from(control)))
            .stdout(create(&self.stdout)?)
            .stderr(create(&self.stderr)?)
            .process_group(0)
            .spawn()
            .map_err(system("starting a step"))
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
        control::receive(&mut waiting).map_err(|source| {
            if cancel.requested() {
                StepError::Cancelled
            } else {
                StepError::System {
                    what: "waiting for a step",
                    source,
                }
            }
        })
    }

    fn collect(&self, path: &Path) -> Result<Output, StepError> {
        let file = File::open(path).map_err(system("reading an output file"))?;
        let mut bytes = Vec::new();
        file.take(self.order.cap)
            .read_to_end(&mut bytes)
            .map_err(system("reading an output file"))?;
        let size = fs::metadata(path).map_or(0, |meta| meta.len());
        Ok(Output::new(bytes, size > self.order.cap))
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

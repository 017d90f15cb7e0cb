//! The runner's side of one step: start, wait, collect.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read, Seek};
use std::os::fd::AsFd;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::Output;
use super::control::{self, Answer, Order, Report};
use super::supervisors::{Lingering, PATIENCE, Supervisor, Supervisors};
use super::words::Words;

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
    /// Of which one runs it.
    pub supervisors: Supervisors,
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

impl Step {
    /// Runs the step to its end.
    ///
    /// # Errors
    /// If the system refuses to start it, if its supervisor dies, or if `cancel` is requested.
    pub fn run(&self, cancel: &Cancel) -> Result<Ended, StepError> {
        let streams = Streams::create(self)?;
        let supervisor = self.supervisors.take().map_err(system("starting a step"))?;
        match self.talk(&supervisor, &streams, cancel) {
            Ok(report) => {
                let supervisor = self.supervisors.linger(supervisor);
                Ok(Ended {
                    stdout: self.collect(streams.stdout)?,
                    stderr: self.collect(streams.stderr)?,
                    report,
                    supervisor,
                })
            }
            Err(error) => {
                let status = supervisor.end().map_err(system("waiting for a step"))?;
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

    fn talk(
        &self,
        supervisor: &Supervisor,
        streams: &Streams,
        cancel: &Cancel,
    ) -> Result<Report, StepError> {
        let files = [streams.stdout.as_fd(), streams.stderr.as_fd()];
        let words = Words::of(&self.name, &self.args, &self.env);
        words
            .and_then(|words| {
                control::send_errand(supervisor.control(), &self.order, &words, files)
            })
            .map_err(system("ordering a step"))?;
        let until = Instant::now() + Duration::from_millis(self.order.deadline_ms) + PATIENCE;
        let is_enough = || cancel.requested();
        let answer: Answer =
            control::receive(supervisor.listen(until, &is_enough)).map_err(|source| {
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

fn system(what: &'static str) -> impl Fn(io::Error) -> StepError {
    move |source| StepError::System { what, source }
}

//! Running git: with a deadline, in nothing but what it is given, and no longer than its place is small enough.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::statvfs::statvfs;
use nix::unistd::{AccessFlags, access};

use super::closed::{SETTINGS, environment};
use super::limits::Limits;
use super::missing::Missing;
use super::said::{Trouble, last_words};
use crate::millis::millis;
use crate::sandbox::{
    Cancel, Exit, Extent, Order, Plot, Resource, SUPERVISOR, Site, Stdin, Step, StepError,
    Supervisors, Target, Walls,
};

/// How many bytes git may say.
const CAP: u64 = 1 << 20;
/// How often the size of what git writes is looked at, if the look does not take longer itself.
const LOOK: Duration = Duration::from_millis(50);

/// Where git runs, and how long.
#[derive(Debug)]
pub(super) struct Git<'c> {
    git: PathBuf,
    supervisors: Supervisors,
    plot: Plot,
    /// The folder of the cache, to tell of it.
    folder: &'c Path,
    limits: Limits,
    until: Instant,
    cancel: &'c Cancel,
    environment: Vec<(OsString, OsString)>,
    /// Where what it says goes: with no room left in the cache, it could not say so there.
    output: PathBuf,
}

/// One call of git.
pub(super) struct Call<'c> {
    /// The repository.
    pub(super) repository: &'c Path,
    /// What it is asked for, after the settings.
    pub(super) args: Vec<&'c OsStr>,
    /// Further variables.
    pub(super) environment: Vec<(&'static str, &'c OsStr)>,
    /// The folder that it writes to, and how much was in it before.
    pub(super) growing: Option<(&'c Path, Extent)>,
    /// How many bytes it may say.
    pub(super) cap: u64,
}

impl<'c> Call<'c> {
    /// A call on this repository that writes nothing to speak of.
    pub(super) fn on<A: AsRef<OsStr> + ?Sized>(repository: &'c Path, args: &[&'c A]) -> Self {
        Self {
            repository,
            args: args.iter().map(|arg| (*arg).as_ref()).collect(),
            environment: Vec::new(),
            growing: None,
            cap: CAP,
        }
    }
}

/// Why a call came to nothing.
#[derive(Debug)]
pub(super) enum Failure {
    /// There is nothing more to be done about it.
    Missing(Missing),
    /// Git said no.
    Said {
        /// What that means.
        trouble: Trouble,
        /// Its last words.
        said: String,
    },
}

impl From<Missing> for Failure {
    fn from(missing: Missing) -> Self {
        Self::Missing(missing)
    }
}

impl<'c> Git<'c> {
    /// A place below a folder of the cache to run git in until then. `harness` is the file of this program, which watches
    /// over it.
    pub(super) fn new(
        folder: &'c Path,
        harness: &Path,
        limits: Limits,
        until: Instant,
        cancel: &'c Cancel,
    ) -> Result<Self, Missing> {
        let git = find().ok_or(Missing::NoGit)?;
        let make = || {
            let plot = Plot::make(folder)?;
            symlink(harness, plot.path().join(SUPERVISOR))?;
            fs::create_dir(plot.path().join("home"))?;
            Ok(plot)
        };
        let plot = make().map_err(|error: io::Error| Missing::of_cache(folder, &error))?;
        Ok(Self {
            git,
            supervisors: Supervisors::new(plot.path().join(SUPERVISOR)),
            environment: environment(&plot.path().join("home"), "", false),
            output: Site::find().map_or(plot.path().to_owned(), |site| site.path().to_owned()),
            plot,
            folder,
            limits,
            until,
            cancel,
        })
    }

    /// The same with the network open to it, in these protocols.
    pub(super) fn with_network(self, protocols: &str, is_ssh: bool) -> Self {
        Self {
            environment: environment(&self.plot.path().join("home"), protocols, is_ssh),
            ..self
        }
    }

    /// A path for what is to be removed in the end.
    pub(super) fn scratch(&self, name: &str) -> PathBuf {
        self.plot.path().join(name)
    }

    /// How much a source may be.
    pub(super) fn limits(&self) -> Limits {
        self.limits
    }

    /// Runs git where nothing is brought: whatever it says is about the cache's own repository.
    ///
    /// # Errors
    /// [`Failure`] if it did not end well.
    pub(super) fn look(&self, call: &Call<'_>) -> Result<Vec<u8>, Failure> {
        self.run(call).map_err(|failure| match failure {
            Failure::Said { said, .. } => Failure::Said {
                trouble: Trouble::Other,
                said,
            },
            missing @ Failure::Missing(_) => missing,
        })
    }

    /// Runs git to its end, and gives what it printed.
    ///
    /// # Errors
    /// [`Failure`] if it did not end well.
    pub(super) fn run(&self, call: &Call<'_>) -> Result<Vec<u8>, Failure> {
        let left = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(self.late().into());
        }
        let step = self.step(call, left);
        let (ended, outgrown) = self.watched(&step, call.growing.as_ref());
        if self.cancel.requested() {
            return Err(Missing::Cancelled.into());
        }
        if let Some(extent) = outgrown {
            return Err(self.too_large(extent).into());
        }
        let ended = ended.map_err(|error| Missing::Other {
            said: error.to_string(),
        })?;
        match ended.report.exit {
            Exit::Status(0) => self.within(call).map(|()| ended.stdout.bytes().to_vec()),
            Exit::Deadline(_) => Err(self.late().into()),
            Exit::Flood(_) => Err(Missing::TooLarge(
                "it has too many files, or their names are too long".to_owned(),
            )
            .into()),
            Exit::Exhausted(Resource::Memory(bytes)) => Err(Missing::TooLarge(format!(
                "git needs more than {} MiB of memory for it",
                bytes >> 20
            ))
            .into()),
            _ => {
                let said = last_words(ended.stderr.bytes());
                let trouble = match Trouble::of(&said) {
                    // It may have been ended before it could say so.
                    Trouble::Other if is_full(self.folder) => Trouble::DiskFull,
                    trouble => trouble,
                };
                Err(match trouble {
                    Trouble::DiskFull => Failure::Missing(Missing::DiskFull {
                        folder: self.folder.to_owned(),
                        said,
                    }),
                    trouble => Failure::Said { trouble, said },
                })
            }
        }
    }

    fn step(&self, call: &Call<'_>, left: Duration) -> Step {
        let mut args: Vec<OsString> = Vec::new();
        for setting in SETTINGS {
            args.extend(["-c".into(), setting.into()]);
        }
        let mut repository = OsString::from("--git-dir=");
        repository.push(call.repository);
        args.push(repository);
        args.extend(call.args.iter().map(|&arg| arg.to_owned()));
        let mut env = self.environment.clone();
        let further = call.environment.iter();
        env.extend(further.map(|(name, value)| (OsString::from(name), (*value).to_owned())));
        Step {
            supervisors: self.supervisors.clone(),
            name: "git".into(),
            args,
            env,
            output: self.output.clone(),
            order: Order {
                walls: Walls::None,
                target: Target::Program(self.git.clone()),
                stdin: Stdin::Empty,
                tty: false,
                deadline_ms: millis(left),
                cap: call.cap,
                umask: 0o022,
                cwd: self.scratch("home"),
                close_cwd: false,
                installed: Extent::default(),
            },
        }
    }

    /// Runs a step, and ends it if it is asked for or if what it writes grows too large; how large that was then.
    fn watched(
        &self,
        step: &Step,
        growing: Option<&(&Path, Extent)>,
    ) -> (Result<crate::sandbox::Ended, StepError>, Option<Extent>) {
        let own = Cancel::default();
        thread::scope(|scope| {
            let (running, over) = channel::<()>();
            let stop = own.clone();
            let watch = scope.spawn(move || {
                let mut pause = LOOK;
                while over.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
                    if self.cancel.requested() {
                        stop.request();
                        return None;
                    }
                    let begun = Instant::now();
                    if let Some(extent) =
                        growing.and_then(|(folder, before)| self.outgrown(folder, before))
                    {
                        stop.request();
                        return Some(extent);
                    }
                    pause = LOOK.max(begun.elapsed() * 4);
                }
                None
            });
            let ended = step.run(&own);
            drop(running);
            (ended, watch.join().unwrap_or_default())
        })
    }

    /// How much a folder has grown, if it is too much.
    fn outgrown(&self, folder: &Path, before: &Extent) -> Option<Extent> {
        let now = Extent::of(folder);
        let grown = Extent {
            bytes: now.bytes.saturating_sub(before.bytes),
            files: now.files.saturating_sub(before.files),
        };
        (grown.bytes > self.limits.bytes || grown.files > self.limits.files).then_some(grown)
    }

    /// Looks once more when nothing grows any longer.
    fn within(&self, call: &Call<'_>) -> Result<(), Failure> {
        let outgrown = call
            .growing
            .and_then(|(folder, before)| self.outgrown(folder, &before));
        outgrown.map_or(Ok(()), |extent| Err(self.too_large(extent).into()))
    }

    /// That it is too large.
    pub(super) fn too_large(&self, extent: Extent) -> Missing {
        Missing::TooLarge(match extent.bytes > self.limits.bytes {
            true => format!("it has more than {}", mebibytes(self.limits.bytes)),
            false => format!("it has more than {} files", self.limits.files),
        })
    }

    fn late(&self) -> Missing {
        Missing::Deadline {
            time: self.limits.time,
            date: None,
        }
    }
}

fn mebibytes(bytes: u64) -> String {
    match bytes >> 20 {
        0 => format!("{bytes} bytes"),
        mebibytes => format!("{mebibytes} MiB"),
    }
}

/// With less free than this, in bytes, a disk is full.
const LEAST: u64 = 64 << 10;

fn is_full(folder: &Path) -> bool {
    statvfs(folder)
        .is_ok_and(|stat| stat.blocks_available().saturating_mul(stat.fragment_size()) < LEAST)
}

/// The program `git`, the first that PATH has.
fn find() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let is_program = |path: &PathBuf| path.is_file() && access(path, AccessFlags::X_OK).is_ok();
    std::env::split_paths(&path)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join("git"))
        .find(is_program)
}

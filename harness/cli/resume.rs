//! Going on with the record of a run that was not finished.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::fs::{self, File, Metadata, TryLockError};
use std::io::{self, BufReader, Read};
use std::num::NonZero;
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::thread;
use std::time::Duration;

use jiff::civil::Date;
use nix::sys::stat::fstat;

use super::form::Form;
use super::output::Output;
use super::reports::Wanted;
use super::status::Status;
use crate::report::{CaseRecord, Header, LineOf, Opening, Recorded, whole_lines};
use crate::run::{Fate, Outcome, Plan};
use crate::visible::{visible, visible_path};

/// The header of the record at a path; none if there is no telling.
pub(super) fn header(path: &Path) -> Option<Header> {
    // A FIFO is waited for only by who is to read it.
    fs::metadata(path).ok().filter(Metadata::is_file)?;
    let reader = BufReader::new(File::open(path).ok()?);
    Some(Opening::read(reader).ok()??.header)
}

/// The day on which the run began whose record is at a path; none if there is no telling.
pub(super) fn began_on(path: &Path) -> Option<Date> {
    header(path)?.day()
}

/// What of a run is on record already, and where.
pub(super) struct Begun {
    /// What was read, up to the first case that is to be run; the header of the run that begins now if there was
    /// nothing.
    pub(super) recorded: Recorded,
    /// The cases that were read beyond that, by their places in the plan.
    pub(super) later: BTreeMap<usize, CaseRecord>,
    /// How many cases are to be run again, since the harness could not do its work.
    pub(super) errors: usize,
    /// How long what was read took.
    spent: Spent,
    /// The lines of what was read, as they were written; empty for a run from the start.
    text: String,
    /// The record's file, if the run goes on in place. It is locked.
    in_place: Option<(File, String)>,
}

impl Begun {
    /// Nothing is on record yet.
    pub(super) fn nothing(header: Header) -> Self {
        Self {
            recorded: Recorded {
                header,
                cases: Vec::new(),
                footer: None,
            },
            later: BTreeMap::new(),
            errors: 0,
            spent: Spent::default(),
            text: String::new(),
            in_place: None,
        }
    }

    /// Reads the record at a path; refuses one that is not the beginning of the run with this header and plan. `wanted`
    /// is what the run is to write.
    pub(super) fn read(
        path: &Path,
        wanted: &[Wanted],
        header: Header,
        plan: &Plan,
    ) -> Result<Self, Status> {
        let name = visible_path(path);
        let refuse = |why: &dyn Display| {
            Status::usage(format!(
                "{name} can't be resumed: {why}; leave out --resume to run everything anew"
            ))
        };
        let (mut file, is_output) = open(path, wanted).map_err(|error| refuse(&error))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)
            .map_err(|error| refuse(&error))?;
        let mut recorded =
            match Opening::read(bytes.as_slice()).map_err(|damage| refuse(&damage))? {
                None => Self::nothing(header).recorded,
                Some(opening) => {
                    if let Some(difference) = opening.header.difference(&header) {
                        return Err(refuse(&format!("line 1: {difference}")));
                    }
                    opening.read_on().map_err(|damage| refuse(&damage))?
                }
            };
        if let Some(stranger) = stranger(&recorded, plan) {
            return Err(refuse(&stranger));
        }
        bytes.truncate(whole_lines(&bytes).len());
        let mut text = String::from_utf8(bytes).map_err(|error| refuse(&error))?;
        let spent = Spent::of(&recorded);
        let is_error = |case: &CaseRecord| case.outcome == Outcome::Error;
        let errors = recorded.cases.iter().filter(|case| is_error(case)).count();
        let mut later = BTreeMap::new();
        if let Some(first) = recorded.cases.iter().position(is_error) {
            let rest = recorded.cases.split_off(first).into_iter().enumerate();
            // What follows from others may come out otherwise when they are run again.
            let follows = |place: &usize| {
                let trial = plan.trials.get(*place);
                trial.is_some_and(|trial| matches!(trial.fate, Fate::Follows(_)))
            };
            later.extend(
                rest.map(|(place, case)| (first + place, case))
                    .filter(|(place, case)| !is_error(case) && !follows(place)),
            );
            recorded.footer = None;
            // The header's line stands before those of the cases.
            let kept = text.split_inclusive('\n').take(1 + first);
            text.truncate(kept.map(str::len).sum());
        }
        Ok(Self {
            recorded,
            later,
            errors,
            spent,
            text,
            in_place: is_output.then_some((file, name)),
        })
    }

    /// How many cases need not be run.
    pub(super) fn done(&self) -> usize {
        self.recorded.cases.len() + self.later.len()
    }

    /// How long what was read took, as far as that is known, if so many cases ran at the same time.
    pub(super) fn spent(&self, jobs: Option<usize>) -> Duration {
        let cores = || thread::available_parallelism().map_or(1, NonZero::get);
        let jobs = u32::try_from(jobs.unwrap_or_else(cores)).unwrap_or(u32::MAX);
        match self.spent {
            Spent::InAll(time) => time,
            Spent::OnCases(time) => time.checked_div(jobs).unwrap_or(time),
        }
    }

    /// Opens the record's output, with what is on record in it.
    pub(super) fn output(&mut self, path: Option<&Path>) -> Result<Output, Status> {
        if let Some((file, name)) = self.in_place.take() {
            let output = Output::after(file, name, self.text.len() as u64)?;
            return self.begin(output, "");
        }
        self.begin(Output::open(path)?, &self.text)
    }

    /// Writes what stands first in the output.
    fn begin(&self, mut output: Output, text: &str) -> Result<Output, Status> {
        if self.text.is_empty() {
            output.write_line(&LineOf::Header(&self.recorded.header))?;
        } else {
            output.write(text)?;
        }
        Ok(output)
    }
}

/// How long a run took that is on record.
#[derive(Clone, Copy, Debug)]
enum Spent {
    /// From its beginning to its end.
    InAll(Duration),
    /// On its cases, one added to the other: nothing tells when it was cut off.
    OnCases(Duration),
}

impl Default for Spent {
    fn default() -> Self {
        Self::InAll(Duration::ZERO)
    }
}

impl Spent {
    fn of(recorded: &Recorded) -> Self {
        let millis = |case: &CaseRecord| Duration::from_millis(case.duration_ms);
        match &recorded.footer {
            Some(footer) => Self::InAll(Duration::from_millis(footer.duration_ms)),
            None => {
                let times = recorded.cases.iter().map(millis);
                Self::OnCases(times.fold(Duration::ZERO, Duration::saturating_add))
            }
        }
    }
}

/// Opens a record and locks it; true if it is the file that the run's own record is to be written to.
fn open(path: &Path, wanted: &[Wanted]) -> io::Result<(File, bool)> {
    let meta = fs::metadata(path)?;
    if !meta.is_file() {
        return Err(io::Error::other("it is no file"));
    }
    if wanted.iter().any(|one| one.file.is_none()) && is_stdout(&meta) {
        return Err(io::Error::other(
            "standard output leads to it, and would repeat what is there: write --output in its place",
        ));
    }
    let here: Vec<Form> = (wanted.iter().filter(|one| leads_to(one, &meta)))
        .map(|one| one.form)
        .collect();
    if here.iter().any(|form| *form != Form::Jsonl) {
        return Err(io::Error::other(
            "a report would take its place: add --format jsonl, or write the report to another file",
        ));
    }
    let is_output = !here.is_empty();
    let file = File::options().read(true).write(is_output).open(path)?;
    let locked = match is_output {
        true => file.try_lock(),
        false => file.try_lock_shared(),
    };
    match locked {
        Err(TryLockError::WouldBlock) => Err(io::Error::other(
            "another run is still writing it, and has to end first",
        )),
        // A file system without locks is no obstacle.
        Ok(()) | Err(TryLockError::Error(_)) => Ok((file, is_output)),
    }
}

/// True if it is to be written to this file.
fn leads_to(wanted: &Wanted, meta: &Metadata) -> bool {
    let output = wanted
        .file
        .as_ref()
        .and_then(|file| fs::metadata(file).ok());
    output.is_some_and(|output| (output.dev(), output.ino()) == (meta.dev(), meta.ino()))
}

fn is_stdout(meta: &Metadata) -> bool {
    fstat(io::stdout().as_fd())
        .is_ok_and(|stdout| (stdout.st_dev, stdout.st_ino) == (meta.dev(), meta.ino()))
}

/// Tells of the first case on record that is not what the plan has in its place.
fn stranger(recorded: &Recorded, plan: &Plan) -> Option<String> {
    let mut pairs = recorded.cases.iter().zip(&plan.trials).enumerate();
    let is_strange = |case: &CaseRecord, trial| !case.is_of(trial) || !case.is_expected_as(trial);
    let (index, (case, trial)) = pairs.find(|(_, (case, trial))| is_strange(case, trial))?;
    if case.is_of(trial) {
        return Some(format!(
            "line {}: other is expected of {} {} than in this run: the expectations have changed",
            index + 2,
            visible(&case.requirement),
            visible(&case.case),
        ));
    }
    Some(format!(
        "line {}: it has {} {} of {} in Dokku {} where this run has {} {} of {} in Dokku {}: the plugin or the specs have changed",
        index + 2,
        visible(&case.requirement),
        visible(&case.case),
        visible(&case.plugin),
        case.dokku,
        trial.requirement.id,
        trial.case_name(),
        visible(&trial.label),
        trial.version,
    ))
}

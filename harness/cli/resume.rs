//! Going on with the record of a run that was not finished.

use std::fmt::Display;
use std::fs::{self, File, Metadata, TryLockError};
use std::io::{self, Read};
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use nix::sys::stat::fstat;

use super::form::Form;
use super::output::Output;
use super::reports::Wanted;
use super::status::Status;
use crate::report::{Header, LineOf, Opening, Recorded, whole_lines};
use crate::run::Plan;

/// What of a run is on record already, and where.
pub(super) struct Begun {
    /// What was read; the header of the run that begins now if there was nothing.
    pub(super) recorded: Recorded,
    /// The whole lines, as they were written; empty for a run from the start.
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
        let name = path.display().to_string();
        let refuse = |why: &dyn Display| {
            Status::usage(format!(
                "{name} can't be resumed: {why}; leave out --resume to run everything anew"
            ))
        };
        let (mut file, is_output) = open(path, wanted).map_err(|error| refuse(&error))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)
            .map_err(|error| refuse(&error))?;
        let recorded = match Opening::read(&bytes).map_err(|damage| refuse(&damage))? {
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
        let text = String::from_utf8(bytes).map_err(|error| refuse(&error))?;
        Ok(Self {
            recorded,
            text,
            in_place: is_output.then_some((file, name)),
        })
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
    let (index, (case, trial)) = pairs.find(|(_, (case, trial))| !case.is_of(trial))?;
    Some(format!(
        "line {}: it has {} {} of {} in Dokku {} where this run has {} {} of {} in Dokku {}: the plugin or the specs have changed",
        index + 2,
        case.requirement,
        case.case,
        case.plugin,
        case.dokku,
        trial.requirement.id,
        trial.case_name(),
        trial.label,
        trial.version,
    ))
}

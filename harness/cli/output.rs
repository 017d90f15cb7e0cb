//! Where a subcommand writes to.

use std::fs::{self, File};
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use serde::Serialize;

use super::status::Status;

/// An open output, with escape sequences taken out where they are not wanted.
pub(super) struct Output {
    to: Box<dyn Write + Send>,
    name: String,
}

impl Output {
    /// Standard output, or a file that is made anew. Colour stays on a terminal alone, and goes with `NO_COLOR`.
    pub(super) fn open(path: Option<&Path>) -> Result<Self, Status> {
        let Some(path) = path else {
            let to = Box::new(anstream::AutoStream::auto(io::stdout()));
            return Ok(Self {
                to,
                name: "standard output".into(),
            });
        };
        let name = path.display().to_string();
        let file = File::create(path)
            .map_err(|error| Status::usage(format!("{name} can't be written: {error}")))?;
        Ok(Self {
            to: Box::new(anstream::StripStream::new(file)),
            name,
        })
    }

    /// Refuses two outputs that are one file: the second would write over the first.
    pub(super) fn apart(one: Option<&Path>, other: Option<&Path>) -> Result<(), Status> {
        let (Some(one), Some(other)) = (one, other) else {
            return Ok(());
        };
        let is_same = place(one).is_some_and(|place| Some(place) == self::place(other));
        match is_same {
            true => Err(Status::usage(format!(
                "two outputs can't be written to one file, {}",
                other.display()
            ))),
            false => Ok(()),
        }
    }

    /// Writes a line of JSON.
    pub(super) fn write_line(&mut self, line: &impl Serialize) -> Result<(), Status> {
        let text = serde_json::to_string(line).map_err(Status::broken)?;
        self.write(&format!("{text}\n"))
    }

    /// Writes a text. A reader that has heard enough is no fault.
    pub(super) fn write(&mut self, text: &str) -> Result<(), Status> {
        let result = self
            .to
            .write_all(text.as_bytes())
            .and_then(|()| self.to.flush());
        match result {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Status::broken(
                format!("{} can't be written: {error}", self.name),
            )),
            _ => Ok(()),
        }
    }
}

/// Where a path leads, whether the file is there or is yet to be made; none if its folder is not there. Devices and
/// pipes take what comes from any number of writers.
fn place(path: &Path) -> Option<PathBuf> {
    match fs::canonicalize(path) {
        Ok(place) => place.is_file().then_some(place),
        Err(_) => {
            let folder = path.parent().filter(|folder| *folder != Path::new(""));
            let folder = fs::canonicalize(folder.unwrap_or(Path::new("."))).ok()?;
            Some(folder.join(path.file_name()?))
        }
    }
}

/// The form of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Text,
    Jsonl,
}

/// True if a person may be looking at standard error.
pub(super) fn is_watched() -> bool {
    io::stderr().is_terminal()
}

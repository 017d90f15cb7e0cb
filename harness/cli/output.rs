//! Where a subcommand writes to.

use std::fs::{self, File, TryLockError};
use std::io::{self, IsTerminal, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use serde::Serialize;

use super::status::Status;
use super::stdout::stdout;
use crate::report::Palette;
use crate::visible::visible_path;
use crate::world::kept;

/// What standard output is called in a message.
pub(super) const STDOUT: &str = "standard output";

/// An open output, with escape sequences taken out where they are not wanted.
pub(super) struct Output {
    to: Box<dyn Write + Send>,
    /// The file that it is, to see it safe in the end.
    file: Option<File>,
    name: String,
    palette: Palette,
}

impl Output {
    /// Standard output, or a file that is made anew. Colour stays on a terminal alone, and goes with `NO_COLOR`.
    pub(super) fn open(path: Option<&Path>) -> Result<Self, Status> {
        let Some(path) = path else {
            let stdout = stdout().map_err(|error| unwritable(STDOUT, &error))?;
            let to = anstream::AutoStream::auto(stdout);
            let palette = match to.current_choice() {
                anstream::ColorChoice::Never => Palette::default(),
                _ => Palette::coloured(),
            };
            return Ok(Self {
                to: Box::new(to),
                file: None,
                name: STDOUT.into(),
                palette,
            });
        };
        let name = visible_path(path);
        let refuse = |error: io::Error| Status::usage(format!("{name} can't be written: {error}"));
        let mut options = File::options();
        options.write(true).create(true).truncate(false);
        // Nobody but its run knows the name of a record that is not yet whole, and what is there is another's doing.
        let name_of_file = path.file_name().unwrap_or_default().to_string_lossy();
        options.create_new(kept::is_unfinished(&name_of_file));
        let opened = options.open(path);
        let file = opened.and_then(emptied).map_err(refuse)?;
        Self::file(file, name)
    }

    /// A file of which so many bytes are kept.
    pub(super) fn after(mut file: File, name: String, kept: u64) -> Result<Self, Status> {
        let cut = file
            .set_len(kept)
            .and_then(|()| file.seek(SeekFrom::Start(kept)));
        cut.map_err(|error| Status::usage(format!("{name} can't be written: {error}")))?;
        Self::file(file, name)
    }

    fn file(file: File, name: String) -> Result<Self, Status> {
        let kept = file.try_clone().map_err(Status::broken)?;
        Ok(Self {
            to: Box::new(anstream::StripStream::new(file)),
            file: Some(kept),
            name,
            palette: Palette::default(),
        })
    }

    /// The name of its file, if it is one.
    pub(super) fn file_name(&self) -> Option<&str> {
        self.file.as_ref().map(|_| self.name.as_str())
    }

    /// The colours that it takes.
    pub(super) fn palette(&self) -> Palette {
        self.palette
    }

    /// Refuses two outputs that are one file: the second would write over the first.
    pub(super) fn apart(one: Option<&Path>, other: Option<&Path>) -> Result<(), Status> {
        match one.zip(other) {
            Some((one, other)) if is_same(one, other) => Err(Status::usage(format!(
                "two outputs can't be written to one file, {}",
                other.display()
            ))),
            _ => Ok(()),
        }
    }

    /// Refuses an output to the file of an input: it would be empty before it is read, or lost for the next time.
    pub(super) fn apart_from(input: &Path, output: Option<&Path>) -> Result<(), Status> {
        match output {
            Some(output) if is_same(input, output) => Err(Status::usage(format!(
                "{} is read, so nothing can be written to it: name another file, or keep a copy of it",
                output.display()
            ))),
            _ => Ok(()),
        }
    }

    /// Ends the output. What a full disk or a lost one has not taken is told here at the latest.
    pub(super) fn end(self) -> Result<(), Status> {
        let Some(file) = self.file else { return Ok(()) };
        match file.sync_data() {
            // What is no file has nothing to be seen safe.
            Err(error) if error.kind() != io::ErrorKind::InvalidInput => {
                Err(unwritable(&self.name, &error))
            }
            _ => Ok(()),
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
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(unwritable(&self.name, &error))
            }
            _ => Ok(()),
        }
    }
}

/// True if two paths lead to one file, which need not be there yet.
fn is_same(one: &Path, other: &Path) -> bool {
    place(one).is_some_and(|one| Some(one) == place(other))
}

/// Where a path leads, whether the file is there or is yet to be made; none if its folder is not there. Devices and
/// pipes take what comes from any number of writers.
pub(super) fn place(path: &Path) -> Option<PathBuf> {
    match fs::canonicalize(path) {
        Ok(place) => place.is_file().then_some(place),
        Err(_) => {
            let folder = path.parent().filter(|folder| *folder != Path::new(""));
            let folder = fs::canonicalize(folder.unwrap_or(Path::new("."))).ok()?;
            Some(folder.join(path.file_name()?))
        }
    }
}

/// Says that an output does not take what is to be written to it.
pub(super) fn unwritable(name: &str, error: &io::Error) -> Status {
    Status::broken(format!("{name} can't be written: {error}"))
}

/// Empties a file that no other run is writing, and locks it until it is closed.
fn emptied(file: File) -> io::Result<File> {
    if !file.metadata()?.is_file() {
        return Ok(file);
    }
    if let Err(TryLockError::WouldBlock) = file.try_lock() {
        return Err(io::Error::other("another run is writing it"));
    }
    file.set_len(0)?;
    Ok(file)
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

//! The record of a run of many processes, each of which runs some of its cases and knows of no other.

use std::fs::{self, File, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use nix::libc::O_NOFOLLOW;
use serde::Serialize;

use super::{
    CaseRecord, Counts, Footer, Header, LineOf, Opening, Record, Recorded, Shelf, whole_lines,
};
use crate::run::Trial;

/// A record that every process of a run adds to. All of them know the whole plan: whoever adds the last of its cases makes
/// the record whole, in the order of the plan, so that it is the same as that of a run of one process.
#[derive(Debug)]
pub struct Journal {
    shelf: Shelf,
    /// The header, with the run that all of its processes share.
    header: Header,
    trials: Vec<Trial>,
    /// What needs not be run, so that no process does.
    decided: Vec<CaseRecord>,
}

impl Journal {
    /// One for the run of this header and these trials, of which some are decided.
    #[must_use]
    pub fn new(shelf: Shelf, header: Header, trials: Vec<Trial>, decided: Vec<CaseRecord>) -> Self {
        Self {
            shelf,
            header,
            trials,
            decided,
        }
    }

    /// Adds what came of a case, unless it is there: where a test is run again, its first outcome stands.
    ///
    /// # Errors
    /// If it can't be written, or what is there is of another plan.
    pub fn add(&self, case: CaseRecord) -> io::Result<()> {
        let path = self.shelf.unfinished(&self.header.run);
        let Some(mut file) = self.open(&path)? else {
            return Ok(());
        };
        let mut recorded = self.recorded(&mut file)?;
        if recorded.cases.iter().any(|known| is_same(known, &case)) {
            return Ok(());
        }
        write_line(&mut file, &LineOf::Case(&case))?;
        recorded.cases.push(case);
        if recorded.cases.len() < self.header.cases {
            return Ok(());
        }
        self.end(recorded)?;
        fs::remove_file(path)
    }

    /// Removes the record of a run that ended without some of its cases: nothing is to be told from it.
    ///
    /// # Errors
    /// If it can't be removed.
    pub fn drop_unfinished(&self) -> io::Result<()> {
        match fs::remove_file(self.shelf.unfinished(&self.header.run)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Opens the unfinished record, with nobody else at it; none if the record is whole already.
    fn open(&self, path: &Path) -> io::Result<Option<File>> {
        loop {
            if !path.exists() && self.shelf.has(&self.header.run) {
                return Ok(None);
            }
            let mut options = File::options();
            options.read(true).append(true).create(true);
            // The processes of a run share it, and nobody else has put it there to have something else written.
            let file = options.custom_flags(O_NOFOLLOW).open(path)?;
            file.lock()?;
            // Whoever made the record whole while this one waited has taken the file away.
            let (opened, there) = (file.metadata()?, fs::metadata(path));
            let is_it =
                |there: fs::Metadata| (there.dev(), there.ino()) == (opened.dev(), opened.ino());
            if there.is_ok_and(is_it) {
                return Ok(Some(file));
            }
        }
    }

    /// What is there; begins with the header and what is decided if nothing is.
    fn recorded(&self, file: &mut File) -> io::Result<Recorded> {
        let mut text = Vec::new();
        file.read_to_end(&mut text)?;
        // A process that was killed may have left a part of a line.
        let whole = whole_lines(&text);
        if whole.len() < text.len() {
            file.set_len(whole.len() as u64)?;
        }
        if let Some(opening) = Opening::read(whole).map_err(io::Error::other)? {
            return match opening.header.difference(&self.header) {
                Some(difference) => Err(io::Error::other(difference)),
                None => opening.read_on().map_err(io::Error::other),
            };
        }
        write_line(file, &LineOf::Header(&self.header))?;
        for case in &self.decided {
            write_line(file, &LineOf::Case(case))?;
        }
        Ok(Recorded {
            header: self.header.clone(),
            cases: self.decided.clone(),
            footer: None,
        })
    }

    /// Writes the whole record, and puts it in its place.
    fn end(&self, recorded: Recorded) -> io::Result<()> {
        let Recorded { header, cases, .. } = recorded;
        let of = |trial: &Trial| cases.iter().find(|case| case.is_of(trial)).cloned();
        let cases: Option<Vec<CaseRecord>> = self.trials.iter().map(of).collect();
        let cases = cases.ok_or_else(|| io::Error::other("it has a case of another plan"))?;
        let record = Record {
            footer: Footer {
                counts: Counts::of(&cases),
                duration_ms: header.age_ms(),
            },
            header,
            cases,
        };
        let (beginning, end) = crate::world::kept::UNFINISHED;
        let mut file = tempfile::Builder::new()
            .prefix(beginning)
            .suffix(end)
            .permissions(Permissions::from_mode(0o666))
            .tempfile_in(self.shelf.folder())?;
        for line in record.lines() {
            write_line(file.as_file_mut(), &line)?;
        }
        file.as_file().sync_data()?;
        let path = file.into_temp_path();
        // Who looks for the record before it sees that it is not there.
        let _ = self.shelf.put(&path)?;
        // It has another name now.
        let _ = path.keep();
        Ok(())
    }
}

/// True if both are about the same case of the same run.
fn is_same(one: &CaseRecord, other: &CaseRecord) -> bool {
    let key = |case: &CaseRecord| {
        (
            case.plugin.clone(),
            case.requirement.clone(),
            case.case.clone(),
            case.dokku,
        )
    };
    key(one) == key(other)
}

/// Writes a line at once: no other process writes in its midst, and one that is killed leaves at most a part at the end.
fn write_line(file: &mut File, line: &impl Serialize) -> io::Result<()> {
    let mut text = serde_json::to_vec(line)?;
    text.push(b'\n');
    file.write_all(&text)
}

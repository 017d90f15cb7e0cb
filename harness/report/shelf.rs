//! Where runs leave their records, each under a name of its own until it is whole.

use std::fs::{self, File};
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::Opening;
use crate::world::kept;

/// For how long the record of a run that did not end is kept: so long somebody may go on with it.
const PATIENCE: Duration = Duration::from_secs(24 * 60 * 60);

/// A place for the record of the run that ended last. What is there is always whole; a record that is being written lies
/// beside it.
#[derive(Clone, Debug)]
pub struct Shelf {
    folder: PathBuf,
    last: PathBuf,
    /// Where the last record goes when there is a newer one, if it is kept.
    previous: Option<PathBuf>,
}

impl Shelf {
    /// The folder `reports` in a directory, if it has one.
    #[must_use]
    pub fn in_directory(directory: &Path) -> Option<Self> {
        let folder = directory.join(kept::FOLDER);
        folder.is_dir().then(|| Self {
            last: folder.join(kept::LAST),
            previous: Some(folder.join(kept::PREVIOUS)),
            folder,
        })
    }

    /// One file, which each run replaces.
    #[must_use]
    pub fn of_file(file: PathBuf) -> Self {
        let folder = file.parent().filter(|folder| *folder != Path::new(""));
        Self {
            folder: folder.unwrap_or(Path::new(".")).to_owned(),
            last: file,
            previous: None,
        }
    }

    /// Where the record of this run is written until it is whole.
    #[must_use]
    pub fn unfinished(&self, run: &str) -> PathBuf {
        let (beginning, end) = kept::UNFINISHED;
        self.folder.join(format!("{beginning}{run}{end}"))
    }

    /// True if a path is that of such a record in this folder.
    #[must_use]
    pub fn is_unfinished(&self, path: &Path) -> bool {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let real = |path: &Path| fs::canonicalize(path).ok();
        let folder = real(path).and_then(|path| path.parent().map(Path::to_owned));
        kept::is_unfinished(&name) && folder.is_some() && folder == real(&self.folder)
    }

    /// The folder that all of it is in.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// True if the record of this run is whole and in its place.
    #[must_use]
    pub fn has(&self, run: &str) -> bool {
        let Ok(file) = File::open(&self.last) else {
            return false;
        };
        let opening = Opening::begun(BufReader::new(file));
        opening.is_ok_and(|opening| opening.header.run == run)
    }

    /// Puts a whole record in its place, and removes what runs left there that ended long ago in no record.
    ///
    /// # Errors
    /// If it can't be put there.
    pub fn put(&self, whole: &Path) -> io::Result<()> {
        if let Some(previous) = &self.previous {
            match fs::rename(&self.last, previous) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        fs::rename(whole, &self.last)?;
        self.sweep();
        Ok(())
    }

    /// Removes unfinished records that nobody has written for long. What can't be removed stays.
    fn sweep(&self) {
        let Ok(entries) = fs::read_dir(&self.folder) else {
            return;
        };
        for entry in entries.flatten() {
            let is_old = |time: SystemTime| time.elapsed().is_ok_and(|since| since > PATIENCE);
            let written = entry.metadata().and_then(|meta| meta.modified());
            if kept::is_unfinished(&entry.file_name().to_string_lossy())
                && written.is_ok_and(is_old)
            {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_becomes_the_previous_and_what_is_old_goes() {
        let place = tempfile::tempdir().unwrap();
        assert!(Shelf::in_directory(place.path()).is_none());
        let folder = place.path().join("reports");
        fs::create_dir(&folder).unwrap();
        let shelf = Shelf::in_directory(place.path()).unwrap();
        for (run, text) in [("1", "one"), ("2", "two"), ("3", "three")] {
            fs::write(shelf.unfinished(run), text).unwrap();
        }
        let old = File::options().append(true).open(shelf.unfinished("3"));
        let long_ago = SystemTime::now() - 2 * PATIENCE;
        old.unwrap().set_modified(long_ago).unwrap();
        fs::write(folder.join("mine.jsonl"), "").unwrap();
        for run in ["1", "2"] {
            shelf.put(&shelf.unfinished(run)).unwrap();
        }
        let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
        assert_eq!(
            (read("last.jsonl"), read("previous.jsonl")),
            ("two".into(), "one".into())
        );
        let names = fs::read_dir(&folder).unwrap();
        assert_eq!(names.count(), 3);
    }
}

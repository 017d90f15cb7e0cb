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
    /// The folder `reports` in a directory, if it has one. A link is none: who puts it into a plugin's directory would say
    /// where on the machine records go.
    #[must_use]
    pub fn in_directory(directory: &Path) -> Option<Self> {
        let folder = directory.join(kept::FOLDER);
        let is_folder = fs::symlink_metadata(&folder).is_ok_and(|meta| meta.is_dir());
        is_folder.then(|| Self {
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

    /// The link that is in the place of the folder `reports` of a directory, if there is one.
    #[must_use]
    pub fn link_in(directory: &Path) -> Option<PathBuf> {
        let folder = directory.join(kept::FOLDER);
        folder.is_symlink().then_some(folder)
    }

    /// Puts a whole record in its place, and removes what runs left there that ended long ago in no record. Gives why the
    /// record before it could not be kept beside it, if it could not: that is lost then.
    ///
    /// # Errors
    /// If it can't be put there.
    pub fn put(&self, whole: &Path) -> io::Result<Option<io::Error>> {
        let previous = self.previous.as_ref();
        let kept = previous.map_or(Ok(()), |previous| fs::rename(&self.last, previous));
        fs::rename(whole, &self.last)?;
        self.sweep();
        Ok(kept
            .err()
            .filter(|error| error.kind() != io::ErrorKind::NotFound))
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
            assert!(shelf.put(&shelf.unfinished(run)).unwrap().is_none());
        }
        let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
        assert_eq!(
            (read("last.jsonl"), read("previous.jsonl")),
            ("two".into(), "one".into())
        );
        let names = fs::read_dir(&folder).unwrap();
        assert_eq!(names.count(), 3);
    }

    #[test]
    fn a_link_is_no_folder_for_records() {
        let place = tempfile::tempdir().unwrap();
        let elsewhere = tempfile::tempdir().unwrap();
        let link = place.path().join("reports");
        std::os::unix::fs::symlink(elsewhere.path(), &link).unwrap();
        assert!(Shelf::in_directory(place.path()).is_none());
        assert_eq!(Shelf::link_in(place.path()), Some(link));
    }

    #[test]
    fn a_folder_in_the_place_of_the_previous_loses_that_alone() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("reports");
        fs::create_dir_all(folder.join("previous.jsonl")).unwrap();
        let shelf = Shelf::in_directory(place.path()).unwrap();
        for run in ["1", "2"] {
            fs::write(shelf.unfinished(run), run).unwrap();
        }
        assert!(shelf.put(&shelf.unfinished("1")).unwrap().is_none());
        assert!(shelf.put(&shelf.unfinished("2")).unwrap().is_some());
        assert_eq!(fs::read_to_string(folder.join("last.jsonl")).unwrap(), "2");
    }
}

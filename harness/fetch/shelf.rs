//! Where the cache keeps one source.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use super::known::Known;
use super::missing::Missing;
use super::seal;
use crate::roster::Url;
use crate::sandbox::{Cancel, remove};

/// How often it is looked whether another run has left.
const LOOK: Duration = Duration::from_millis(50);

/// What git calls a pack that it is writing; one that is left was never finished.
const UNFINISHED: &str = "tmp_";

/// The place of one source, for one run alone.
#[derive(Debug)]
pub(super) struct Shelf {
    path: PathBuf,
    _lock: File,
}

impl Shelf {
    /// Opens the place of a source in the folder of a cache, and waits until no other run is at it.
    pub(super) fn open(
        folder: &Path,
        url: &Url,
        until: Instant,
        cancel: &Cancel,
    ) -> Result<Self, Missing> {
        let path = folder.join(seal::name(url.as_str()));
        let of_cache = |error: io::Error| Missing::of_cache(folder, &error);
        fs::create_dir_all(path.join("trees")).map_err(of_cache)?;
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path.join("lock"))
            .map_err(of_cache)?;
        let begun = Instant::now();
        loop {
            match lock.try_lock() {
                Ok(()) => return Ok(Self { path, _lock: lock }),
                Err(TryLockError::Error(error)) => return Err(of_cache(error)),
                Err(TryLockError::WouldBlock) if cancel.requested() => {
                    return Err(Missing::Cancelled);
                }
                Err(TryLockError::WouldBlock) if Instant::now() >= until => {
                    return Err(Missing::Busy(begun.elapsed()));
                }
                Err(TryLockError::WouldBlock) => thread::sleep(LOOK),
            }
        }
    }

    /// The repository, which may not be there.
    pub(super) fn repository(&self) -> PathBuf {
        self.path.join("repository.git")
    }

    /// What is known of the source.
    pub(super) fn known(&self) -> Known {
        Known::read(&self.known_path())
    }

    /// Keeps what is known, and removes the trees of commits that nothing leads to any more and no run uses.
    pub(super) fn keep(&self, known: &Known) -> io::Result<()> {
        known.write(&self.known_path())?;
        self.sweep(known);
        Ok(())
    }

    fn known_path(&self) -> PathBuf {
        self.path.join("known.json")
    }

    /// Where the tree of a commit is, with the plugin's folder in it.
    pub(super) fn tree(&self, commit: &str) -> PathBuf {
        self.path.join("trees").join(commit)
    }

    /// True if the tree of a commit is there, as it was made.
    pub(super) fn is_sound(&self, commit: &str) -> bool {
        let kept = fs::read_to_string(self.beside(commit, "seal")).unwrap_or_default();
        !kept.is_empty() && seal::seal(&self.tree(commit)).is_ok_and(|seal| seal == kept)
    }

    /// Puts a tree in its place, and away what was there.
    pub(super) fn put(&self, commit: &str, tree: &Path) -> io::Result<()> {
        let place = self.tree(commit);
        let path = self.beside(commit, "seal");
        let seal = seal::seal(tree)?;
        let _ = fs::remove_file(&path);
        gone(remove(&place))?;
        fs::rename(tree, &place)?;
        let mut file = tempfile::NamedTempFile::new_in(&self.path)?;
        file.write_all(seal.as_bytes())?;
        file.persist(path)?;
        Ok(())
    }

    /// A claim to the tree of a commit, for as long as the file is open.
    pub(super) fn lease(&self, commit: &str) -> io::Result<File> {
        let lease = self.lease_file(commit)?;
        lease.lock_shared()?;
        Ok(lease)
    }

    /// Removes the repository.
    pub(super) fn forget(&self) -> io::Result<()> {
        gone(remove(&self.repository()))
    }

    /// Removes what a git that was ended left half done.
    pub(super) fn clear(&self) {
        let packs = self.repository().join("objects/pack");
        for entry in fs::read_dir(packs).into_iter().flatten().flatten() {
            if entry
                .file_name()
                .as_encoded_bytes()
                .starts_with(UNFINISHED.as_bytes())
            {
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    fn sweep(&self, known: &Known) {
        for entry in fs::read_dir(self.path.join("trees"))
            .into_iter()
            .flatten()
            .flatten()
        {
            let name = entry.file_name();
            let Some(name) = name.to_str() else { continue };
            let is_led_to = known.references.values().any(|point| point.commit == name);
            if name.contains('.') || is_led_to {
                continue;
            }
            // Where another run has a claim to it, the one after that removes it.
            if self
                .lease_file(name)
                .is_ok_and(|lease| lease.try_lock().is_ok())
            {
                let _ = fs::remove_file(self.beside(name, "seal"));
                let _ = remove(&entry.path());
                let _ = fs::remove_file(self.beside(name, "lease"));
            }
        }
    }

    fn lease_file(&self, commit: &str) -> io::Result<File> {
        File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(self.beside(commit, "lease"))
    }

    fn beside(&self, commit: &str, what: &str) -> PathBuf {
        self.path.join("trees").join(format!("{commit}.{what}"))
    }
}

/// What is gone need not be removed.
fn gone(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

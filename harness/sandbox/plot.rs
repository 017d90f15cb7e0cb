//! A folder of temporary files that belongs to this process, and that the next one clears away if this one dies.

use std::ffi::OsStr;
use std::fs::{self, File, TryLockError};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use nix::fcntl::OFlag;
use nix::unistd::geteuid;

use super::removal::remove;

/// How its name begins.
const PREFIX: &str = "dokku-conform-run-";
/// How many letters and digits follow.
const RANDOM: usize = 6;
/// How often another process may come between the making of a folder and the claim to it.
const ATTEMPTS: usize = 100;

/// A folder that goes when the value goes.
///
/// The system keeps the claim to it, a lock, for as long as the process lives and no longer: a folder without one is a
/// dead process's, however that ended.
#[derive(Debug)]
pub struct Plot {
    path: PathBuf,
    /// None where the file system knows no locks: nothing there is ever taken for dead.
    _claim: Option<File>,
}

/// Why a folder could not be claimed.
enum Unclaimed {
    /// Somebody else has it, or has removed it.
    Taken,
    /// The file system knows no locks.
    NoLocks,
    /// The system refuses to open it.
    Closed(io::Error),
}

impl Plot {
    /// Makes one in a folder, and removes those that dead processes of the same user left there, as far as it can.
    ///
    /// # Errors
    /// If it can't be made.
    pub fn make(place: &Path) -> io::Result<Self> {
        clear(place);
        for _ in 0..ATTEMPTS {
            let mut builder = tempfile::Builder::new();
            let made = builder
                .prefix(PREFIX)
                .rand_bytes(RANDOM)
                .tempdir_in(place)?;
            let claim = match claim(made.path()) {
                Ok(claim) => Some(claim),
                Err(Unclaimed::NoLocks) => None,
                // Before the claim it looks dead: another process may just be clearing it away.
                Err(Unclaimed::Taken) => continue,
                Err(Unclaimed::Closed(error)) => return Err(error),
            };
            return Ok(Self {
                path: made.keep(),
                _claim: claim,
            });
        }
        Err(io::Error::other("others remove whatever is made there"))
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Plot {
    fn drop(&mut self) {
        // What can't be removed now is left to the next process.
        let _ = remove(&self.path);
    }
}

/// Claims a folder for as long as the file is open.
fn claim(path: &Path) -> Result<File, Unclaimed> {
    let flags = OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW;
    let opened = File::options()
        .read(true)
        .custom_flags(flags.bits())
        .open(path);
    let folder = match opened {
        Ok(folder) => folder,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(Unclaimed::Taken),
        Err(error) => return Err(Unclaimed::Closed(error)),
    };
    match folder.try_lock() {
        Ok(()) if is_at(&folder, path) => Ok(folder),
        Ok(()) | Err(TryLockError::WouldBlock) => Err(Unclaimed::Taken),
        Err(TryLockError::Error(_)) => Err(Unclaimed::NoLocks),
    }
}

/// True if a path still leads to this folder.
fn is_at(folder: &File, path: &Path) -> bool {
    match (folder.metadata(), fs::symlink_metadata(path)) {
        (Ok(held), Ok(named)) => (held.dev(), held.ino()) == (named.dev(), named.ino()),
        _ => false,
    }
}

/// Removes what dead processes of this user left in a folder. Waits for nobody.
fn clear(place: &Path) {
    for entry in fs::read_dir(place).into_iter().flatten().flatten() {
        if !is_name(&entry.file_name()) {
            continue;
        }
        let path = entry.path();
        let Ok(claim) = claim(&path) else { continue };
        let is_own = claim
            .metadata()
            .is_ok_and(|meta| meta.uid() == geteuid().as_raw());
        if is_own {
            let _ = remove(&path);
        }
    }
}

/// True for a name that [`Plot::make`] gives.
fn is_name(name: &OsStr) -> bool {
    let random = name.to_str().and_then(|name| name.strip_prefix(PREFIX));
    random.is_some_and(|random| {
        random.len() == RANDOM && random.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;
    use std::thread;

    use super::*;

    #[test]
    fn only_what_the_dead_left_is_cleared_away() {
        let place = tempfile::tempdir().unwrap();
        let at = |name: &str| place.path().join(name);
        let alive = Plot::make(place.path()).unwrap();
        fs::create_dir_all(at("dokku-conform-run-aaaaaa/world-0")).unwrap();
        fs::create_dir(at("dokku-conform-run-by-hand")).unwrap();
        fs::write(at("dokku-conform-run-bbbbbb"), "").unwrap();
        fs::create_dir(at("elsewhere")).unwrap();
        symlink(at("elsewhere"), at("dokku-conform-run-cccccc")).unwrap();
        let next = Plot::make(place.path()).unwrap();
        assert!(!at("dokku-conform-run-aaaaaa").exists());
        for kept in [
            alive.path(),
            next.path(),
            &at("dokku-conform-run-by-hand"),
            &at("dokku-conform-run-bbbbbb"),
            &at("dokku-conform-run-cccccc"),
            &at("elsewhere"),
        ] {
            assert!(kept.exists(), "{kept:?}");
        }
    }

    #[test]
    fn those_that_begin_at_once_leave_each_other_alone() {
        let place = tempfile::tempdir().unwrap();
        let makes = || {
            for _ in 0..100 {
                let plot = Plot::make(place.path()).unwrap();
                fs::write(plot.path().join("file"), "").unwrap();
                thread::yield_now();
                assert!(plot.path().join("file").exists());
            }
        };
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(makes);
            }
        });
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0);
    }
}

//! The folder that worlds are made in.

use std::fmt::Display;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use nix::sys::statfs::{TMPFS_MAGIC, statfs};
use nix::sys::statvfs::{FsFlags, Statvfs, statvfs};

use super::Plot;

/// Where most systems keep a file system in memory. A world is many small files that live for milliseconds: on a disk
/// they cost several times as much as what runs in them.
const MEMORY: &str = "/dev/shm";

/// How much must be free there: less, as in many containers, is not for worlds.
const ENOUGH: u64 = 512 << 20;

/// With less free than this, in bytes and in files, what a step can't write is not its own doing.
const LEAST: u64 = 1 << 20;
const LEAST_FILES: u64 = 64;

/// Letters, besides those of words and numbers, that mean nothing to a shell and to those who divide PATH.
const PLAIN: &str = "/._-+,@=~%";

/// What whoever asked can do about a folder that is not fit for worlds.
const ADVICE: &str = "set TMPDIR to another folder";

/// A folder that worlds can be made in.
#[derive(Clone, Debug)]
pub struct Site(PathBuf);

impl Site {
    /// The one that TMPDIR names, or else in memory if there is room, or else the system's for temporary files.
    ///
    /// # Errors
    /// If it is not there, no program may be run from it, it has no room, or its name is not UTF-8, which what is said
    /// about it to other processes has to be. The sentence says what to do.
    pub fn find() -> io::Result<Self> {
        let place = place();
        let canonical = fs::canonicalize(&place)
            .map_err(|error| refused(&place, error.kind(), &cause(&error)))?;
        let refuse = |kind, why: &str| Err(refused(&place, kind, &why));
        if canonical.to_str().is_none() {
            return refuse(io::ErrorKind::InvalidInput, "its name is not UTF-8");
        }
        if is_noexec(&canonical) {
            let why = "it is mounted `noexec`, so that no plugin runs there";
            return refuse(io::ErrorKind::PermissionDenied, why);
        }
        let site = Self(canonical);
        match site.has_room() {
            true => Ok(site),
            false => refuse(io::ErrorKind::StorageFull, "it has no room left"),
        }
    }

    /// Where it is; no link leads there.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Makes a folder in it that everybody may look into, and removes what runs that died left there.
    ///
    /// # Errors
    /// If the system refuses. The sentence says what to do.
    pub fn plot(&self) -> io::Result<Plot> {
        let made = Plot::make(&self.0).and_then(|plot| {
            fs::set_permissions(plot.path(), fs::Permissions::from_mode(0o755))?;
            Ok(plot)
        });
        made.map_err(|error| refused(&self.0, error.kind(), &cause(&error)))
    }

    /// Why a plugin that sees its path would come to other results than on a Dokku host, in one sentence; none if it
    /// would not.
    #[must_use]
    pub fn misleads(&self) -> Option<String> {
        let is_plain = |letter: &char| letter.is_alphanumeric() || PLAIN.contains(*letter);
        let path = self.0.to_string_lossy();
        let odd = path.chars().find(|letter| !is_plain(letter))?;
        let why = format!(
            "its name has a {odd:?}, at which a shell or PATH would part it, as on no Dokku host"
        );
        Some(refused(&self.0, io::ErrorKind::InvalidInput, &why).to_string())
    }

    /// True if there is room to write.
    #[must_use]
    pub fn has_room(&self) -> bool {
        statvfs(&self.0).is_ok_and(|stat| {
            // Some file systems do not count their files.
            let has_files = stat.files() == 0 || stat.files_available() >= LEAST_FILES;
            free(&stat) >= LEAST && has_files
        })
    }
}

fn refused(place: &Path, kind: io::ErrorKind, why: &dyn Display) -> io::Error {
    let text = format!("no folder can be made in {place:?}: {why}; {ADVICE}");
    io::Error::new(kind, text)
}

/// What the system said, without its number.
fn cause(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error")
        .next()
        .unwrap_or_default()
        .to_owned()
}

fn place() -> PathBuf {
    let memory = Path::new(MEMORY);
    match std::env::var_os("TMPDIR").is_none() && is_roomy(memory) {
        true => memory.to_owned(),
        false => std::env::temp_dir(),
    }
}

/// True for a file system in memory that has room and lets its files be executed.
fn is_roomy(folder: &Path) -> bool {
    let in_memory = statfs(folder).is_ok_and(|stat| stat.filesystem_type() == TMPFS_MAGIC);
    in_memory
        && statvfs(folder).is_ok_and(|stat| free(&stat) >= ENOUGH)
        && !is_noexec(folder)
        && tempfile::tempfile_in(folder).is_ok()
}

fn free(stat: &Statvfs) -> u64 {
    stat.blocks_available().saturating_mul(stat.fragment_size())
}

/// True for a folder whose files can't be executed.
fn is_noexec(folder: &Path) -> bool {
    statvfs(folder).is_ok_and(|stat| stat.flags().contains(FsFlags::ST_NOEXEC))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_a_shell_would_part_misleads() {
        for plain in ["/tmp", "/dev/shm", "/home/jörg/a_b-c.d+e"] {
            assert_eq!(Site(plain.into()).misleads(), None);
        }
        for odd in [
            "/a:b", "/a b", "/a\nb", "/a*", "/$a", "/'a", "/[a]", "/a\\b",
        ] {
            let why = Site(odd.into()).misleads().unwrap();
            assert!(why.ends_with(ADVICE) && !why.contains('\n'), "{why}");
        }
    }
}

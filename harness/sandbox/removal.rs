//! Removing what a step may have made hard to remove.

use std::ffi::{CStr, CString};
use std::fs;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

use nix::NixPath;
use nix::dir::{Dir, Type};
use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, OFlag, openat, renameat};
use nix::sys::stat::{Mode, fchmod};
use nix::unistd::{UnlinkatFlags, unlinkat};

use super::beneath::{HELD, set_mode};

/// Removes a file or a whole folder, giving itself the right to where a case took it away. Links are removed, never
/// followed. However deep a folder is, it costs neither stack nor descriptors.
///
/// # Errors
/// If there is nothing of that name, or the system refuses; something may be removed then.
pub fn remove(path: &Path) -> io::Result<()> {
    let meta = fs::symlink_metadata(path)?;
    if !meta.is_dir() {
        return fs::remove_file(path);
    }
    Emptying::begin(path)?.finish()?;
    fs::remove_dir(path)
}

/// A folder that is being emptied. What lies in its folders is moved up into it before they go, so that no folder is
/// ever further down than one step.
struct Emptying {
    top: OwnedFd,
    /// The names of the folders in it that are not empty.
    left: Vec<CString>,
    /// How many names were tried for what is moved up.
    names: u64,
}

impl Emptying {
    fn begin(path: &Path) -> io::Result<Self> {
        let top = open(AT_FDCWD, path)?;
        let mut left = Vec::new();
        strip(&top, &mut left)?;
        Ok(Self {
            top,
            left,
            names: 0,
        })
    }

    /// Removes as much as the system allows; the first thing that it did not allow, if there is one.
    fn finish(mut self) -> io::Result<()> {
        let mut outcome = Ok(());
        while let Some(name) = self.left.pop() {
            outcome = outcome.and(self.take_apart(&name));
        }
        Ok(outcome?)
    }

    /// Moves the folders of one folder up, and removes it with all else in it.
    fn take_apart(&mut self, name: &CStr) -> nix::Result<()> {
        let folder = match open(&self.top, name) {
            Err(Errno::ENOENT) => return Ok(()),
            opened => opened?,
        };
        let mut inner = Vec::new();
        let mut outcome = strip(&folder, &mut inner);
        for name in inner {
            outcome = outcome.and(self.raise(&folder, &name));
        }
        outcome?;
        gone(unlinkat(&self.top, name, UnlinkatFlags::RemoveDir))
    }

    fn raise(&mut self, from: &OwnedFd, name: &CStr) -> nix::Result<()> {
        // A folder that moves has its `..` changed, to which it takes the right to write.
        drop(open(from, name)?);
        loop {
            let raised = CString::new(self.names.to_string()).unwrap_or_default();
            self.names += 1;
            match renameat(from, name, &self.top, raised.as_c_str()) {
                Ok(()) => {
                    self.left.push(raised);
                    return Ok(());
                }
                Err(Errno::EEXIST | Errno::ENOTEMPTY | Errno::ENOTDIR) => {}
                Err(error) => return gone(Err(error)),
            }
        }
    }
}

/// Removes all of a folder but the folders that are not empty, whose names are added to `left`; what is refused is told
/// when the rest is gone.
fn strip(folder: &OwnedFd, left: &mut Vec<CString>) -> nix::Result<()> {
    let list = folder.try_clone().map_err(|_| Errno::EMFILE)?;
    let mut outcome = Ok(());
    for entry in &mut Dir::from_fd(list)?.iter() {
        let entry = entry?;
        let name = entry.file_name();
        if [c".", c".."].contains(&name) {
            continue;
        }
        let removed = match entry.file_type() {
            Some(Type::Directory) => Err(Errno::EISDIR),
            _ => unlinkat(folder, name, UnlinkatFlags::NoRemoveDir),
        };
        let removed = match removed {
            Err(Errno::EISDIR) => unlinkat(folder, name, UnlinkatFlags::RemoveDir),
            other => other,
        };
        match removed {
            Err(Errno::ENOTEMPTY | Errno::EEXIST) => left.push(name.to_owned()),
            other => outcome = outcome.and(gone(other)),
        }
    }
    outcome
}

/// Opens a folder and takes all rights to it, as far as it can. What a process that still runs puts in its place
/// meanwhile is left alone: it is held open while it is dealt with.
fn open<P: ?Sized + NixPath>(parent: impl AsFd + Copy, name: &P) -> nix::Result<OwnedFd> {
    let flags = OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
    let open = || openat(parent, name, flags, Mode::empty());
    let folder = match open() {
        Err(Errno::EACCES) => {
            let held = openat(parent, name, HELD | OFlag::O_CLOEXEC, Mode::empty())?;
            let _ = set_mode(&held, Mode::S_IRWXU.bits());
            open()?
        }
        opened => opened?,
    };
    let _ = fchmod(&folder, Mode::S_IRWXU);
    Ok(folder)
}

/// What became of a removal: what is not there any more needs none.
fn gone(outcome: nix::Result<()>) -> nix::Result<()> {
    match outcome {
        Err(Errno::ENOENT) => Ok(()),
        other => other,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::thread;

    use nix::sys::stat::mkdirat;

    use super::*;

    /// Makes as many folders, each in the one before, with a file in the last.
    pub(crate) fn nest(folder: &Path, depth: usize) {
        let flags = OFlag::O_PATH | OFlag::O_DIRECTORY;
        let mut at = openat(AT_FDCWD, folder, flags, Mode::empty()).unwrap();
        for _ in 0..depth {
            mkdirat(&at, "d", Mode::S_IRWXU).unwrap();
            at = openat(&at, "d", flags, Mode::empty()).unwrap();
        }
        let flags = OFlag::O_CREAT | OFlag::O_WRONLY;
        drop(openat(&at, "file", flags, Mode::S_IRWXU).unwrap());
    }

    #[test]
    fn a_closed_folder_goes_and_what_its_links_lead_to_stays() {
        let place = tempfile::tempdir().unwrap();
        let (folder, other) = (place.path().join("folder"), place.path().join("other"));
        fs::create_dir_all(folder.join("closed/deep/deeper/0")).unwrap();
        fs::create_dir(&other).unwrap();
        fs::write(other.join("kept"), "").unwrap();
        fs::write(folder.join("0"), "").unwrap();
        symlink(&other, folder.join("closed/link")).unwrap();
        for (closed, mode) in [
            ("folder/closed/deep/deeper", 0o000),
            ("folder/closed/deep", 0o500),
            ("folder/closed", 0o000),
            ("folder", 0o555),
            ("other", 0o555),
        ] {
            let closed = place.path().join(closed);
            fs::set_permissions(closed, Permissions::from_mode(mode)).unwrap();
        }
        remove(&folder).unwrap();
        assert!(!folder.exists() && other.join("kept").exists());
        let mode = fs::metadata(&other).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o555);
    }

    #[test]
    fn names_that_are_taken_are_not_given_again() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("folder");
        for name in ["0", "1", "2", "x"] {
            for inner in ["0", "1", "a"] {
                fs::create_dir_all(folder.join(name).join(inner).join("0/1")).unwrap();
                fs::write(folder.join(name).join(inner).join("2"), "").unwrap();
            }
        }
        remove(&folder).unwrap();
        assert!(!folder.exists());
    }

    #[test]
    fn a_folder_deeper_than_any_stack_goes() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("folder");
        fs::create_dir(&folder).unwrap();
        nest(&folder, 30_000);
        let small = thread::Builder::new().stack_size(256 << 10);
        thread::scope(|scope| {
            let removing = small.spawn_scoped(scope, || remove(&folder)).unwrap();
            removing.join().unwrap().unwrap();
        });
        assert!(!folder.exists());
    }
}

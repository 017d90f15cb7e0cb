//! Files of a world, opened by the harness: no link that a plugin made leads out of it.

use std::ffi::OsStr;
use std::fs::{self, File, Permissions};
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::fs::PermissionsExt;
use std::path::{Component, Path, PathBuf};

use nix::errno::Errno;
use nix::fcntl::{OFlag, openat};
use nix::sys::stat::{Mode, SFlag, fstat, mkdirat};

/// Opens a folder below a root that itself is no plugin's, and each folder on the way, and follows no link.
fn folder(root: &Path, relative: &Path) -> io::Result<OwnedFd> {
    descend(root, relative, |_, _| Ok(()))
}

/// Goes down from a root by a path that no link is in, and does something in each folder with the name of the next
/// before that is entered. No folder need be readable.
fn descend(
    root: &Path,
    relative: &Path,
    mut prepare: impl FnMut(&OwnedFd, &OsStr) -> io::Result<()>,
) -> io::Result<OwnedFd> {
    let flags = OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
    let mut folder = nix::fcntl::open(root, flags, Mode::empty())?;
    for part in relative.components() {
        let Component::Normal(name) = part else {
            return Err(io::ErrorKind::InvalidInput.into());
        };
        prepare(&folder, name)?;
        folder = openat(&folder, name, flags | OFlag::O_NOFOLLOW, Mode::empty())?;
    }
    Ok(folder)
}

/// True if a folder is at this path below a root, and no link in the way to it.
#[must_use]
pub fn is_dir(root: &Path, relative: &Path) -> bool {
    folder(root, relative).is_ok()
}

/// Makes a folder below a root, and those above it, as far as they are not there.
///
/// # Errors
/// If something else is there, or in the way.
pub fn make_dirs(root: &Path, relative: &Path) -> io::Result<()> {
    descend(root, relative, |parent, name| {
        make_one(parent, name, Mode::from_bits_truncate(0o755))
    })?;
    Ok(())
}

/// Opens a regular file below a root, and waits for nobody to do so.
///
/// # Errors
/// If it is not there, is no regular file, or a link is in the way.
pub fn open(root: &Path, relative: &Path, flags: OFlag) -> io::Result<File> {
    let (parent, name) = split(relative)?;
    let folder = folder(root, parent)?;
    let flags = flags | OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK | OFlag::O_CLOEXEC;
    let file = openat(&folder, name, flags, Mode::from_bits_truncate(0o644))?;
    let kind = SFlag::from_bits_truncate(fstat(file.as_fd())?.st_mode) & SFlag::S_IFMT;
    match kind == SFlag::S_IFREG {
        true => Ok(File::from(file)),
        false => Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "it is no regular file",
        )),
    }
}

/// Makes a folder below a root if it is not there, and gives it these permissions.
///
/// # Errors
/// If something else is there, or in the way.
pub fn make_dir(root: &Path, name: &str, mode: u32) -> io::Result<()> {
    let mode = Mode::from_bits_truncate(mode);
    let parent = folder(root, Path::new(""))?;
    make_one(&parent, name.as_ref(), mode)?;
    let folder = openat(&parent, name, HELD | OFlag::O_CLOEXEC, Mode::empty())?;
    set_mode(&folder, mode.bits())
}

/// Makes a folder in another, if nothing of that name is there.
fn make_one(parent: &OwnedFd, name: &OsStr, mode: Mode) -> io::Result<()> {
    match mkdirat(parent, name, mode) {
        Ok(()) | Err(Errno::EEXIST) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Flags to hold a folder open that nobody may read, and no link in its place.
pub(super) const HELD: OFlag = OFlag::O_PATH
    .union(OFlag::O_DIRECTORY)
    .union(OFlag::O_NOFOLLOW);

/// The path of what is held open, whatever is in its place meanwhile.
pub(super) fn held(file: &impl AsRawFd) -> PathBuf {
    PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()))
}

/// Gives permissions to what is held open. What was opened for its name alone has no other way to get them.
pub(super) fn set_mode(file: &impl AsRawFd, mode: u32) -> io::Result<()> {
    fs::set_permissions(held(file), Permissions::from_mode(mode))
}

fn split(path: &Path) -> io::Result<(&Path, &OsStr)> {
    let both = path.parent().zip(path.file_name());
    both.ok_or_else(|| io::ErrorKind::InvalidInput.into())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn a_link_on_the_way_is_not_followed() {
        let dir = tempfile::tempdir().unwrap();
        let (root, other) = (dir.path().join("root"), dir.path().join("other"));
        fs::create_dir_all(root.join("a")).unwrap();
        fs::create_dir(&other).unwrap();
        fs::write(other.join("x"), "secret").unwrap();
        symlink(other.join("x"), root.join("a/x")).unwrap();
        symlink(&other, root.join("b")).unwrap();
        for path in ["a/x", "b/x", "a/../b/x", "../other/x"] {
            assert!(
                open(&root, Path::new(path), OFlag::O_RDONLY).is_err(),
                "{path}"
            );
        }
        assert!(make_dir(&root, "b", 0o700).is_err());
        assert!(is_dir(&root, Path::new("a")) && !is_dir(&root, Path::new("b")));
        assert!(make_dirs(&root, Path::new("b/c")).is_err() && !other.join("c").exists());
        assert!(make_dirs(&root, Path::new("a/c/d")).is_ok() && root.join("a/c/d").is_dir());
        fs::write(root.join("a/y"), "").unwrap();
        assert!(open(&root, Path::new("a/y"), OFlag::O_RDONLY).is_ok());
        nix::unistd::mkfifo(&root.join("a/z"), Mode::S_IRWXU).unwrap();
        let error = open(&root, Path::new("a/z"), OFlag::O_RDONLY).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    }

    #[test]
    fn a_folder_gets_its_rights_back() {
        let dir = tempfile::tempdir().unwrap();
        for _ in 0..2 {
            make_dir(dir.path(), "x", 0o700).unwrap();
            let mode = fs::metadata(dir.path().join("x"))
                .unwrap()
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o700);
            fs::set_permissions(dir.path().join("x"), Permissions::from_mode(0o000)).unwrap();
        }
    }
}

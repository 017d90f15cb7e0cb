//! The folder that the worlds of a run lie in.

use std::fmt::Display;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use nix::sys::statfs::{TMPFS_MAGIC, statfs};
use nix::sys::statvfs::{FsFlags, statvfs};

use crate::sandbox::Plot;

/// Where most systems keep a file system in memory. A world is many small files that live for milliseconds: on a disk
/// they cost several times as much as what runs in them.
const MEMORY: &str = "/dev/shm";

/// How much must be free there: less, as in many containers, is not for worlds.
const ENOUGH: u64 = 512 << 20;

/// Makes the folder: where TMPDIR says, or else in memory if there is room, or else in the system's folder of temporary
/// files. What runs that died left there is removed.
///
/// # Errors
/// If the folder can't be made, or its name is not UTF-8, which what is said about it to other processes has to be.
pub(super) fn make() -> io::Result<Plot> {
    let place = place();
    let refuse = |kind, why: &dyn Display| {
        let advice = "set TMPDIR to another folder";
        Err(io::Error::new(
            kind,
            format!("no folder can be made in {place:?}: {why}; {advice}"),
        ))
    };
    let canonical = match fs::canonicalize(&place) {
        Ok(canonical) => canonical,
        Err(error) => return refuse(error.kind(), &error),
    };
    if is_noexec(&canonical) {
        return refuse(
            io::ErrorKind::PermissionDenied,
            &"it is mounted `noexec`, so that no plugin runs there",
        );
    }
    if canonical.to_str().is_none() {
        return refuse(io::ErrorKind::InvalidInput, &"its name is not UTF-8");
    }
    let ground = match Plot::make(&canonical) {
        Ok(ground) => ground,
        Err(error) => return refuse(error.kind(), &error),
    };
    // Where the system's folder is reached by a link, the plugin's own `pwd -P` would show another name.
    fs::set_permissions(ground.path(), fs::Permissions::from_mode(0o755))?;
    Ok(ground)
}

fn place() -> PathBuf {
    let memory = Path::new(MEMORY);
    match std::env::var_os("TMPDIR").is_none() && has_room(memory) {
        true => memory.to_owned(),
        false => std::env::temp_dir(),
    }
}

/// True for a file system in memory that has room and lets its files be executed.
fn has_room(folder: &Path) -> bool {
    let in_memory = statfs(folder).is_ok_and(|stat| stat.filesystem_type() == TMPFS_MAGIC);
    in_memory
        && statvfs(folder).is_ok_and(|stat| {
            let free = stat.blocks_available() * stat.fragment_size();
            free >= ENOUGH
        })
        && !is_noexec(folder)
        && tempfile::tempfile_in(folder).is_ok()
}

/// True for a folder whose files can't be executed.
fn is_noexec(folder: &Path) -> bool {
    statvfs(folder).is_ok_and(|stat| stat.flags().contains(FsFlags::ST_NOEXEC))
}

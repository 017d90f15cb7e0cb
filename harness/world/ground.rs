//! The folder that the worlds of a run lie in.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use nix::sys::statfs::{TMPFS_MAGIC, statfs};
use nix::sys::statvfs::{FsFlags, statvfs};
use tempfile::TempDir;

/// Where most systems keep a file system in memory. A world is many small files that live for milliseconds: on a disk
/// they cost several times as much as what runs in them.
const MEMORY: &str = "/dev/shm";

/// How much must be free there: less, as in many containers, is not for worlds.
const ENOUGH: u64 = 512 << 20;

/// Makes the folder: where TMPDIR says, or else in memory if there is room, or else in the system's folder of temporary
/// files. It goes when the value goes.
///
/// # Errors
/// If the folder can't be made.
pub(super) fn make() -> io::Result<TempDir> {
    let ground = tempfile::Builder::new()
        .prefix("dokku-conform-")
        .tempdir_in(place())?;
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
            let free = stat.blocks_available() as u64 * stat.fragment_size() as u64;
            free >= ENOUGH && !stat.flags().contains(FsFlags::ST_NOEXEC)
        })
        && tempfile::tempfile_in(folder).is_ok()
}

//! Where a test puts what it makes.

use std::path::{Path, PathBuf};

use nix::sys::statvfs::{FsFlags, statvfs};
use tempfile::TempDir;

/// How much a place in memory must have free to be taken, in bytes.
const ENOUGH: u64 = 512 << 20;

/// A new folder: in memory, where there is room and programs may be run from it, since some disks take a while for many
/// small files; or else among the temporary files.
pub(crate) fn scratch() -> TempDir {
    tempfile::tempdir_in(place()).unwrap()
}

fn place() -> PathBuf {
    let memory = Path::new("/dev/shm");
    let serves = statvfs(memory).is_ok_and(|stat| {
        let free = stat.blocks_available().saturating_mul(stat.fragment_size());
        free >= ENOUGH && !stat.flags().contains(FsFlags::ST_NOEXEC)
    });
    match serves && tempfile::tempdir_in(memory).is_ok() {
        true => memory.to_owned(),
        false => std::env::temp_dir(),
    }
}

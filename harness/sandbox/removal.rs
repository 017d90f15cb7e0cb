//! Removing what a step may have made hard to remove.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::beneath::{HELD, held, set_mode};

/// Removes a file or a whole folder, giving itself the right to where a case took it away. Links are removed, never
/// followed.
///
/// # Errors
/// If there is nothing of that name, or the system refuses; something may be removed then.
pub fn remove(path: &Path) -> io::Result<()> {
    let meta = fs::symlink_metadata(path)?;
    if !meta.is_dir() {
        return fs::remove_file(path);
    }
    if fs::remove_dir_all(path).is_ok() {
        return Ok(());
    }
    open_up(path);
    fs::remove_dir_all(path)
}

/// Makes every folder below a folder readable and writable by its owner, as far as it can. What a process that still
/// runs puts in a folder's place meanwhile is left alone: each is held open while it is dealt with.
fn open_up(path: &Path) {
    let opened = File::options()
        .read(true)
        .custom_flags(HELD.bits())
        .open(path);
    let Ok(folder) = opened else { return };
    let _ = set_mode(&folder, 0o700);
    let entries = fs::read_dir(held(&folder)).into_iter().flatten().flatten();
    let folders: Vec<PathBuf> = entries
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .map(|entry| entry.path())
        .collect();
    for folder in folders {
        open_up(&folder);
    }
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn a_closed_folder_goes_and_what_its_links_lead_to_stays() {
        let place = tempfile::tempdir().unwrap();
        let (folder, other) = (place.path().join("folder"), place.path().join("other"));
        fs::create_dir_all(folder.join("closed/deep")).unwrap();
        fs::create_dir(&other).unwrap();
        fs::write(other.join("kept"), "").unwrap();
        symlink(&other, folder.join("closed/link")).unwrap();
        for closed in [&folder.join("closed/deep"), &folder.join("closed"), &other] {
            fs::set_permissions(closed, Permissions::from_mode(0o555)).unwrap();
        }
        remove(&folder).unwrap();
        assert!(!folder.exists() && other.join("kept").exists());
        let mode = fs::metadata(&other).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o555);
    }
}

//! What a folder holds, in a few letters, to see whether it was touched.

use std::fs::{self, File};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use sha2::{Digest, Sha256};
use walkdir::{DirEntry, WalkDir};

use crate::digest::{add, add_all, letters};

/// The SHA-256 of all that a folder holds: names, kinds, modes, contents, and where links lead.
///
/// # Errors
/// If a part of it can't be read.
pub(super) fn seal(folder: &Path) -> io::Result<String> {
    let mut digest = Sha256::new();
    for entry in WalkDir::new(folder).sort_by_file_name() {
        let entry = entry?;
        let name = entry.path().strip_prefix(folder).unwrap_or(entry.path());
        add(&mut digest, name.as_os_str().as_bytes());
        add_content(&mut digest, &entry)?;
    }
    Ok(letters(&digest.finalize()))
}

/// The SHA-256 of a text.
pub(super) fn name(text: &str) -> String {
    letters(&Sha256::digest(text.as_bytes()))
}

fn add_content(digest: &mut Sha256, entry: &DirEntry) -> io::Result<()> {
    let meta = fs::symlink_metadata(entry.path())?;
    digest.update(meta.permissions().mode().to_le_bytes());
    if meta.is_symlink() {
        add(digest, fs::read_link(entry.path())?.as_os_str().as_bytes());
    } else if meta.is_file() {
        digest.update(meta.len().to_le_bytes());
        add_all(digest, File::open(entry.path())?)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn whatever_is_touched_is_seen() {
        let place = tempfile::tempdir().unwrap();
        let root = place.path().join("tree");
        fs::create_dir(&root).unwrap();
        fs::write(root.join("a"), "1").unwrap();
        let mut seen = vec![seal(&root).unwrap()];
        let changes: [fn(&Path); 5] = [
            |root| fs::write(root.join("a"), "2").unwrap(),
            |root| fs::set_permissions(root.join("a"), Permissions::from_mode(0o755)).unwrap(),
            |root| fs::create_dir(root.join("b")).unwrap(),
            |root| symlink("a", root.join("c")).unwrap(),
            |root| fs::rename(root.join("a"), root.join("d")).unwrap(),
        ];
        for change in changes {
            change(&root);
            let now = seal(&root).unwrap();
            assert!(!seen.contains(&now));
            seen.push(now);
        }
        assert_eq!(seal(&root).unwrap(), *seen.last().unwrap());
    }
}

//! What a plugin's files are, in a few letters.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use sha2::{Digest, Sha256};
use walkdir::DirEntry;

use super::open::Plugin;
use crate::digest::{add, add_all, letters};
use crate::world::{LARGEST_FILE, LARGEST_PLUGIN, parts};

impl Plugin {
    /// The SHA-256 of all that is installed of it: names, kinds, modes, sizes and contents, but for these files, by their
    /// real paths. Of what is too large to be installed the size counts alone. Two states of a plugin with the same digest are the same.
    #[must_use]
    pub fn digest(&self, except: &[PathBuf]) -> String {
        let mut digest = Sha256::new();
        let mut left = LARGEST_PLUGIN;
        let is_meant = |entry: &DirEntry| !except.iter().any(|path| path == entry.path());
        let walk = parts(&self.root, true);
        for entry in walk.filter(is_meant) {
            let name = entry.path().strip_prefix(&self.root);
            let name = name.unwrap_or(entry.path()).as_os_str().as_bytes();
            add(&mut digest, name);
            // What can't be read is not installed either.
            let _ = add_content(&mut digest, &entry, &mut left);
        }
        letters(&digest.finalize())
    }
}

/// Adds what is at an entry; of contents no more than this, from which they are taken.
fn add_content(digest: &mut Sha256, entry: &DirEntry, left: &mut u64) -> io::Result<()> {
    let kind = entry.file_type();
    let meta = fs::symlink_metadata(entry.path())?;
    let mode = meta.permissions().mode().to_le_bytes();
    if kind.is_symlink() {
        add(digest, b"link");
        add(digest, fs::read_link(entry.path())?.as_os_str().as_bytes());
    } else if kind.is_dir() {
        add(digest, b"folder");
        digest.update(mode);
    } else if kind.is_file() {
        let file = File::open(entry.path())?;
        add(digest, b"file");
        digest.update(mode);
        digest.update(meta.len().to_le_bytes());
        if meta.len() > LARGEST_FILE.min(*left) {
            return Ok(());
        }
        *left -= meta.len();
        add_all(digest, file.take(meta.len()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::symlink;
    use std::path::Path;

    use super::*;

    #[test]
    fn what_is_not_installed_is_not_read() {
        let place = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(place.path()).unwrap();
        fs::write(root.join("commands"), "#!/bin/sh\n").unwrap();
        let plugin = Plugin::open(&root, None).unwrap();
        let mut seen = vec![plugin.digest(&[])];
        let large = File::create(root.join("large")).unwrap();
        for size in [1 << 40, (1 << 40) + 1] {
            large.set_len(size).unwrap();
            let now = plugin.digest(&[]);
            assert!(!seen.contains(&now));
            seen.push(now);
        }
    }

    #[test]
    fn every_change_that_is_installed_changes_the_digest() {
        let place = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(place.path()).unwrap();
        let digest = || {
            Plugin::open(&root, None)
                .unwrap()
                .digest(&[root.join("record")])
        };
        fs::write(root.join("commands"), "#!/bin/sh\n").unwrap();
        fs::write(root.join("data"), "").unwrap();
        let mut seen = vec![digest()];
        let changes: [fn(&Path); 5] = [
            |root| fs::write(root.join("commands"), "#!/bin/sh\n\n").unwrap(),
            |root| fs::set_permissions(root.join("data"), Permissions::from_mode(0o755)).unwrap(),
            |root| fs::create_dir(root.join("node_modules")).unwrap(),
            |root| symlink("data", root.join("link")).unwrap(),
            |root| fs::rename(root.join("data"), root.join("other")).unwrap(),
        ];
        for change in changes {
            change(&root);
            let now = digest();
            assert!(!seen.contains(&now));
            seen.push(now);
        }
        for name in ["record", ".git"] {
            fs::write(root.join(name), "x").unwrap();
        }
        assert_eq!(Some(&digest()), seen.last());
    }
}

//! Writing what was mended.

use std::fs::{self, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
use std::path::Path;

use super::Mended;
use crate::new_file::write_new;

/// Writes a mended file of a plugin with this root: whole or not at all, with the mode and the owner that it has.
///
/// # Errors
/// If it can't be written, or has changed since it was read.
pub fn write(root: &Path, mended: &Mended) -> io::Result<()> {
    let path = root.join(&mended.path);
    let Some(before) = &mended.before else {
        return write_new(root, &path, &mended.after);
    };
    let meta = fs::symlink_metadata(&path)?;
    let is_same = |bytes: Vec<u8>| bytes == before.as_bytes();
    let has_text = mended.after != *before;
    if !meta.is_file() || (has_text && !is_same(fs::read(&path)?)) {
        return Err(io::Error::other("it has changed since it was read"));
    }
    let mode = meta.mode() & 0o7777;
    let mode = match mended.executable {
        // Whoever may read it may run it.
        true => mode | ((mode & 0o444) >> 2),
        false => mode,
    };
    if !has_text {
        return fs::set_permissions(&path, Permissions::from_mode(mode));
    }
    let folder = path.parent().unwrap_or(root);
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(mended.after.as_bytes())?;
    let made = file.as_file().metadata()?;
    if (made.uid(), made.gid()) != (meta.uid(), meta.gid()) {
        fchown(file.as_file(), Some(meta.uid()), Some(meta.gid()))?;
    }
    file.as_file()
        .set_permissions(Permissions::from_mode(mode))?;
    file.as_file().sync_data()?;
    file.persist(&path)?;
    Ok(())
}

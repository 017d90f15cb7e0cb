//! A file that is not there yet.

use std::fs::Permissions;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Writes a file that is not there into a folder that is: whole or not at all.
///
/// # Errors
/// If something is there, or it can't be written.
pub(crate) fn write_new(folder: &Path, path: &Path, text: &str) -> io::Result<()> {
    let mut file = tempfile::Builder::new()
        .permissions(Permissions::from_mode(0o666))
        .tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_data()?;
    file.persist_noclobber(path)?;
    Ok(())
}

//! Telling whether a file is this very program, which then needs not be started to know what it would do.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::child::is_executable;

/// This very program, as a file.
pub(super) struct OwnProgram(Option<(u64, u64)>);

impl OwnProgram {
    /// The program of this process.
    pub(super) fn find() -> Self {
        Self(identity(Path::new("/proc/self/exe")))
    }

    /// True if executing the path would start this program once more.
    pub(super) fn is(&self, path: &Path) -> bool {
        self.0.is_some() && self.0 == identity(path) && is_executable(path)
    }
}

/// What tells one file from another.
fn identity(path: &Path) -> Option<(u64, u64)> {
    let meta = fs::metadata(path).ok()?;
    Some((meta.dev(), meta.ino()))
}

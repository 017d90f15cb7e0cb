//! Small plugins for tests.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use super::{Finding, Inspected, Inspection, Plugin};
use crate::dokku::Version;

/// A plugin directory that goes away with the test.
pub(super) struct Fixture {
    _base: tempfile::TempDir,
    pub(super) root: std::path::PathBuf,
}

impl Fixture {
    /// An empty directory of this name.
    pub(super) fn new(name: &str) -> Self {
        let base = tempfile::tempdir().unwrap();
        let root = base.path().join(name);
        fs::create_dir(&root).unwrap();
        Self { _base: base, root }
    }

    /// Adds a file; executable unless its name has an extension or is that of a library.
    pub(super) fn with(self, path: &str, text: impl AsRef<[u8]>) -> Self {
        let plain = path.contains('.') || path == "config" || path.ends_with("functions");
        self.with_mode(path, text, if plain { 0o644 } else { 0o755 })
    }

    /// Adds a file with these permissions.
    pub(super) fn with_mode(self, path: &str, text: impl AsRef<[u8]>, mode: u32) -> Self {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        self
    }

    /// Adds a link.
    pub(super) fn with_link(self, path: &str, target: impl AsRef<Path>) -> Self {
        symlink(target, self.root.join(path)).unwrap();
        self
    }

    /// Opens it.
    pub(super) fn open(&self) -> Plugin {
        Plugin::open(&self.root, None).unwrap()
    }

    /// Inspects it as the newest version would see it.
    pub(super) fn inspect(&self, inspection: Inspection) -> Inspected {
        self.open().inspect(inspection, Version::NEWEST)
    }
}

/// The places of findings.
pub(super) fn places(findings: &[Finding]) -> Vec<String> {
    findings.iter().map(|one| one.place.to_string()).collect()
}

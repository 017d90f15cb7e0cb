//! How much a source may be, and how long it may take.

use std::time::Duration;

/// How much a source may be, and how long it may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long it may take in all.
    pub time: Duration,
    /// How many bytes may be brought, and how many the plugin may have on the disk.
    pub bytes: u64,
    /// How many files it may have.
    pub files: u64,
}

impl Default for Limits {
    /// Two minutes, 200 MiB and 100 000 files.
    fn default() -> Self {
        Self {
            time: Duration::from_secs(120),
            bytes: 200 << 20,
            files: 100_000,
        }
    }
}

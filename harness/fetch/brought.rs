//! A plugin that is there.

use std::fs::File;
use std::path::PathBuf;

/// A plugin that is there. As long as this value is, no run of the harness removes it from the cache.
#[derive(Debug)]
pub struct Brought {
    /// Its folder. One from a repository is called as that is.
    pub path: PathBuf,
    /// The commit that it is at, if that is known.
    pub commit: Option<String>,
    /// What is worth telling of how it came, each a sentence.
    pub notes: Vec<String>,
    /// Locked as long as it is open.
    pub(super) _lease: Option<File>,
}

impl Brought {
    /// Without a claim to it: it is the user's own.
    pub(super) fn own(path: PathBuf, commit: Option<String>, notes: Vec<String>) -> Self {
        Self {
            path,
            commit,
            notes,
            _lease: None,
        }
    }
}

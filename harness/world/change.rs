//! What a case changed in the files of its world.

use serde::{Deserialize, Serialize};

/// One path of the world before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The path below the world's root, such as `home/dokku/app/ENV`.
    pub path: String,
    /// Its state before, if it was there.
    pub before: Option<FileState>,
    /// Its state after, if it is there.
    pub after: Option<FileState>,
}

/// What is known of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileState {
    /// `file`, `directory`, `link`, or `special`.
    pub kind: String,
    /// The permission bits.
    pub mode: u32,
    /// A file's text or a link's target, invalid UTF-8 shown as `\xNN`; at most 64 KiB.
    pub content: Option<String>,
}

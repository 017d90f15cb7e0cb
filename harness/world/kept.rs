//! The records that runs leave in a plugin's directory, and that are no part of the plugin.

use std::path::Path;

use walkdir::DirEntry;

/// The folder in which runs leave their records, if it is there.
pub const FOLDER: &str = "reports";
/// The record of the run that ended last.
pub const LAST: &str = "last.jsonl";
/// The record of the run before it.
pub const PREVIOUS: &str = "previous.jsonl";
/// How the name of a record begins whose run did not end yet, and how it ends.
pub const UNFINISHED: (&str, &str) = ("unfinished-", ".jsonl");

/// True if a file below a plugin's directory is a record that a run left there.
pub fn is_record(entry: &DirEntry) -> bool {
    let folder = entry.path().parent().and_then(Path::file_name);
    let is_at_place = entry.depth() == 2 && folder.is_some_and(|name| name == FOLDER);
    let name = entry.file_name().to_string_lossy();
    is_at_place && (name == LAST || name == PREVIOUS || is_unfinished(&name))
}

/// True if a record of this name is one whose run did not end yet.
pub fn is_unfinished(name: &str) -> bool {
    let (beginning, end) = UNFINISHED;
    name.starts_with(beginning) && name.ends_with(end)
}

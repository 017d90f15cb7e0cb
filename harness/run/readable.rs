//! Whether a plugin can be read whole, so that what is checked is what its author wrote.

use std::fs::{self, File};
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};

use crate::plugin::{Link, Plugin};
use crate::sandbox::visible_utf8;
use crate::visible::{visible, visible_path};

/// How many files an error names.
const SHOWN: usize = 5;

/// Parts of a plugin that can't be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {}", visible_path(path), sentence(.parts))]
pub struct Unreadable {
    path: PathBuf,
    /// Names, each with what stands against it.
    parts: Vec<(String, String)>,
}

fn sentence(parts: &[(String, String)]) -> String {
    let mut lines = vec![
        "these parts of the plugin can't be read; give yourself the right to, or take them away"
            .into(),
    ];
    let shown = parts.iter().take(SHOWN);
    lines.extend(shown.map(|(name, cause)| format!("  {}: {cause}", visible(name))));
    if parts.len() > SHOWN {
        lines.push(format!("  and {} more", parts.len() - SHOWN));
    }
    lines.join("\n")
}

/// Sees to it that every file and folder of a plugin that was named by this path can be read.
///
/// # Errors
/// [`Unreadable`] with those that can't.
pub(super) fn see_to_it(plugin: &Plugin, path: &Path) -> Result<(), Unreadable> {
    let root = plugin.root();
    let files = plugin
        .files()
        .iter()
        .filter(|file| !matches!(file.link, Some(Link::Dangling | Link::Outside)))
        .filter_map(|file| Some((file.name.clone(), File::open(root.join(&file.path)).err()?)));
    let folders = plugin
        .directories()
        .iter()
        .filter_map(|name| Some((name.clone(), fs::read_dir(root.join(name)).err()?)));
    let mut parts: Vec<_> = files
        .chain(folders)
        .map(|(name, cause)| (name, cause.to_string()))
        .collect();
    parts.extend(special(root));
    if parts.is_empty() {
        return Ok(());
    }
    parts.sort();
    Err(Unreadable {
        path: path.to_owned(),
        parts,
    })
}

/// What lies where Dokku looks and would make who opens it wait.
fn special(root: &Path) -> Vec<(String, String)> {
    let entries = [root.to_owned(), root.join("subcommands")]
        .into_iter()
        .filter_map(|folder| fs::read_dir(folder).ok())
        .flatten()
        .flatten();
    let is_special = |kind: fs::FileType| {
        kind.is_fifo() || kind.is_socket() || kind.is_char_device() || kind.is_block_device()
    };
    entries
        .filter(|entry| entry.file_type().is_ok_and(is_special))
        .map(|entry| {
            let path = entry.path();
            let name = path.strip_prefix(root).unwrap_or(&path);
            let name = visible_utf8(name.as_os_str().as_encoded_bytes()).into_owned();
            (name, "it is neither a file nor a folder".to_owned())
        })
        .collect()
}

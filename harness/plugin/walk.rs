//! Listing a plugin's files, within bounds.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::file::{FileKind, Link, PluginFile, shown};
use super::note::Note;
use crate::dokku::triggers;
use crate::world::is_cache;
use crate::world::kept::is_record;

/// How many entries are listed.
const MOST: usize = 10_000;

/// How deep directories are entered.
const DEEPEST: usize = 12;

/// Directories that hold what a tool put there.
const SKIPPED: [&str; 10] = [
    ".git",
    ".hg",
    ".svn",
    "node_modules",
    "vendor",
    "bower_components",
    ".venv",
    "__pycache__",
    ".bundle",
    ".terraform",
];

/// What a walk found.
#[derive(Debug, Default)]
pub(super) struct Listing {
    pub(super) files: Vec<PluginFile>,
    /// Directories, relative to the root, as text.
    pub(super) directories: Vec<String>,
    pub(super) notes: Vec<Note>,
}

/// Lists the files below `root`, which is canonical.
pub(super) fn list(root: &Path) -> Listing {
    let mut listing = Listing::default();
    let subcommands = root.join("subcommands");
    let is_entry = |entry: &DirEntry| entry.depth() == 1 || entry.path().starts_with(&subcommands);
    // What Dokku itself looks for comes first, so that no number of other files can hide it.
    let entries = below(root, 1).chain(below(&subcommands, DEEPEST - 1));
    let rest = below(root, DEEPEST).filter(|entry| !entry.as_ref().is_ok_and(is_entry));
    for (count, entry) in entries.chain(rest).enumerate() {
        if count >= MOST {
            listing.notes.push(Note::new(
                ".",
                format!("only the first {MOST} entries were listed"),
            ));
            break;
        }
        match entry {
            Ok(entry) => listing.add(root, &entry),
            Err(error) => {
                let place = error
                    .path()
                    .and_then(|path| path.strip_prefix(root).ok())
                    .map_or_else(|| ".".to_owned(), shown);
                listing
                    .notes
                    .push(Note::new(&place, format!("can't be listed: {error}")));
            }
        }
    }
    listing
        .files
        .sort_by(|one, other| one.path.cmp(&other.path));
    listing.directories.sort();
    listing
}

/// What is below a folder, which is not a link, down to a depth. A folder that is not there holds nothing.
fn below(folder: &Path, depth: usize) -> impl Iterator<Item = walkdir::Result<DirEntry>> {
    let there = folder.is_dir() && !folder.is_symlink();
    there
        .then(|| WalkDir::new(folder))
        .into_iter()
        .flat_map(move |walk| {
            walk.min_depth(1)
                .max_depth(depth)
                .sort_by_file_name()
                .into_iter()
                .filter_entry(|entry| !is_skipped(entry))
        })
}

fn is_skipped(entry: &DirEntry) -> bool {
    is_record(entry)
        || entry.depth() > 0
            && entry.file_type().is_dir()
            && (SKIPPED.iter().any(|name| entry.file_name() == *name) || is_cache(entry))
}

impl Listing {
    fn add(&mut self, root: &Path, entry: &DirEntry) {
        let Ok(path) = entry.path().strip_prefix(root) else {
            return;
        };
        let name = shown(path);
        if path.to_str().is_none() {
            self.note(&name, "its name is not UTF-8");
        }
        let kind = entry.file_type();
        if kind.is_dir() {
            self.directories.push(name);
        } else if kind.is_symlink() {
            self.add_link(root, path, &name);
        } else if kind.is_file() {
            let executable = entry
                .metadata()
                .is_ok_and(|metadata| metadata.permissions().mode() & 0o111 != 0);
            self.push(root, path.to_owned(), executable, None);
        } else {
            self.note(&name, "is no file, directory or link: it is never opened");
        }
    }

    fn add_link(&mut self, root: &Path, path: &Path, name: &str) {
        let Ok(target) = fs::canonicalize(root.join(path)) else {
            self.note(name, "is a link that leads nowhere");
            self.push(root, path.to_owned(), false, Some(Link::Dangling));
            return;
        };
        let Ok(inside) = target.strip_prefix(root).map(Path::to_owned) else {
            self.note(name, "is a link that leaves the plugin: it is not read");
            let executable = is_executable(&target);
            self.push(root, path.to_owned(), executable, Some(Link::Outside));
            return;
        };
        let Ok(metadata) = fs::metadata(&target) else {
            self.note(name, "is a link to what can't be read");
            return;
        };
        if metadata.is_dir() {
            self.directories.push(name.to_owned());
            if path == Path::new("subcommands") {
                self.add_linked_subcommands(root, &target);
            }
        } else if metadata.is_file() {
            let executable = is_executable(&target);
            self.push(
                root,
                path.to_owned(),
                executable,
                Some(Link::Inside(inside)),
            );
        } else {
            self.note(name, "leads to no file or directory: it is never opened");
        }
    }

    /// Dokku follows a `subcommands` that is itself a link.
    fn add_linked_subcommands(&mut self, root: &Path, target: &Path) {
        let Ok(entries) = fs::read_dir(target) else {
            self.note("subcommands", "can't be listed");
            return;
        };
        let mut paths: Vec<PathBuf> = entries
            .take(MOST)
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| {
                path.is_file() && fs::canonicalize(path).is_ok_and(|p| p.starts_with(root))
            })
            .collect();
        paths.sort();
        for path in paths {
            if let (Some(name), Ok(inside)) = (path.file_name(), path.strip_prefix(root)) {
                let executable = is_executable(&path);
                let link = Link::Inside(inside.to_owned());
                self.push(
                    root,
                    Path::new("subcommands").join(name),
                    executable,
                    Some(link),
                );
            }
        }
    }

    fn push(&mut self, root: &Path, path: PathBuf, executable: bool, link: Option<Link>) {
        let kind = kind(&path);
        self.files
            .push(PluginFile::new(root, path, kind, executable, link));
    }

    fn note(&mut self, place: &str, message: &str) {
        self.notes.push(Note::new(place, message.to_owned()));
    }
}

fn is_executable(path: &Path) -> bool {
    fs::metadata(path)
        .is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

/// What a file of this path is to Dokku.
pub(super) fn kind(path: &Path) -> FileKind {
    let mut parts = path.components().map(|part| part.as_os_str());
    let (Some(first), second, None) = (
        parts.next().and_then(OsStr::to_str),
        parts.next(),
        parts.next(),
    ) else {
        return FileKind::Other;
    };
    match second {
        Some(name) if first == "subcommands" => FileKind::Subcommand(shown(Path::new(name))),
        Some(_) => FileKind::Other,
        None => match first {
            "commands" => FileKind::Commands,
            "functions" => FileKind::Functions,
            "config" => FileKind::Config,
            "plugin.toml" => FileKind::Manifest,
            name if triggers::span(name).is_some() => FileKind::Trigger(name.to_owned()),
            _ => FileKind::Other,
        },
    }
}

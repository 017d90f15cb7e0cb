//! Opening a plugin's directory.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::api::Use;
use super::command::Command;
use super::file::{FileKind, PluginFile};
use super::help::HelpLine;
use super::hints::Hints;
use super::manifest::Manifest;
use super::name::{self, NameSource};
use super::note::Note;
use super::reach::Reach;
use super::walk;
use crate::visible::visible_path;

/// A plugin's directory, read and never run.
///
/// Opening lists the files and settles the name; the rest is read when it is asked for.
#[derive(Debug)]
pub struct Plugin {
    pub(super) root: PathBuf,
    pub(super) name: String,
    pub(super) name_source: NameSource,
    pub(super) files: Vec<PluginFile>,
    pub(super) directories: Vec<String>,
    pub(super) notes: Vec<Note>,
    pub(super) hints: Hints,
    manifest: OnceLock<Manifest>,
    pub(super) help: OnceLock<Vec<HelpLine>>,
    pub(super) commands: OnceLock<Vec<Command>>,
    pub(super) reach: OnceLock<Reach>,
    pub(super) api: OnceLock<Vec<Use>>,
}

/// Why a directory can't be opened as a plugin.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Nothing is there.
    #[error("{} does not exist: give the plugin's directory", visible_path(path))]
    Missing {
        /// The path as given.
        path: PathBuf,
    },
    /// It is a link to nothing.
    #[error(
        "{} is a link that leads nowhere: give the plugin's directory",
        visible_path(path)
    )]
    Dangling {
        /// The path as given.
        path: PathBuf,
    },
    /// It is no directory.
    #[error(
        "{} is not a directory: give the directory that holds the plugin's plugin.toml",
        visible_path(path)
    )]
    NotDirectory {
        /// The path as given.
        path: PathBuf,
    },
    /// It can't be listed.
    #[error("{} can't be read: {cause}; check its permissions", visible_path(path))]
    Unreadable {
        /// The path as given.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// There is nothing in it.
    #[error(
        "{} is empty: give the directory that holds the plugin's plugin.toml",
        visible_path(path)
    )]
    Empty {
        /// The path as given.
        path: PathBuf,
    },
    /// It holds nothing that makes a plugin.
    #[error(
        "{} is no Dokku plugin: it has no `commands`, no `subcommands` directory, no `plugin.toml` and no file named \
         like a trigger{}",
        visible_path(path), hint.as_deref().unwrap_or("; give the plugin's own directory")
    )]
    NoPlugin {
        /// The path as given.
        path: PathBuf,
        /// A directory below it that does look like a plugin, as the end of the sentence.
        hint: Option<String>,
    },
    /// The given name can't be one.
    #[error(
        "`{name}` can't be a plugin's name: use letters, digits, `.`, `_` and `-`, beginning with a letter or digit"
    )]
    BadName {
        /// The name as given.
        name: String,
    },
}

impl Plugin {
    /// Opens the plugin in this directory, under this name if one is given.
    ///
    /// # Errors
    /// [`OpenError`] if there is no such directory, or nothing in it that makes a plugin.
    pub fn open(path: &Path, name: Option<&str>) -> Result<Self, OpenError> {
        Self::open_with(path, name, Hints::default())
    }

    /// Opens the plugin in this directory, with what its author says of it. A name given goes before that of the hints.
    ///
    /// # Errors
    /// [`OpenError`] as for [`open`](Self::open).
    pub fn open_with(path: &Path, name: Option<&str>, hints: Hints) -> Result<Self, OpenError> {
        let root = directory(path)?;
        let given = name
            .map(|name| (name.to_owned(), NameSource::Given))
            .or_else(|| hints.name.clone().map(|name| (name, NameSource::Hint)));
        if let Some((name, _)) = &given
            && !name::is_valid(name)
        {
            return Err(OpenError::BadName { name: name.clone() });
        }
        // What Dokku looks for in it must be known, or a check would be one of a part of the plugin.
        if root.join("subcommands").is_dir() {
            directory(&path.join("subcommands"))?;
        }
        let mut listing = walk::list(&root);
        if listing.files.is_empty() && listing.directories.is_empty() && is_empty(&root) {
            return Err(OpenError::Empty {
                path: path.to_owned(),
            });
        }
        if !is_plugin(&listing.files, &listing.directories) {
            return Err(OpenError::NoPlugin {
                path: path.to_owned(),
                hint: nearest(&listing.files),
            });
        }
        let (name, name_source) = match given {
            Some(given) => given,
            None => name::find(&root, &listing.files, &mut listing.notes),
        };
        Ok(Self {
            root,
            name,
            name_source,
            files: listing.files,
            directories: listing.directories,
            notes: listing.notes,
            hints,
            manifest: OnceLock::new(),
            help: OnceLock::new(),
            commands: OnceLock::new(),
            reach: OnceLock::new(),
            api: OnceLock::new(),
        })
    }

    /// A plugin of which nothing is there, since its files could not be had.
    #[must_use]
    pub fn unseen(name: &str) -> Self {
        Self {
            root: PathBuf::new(),
            name: name.to_owned(),
            name_source: NameSource::Given,
            files: Vec::new(),
            directories: Vec::new(),
            notes: Vec::new(),
            hints: Hints::default(),
            manifest: OnceLock::new(),
            help: OnceLock::new(),
            commands: OnceLock::new(),
            reach: OnceLock::new(),
            api: OnceLock::new(),
        }
    }

    /// The plugin's directory, without links.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The name that it is installed under.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the name was taken from.
    #[must_use]
    pub fn name_source(&self) -> &NameSource {
        &self.name_source
    }

    /// Its files, in the order of their paths.
    #[must_use]
    pub fn files(&self) -> &[PluginFile] {
        &self.files
    }

    /// Its directories, relative to the root.
    #[must_use]
    pub fn directories(&self) -> &[String] {
        &self.directories
    }

    /// What limits what can be known of it.
    #[must_use]
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// What its author says of it.
    #[must_use]
    pub fn hints(&self) -> &Hints {
        &self.hints
    }

    /// The file of this path, relative to the root.
    #[must_use]
    pub fn file(&self, path: &Path) -> Option<&PluginFile> {
        self.files.iter().find(|file| file.path == path)
    }

    /// Its `commands`.
    #[must_use]
    pub fn commands_file(&self) -> Option<&PluginFile> {
        self.files
            .iter()
            .find(|file| file.kind == FileKind::Commands)
    }

    /// Its `plugin.toml`.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        self.manifest.get_or_init(|| {
            Manifest::of(
                self.files
                    .iter()
                    .find(|file| file.kind == FileKind::Manifest),
            )
        })
    }
}

/// A path as a sentence can hold it: nothing in it ends the line or is obeyed by a terminal.
fn directory(path: &Path) -> Result<PathBuf, OpenError> {
    let path_buf = || path.to_owned();
    let root = fs::canonicalize(path).map_err(|cause| match cause.kind() {
        io::ErrorKind::NotFound if path.is_symlink() => OpenError::Dangling { path: path_buf() },
        io::ErrorKind::NotFound => OpenError::Missing { path: path_buf() },
        io::ErrorKind::NotADirectory => OpenError::NotDirectory { path: path_buf() },
        _ => OpenError::Unreadable {
            path: path_buf(),
            cause,
        },
    })?;
    if !root.is_dir() {
        return Err(OpenError::NotDirectory { path: path_buf() });
    }
    match fs::read_dir(&root) {
        Ok(_) => Ok(root),
        Err(cause) => Err(OpenError::Unreadable {
            path: path_buf(),
            cause,
        }),
    }
}

fn is_empty(root: &Path) -> bool {
    fs::read_dir(root).is_ok_and(|mut entries| entries.next().is_none())
}

fn is_plugin(files: &[PluginFile], directories: &[String]) -> bool {
    directories.iter().any(|name| name == "subcommands")
        || files
            .iter()
            .any(|file| file.is_entry() || file.kind == FileKind::Manifest)
}

/// A plugin one level down, for who gave the directory above it.
fn nearest(files: &[PluginFile]) -> Option<String> {
    files
        .iter()
        .filter(|file| file.path.components().count() == 2)
        .find(|file| {
            file.path
                .file_name()
                .is_some_and(|name| name == "commands" || name == "plugin.toml")
        })
        .and_then(|file| file.path.parent())
        .map(|parent| format!("; `{}` below it looks like one", visible_path(parent)))
}

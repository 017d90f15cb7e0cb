//! The files that specs are read from.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::diagnostic::{Diagnostic, Diagnostics};

/// The text of one spec file, not yet looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The file's name, as diagnostics show it.
    pub name: PathBuf,
    /// Its bytes.
    pub text: Vec<u8>,
}

/// The requirements that are built in: file name and text, sorted.
const BUILTIN: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/builtin.rs"));

/// How many bytes a spec file may have.
const MOST: u64 = 1 << 20;

impl Source {
    /// The requirements that are built into this program.
    #[must_use]
    pub fn builtin() -> Vec<Self> {
        BUILTIN
            .iter()
            .map(|(name, text)| Self::new(*name, *text))
            .collect()
    }

    /// A source of this name and text.
    #[must_use]
    pub fn new(name: impl Into<PathBuf>, text: impl Into<Vec<u8>>) -> Self {
        Self {
            name: name.into(),
            text: text.into(),
        }
    }

    /// Reads a file.
    ///
    /// # Errors
    /// If the file can't be read, is no regular file or has more than 1 MiB.
    pub fn read(path: &Path) -> Result<Self, Diagnostics> {
        match bounded(path) {
            Ok(text) => Ok(Self::new(path, text)),
            Err(error) => Err(Diagnostic::of_file(path, format!("can't be read: {error}")).into()),
        }
    }

    /// Reads the `*.yaml` and `*.yml` files of a directory, sorted by name; hidden files are left out.
    ///
    /// # Errors
    /// Names every file that can't be read, and the directory if it can't be read or holds no such file.
    pub fn read_dir(directory: &Path) -> Result<Vec<Self>, Diagnostics> {
        let unreadable = |error: std::io::Error| {
            Diagnostic::of_file(directory, format!("can't be read: {error}"))
        };
        let entries = std::fs::read_dir(directory).map_err(unreadable)?;
        let mut paths = Vec::new();
        for entry in entries {
            let path = entry.map_err(unreadable)?.path();
            if is_spec(&path) {
                paths.push(path);
            }
        }
        paths.sort();
        if paths.is_empty() {
            let message = "holds no spec: no file here ends in .yaml or .yml";
            return Err(Diagnostic::of_file(directory, message).into());
        }
        let mut mistakes = Vec::new();
        let mut sources = Vec::new();
        for path in &paths {
            match Self::read(path) {
                Ok(source) => sources.push(source),
                Err(found) => mistakes.extend(found),
            }
        }
        Diagnostics::unless_empty(mistakes)?;
        Ok(sources)
    }
}

/// Reads a file that somebody else may have put there: a pipe without a writer, or a device without an end, is not opened.
fn bounded(path: &Path) -> io::Result<Vec<u8>> {
    let meta = std::fs::metadata(path)?;
    if meta.is_dir() {
        return Err(io::Error::other("it is a directory"));
    }
    if !meta.is_file() {
        return Err(io::Error::other("it is no regular file"));
    }
    let mut text = Vec::new();
    File::open(path)?.take(MOST + 1).read_to_end(&mut text)?;
    if text.len() as u64 > MOST {
        return Err(io::Error::other("it is larger than 1 MiB"));
    }
    Ok(text)
}

fn is_spec(path: &Path) -> bool {
    let hidden = path
        .file_name()
        .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
    let yaml = path
        .extension()
        .is_some_and(|extension| extension == "yaml" || extension == "yml");
    yaml && !hidden
}

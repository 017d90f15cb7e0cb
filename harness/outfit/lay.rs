//! Laying files beside a plugin's own.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{Origin, Piece};
use crate::new_file::write_new;
use crate::plugin::Plugin;

/// What came of a piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Laid {
    /// What became of it.
    pub fate: Fate,
    /// What is left for the author to do about it.
    pub advice: Option<String>,
}

/// What became of a piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It was written.
    Written,
    /// Something of its name was there, and was left as it is.
    Kept,
    /// It has no place in the plugin, for this reason.
    Barred(String),
}

/// A piece that could not be written.
#[derive(Debug, thiserror::Error)]
#[error("{path} can't be written: {cause}")]
pub struct LayError {
    path: &'static str,
    cause: io::Error,
}

/// Writes a piece into the plugin's directory, unless something of its name is there. It comes whole or not at all, and no
/// link leads it out of the plugin.
///
/// # Errors
/// [`LayError`] if it can't be written, or what is there can't be read.
pub fn lay(plugin: &Plugin, piece: Piece, origin: &Origin) -> Result<Laid, LayError> {
    let failed = |cause| LayError {
        path: piece.path(),
        cause,
    };
    let path = plugin.root().join(piece.path());
    let laid = |fate| Laid { fate, advice: None };
    if path.symlink_metadata().is_ok() {
        return Ok(Laid {
            fate: Fate::Kept,
            advice: there(plugin.root(), &path).and_then(|text| piece.lacks(&text, origin)),
        });
    }
    let folder = match folder(plugin.root(), Path::new(piece.path())).map_err(failed)? {
        Ok(folder) => folder,
        Err(why) => return Ok(laid(Fate::Barred(why))),
    };
    let text = piece.text(plugin.name(), origin);
    match write_new(&folder, &path, &text) {
        // Somebody else was faster.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(laid(Fate::Kept)),
        Err(error) => Err(failed(error)),
        Ok(()) => Ok(Laid {
            fate: Fate::Written,
            advice: (piece == Piece::Workflow)
                .then(|| misplaced(plugin.root()))
                .flatten(),
        }),
    }
}

/// What a file says that is there already; nothing if it is none of the plugin, or can't be read.
fn there(root: &Path, path: &Path) -> Option<String> {
    let path = fs::canonicalize(path).ok()?;
    (path.starts_with(root) && path.is_file()).then_some(())?;
    let bytes = fs::read(path).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// The folder of a file with this path, made if it is not there; or why it has none within the plugin.
fn folder(root: &Path, path: &Path) -> io::Result<Result<PathBuf, String>> {
    let mut place = root.to_owned();
    for part in path.parent().into_iter().flat_map(Path::components) {
        place.push(part);
        match fs::canonicalize(&place) {
            Ok(real) if !real.starts_with(root) => {
                return Ok(Err(barred(root, &place, "leads out of the plugin")));
            }
            Ok(real) if !real.is_dir() => {
                return Ok(Err(barred(root, &place, "is not a directory")));
            }
            Ok(_) => {}
            Err(_) if place.is_symlink() => {
                return Ok(Err(barred(root, &place, "is a link that leads nowhere")));
            }
            Err(_) => fs::create_dir(&place)?,
        }
    }
    Ok(Ok(place))
}

fn barred(root: &Path, place: &Path, why: &str) -> String {
    let name = place.strip_prefix(root).unwrap_or(place);
    format!("`{}` {why}", name.display())
}

/// What is to be said if the plugin is not the top level of the repository that it is in.
fn misplaced(root: &Path) -> Option<String> {
    let is_top = |folder: &Path| folder.join(".git").symlink_metadata().is_ok();
    let above = root.ancestors().skip(1).any(is_top);
    (!is_top(root) && above).then(|| {
        "GitHub reads workflows at the top level of a repository alone: move it there, and name the plugin's folder in place \
         of `.` in it"
            .to_owned()
    })
}

//! The record that a run leaves where nobody asked for one.

use std::path::{Path, PathBuf};

use nix::unistd::{AccessFlags, access};

use super::form::Form;
use super::reports::Wanted;
use super::status::{Status, tell};
use crate::report::Shelf;
use crate::visible::visible_path;

/// A record on its way to the `reports` folder of the working directory.
pub(super) struct Keep {
    shelf: Shelf,
    /// Where it is written until it is whole.
    path: PathBuf,
}

impl Keep {
    /// For the record of this run, if there is such a folder. One that is resumed and lies there already stays where it
    /// is.
    pub(super) fn of(run: &str, resumed: Option<&Path>) -> Option<Self> {
        if let Some(link) = Shelf::link_in(Path::new("")) {
            let link = visible_path(&link);
            tell(&format!("{link} keeps no record of this run: it is a link"));
        }
        let shelf = Shelf::in_directory(Path::new(""))?;
        if let Err(error) = access(shelf.folder(), AccessFlags::W_OK) {
            let folder = visible_path(shelf.folder());
            tell(&format!(
                "{folder} keeps no record of this run: {}",
                error.desc()
            ));
            return None;
        }
        let path = match resumed.filter(|path| shelf.is_unfinished(path)) {
            Some(path) => path.to_owned(),
            None => shelf.unfinished(run),
        };
        Some(Self { shelf, path })
    }

    /// What is to be written.
    pub(super) fn wanted(&self) -> Wanted {
        Wanted {
            form: Form::Jsonl,
            file: Some(self.path.clone()),
        }
    }

    /// Puts the whole record in its place.
    pub(super) fn end(self) -> Result<(), Status> {
        let put = self.shelf.put(&self.path).map_err(|error| {
            Status::broken(format!(
                "{} can't be put in its place: {error}",
                visible_path(&self.path)
            ))
        })?;
        if let Some(error) = put {
            let folder = visible_path(self.shelf.folder());
            tell(&format!("{folder} has lost the record before: {error}"));
        }
        Ok(())
    }
}

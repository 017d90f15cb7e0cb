//! A real Dokku in place of the imitated one, as several subcommands take it.

use std::path::Path;
use std::sync::Arc;

use super::status::{Status, tell};
use crate::dokku::{Tree, Version, Versions};
use crate::report::loans;

/// Opens the tree in a directory, of this version or else of the one that it tells.
pub(super) fn open(root: &Path, version: Option<Version>) -> Result<Arc<Tree>, Status> {
    let tree = Tree::open(root, version).map_err(Status::usage)?;
    if let Some(told) = tree.told().filter(|told| *told != tree.version()) {
        let (root, version) = (root.display(), tree.version());
        tell(&format!(
            "{root} says that it is Dokku {told}; it is taken for {version}, as --dokku says"
        ));
    }
    Ok(Arc::new(tree))
}

/// Tells on standard error what the tree has from elsewhere.
pub(super) fn tell_loans(tree: &Tree) {
    for line in loans(tree) {
        tell(&line);
    }
}

/// The version that a tree is said to be of, if one is.
pub(super) fn one_version(named: &[Versions]) -> Result<Option<Version>, Status> {
    let named: Vec<Version> = named.iter().flat_map(Versions::all).copied().collect();
    match named.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(*one)),
        _ => Err(Status::usage(
            "--dokku names several versions, and the tree of --dokku-tree is of one",
        )),
    }
}

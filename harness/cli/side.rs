//! A Dokku that is named to be held against another: a version, a directory, or a repository with a ref.

use std::path::Path;
use std::sync::Arc;

use super::gather::Gathering;
use super::status::Status;
use crate::dokku::surface::Surface;
use crate::dokku::{Tree, Version, Versions};
use crate::fetch::Brought;
use crate::report;
use crate::roster::{Reference, Source, Url};
use crate::sandbox::Cancel;
use crate::upstream::surface_of;

/// One of the two Dokkus, where it can be looked at.
pub(super) struct Side {
    label: String,
    pub(super) version: Version,
    pub(super) tree: Option<Arc<Tree>>,
    /// What keeps its files in the cache.
    _fetched: Option<Brought>,
}

impl Side {
    /// Opens what an option names.
    pub(super) fn open(
        option: &str,
        named: &str,
        version: Option<Version>,
        gathering: &Gathering,
        cancel: &Cancel,
    ) -> Result<Self, Status> {
        // A folder that is called like a version is named with its path.
        let is_version = named.starts_with(|letter: char| letter.is_ascii_digit())
            || named == "newest"
            || named.parse::<Version>().is_ok();
        if is_version {
            if version.is_some() {
                return Err(Status::usage(format!(
                    "{option} names a version, so that {option}-version has nothing to say"
                )));
            }
            let version = Versions::one(named).map_err(Status::usage)?;
            return Ok(Self {
                label: version.to_string(),
                version,
                tree: None,
                _fetched: None,
            });
        }
        if Path::new(named).is_dir() {
            let tree = open_tree(option, Path::new(named), version)?;
            return Ok(Self {
                label: named.to_owned(),
                version: tree.version(),
                tree: Some(tree),
                _fetched: None,
            });
        }
        let Some((repository, reference)) = named.rsplit_once('@') else {
            return Err(Status::usage(format!(
                "{option}: `{named}` is no version, no directory and no REPOSITORY@REF"
            )));
        };
        let source = source(repository, reference)
            .map_err(|why| Status::usage(format!("{option}: {why}")))?;
        let fetched = gathering.bring(&source, cancel)?;
        let tree = open_tree(option, &fetched.path, version)?;
        Ok(Self {
            label: named.to_owned(),
            version: tree.version(),
            tree: Some(tree),
            _fetched: Some(fetched),
        })
    }

    pub(super) fn surface(&self) -> Surface {
        match &self.tree {
            Some(tree) => surface_of(tree),
            None => Surface::of_release(self.version),
        }
    }

    pub(super) fn told(&self) -> report::Side {
        report::Side {
            label: self.label.clone(),
            version: self.version,
            is_tree: self.tree.is_some(),
        }
    }
}

/// The repository at an address or a path, at a ref; or why there is none.
fn source(repository: &str, reference: &str) -> Result<Source, String> {
    let reference = Reference::parse(reference).map_err(|error| error.to_string())?;
    let of_path = || {
        let path = Path::new(repository).canonicalize().ok()?;
        Url::parse(&format!("file://{}", path.display())).ok()
    };
    match Url::parse(repository) {
        Ok(url) => Some(url),
        Err(_) => of_path(),
    }
    .map(|url| Source::Git {
        url,
        reference: Some(reference),
    })
    .ok_or_else(|| {
        format!(
            "`{repository}` is no repository that is fetched: write the path of one without blanks, or an address that begins with https://, ssh://, git:// or file://, or user@host:path"
        )
    })
}

/// Opens a real Dokku that an option names.
fn open_tree(option: &str, root: &Path, version: Option<Version>) -> Result<Arc<Tree>, Status> {
    let tree = Tree::open(root, version).map_err(|error| {
        // Its advice is that of another subcommand.
        let said = error
            .to_string()
            .replace("--dokku", &format!("{option}-version"));
        Status::usage(said)
    })?;
    Ok(Arc::new(tree))
}

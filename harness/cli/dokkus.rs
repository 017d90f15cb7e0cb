//! Which Dokkus plugins are run with, as the subcommands that imitate one for each case take it.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use super::ground;
use super::manner::Manner;
use super::status::Status;
use super::tree;
use crate::dokku::{Tree, Versions};
use crate::run::Ground;

/// Which Dokkus plugins are run with.
#[derive(Debug, Args)]
pub(super) struct Dokkus {
    /// The Dokku versions to imitate: 0.38.27, 0.38 (its newest), 0.30..0.38, `minors`, `newest`, `all` [default: newest]
    #[arg(long, value_name = "VERSION,...", value_delimiter = ',')]
    dokku: Vec<Versions>,
    /// A real Dokku in place of the imitated one: a checkout, the root of an installation, or its library folder. Its
    /// version is what it tells, or the one that --dokku names
    #[arg(long, value_name = "DIR")]
    dokku_tree: Option<PathBuf>,
}

impl Dokkus {
    /// The real one, if one is asked for.
    pub(super) fn tree(&self) -> Result<Option<Arc<Tree>>, Status> {
        let open = |root| tree::open(root, tree::one_version(&self.dokku)?);
        self.dokku_tree.as_deref().map(open).transpose()
    }

    /// The versions: that of the real one alone, if there is one; the newest for none.
    pub(super) fn versions(&self, tree: Option<&Tree>) -> Versions {
        let named = || self.dokku.iter().flat_map(Versions::all).copied();
        let real = tree.map(Tree::version);
        match real {
            Some(version) => std::iter::once(version).collect(),
            None => named().collect(),
        }
    }

    /// The ground of a run with these, of which what the real one has from elsewhere is told.
    pub(super) fn ground(
        &self,
        tree: Option<Arc<Tree>>,
        manner: &Manner,
    ) -> Result<Ground, Status> {
        let mut ground = ground::ground(&manner.isolated, manner.timeout)?;
        if let Some(tree) = &tree {
            tree::tell_loans(tree);
        }
        ground.tree = tree;
        Ok(ground)
    }

    /// The option on which the outcome of a case may hang, beside the version that a record has of each.
    pub(super) fn decisive(&self) -> (&'static str, Option<String>) {
        let path = self.dokku_tree.as_ref();
        ("--dokku-tree", path.map(|path| path.display().to_string()))
    }
}

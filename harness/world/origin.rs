//! Which Dokku a world has.

use std::sync::Arc;

use crate::dokku::{Tree, Version};

/// Where the Dokku of a world comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// It is imitated, in this version.
    BuiltIn(Version),
    /// It is a real one.
    Tree(Arc<Tree>),
}

impl Origin {
    /// Its version.
    #[must_use]
    pub fn version(&self) -> Version {
        match self {
            Self::BuiltIn(version) => *version,
            Self::Tree(tree) => tree.version(),
        }
    }

    /// The real one, if it is.
    #[must_use]
    pub fn tree(&self) -> Option<&Tree> {
        match self {
            Self::BuiltIn(_) => None,
            Self::Tree(tree) => Some(tree),
        }
    }
}

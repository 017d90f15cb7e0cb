//! Where a plugin is brought from.

use std::fmt;
use std::path::PathBuf;

use super::reference::Reference;
use super::url::Url;
use crate::visible::visible_path;

/// Where a plugin is brought from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// A git repository.
    Git {
        /// Its address.
        url: Url,
        /// What of it; the default branch for none.
        reference: Option<Reference>,
    },
    /// A folder of this machine.
    Path(PathBuf),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Git {
                url,
                reference: None,
            } => write!(f, "{url}"),
            Self::Git {
                url,
                reference: Some(reference),
            } => write!(f, "{url} at {reference}"),
            Self::Path(path) => f.write_str(&visible_path(path)),
        }
    }
}

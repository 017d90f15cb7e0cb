//! An image.

use serde::{Deserialize, Serialize};

use super::clock::Moment;
use super::container::Config;

/// An image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) struct Image {
    /// `sha256:...`
    pub(in super::super) id: String,
    /// Its names with a tag, as people write them.
    pub(in super::super) tags: Vec<String>,
    /// Its names with a digest.
    pub(in super::super) digests: Vec<String>,
    pub(in super::super) created: Moment,
    /// What it says of the containers made of it; as much of it as is known.
    pub(in super::super) config: Config,
    /// False for an image of a registry that nobody told about: there may be more to its configuration.
    pub(in super::super) is_known: bool,
    pub(in super::super) comment: String,
    pub(in super::super) author: String,
}

//! A volume.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::clock::Moment;

/// A volume.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) struct Volume {
    pub(in super::super) name: String,
    pub(in super::super) driver: String,
    pub(in super::super) created: Moment,
    pub(in super::super) labels: BTreeMap<String, String>,
    pub(in super::super) options: BTreeMap<String, String>,
    /// True if nobody gave it its name.
    pub(in super::super) is_anonymous: bool,
}

impl Volume {
    /// Where it lies on the host.
    pub(in super::super) fn folder(&self) -> String {
        folder(&self.name)
    }
}

/// Where the volume of this name lies on the host.
pub(in super::super) fn folder(name: &str) -> String {
    format!("/var/lib/docker/volumes/{name}/_data")
}

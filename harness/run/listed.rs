//! A plugin of a list, as a check takes it.

use std::path::PathBuf;

use super::Provenance;
use crate::dokku::Version;
use crate::spec::ListedFailures;

/// A plugin of a list, brought or not.
#[derive(Debug)]
pub struct Listed {
    /// What the list calls it: no other of the list is called so.
    pub label: String,
    /// Where it is to be had, in the list's words.
    pub from: String,
    /// Its directory, or why there is none.
    pub place: Result<PathBuf, String>,
    /// The name that it is installed under, if the list says so.
    pub name: Option<String>,
    /// The Dokku versions that it alone is checked in; those of the check for none.
    pub versions: Vec<Version>,
    /// What the list expects to fail of it.
    pub known: Option<ListedFailures>,
    /// Where it came from.
    pub provenance: Provenance,
}

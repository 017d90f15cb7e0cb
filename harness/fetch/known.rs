//! What the cache knows of a source.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

/// What the cache knows of a source.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Known {
    /// The address, for a person who looks into the cache.
    pub(super) url: String,
    /// Where each branch, tag or commit led to that was asked for.
    pub(super) references: BTreeMap<String, Point>,
}

/// Where a branch or tag led to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Point {
    /// The commit.
    pub(super) commit: String,
    /// The day on which it was seen there.
    pub(super) date: String,
    /// When the commit was made, in seconds since 1970.
    pub(super) made: i64,
}

impl Known {
    /// Reads what is known. A file that is not there or damaged knows nothing.
    pub(super) fn read(path: &Path) -> Self {
        let text = fs::read(path).unwrap_or_default();
        let known: Self = serde_json::from_slice(&text).unwrap_or_default();
        let is_commit = |text: &str| {
            matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
        };
        // It becomes a path.
        match known
            .references
            .values()
            .all(|point| is_commit(&point.commit))
        {
            true => known,
            false => Self::default(),
        }
    }

    /// Writes it, whole or not at all.
    pub(super) fn write(&self, path: &Path) -> io::Result<()> {
        let folder = path.parent().unwrap_or(path);
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(&serde_json::to_vec_pretty(self)?)?;
        file.as_file().sync_data()?;
        file.persist(path)?;
        Ok(())
    }
}

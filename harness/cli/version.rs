//! The Dokku version of a command line.

use crate::dokku::Version;

/// Reads a version that this program knows.
pub(super) fn dokku(text: &str) -> Result<Version, String> {
    let version: Version = text.parse().map_err(|error| format!("{error}"))?;
    if version > Version::NEWEST {
        return Err(format!(
            "Dokku {version} is newer than what this program knows: the newest is {}",
            Version::NEWEST
        ));
    }
    Ok(version)
}

//! The machine that the imitated Dokku believes it runs on.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use super::core::VERSION_FILE;
use super::version::Version;

/// What the dispatcher takes from its machine and not from its environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// What stands for `/etc`: `default/dokku` and `os-release` are looked for in it.
    pub etc: PathBuf,
}

impl Default for Host {
    fn default() -> Self {
        Self {
            etc: PathBuf::from("/etc"),
        }
    }
}

impl Host {
    /// The distribution's short name, `ID` of os-release, such as `debian`; none if the file does not say.
    #[must_use]
    pub fn distribution(&self) -> Option<String> {
        let text = fs::read_to_string(self.etc.join("os-release")).ok()?;
        distribution(&text)
    }
}

/// `ID` of the text of an os-release file, whose values may be quoted as in a shell.
fn distribution(os_release: &str) -> Option<String> {
    let value = os_release
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("ID="))
        .next_back()?;
    shell_words::split(value).ok()?.into_iter().next()
}

/// The Dokku version that a library root is of: what `core-plugins/.version` in it says, or the file of that name beside
/// the core plugins, where these lie elsewhere.
///
/// # Errors
/// A sentence for the user, if there is no such file or no version in it.
pub(crate) fn version_of(library: &Path) -> Result<Version, String> {
    let beside_core = env::var_os("PLUGIN_CORE_PATH").map(|core| Path::new(&core).join(".version"));
    let path = beside_core
        .filter(|path| path.is_file())
        .unwrap_or_else(|| library.join(VERSION_FILE));
    let text = fs::read_to_string(&path).map_err(|error| {
        format!(
            "{}: {error}: the Dokku version to imitate is read from it",
            path.display()
        )
    })?;
    text.trim()
        .parse()
        .map_err(|error| format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_distribution_is_the_last_unquoted_id() {
        let text = "NAME=\"Debian GNU/Linux\"\nVERSION_ID=\"12\"\nID=\"debian\"\n";
        assert_eq!(distribution(text).as_deref(), Some("debian"));
        assert_eq!(distribution("ID=arch").as_deref(), Some("arch"));
        assert_eq!(distribution("ID_LIKE=debian"), None);
        assert_eq!(distribution("ID=\"half"), None);
    }
}

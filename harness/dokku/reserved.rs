//! The names of commands that are Dokku's own.

use super::Version;
use super::command::{ALIASES, PROXIES, STANDARD};
use super::core;

/// Why a plugin can't have a command of this name in that version, in one sentence; none if it can.
#[must_use]
pub fn reserved(command: &str, version: Version) -> Option<String> {
    let name = command.split(':').next().unwrap_or_default();
    let aliased = ALIASES.at(version).iter().find(|(alias, _)| *alias == name);
    if let Some((alias, plugin)) = aliased {
        return Some(format!("Dokku {version} reads `{alias}` as `{plugin}`"));
    }
    if PROXIES.at(version).contains(&name) {
        return Some(format!(
            "`{name}` is the short name of Dokku's plugin {name}-vhosts"
        ));
    }
    if core::plugins(version).any(|plugin| plugin == name) {
        return Some(format!(
            "Dokku {version} comes with a plugin `{name}` of its own"
        ));
    }
    let standard = STANDARD.at(version).unwrap_or_default();
    (standard.contains(&command) || ["help", "version"].contains(&command))
        .then(|| format!("`{command}` is one of Dokku's own commands"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_taken_from_the_version_on_that_took_it() {
        let is_taken = |command, version| reserved(command, version).is_some();
        assert!(
            is_taken("pack:c", Version::NEWEST) && !is_taken("pack:c", Version::new(0, 36, 11))
        );
        assert!(
            is_taken("registry:login", Version::NEWEST)
                && !is_taken("registry", Version::new(0, 20, 0))
        );
        assert!(
            is_taken("cleanup", Version::NEWEST) && !is_taken("hello:cleanup", Version::NEWEST)
        );
    }
}

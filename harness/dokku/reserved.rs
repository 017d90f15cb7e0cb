//! The names of commands that are Dokku's own.

use super::command::{ALIASES, PROXIES, STANDARD};
use super::{Version, core, releases};

/// Why a plugin's command of this name can't be reached in that version, in one sentence; none if it can.
///
/// A command in the space of one of Dokku's plugins that this plugin does not answer itself is offered to all, and so
/// can be reached.
#[must_use]
pub fn reserved(command: &str, version: Version) -> Option<String> {
    let (name, subcommand) = command.split_once(':').unwrap_or((command, "default"));
    let aliased = ALIASES.at(version).iter().find(|(alias, _)| *alias == name);
    if let Some((alias, plugin)) = aliased {
        return Some(format!("Dokku {version} reads `{alias}` as `{plugin}`"));
    }
    let plugin = match PROXIES.at(version).contains(&name) {
        true => format!("{name}-vhosts"),
        false => name.to_owned(),
    };
    if core::has_subcommand(&plugin, subcommand, version) {
        return Some(format!(
            "Dokku {version} answers it by its own plugin `{plugin}`"
        ));
    }
    if ["default", "help"].contains(&subcommand) && core::has_help(&plugin, version) {
        return Some(format!(
            "Dokku {version}'s own plugin `{plugin}` answers it too"
        ));
    }
    let standard = STANDARD.at(version).unwrap_or_default();
    (standard.contains(&command) || ["help", "version"].contains(&command))
        .then(|| format!("`{command}` is one of Dokku's own commands"))
}

/// The versions in which Dokku takes the command's name for itself, or gives it back.
pub fn turns_of(command: &str) -> impl Iterator<Item = Version> {
    let is_taken = |version: &Version| reserved(command, *version).is_some();
    let pairs = releases().iter().zip(releases().iter().skip(1));
    pairs
        .filter(move |(before, after)| is_taken(before) != is_taken(after))
        .map(|(_, after)| *after)
}

/// True if a plugin of this name is not reached in that version, or can't be installed: Dokku has a plugin of this name,
/// or reads the name as that of another.
#[must_use]
pub fn is_taken(plugin: &str, version: Version) -> bool {
    let is_alias = ALIASES
        .at(version)
        .iter()
        .any(|(alias, _)| *alias == plugin);
    is_alias || core::plugins(version).any(|name| name == plugin)
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
                && !is_taken("registry:login", Version::new(0, 20, 0))
        );
        assert!(
            is_taken("nginx:validate-config", Version::NEWEST)
                && !is_taken("nginx:cache", Version::NEWEST)
        );
        assert!(is_taken("ports", Version::NEWEST) && !is_taken("ports", Version::new(0, 30, 11)));
        assert!(
            is_taken("cleanup", Version::NEWEST) && !is_taken("hello:cleanup", Version::NEWEST)
        );
    }
}

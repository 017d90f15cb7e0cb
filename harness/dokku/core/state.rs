//! Where and how a Dokku keeps what it knows of its apps.

use std::collections::BTreeMap;

use crate::dokku::Version;

/// The state files of a host that was just installed: path below the world's root, then text.
pub fn files(version: Version) -> Vec<(String, String)> {
    vec![("var/lib/dokku/STABLE_VERSION".into(), format!("{version}\n"))]
}

pub fn global_env_path(_version: Version) -> String {
    "var/lib/dokku/config/--global/ENV".into()
}

pub fn app_env_path(_version: Version, app: &str) -> String {
    format!("var/lib/dokku/config/{app}/ENV")
}

pub fn env_text(config: &BTreeMap<String, String>) -> String {
    config.iter().map(|(key, value)| format!("{key}={value:?}\n")).collect()
}

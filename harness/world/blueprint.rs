//! What a world is to be made of.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::User;
use super::origin::Origin;
use super::stand_in::{Answer, Unknown};
use crate::docker::Setting;

/// What is installed in a world: its fixed part.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Installation {
    /// The Dokku of the world.
    pub origin: Origin,
    /// The plugins besides Dokku's own, in no order.
    pub plugins: Vec<InstalledPlugin>,
}

/// A plugin to be installed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct InstalledPlugin {
    /// The name it is installed under.
    pub name: String,
    /// Where its files come from.
    pub source: PluginSource,
    /// Whether it is installed among the core plugins.
    pub core: bool,
}

/// Where an installed plugin's files come from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum PluginSource {
    /// A directory, copied with its modes and links, without `.git`.
    Directory(PathBuf),
    /// Texts by relative path; every one of them is executable but those with an extension.
    Texts(BTreeMap<String, String>),
}

/// What one case finds in its world besides what is installed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Blueprint {
    /// The apps.
    pub apps: Vec<App>,
    /// The global configuration.
    pub config: BTreeMap<String, String>,
    /// Properties: plugin, then app (or `--global`), then key.
    pub properties: BTreeMap<String, BTreeMap<String, BTreeMap<String, String>>>,
    /// Further files: path below the world's root, then text.
    pub files: BTreeMap<String, String>,
    /// The user that the world says its processes are.
    pub user: User,
    /// Whether root is to change what the host has besides Dokku, such as `/etc`, which is then the world's own: only
    /// where the world is the root of the file system.
    pub own_settings: bool,
    /// How stand-ins answer.
    pub answers: Vec<Answer>,
    /// What there is in docker, besides the containers of apps.
    pub docker: Setting,
    /// What those do that have no answer.
    pub unknown: Unknown,
    /// Whether the keys that `openssl` is asked to make are handed out again, here and in further worlds with the same
    /// installed: only where the machine has that program.
    pub spares_keys: bool,
}

/// An app of a world.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct App {
    /// Its name.
    pub name: String,
    /// Whether it has a running container.
    pub deployed: bool,
    /// Its configuration.
    pub config: BTreeMap<String, String>,
    /// Its domains.
    pub domains: Vec<String>,
}

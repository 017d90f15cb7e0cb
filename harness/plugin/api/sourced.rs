//! What a `source` reads.

use std::path::Path;

use super::expand::{Expander, shape};
use crate::dokku::api;
use crate::plugin::shell::{Script, Word};
use crate::plugin::{Plugin, PluginFile};

/// What a `source` reads.
#[derive(Clone, Copy, Debug)]
pub(super) enum Sourced<'p> {
    /// A file of the plugin.
    Own(&'p PluginFile),
    /// A core file, below the core plugins' directory.
    Core(&'static str),
    /// A core file where no version from 0.4.0 on has it.
    Old(&'static str),
    /// A file of settings: it defines no functions.
    Settings,
    /// What the text does not tell.
    Unknown,
}

/// The folders in which every core plugin lies or is linked to, under its own name.
const FOLDERS: [&str; 13] = [
    "$PLUGIN_CORE_AVAILABLE_PATH/",
    "$PLUGIN_CORE_ENABLED_PATH/",
    "$PLUGIN_AVAILABLE_PATH/",
    "$PLUGIN_ENABLED_PATH/",
    // Plugins that ran before 0.4.0 too set it to one folder or another.
    "$PLUGIN_BASE_PATH/",
    "$PLUGIN_CORE_PATH/available/",
    "$PLUGIN_CORE_PATH/enabled/",
    "$PLUGIN_PATH/available/",
    "$PLUGIN_PATH/enabled/",
    "/var/lib/dokku/core-plugins/available/",
    "/var/lib/dokku/core-plugins/enabled/",
    "/var/lib/dokku/plugins/available/",
    "/var/lib/dokku/plugins/enabled/",
];

/// Where all plugins lay until 0.3.26.
const OLD_FOLDERS: [&str; 2] = ["$PLUGIN_PATH/", "/var/lib/dokku/plugins/"];

/// What the word of a `source` in this file reads.
pub(super) fn resolve<'p>(
    plugin: &'p Plugin,
    file: &'p PluginFile,
    script: &Script,
    word: &Word,
    expander: &Expander<'_>,
) -> Sourced<'p> {
    let expanded = expander.expand(word);
    for word in [word, &expanded] {
        if let Some(own) = plugin.own_file(file, script, word) {
            return Sourced::Own(own);
        }
        if let Some(path) = plugin
            .beside(file, script, word)
            .and_then(|path| api::file::core_file(path.to_str()?))
        {
            return Sourced::Core(path);
        }
    }
    let text = shape(&expanded).replace("$DOKKU_LIB_ROOT/", "/var/lib/dokku/");
    by_text(plugin, file, &text)
}

fn by_text<'p>(plugin: &'p Plugin, file: &'p PluginFile, text: &str) -> Sourced<'p> {
    if let Some(below) = FOLDERS.iter().find_map(|folder| text.strip_prefix(folder)) {
        if let Some(path) = api::file::core_file(below) {
            return Sourced::Core(path);
        }
        let own = below
            .strip_prefix(plugin.name())
            .and_then(|rest| plugin.file(Path::new(rest.strip_prefix('/')?)));
        return own.map_or(Sourced::Unknown, Sourced::Own);
    }
    let below = OLD_FOLDERS
        .iter()
        .find_map(|folder| text.strip_prefix(folder));
    if let Some(path) = below.and_then(api::file::core_file) {
        return Sourced::Old(path);
    }
    // A path without a beginning is looked for in the working directory, which scripts set to their own.
    let here = file.path.parent().map(|folder| folder.join(text));
    if !text.contains('$')
        && let Some(own) = here.and_then(|path| plugin.file(&path))
    {
        return Sourced::Own(own);
    }
    if is_settings(text) {
        Sourced::Settings
    } else {
        Sourced::Unknown
    }
}

/// The shape of a path, the same for all the ways to a core file or folder.
pub(super) fn canonical(shape: &str) -> String {
    let text = shape.replace("$DOKKU_LIB_ROOT/", "/var/lib/dokku/");
    match FOLDERS.iter().find_map(|folder| text.strip_prefix(folder)) {
        Some(below) => format!("core:{}", below.trim_end_matches('/')),
        None => text,
    }
}

fn is_settings(text: &str) -> bool {
    let name = text.rsplit('/').next().unwrap_or(text);
    let of_the_system = ["/etc/", "/usr/share/"]
        .iter()
        .any(|folder| text.starts_with(folder));
    name == "ENV" || name.ends_with(".env") || name.ends_with(".conf") || of_the_system
}

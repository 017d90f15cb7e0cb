//! What a `source` reads.

use std::path::Path;

use super::expand::{Expander, shape};
use crate::dokku::api::{self, Life};
use crate::dokku::{Span, core, releases};
use crate::plugin::shell::{Script, Word};
use crate::plugin::{Plugin, PluginFile};

/// What a `source` reads.
#[derive(Clone, Debug)]
pub(super) enum Sourced<'p> {
    /// A file of the plugin.
    Own(&'p PluginFile),
    /// A core file, below the core plugins' directory.
    Core(&'static str),
    /// A core file where no version from 0.4.0 on has it.
    Old(&'static str),
    /// A file with functions of this core plugin, which no version has.
    Nowhere(String),
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

/// What a `source` of this word in this file reads: for the variable of a loop with each of its values, for a pattern
/// every file of the plugin that it matches.
pub(super) fn resolve_each<'p>(
    plugin: &'p Plugin,
    file: &'p PluginFile,
    script: &Script,
    word: &Word,
    expander: &Expander<'_>,
) -> Vec<Sourced<'p>> {
    let of = |word: &Word| -> Vec<Sourced<'p>> {
        let matched = match word.has_pattern() {
            true => plugin.own_files(file, script, word),
            false => Vec::new(),
        };
        match matched.is_empty() {
            true => vec![resolve(plugin, file, script, word, expander)],
            false => matched.into_iter().map(Sourced::Own).collect(),
        }
    };
    expander.each(script, word).iter().flat_map(of).collect()
}

/// What a word that names one file reads.
fn resolve<'p>(
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
        return match own {
            Some(own) => Sourced::Own(own),
            None if is_of_core(plugin, below) => Sourced::Nowhere(below.to_owned()),
            None => Sourced::Unknown,
        };
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

/// True if the word names a file in the folder of a plugin that the text does not tell.
pub(super) fn is_of_any(word: &Word) -> bool {
    let text = shape(word).replace("$DOKKU_LIB_ROOT/", "/var/lib/dokku/");
    let below = FOLDERS.iter().find_map(|folder| text.strip_prefix(folder));
    below.is_some_and(|below| below.starts_with('$'))
}

/// True if a core plugin of some version would have this file, and the plugin itself is none of that name.
fn is_of_core(plugin: &Plugin, below: &str) -> bool {
    let Some((folder, name)) = below.split_once('/') else {
        return false;
    };
    let is_known_kind = name == "functions" || name.ends_with("-functions") && !name.contains('/');
    let mut shipped = releases().iter().flat_map(|one| core::plugins(*one));
    is_known_kind && folder != plugin.name() && shipped.any(|name| name == folder)
}

/// The versions that have the core plugin in whose folder this path lies.
pub(super) fn life_of_plugin(below: &str) -> Life {
    let folder = below.split('/').next().unwrap_or_default();
    releases()
        .iter()
        .filter(|version| core::plugins(**version).any(|name| name == folder))
        .map(|version| Span {
            since: Some(*version),
            until: Some(*version),
        })
        .collect()
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

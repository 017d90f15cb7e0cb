//! The core files with functions that plugins can source.

use super::tree::CoreText;
use crate::dokku::api;
use crate::dokku::core::{self, Audience};
use crate::dokku::surface::{Facet, Item, Surface};
use crate::plugin::shell::Word;

/// True for a file that is there to be sourced, by its path below the folder of the core plugins.
pub(super) fn is_library(path: &str) -> bool {
    path.split_once('/').is_some_and(|(_, name)| {
        name == "functions" || name.ends_with("-functions") && !name.contains('/')
    })
}

/// Puts in the functions of these files, and which of them sources which.
pub(super) fn read(surface: &mut Surface, files: &[CoreText]) {
    for file in files.iter().filter(|file| is_library(&file.path)) {
        let Some(script) = &file.script else {
            continue;
        };
        let item = Item {
            audience: audience(&file.path, None),
            ..Item::default()
        };
        surface.put(Facet::File, &file.path, item);
        // One that another defines when it is called is none of the file's.
        let outer = script.functions.iter().filter(|function| {
            let before = file.text.get(..function.at).unwrap_or_default();
            !before.ends_with([' ', '\t'])
        });
        for name in outer.map(|function| function.name.as_str()) {
            let item = Item {
                audience: audience(&file.path, Some(name)),
                ..Item::at([file.path.clone()])
            };
            surface.put(Facet::Function, name, item);
        }
        for (_, word) in script.sources() {
            if let Some(to) = sourced(&file.path, word) {
                surface.link(&file.path, to);
            }
        }
        if !script.broken.is_empty() {
            let path = &file.path;
            surface
                .gaps
                .push(format!("a part of {path} could not be read as shell"));
        }
    }
}

/// Whom a function, or a file, is for: as the tables have it, or else as the file's name says.
fn audience(path: &str, function: Option<&str>) -> Option<Audience> {
    let mut known = core::functions().iter();
    let known = known.rfind(|one| one.file == path && function.is_none_or(|name| one.name == name));
    let (_, name) = path.split_once('/')?;
    match (known, name) {
        (Some(known), _) if function.is_some() => Some(known.audience),
        (_, "help-functions") => Some(Audience::Help),
        (_, "internal-functions" | "command-functions") => Some(Audience::Core),
        // What is new there, and whom it is for, the text does not tell.
        _ => None,
    }
}

/// The core file that a core file sources by this word.
fn sourced(from: &str, word: &Word) -> Option<String> {
    let end = word.known_end().trim_start_matches('/');
    if let Some(path) = api::file::core_file(end) {
        return Some(path.to_owned());
    }
    match end.split('/').collect::<Vec<_>>().as_slice() {
        [plugin, name] => Some(format!("{plugin}/{name}")).filter(|path| is_library(path)),
        // Beside the file itself.
        [name] => {
            let (plugin, _) = from.split_once('/')?;
            Some(format!("{plugin}/{name}")).filter(|path| is_library(path))
        }
        _ => None,
    }
}

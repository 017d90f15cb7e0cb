//! The surface of a tree.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::{exports, library, triggers};
use crate::dokku::surface::{APP_MISSING, Facet, Item, Surface, command_of};
use crate::dokku::{Tree, api};
use crate::plugin::shell::Script;

/// How much is read of any file.
const MOST: u64 = 4 << 20;
/// How deep below a core plugin its files lie at most.
const DEPTH: usize = 8;
/// How many files are read.
const MOST_FILES: usize = 50_000;

/// Folders that hold what others wrote, or what no plugin meets.
const PASSED_OVER: [&str; 4] = ["vendor", ".git", "node_modules", "tests"];

/// A file of a core plugin.
pub(super) struct CoreText {
    /// Its path below the folder of the core plugins.
    pub(super) path: String,
    /// Its text, with bytes that are not UTF-8 replaced.
    pub(super) text: String,
    /// What it says, if it is a shell script that can be read.
    pub(super) script: Option<Script>,
}

/// What a real Dokku offers to plugins, as far as its files tell. What they do not tell is among the gaps.
#[must_use]
pub fn surface_of(tree: &Tree) -> Surface {
    let mut surface = Surface::of_tree(tree.version());
    let (mut files, unread) = files(tree);
    for plugin in plugins(tree.plugins()) {
        surface.put(Facet::Plugin, plugin, Item::default());
    }
    let unbuilt = tree.lent().iter().chain(tree.lacking());
    let unbuilt = unbuilt.filter_map(|path| path.to_str().map(str::to_owned));
    let programs: Vec<String> = (files.iter().map(|file| file.path.clone()))
        .chain(unbuilt)
        .collect();
    commands(&mut surface, &programs);
    library::read(&mut surface, &files);
    let dispatcher = text(tree.script()).unwrap_or_default();
    let common = files.iter().find(|file| file.path == "common/functions");
    for text in [Some(&dispatcher), common.map(|file| &file.text)] {
        exports::read(&mut surface, text.map_or("", String::as_str));
    }
    surface.leave_open(Facet::Status, APP_MISSING);
    let documentation = documentation(tree.root());
    files.push(CoreText {
        path: "dokku".to_owned(),
        script: Script::read(&dispatcher).ok(),
        text: dispatcher,
    });
    triggers::read(&mut surface, &files, &programs, documentation.as_deref());
    if unread > 0 {
        let noun = if unread == 1 { "file" } else { "files" };
        surface.gaps.push(format!(
            "{unread} {noun} of {} could not be read",
            tree.root().display()
        ));
    }
    surface
}

/// Puts in the commands that programs answer. A Dokku that looks for no subcommands answers its commands within scripts,
/// which do not tell them.
fn commands(surface: &mut Surface, programs: &[String]) {
    if !programs.iter().any(|path| path.contains("/subcommands/")) {
        return surface.leave_out(Facet::Command);
    }
    let version = surface.version;
    // A program may be there for nothing but to say that its command is gone.
    let is_gone = |command: &String| {
        let mut entries = api::commands().iter();
        entries.any(|entry| entry.name == command && !entry.life.contains(version))
    };
    let commands = programs.iter().filter_map(|path| command_of(path));
    for command in commands.filter(|command| !is_gone(command)) {
        surface.put(Facet::Command, command, Item::default());
    }
}

/// What a checkout says of its triggers.
fn documentation(root: &Path) -> Option<String> {
    text(&root.join("docs/development/plugin-triggers.md"))
}

/// The names of the core plugins.
fn plugins(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.path().is_dir())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| !name.starts_with('.'))
        .collect()
}

/// The files of the core plugins, and how many could not be read. Programs that are no text have none here.
fn files(tree: &Tree) -> (Vec<CoreText>, usize) {
    let (mut files, mut unread) = (Vec::new(), 0);
    for path in paths(tree.plugins()) {
        let Some(name) = path
            .strip_prefix(tree.plugins())
            .ok()
            .and_then(|path| path.to_str())
        else {
            unread += 1;
            continue;
        };
        match text(&path) {
            Some(text) => {
                let script = is_shell(name, &text).then(|| Script::read(&text));
                let script = match script {
                    Some(Err(_)) => {
                        unread += 1;
                        None
                    }
                    script => script.and_then(Result::ok),
                };
                files.push(CoreText {
                    path: name.to_owned(),
                    text,
                    script,
                });
            }
            None => unread += 1,
        }
    }
    (files, unread)
}

/// The paths of the files of the core plugins, in order. In an installation the folder of a plugin may be a link.
fn paths(folder: &Path) -> Vec<PathBuf> {
    let walk = WalkDir::new(folder)
        .max_depth(DEPTH)
        .follow_root_links(true)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|entry| !PASSED_OVER.iter().any(|name| entry.file_name() == *name));
    walk.flatten()
        .filter(|entry| entry.path().is_file())
        .map(walkdir::DirEntry::into_path)
        .take(MOST_FILES)
        .collect()
}

/// The text of a file; of a program no more than that it is one, which is none. None if it can't be read.
fn text(path: &Path) -> Option<String> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MOST).read_to_end(&mut bytes))
        .ok()?;
    match bytes.contains(&0) {
        true => Some(String::new()),
        false => Some(String::from_utf8_lossy(&bytes).into_owned()),
    }
}

/// True if a shell reads the file: its first line says so, or it is a library of functions.
fn is_shell(path: &str, text: &str) -> bool {
    let first = text.lines().next().unwrap_or_default();
    let names_shell = first.starts_with("#!") && first.contains("sh");
    names_shell || library::is_library(path)
}

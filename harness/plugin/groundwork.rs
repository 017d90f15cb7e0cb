//! What a plugin's `install` makes, and what its other files look for.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use super::file::{FileKind, PluginFile};
use super::open::Plugin;
use super::shell::{Condition, Constants, Part, Script, Word};

/// Triggers that make a host ready for a plugin.
const SET_UP: [&str; 3] = ["dependencies", "install", "update"];

/// Programs that leave something at a path that they are given.
const MAKERS: [&str; 15] = [
    "chgrp", "chmod", "chown", "cp", "curl", "dd", "git", "install", "ln", "mkdir", "mv", "tar",
    "tee", "touch", "wget",
];

/// Tests of a shell that ask for a file.
const FILE_TESTS: [&str; 9] = ["-d", "-e", "-f", "-h", "-L", "-r", "-s", "-w", "-x"];

/// Where the output of a command goes to.
static REDIRECTION: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#">>?\s*"?([^\s"'&|;()<>]+)"#).ok());

impl Plugin {
    /// A path that one of these files tests for and that the plugin's `install` makes, as the script writes it.
    ///
    /// Before the plugin is installed, such a file sees a host that it was not made for.
    #[must_use]
    pub fn awaits_install(&self, files: &[&PluginFile]) -> Option<String> {
        let made = self.made_by_install();
        let tested = files.iter().filter_map(|file| {
            let constants = self.constants(file);
            let paths = tested(file.script().ok()?, constants);
            paths.into_iter().find(|path| made.contains(path))
        });
        tested.into_iter().next()
    }

    /// True if the plugin has something to run when it is installed.
    #[must_use]
    pub fn sets_up(&self) -> bool {
        SET_UP.iter().any(|name| self.has_trigger(name))
    }

    fn made_by_install(&self) -> BTreeSet<String> {
        let is_set_up = |file: &&PluginFile| matches!(&file.kind, FileKind::Trigger(name) if SET_UP.contains(&name.as_str()));
        let entries = self.files().iter().filter(is_set_up);
        let mut made = BTreeSet::new();
        for entry in entries {
            // What a library makes in a function, it may make for others than `install`.
            let Ok(script) = entry.script() else { continue };
            let constants = self.constants(entry);
            for path in made_by(script, constants)
                .into_iter()
                .chain(redirected(entry))
            {
                made.extend(with_folders(path));
            }
        }
        made
    }
}

fn made_by(script: &Script, constants: &Constants) -> Vec<String> {
    let programs = script.invocations.iter().filter_map(|one| one.program());
    let makers = programs.filter(|program| {
        let name = program.name.literal();
        name.is_some_and(|name| MAKERS.contains(&name.as_str()))
    });
    makers
        .flat_map(|program| program.arguments)
        .filter_map(|word| path(word, constants))
        .collect()
}

fn redirected(file: &PluginFile) -> Vec<String> {
    let (Ok(text), Some(pattern)) = (file.text(), REDIRECTION.as_ref()) else {
        return Vec::new();
    };
    let targets = pattern.captures_iter(text).filter_map(|found| found.get(1));
    targets
        .map(|target| trimmed(target.as_str().replace(['{', '}'], "")))
        .filter(|path| is_path(path))
        .collect()
}

/// The paths that the conditions of a script ask for.
fn tested(script: &Script, constants: &Constants) -> Vec<String> {
    let mut paths = Vec::new();
    let sites = script
        .invocations
        .iter()
        .map(|one| &one.site)
        .chain(script.assignments.iter().map(|one| &one.site));
    for condition in sites.flat_map(|site| &site.conditions) {
        operands(condition, constants, &mut paths);
    }
    for one in &script.invocations {
        if let ("test" | "[", [operator, operand, ..]) = (
            one.name.literal().unwrap_or_default().as_str(),
            one.arguments.as_slice(),
        ) && FILE_TESTS.iter().any(|test| operator.is(test))
        {
            paths.extend(path(operand, constants));
        }
    }
    paths
}

fn operands(condition: &Condition, constants: &Constants, paths: &mut Vec<String>) {
    match condition {
        Condition::Unary { operator, operand } if FILE_TESTS.contains(&operator.as_str()) => {
            paths.extend(path(operand, constants));
        }
        Condition::Not(inner) => operands(inner, constants, paths),
        Condition::All(parts) | Condition::Any(parts) => {
            for part in parts {
                operands(part, constants, paths);
            }
        }
        _ => {}
    }
}

/// A word as a path in which variables of unknown value stand by their names; none if it holds what only running tells.
fn path(word: &Word, constants: &Constants) -> Option<String> {
    let mut whole = String::new();
    for part in &word.parts {
        match part {
            Part::Text { text, .. } => whole.push_str(text),
            Part::Variable(variable) if variable.index.is_none() && variable.keeps_value() => {
                match constants.get(&variable.name) {
                    Some(value) => whole.push_str(value),
                    None => whole.extend(["$", &variable.name]),
                }
            }
            _ => return None,
        }
    }
    Some(trimmed(whole)).filter(|path| is_path(path))
}

fn trimmed(path: String) -> String {
    path.trim_end_matches('/').to_owned()
}

/// True for what may be a path of the host. A variable alone is one if its name is that of a setting, such as `DATA_ROOT`;
/// `$APP` and `$file` are another thing in every script.
fn is_path(text: &str) -> bool {
    let is_setting = |name: &str| {
        name.contains('_') && !name.starts_with("DOKKU_") && !name.contains(char::is_lowercase)
    };
    match text.strip_prefix('$') {
        Some(variable) => variable.contains('/') || is_setting(variable),
        None => text.starts_with('/') && !text.starts_with("/dev/"),
    }
}

/// A path and the folders above it that must be made with it, but those of Dokku itself and those of one app.
fn with_folders(path: String) -> Vec<String> {
    let mut paths = Vec::new();
    let mut rest = path.as_str();
    while let Some((folder, last)) = rest.rsplit_once('/') {
        rest = folder;
        let (_, name) = folder.rsplit_once('/').unwrap_or(("", ""));
        if last.is_empty() || name.is_empty() || name.starts_with('$') {
            break;
        }
        paths.push(folder.to_owned());
    }
    paths.push(path);
    paths
}

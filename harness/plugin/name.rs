//! The name that a plugin is installed under.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;

use super::file::{FileKind, PluginFile, shown};
use super::note::Note;
use super::place::Place;
use super::shell::Constants;

/// What a plugin's name was taken from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NameSource {
    /// The user said it.
    Given,
    /// The plugin's author said it, in `conformance.yaml`.
    Hint,
    /// The plugin looks for its own files under that name: here.
    OwnPath(Place),
    /// The plugin sets PLUGIN_COMMAND_PREFIX: here.
    CommandPrefix(Place),
    /// All its commands begin with it.
    Commands(Place),
    /// The name of its directory.
    Directory,
}

/// The names of core plugins and of their commands, of any version. Text that names one of them most often means the
/// core plugin.
const CORE: &[&str] = &[
    "00_dokku-standard",
    "20_events",
    "app-json",
    "apps",
    "backup",
    "build-env",
    "builder",
    "builder-cnb",
    "builder-dockerfile",
    "builder-herokuish",
    "builder-lambda",
    "builder-nixpacks",
    "builder-null",
    "builder-pack",
    "builder-railpack",
    "buildpacks",
    "builds",
    "caddy",
    "caddy-vhosts",
    "certs",
    "checks",
    "common",
    "config",
    "cron",
    "docker-options",
    "domains",
    "enter",
    "events",
    "git",
    "haproxy",
    "haproxy-vhosts",
    "logs",
    "named-containers",
    "network",
    "nginx",
    "nginx-vhosts",
    "openresty",
    "openresty-vhosts",
    "plugin",
    "ports",
    "proxy",
    "ps",
    "registry",
    "repo",
    "resource",
    "run",
    "scheduler",
    "scheduler-docker-local",
    "scheduler-k3s",
    "scheduler-null",
    "shell",
    "ssh-keys",
    "storage",
    "tags",
    "tar",
    "trace",
    "traefik",
    "traefik-vhosts",
];

static OWN_PATH: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"\$\{?PLUGIN_(?:(?:AVAILABLE|ENABLED|BASE)_)?PATH\}?/([A-Za-z0-9][A-Za-z0-9._-]*)/([A-Za-z0-9._/-]+)",
    )
    .ok()
});

static PREFIX: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#"(?m)^\s*(?:export\s+|declare\s+(?:-\w+\s+)*)?PLUGIN_COMMAND_PREFIX=["']?([A-Za-z0-9][A-Za-z0-9._-]*)["']?\s*(?:#.*)?$"#,
    )
    .ok()
});

/// True if a directory and a command can have this name.
#[must_use]
pub(super) fn is_valid(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphanumeric()) && name.chars().all(is_name_character)
}

fn is_name_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || "._-".contains(character)
}

/// True if a core plugin, or its commands, has this name in some version.
#[must_use]
pub fn is_core(name: &str) -> bool {
    CORE.contains(&name)
}

/// Finds the name: in the plugin's own text, else its directory's.
pub(super) fn find(
    root: &Path,
    files: &[PluginFile],
    notes: &mut Vec<Note>,
) -> (String, NameSource) {
    let whole = root
        .file_name()
        .map(|name| shown(Path::new(name)))
        .unwrap_or_default();
    let directory = of_directory(&whole);
    let acceptable = |name: &str| !is_core(name) || name == directory;
    own_path(files, &acceptable)
        .or_else(|| prefix(files, &acceptable))
        .or_else(|| of_commands(files, &acceptable))
        .unwrap_or_else(|| {
            if !is_valid(&whole) {
                notes.push(Note::new(
                    ".",
                    format!("`{whole}` can't be a plugin's name: it is taken as `{directory}`"),
                ));
            }
            (directory.clone(), NameSource::Directory)
        })
}

/// The directory's name less a leading `dokku-`. Where it has a character that no name can have, what follows the last
/// of them: `owner+dokku-name` is `name`.
fn of_directory(whole: &str) -> String {
    let last = whole
        .rsplit(|c: char| !is_name_character(c))
        .find(|part| part.starts_with(|c: char| c.is_ascii_alphanumeric()))
        .unwrap_or("plugin");
    last.strip_prefix("dokku-")
        .filter(|rest| is_valid(rest))
        .unwrap_or(last)
        .to_owned()
}

/// The name under which the plugin looks for files that it has itself; the most frequent one.
fn own_path(
    files: &[PluginFile],
    acceptable: &dyn Fn(&str) -> bool,
) -> Option<(String, NameSource)> {
    let pattern = OWN_PATH.as_ref()?;
    let mut found: BTreeMap<String, (usize, Place)> = BTreeMap::new();
    for file in scripts(files) {
        let Ok(text) = file.text() else { continue };
        for captures in pattern.captures_iter(text) {
            let (Some(name), Some(rest)) = (captures.get(1), captures.get(2)) else {
                continue;
            };
            let target = Path::new(rest.as_str().trim_end_matches('/'));
            let own = files
                .iter()
                .any(|file| file.path == target || file.path.starts_with(target));
            if own && acceptable(name.as_str()) {
                let place = Place {
                    file: file.name.clone(),
                    line: Some(line_at(text, name.start())),
                };
                found
                    .entry(name.as_str().to_owned())
                    .or_insert((0, place))
                    .0 += 1;
            }
        }
    }
    let (name, (_, place)) = found.into_iter().max_by_key(|(_, (count, _))| *count)?;
    Some((name, NameSource::OwnPath(place)))
}

fn prefix(files: &[PluginFile], acceptable: &dyn Fn(&str) -> bool) -> Option<(String, NameSource)> {
    let pattern = PREFIX.as_ref()?;
    scripts(files)
        .filter(|file| file.in_root())
        .find_map(|file| {
            let text = file.text().ok()?;
            let name = pattern.captures(text)?.get(1)?;
            acceptable(name.as_str()).then(|| {
                let place = Place {
                    file: file.name.clone(),
                    line: Some(line_at(text, name.start())),
                };
                (name.as_str().to_owned(), NameSource::CommandPrefix(place))
            })
        })
}

/// The word before the colon, if all the commands that `commands` lists by name have the same one.
fn of_commands(
    files: &[PluginFile],
    acceptable: &dyn Fn(&str) -> bool,
) -> Option<(String, NameSource)> {
    let file = files.iter().find(|file| file.kind == FileKind::Commands)?;
    let script = file.script().ok()?;
    let mut constants = Constants::default();
    constants.learn(script);
    let mut found: Option<(String, u32)> = None;
    for arm in script.cases.iter().flat_map(|case| &case.arms) {
        for pattern in &arm.patterns {
            let Some(text) = constants.resolve(pattern) else {
                continue;
            };
            let Some((start, _)) = text.split_once(':') else {
                continue;
            };
            match &found {
                Some((known, _)) if known != start => return None,
                Some(_) => {}
                None if is_valid(start) => found = Some((start.to_owned(), arm.line)),
                None => return None,
            }
        }
    }
    let (name, line) = found.filter(|(name, _)| acceptable(name))?;
    let place = Place {
        file: file.name.clone(),
        line: Some(line),
    };
    Some((name, NameSource::Commands(place)))
}

/// The files whose text may name the plugin: what Dokku runs, and what lies beside it in the root.
fn scripts(files: &[PluginFile]) -> impl Iterator<Item = &PluginFile> {
    files.iter().filter(|file| {
        file.link.is_none()
            && (file.is_entry()
                || file.in_root()
                    && file
                        .path
                        .extension()
                        .is_none_or(|extension| extension == "sh"))
            && (file.language().is_shell() || file.language() == super::language::Language::Unknown)
    })
}

fn line_at(text: &str, at: usize) -> u32 {
    let lines = text
        .get(..at)
        .map_or(0, |before| before.matches('\n').count());
    u32::try_from(lines + 1).unwrap_or(u32::MAX)
}

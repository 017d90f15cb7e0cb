//! Which of a plugin's files Dokku runs, and which those source or run in turn.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use super::file::{FileKind, Link, PluginFile};
use super::open::Plugin;
use super::shell::{Assigned, Constants, Part, Script, Word, matches};
use crate::dokku::Version;

/// The files that are reached from what Dokku runs.
#[derive(Debug, Default)]
pub(super) struct Reach {
    /// For each such file, by its place in the plugin's list, the ones that it sources.
    sourced: BTreeMap<usize, Vec<usize>>,
}

/// The first version that runs the files below `subcommands/` itself.
pub(super) const SUBCOMMANDS: Version = Version::new(0, 5, 0);

impl Plugin {
    /// True if that version of Dokku runs files of this kind, or the plugin does so itself.
    #[must_use]
    pub fn runs(&self, kind: &FileKind, version: Version) -> bool {
        !matches!(kind, FileKind::Subcommand(_))
            || version >= SUBCOMMANDS
            || self.answers_by_itself()
    }

    /// True if `commands` looks into the folder of the subcommands itself.
    pub(super) fn answers_by_itself(&self) -> bool {
        let commands = self.commands_file().and_then(|file| file.text().ok());
        commands.is_some_and(|text| text.contains("subcommands"))
    }

    /// The shell files that Dokku runs, and those that they source or run; each once, a link under its target.
    pub fn reached(&self) -> impl Iterator<Item = (&PluginFile, &Script)> {
        self.reach()
            .sourced
            .keys()
            .filter_map(|index| self.files.get(*index))
            .filter_map(|file| file.script().ok().map(|script| (file, script)))
    }

    /// A script and all of the plugin's files that it sources, itself first.
    #[must_use]
    pub fn with_sourced<'p>(&'p self, file: &'p PluginFile) -> Vec<(&'p PluginFile, &'p Script)> {
        let mut order = Vec::new();
        let mut waiting: Vec<usize> = self.index(file).into_iter().collect();
        while let Some(index) = waiting.pop() {
            if order.contains(&index) {
                continue;
            }
            order.push(index);
            let more = match self.reach().sourced.get(&index) {
                Some(known) => known.clone(),
                None => self.sources_of(index),
            };
            waiting.extend(more.into_iter().rev());
        }
        order
            .into_iter()
            .filter_map(|index| self.files.get(index))
            .filter_map(|file| file.script().ok().map(|script| (file, script)))
            .collect()
    }

    /// A file and all of the plugin's files that it sources or runs; where it sources what the text does not name, every
    /// file that is reached from what Dokku runs, and every shell file of the root.
    #[must_use]
    pub fn behind<'p>(&'p self, file: &'p PluginFile) -> Vec<&'p PluginFile> {
        let mut found = BTreeSet::new();
        let mut waiting: Vec<usize> = self.index(file).into_iter().collect();
        while let Some(index) = waiting.pop() {
            if !found.insert(index) {
                continue;
            }
            if self.sources_unknown(index) {
                let libraries = self.files.iter().enumerate().filter(|(_, file)| {
                    file.in_root() && (file.is_shell() || file.kind == FileKind::Config)
                });
                found.extend(libraries.map(|(index, _)| index));
                found.extend(self.reach().sourced.keys());
                break;
            }
            waiting.extend(self.sources_of(index));
            waiting.extend(self.run_by(index));
        }
        found
            .into_iter()
            .filter_map(|index| self.files.get(index))
            .collect()
    }

    /// The variables that a script can rely on: its own and those of the files that it sources.
    #[must_use]
    pub fn constants<'p>(&'p self, file: &'p PluginFile) -> &'p Constants {
        file.constants.get_or_init(|| {
            let mut constants = Constants::default();
            for (_, script) in self.with_sourced(file).into_iter().rev() {
                constants.learn(script);
            }
            constants
        })
    }

    /// The plugin's file that a word of a script names, as far as the text tells.
    #[must_use]
    pub fn own_file(&self, from: &PluginFile, script: &Script, word: &Word) -> Option<&PluginFile> {
        let (bases, rest) = self.bases(from, script, word)?;
        bases
            .iter()
            .filter_map(|base| normal(&base.join(rest.trim_start_matches('/'))))
            .find_map(|path| self.file(&path))
    }

    /// The plugin's files that a word of a script names, as far as the text tells: those that a pattern matches, in their
    /// order, and for the variable of a loop those of each of its values.
    #[must_use]
    pub fn own_files(&self, from: &PluginFile, script: &Script, word: &Word) -> Vec<&PluginFile> {
        let of = |word: &Word| match word.has_pattern() {
            true => self.matched(from, script, word),
            false => self.own_file(from, script, word).into_iter().collect(),
        };
        script.each(word).iter().flat_map(of).collect()
    }

    /// The plugin's files that the pattern of a word matches.
    fn matched(&self, from: &PluginFile, script: &Script, word: &Word) -> Vec<&PluginFile> {
        let Some((bases, rest)) = self.bases(from, script, word) else {
            return Vec::new();
        };
        let pattern = last_of(word, rest.len());
        let depth = |text: &str| text.matches('/').count();
        let folders: usize = pattern.iter().map(|(text, _)| depth(text)).sum();
        let bases: Vec<PathBuf> = bases.iter().filter_map(|base| normal(base)).collect();
        let is_meant = |file: &&PluginFile| {
            bases.iter().any(|base| {
                let below = file.path.strip_prefix(base).ok().and_then(Path::to_str);
                let below = below.map(|below| format!("/{below}"));
                below.is_some_and(|below| {
                    depth(&below) == folders && matches(&below, &pattern) == Some(true)
                })
            })
        };
        self.files.iter().filter(is_meant).collect()
    }

    /// The shell files that a process begins with: those that Dokku runs, and those that others run as programs.
    pub(super) fn started(&self) -> Vec<&PluginFile> {
        let entries = self
            .files
            .iter()
            .enumerate()
            .filter(|(_, file)| file.is_entry())
            .map(|(index, _)| index);
        let run = self
            .reach()
            .sourced
            .keys()
            .flat_map(|index| self.run_by(*index));
        let started: BTreeSet<usize> = entries.chain(run).collect();
        started
            .into_iter()
            .filter_map(|index| self.files.get(index))
            .filter(|file| file.script().is_ok())
            .collect()
    }

    fn reach(&self) -> &Reach {
        self.reach.get_or_init(|| {
            let mut sourced = BTreeMap::new();
            let mut waiting: Vec<usize> = self
                .files
                .iter()
                .enumerate()
                .filter(|(_, file)| file.is_entry() || file.kind == FileKind::Functions)
                .map(|(index, _)| index)
                .collect();
            while let Some(index) = waiting.pop() {
                let index = self.followed(index);
                if sourced.contains_key(&index) {
                    continue;
                }
                let sources = self.sources_of(index);
                waiting.extend(sources.iter().copied());
                waiting.extend(self.run_by(index));
                sourced.insert(index, sources);
            }
            Reach { sourced }
        })
    }

    fn index(&self, file: &PluginFile) -> Option<usize> {
        self.files
            .iter()
            .position(|other| other.path == file.path)
            .map(|index| self.followed(index))
    }

    /// The file that a link leads to.
    fn followed(&self, index: usize) -> usize {
        self.files
            .get(index)
            .and_then(|file| match &file.link {
                Some(Link::Inside(target)) => {
                    self.files.iter().position(|other| other.path == *target)
                }
                _ => None,
            })
            .unwrap_or(index)
    }

    fn sources_of(&self, index: usize) -> Vec<usize> {
        let Some((file, script)) = self.script_at(index) else {
            return Vec::new();
        };
        script
            .sources()
            .flat_map(|(_, word)| self.own_files(file, script, word))
            .filter_map(|found| self.index(found))
            .collect()
    }

    /// True if a script sources what may be a file of this plugin, and the text does not tell which.
    fn sources_unknown(&self, index: usize) -> bool {
        let Some((file, script)) = self.script_at(index) else {
            return false;
        };
        let is_of_others = |word: &Word| {
            let first = word.variables().next();
            first.is_some_and(|variable| variable.name.starts_with("PLUGIN_"))
                || word.known_start().starts_with('/')
        };
        script
            .sources()
            .any(|(_, word)| !is_of_others(word) && self.own_files(file, script, word).is_empty())
    }

    /// The plugin's files that a script runs as programs.
    fn run_by(&self, index: usize) -> Vec<usize> {
        let Some((file, script)) = self.script_at(index) else {
            return Vec::new();
        };
        script
            .invocations
            .iter()
            .filter_map(super::shell::Invocation::program)
            .filter(|program| program.name.shown().contains('/'))
            .filter_map(|program| self.own_file(file, script, program.name))
            .filter_map(|found| self.index(found))
            .collect()
    }

    fn script_at(&self, index: usize) -> Option<(&PluginFile, &Script)> {
        let file = self.files.get(index)?;
        file.script().ok().map(|script| (file, script))
    }

    /// The path below the directory that holds all plugins that a word names by way of its own script's place, such as
    /// `common/functions` for `$(dirname "$0")/../common/functions`.
    pub(super) fn beside(
        &self,
        from: &PluginFile,
        script: &Script,
        word: &Word,
    ) -> Option<PathBuf> {
        let (bases, rest) = self.bases(from, script, word)?;
        bases.iter().find_map(|base| {
            // As seen from that directory, whatever this plugin is called in it.
            let whole = Path::new("itself")
                .join(base)
                .join(rest.trim_start_matches('/'));
            normal(&whole).filter(|path| !path.starts_with("itself"))
        })
    }

    /// The directories, relative to the root, that the word's unknown beginning may stand for, and the text after it.
    fn bases(
        &self,
        from: &PluginFile,
        script: &Script,
        word: &Word,
    ) -> Option<(Vec<PathBuf>, String)> {
        let (first, rest) = word.parts.split_first()?;
        let mut tail = String::new();
        for part in rest {
            let Part::Text { text, .. } = part else {
                return None;
            };
            tail.push_str(text);
        }
        if !tail.starts_with('/') {
            return None;
        }
        match first {
            Part::Output { text, .. } => Some((levels(from, text)?, tail)),
            Part::Variable(variable) => {
                if variable.name == "BASH_SOURCE" || variable.name == "0" {
                    return (variable.change == "%/*").then(|| (above(from, 0), tail));
                }
                let assigned = script.assignments.iter().find_map(|assignment| {
                    match (&assignment.value, assignment.name == variable.name) {
                        (Assigned::Word(value), true) => match value.parts.as_slice() {
                            [Part::Output { text, .. }] => levels(from, text),
                            _ => None,
                        },
                        _ => None,
                    }
                });
                match assigned {
                    Some(bases) => Some((bases, tail)),
                    None => self.installed(&variable.name, &tail),
                }
            }
            Part::Text { .. } | Part::Computed => None,
        }
    }

    /// What follows `$PLUGIN_AVAILABLE_PATH/<own name>`.
    fn installed(&self, variable: &str, tail: &str) -> Option<(Vec<PathBuf>, String)> {
        matches!(
            variable,
            "PLUGIN_AVAILABLE_PATH" | "PLUGIN_ENABLED_PATH" | "PLUGIN_BASE_PATH" | "PLUGIN_PATH"
        )
        .then_some(())?;
        let rest = tail.strip_prefix('/')?.strip_prefix(&self.name)?;
        rest.starts_with('/')
            .then(|| (vec![PathBuf::new()], rest.to_owned()))
    }
}

/// The last so many bytes of the text in a word, each part with whether it is quoted.
fn last_of(word: &Word, length: usize) -> Vec<(String, bool)> {
    let mut left = length;
    let texts = word.parts.iter().rev().map_while(|part| match part {
        Part::Text { text, quoted } if left > 0 => {
            let begin = text.len().saturating_sub(left);
            left -= text.len() - begin;
            Some((text.get(begin..)?.to_owned(), *quoted))
        }
        _ => None,
    });
    let mut texts: Vec<(String, bool)> = texts.collect();
    texts.reverse();
    texts
}

/// The directories that `$(dirname "$0")` and its kin may give: as many levels up as there are `dirname`s.
fn levels(from: &PluginFile, text: &str) -> Option<Vec<PathBuf>> {
    /// How long a person writes it.
    const LONGEST: usize = 1000;
    if text.len() > LONGEST {
        return None;
    }
    let names_itself = text.contains("BASH_SOURCE") || text.contains("$0") || text.contains("${0");
    let count = text.matches("dirname").count() + text.matches("%/*").count();
    (names_itself && count > 0).then(|| above(from, count - 1 + text.matches("/..").count()))
}

/// The directory of a file and so many above it; for a file that others may link to, the root too.
fn above(from: &PluginFile, levels: usize) -> Vec<PathBuf> {
    let directory = from.path.parent().unwrap_or(Path::new(""));
    let up = |start: &Path| {
        let mut path = start.to_owned();
        for _ in 0..levels {
            path.push("..");
        }
        path
    };
    let mut bases = vec![up(directory)];
    if !from.is_entry() && levels == 0 {
        bases.push(PathBuf::new());
    }
    bases
}

/// A relative path without `.` and `..`; none if it leaves the root.
fn normal(path: &Path) -> Option<PathBuf> {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::Normal(name) => normal.push(name),
            Component::ParentDir => {
                if !normal.pop() {
                    return None;
                }
            }
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(normal)
}

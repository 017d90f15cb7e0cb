//! What a checkout has the sources of and not the programs.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

/// How deep below a plugin its own sources lie at most.
const DEPTH: usize = 4;

/// What a plugin's folder has for its building alone, and its package leaves out.
const SOURCES: [&str; 7] = [
    "src",
    "vendor",
    "Makefile",
    "go.mod",
    "go.sum",
    ".gitignore",
    "_obj",
];

/// True for what a plugin is built from, by its path below the folder of the plugins.
pub(super) fn is_source(path: &Path) -> bool {
    let is_go = path.extension().is_some_and(|end| end == "go");
    let is_top = path.iter().count() == 2;
    is_top
        && (is_go
            || path
                .file_name()
                .is_some_and(|name| SOURCES.iter().any(|one| name == *one)))
}

/// The programs that are not there of the plugins in this folder that have sources in Go: those that a plugin's Makefile
/// builds, and those of the ones `known`. Paths below the folder.
pub(super) fn programs(plugins: &Path, known: &BTreeSet<PathBuf>) -> BTreeSet<PathBuf> {
    let entries = fs::read_dir(plugins).into_iter().flatten().flatten();
    let mut missing = BTreeSet::new();
    for plugin in entries
        .map(|entry| entry.path())
        .filter(|path| is_built(path))
    {
        let Some(name) = plugin.file_name().map(PathBuf::from) else {
            continue;
        };
        let makefile = fs::read(plugin.join("Makefile")).unwrap_or_default();
        let built = targets(&String::from_utf8_lossy(&makefile));
        let built = built.into_iter().map(|target| name.join(target));
        let listed = known.iter().filter(|path| path.starts_with(&name)).cloned();
        missing.extend(
            built
                .chain(listed)
                .filter(|path| !plugins.join(path).exists()),
        );
    }
    missing
}

/// True for a plugin with programs in Go.
fn is_built(plugin: &Path) -> bool {
    let walk = WalkDir::new(plugin)
        .max_depth(DEPTH)
        .into_iter()
        .filter_entry(|entry| entry.file_name() != "vendor");
    walk.flatten()
        .any(|entry| entry.path().extension().is_some_and(|end| end == "go"))
}

/// The programs that a plugin's Makefile lists, by their paths in the plugin: `subcommands/get`, or `install` for
/// `triggers/install`, since triggers end up beside `commands`.
fn targets(makefile: &str) -> BTreeSet<PathBuf> {
    let lines = makefile.replace("\\\n", " ");
    let lists = lines.lines().filter_map(|line| {
        let (name, list) = line.split_once('=')?;
        let name = name.trim_end_matches([' ', '?', ':', '+']);
        ["SUBCOMMANDS", "TRIGGERS", "BUILD"]
            .contains(&name)
            .then_some(list)
    });
    let words = lists.flat_map(str::split_whitespace);
    words
        .filter(|word| !["subcommands", "triggers"].contains(word) && !word.contains('$'))
        .map(|word| PathBuf::from(word.strip_prefix("triggers/").unwrap_or(word)))
        .filter(|path| path.is_relative() && path.iter().all(|part| part != ".."))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_makefile_lists_what_it_builds() {
        let text = "SUBCOMMANDS = subcommands/a \\\n  subcommands/b\nTRIGGERS ?= triggers/install\n\
                    BUILD = commands subcommands triggers\nPLUGIN_NAME = x\nbuild: $(BUILD)\n";
        let expected = ["commands", "install", "subcommands/a", "subcommands/b"];
        assert_eq!(targets(text), expected.map(PathBuf::from).into());
        assert!(targets("TRIGGERS = /etc/passwd ../x $(ALL)").is_empty());
    }
}

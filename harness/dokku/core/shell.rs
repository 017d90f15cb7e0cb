//! The shell files of the core plugins, put together for one version from the blocks under `shell/`.
//!
//! A block begins with a line `#@ NAME`, `#@ NAME since=0.8.1` or `#@ NAME since=0.8.1 unmodelled` and goes to the
//! next such line. It holds from its version on until the next block of its name takes over; `NAME` is a function, or
//! `top` for what a file does when it is sourced. Where `data/functions.tsv` knows a function and no block holds, the
//! function is there and says that it is not modelled. In a `programs.sh` the names are paths of core programs, and a
//! block is all that such a program does. Comments between blocks are for readers of the source.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::OnceLock;

use super::functions::{functions, functions_in, words_in};
use super::{programs, table};
use crate::dokku::turns::Turn;
use crate::dokku::{Span, Version};

/// Which file sources which, in the order in which it does.
const SOURCED: &str = include_str!("../data/sources.tsv");

macro_rules! parts {
    ($file:literal: $($noun:literal),+ $(,)?) => {
        ($file, &[$(include_str!(concat!("../shell/", $file, "/", $noun, ".sh"))),+])
    };
}

/// The core programs that are shell scripts, by their paths.
const PROGRAMS: &[&str] = &[
    include_str!("../shell/00_dokku-standard/programs.sh"),
    include_str!("../shell/certs/programs.sh"),
    include_str!("../shell/docker-options/programs.sh"),
    include_str!("../shell/domains/programs.sh"),
    include_str!("../shell/20_events/programs.sh"),
    include_str!("../shell/nginx-vhosts/programs.sh"),
    include_str!("../shell/plugin/programs.sh"),
    include_str!("../shell/proxy/programs.sh"),
    include_str!("../shell/storage/programs.sh"),
];

/// The sources of each core file that is written here.
const SOURCES: &[(&str, &[&str])] = &[
    parts!("certs/functions": "certificates"),
    parts!("certs/internal-functions": "certificates"),
    parts!("checks/functions": "checks"),
    parts!("common/archive-functions": "top"),
    parts!("common/functions": "top", "addresses", "apps", "arguments", "columns", "containers", "events", "host",
        "images", "lists", "locks", "logs"),
    parts!("common/property-functions": "lists", "properties"),
    parts!("config/functions": "config"),
    parts!("docker-options/functions": "options", "top"),
    parts!("domains/functions": "hosts"),
    parts!("domains/internal-functions": "urls"),
    parts!("nginx-vhosts/functions": "nginx"),
    parts!("nginx-vhosts/internal-functions": "nginx"),
    parts!("plugin/functions": "install", "names"),
    parts!("plugin/internal-functions": "plugins"),
    parts!("proxy/functions": "labels"),
    parts!("ps/functions": "status"),
    parts!("ssh-keys/functions": "keys"),
    parts!("storage/functions": "mounts"),
];

/// The files with shell functions that a version had, below the core plugins' directory, with their texts.
pub(super) fn files(version: Version) -> BTreeMap<&'static str, String> {
    let mut texts = BTreeMap::new();
    for function in functions_in(version) {
        let text = texts
            .entry(function.file)
            .or_insert_with(|| top(function.file, version));
        match block(function.file, function.name, version) {
            Some(block) => text.push_str(&block.text),
            None => text.push_str(&unmodelled(function.name, function.file)),
        }
    }
    texts
}

/// The programs of a version that are shell scripts, below the core plugins' directory, with their texts.
pub(super) fn programs(version: Version) -> BTreeMap<&'static str, String> {
    scripts()
        .iter()
        .filter(|(path, _)| programs::is_in(path, version))
        .filter_map(|(path, blocks)| {
            let block = holding(blocks, version)?;
            Some((*path, format!("{PREAMBLE}{}", block.text)))
        })
        .collect()
}

/// What every shell file of the core begins with.
const PREAMBLE: &str = "#!/usr/bin/env bash\nset -eo pipefail\n[[ $DOKKU_TRACE ]] && set -x\n";

/// What a file does when it is sourced: the settings that all share, what it sources itself, and its own block.
fn top(file: &'static str, version: Version) -> String {
    let mut text = String::from(PREAMBLE);
    for sourced in sources(file, version) {
        let _ = writeln!(text, "source \"{sourced}\"");
    }
    if let Some(block) = block(file, "top", version) {
        text.push_str(&block.text);
    }
    text
}

/// The files that a file sources in a version, as it writes them.
fn sources(file: &str, version: Version) -> impl Iterator<Item = &'static str> {
    sourced()
        .filter(move |(from, _, span)| *from == file && span.contains(version))
        .map(|(_, sourced, _)| sourced)
}

/// Each file that sources another, what it sources as it writes it, and the versions in which it does.
pub(in crate::dokku) fn sourced() -> impl Iterator<Item = (&'static str, &'static str, Span)> {
    table::rows(SOURCED).filter_map(|row| {
        let [from, sourced, first, last] = table::cells(row)?;
        Some((from, sourced, table::span(first, last)?))
    })
}

/// A function that is known to have been there, and no more than that.
fn unmodelled(name: &str, file: &str) -> String {
    format!("{name}() {{\n  conform-unmodelled \"function {name} of {file}\"\n}}\n")
}

#[derive(Debug, PartialEq, Eq)]
struct Block {
    since: Option<Version>,
    modelled: bool,
    text: String,
}

impl Block {
    /// The versions in which it holds, unless a newer block of its name does.
    fn reach(&self) -> Span {
        Span {
            since: self.since,
            until: None,
        }
    }

    /// True if all that it does is to source files that are there.
    fn brings_functions_alone(&self) -> bool {
        let is_that = |line: &str| {
            let line = line.trim();
            line == "fi" || line.starts_with("source ") || line.starts_with("if [[ -f ")
        };
        self.text.lines().all(is_that)
    }
}

/// The blocks of one name in one file, oldest first.
type Blocks = BTreeMap<(&'static str, &'static str), Vec<Block>>;

/// The block of a name that holds in a version, if there is one and it is modelled.
fn block(file: &'static str, name: &'static str, version: Version) -> Option<&'static Block> {
    holding(blocks().get(&(file, name))?, version)
}

/// The one of a name's blocks that holds in a version, if it is modelled.
fn holding(blocks: &[Block], version: Version) -> Option<&Block> {
    blocks
        .iter()
        .rev()
        .find(|block| block.reach().contains(version))
        .filter(|block| block.modelled)
}

/// The versions in which a file changed in what it does when it is sourced: whoever sources it meets that.
pub(super) fn turns() -> impl Iterator<Item = Turn> {
    let tops = blocks().iter().filter(|((_, name), _)| *name == "top");
    let tops = tops.flat_map(|(_, blocks)| blocks);
    tops.flat_map(|block| -> Vec<Turn> {
        match block.brings_functions_alone() {
            // What they are is told function by function.
            true => Turn::seen_by(LISTS_FUNCTIONS, block.since).collect(),
            false => Turn::of_all(block.since).collect(),
        }
    })
}

/// What shows which functions there are, whatever they are called.
const LISTS_FUNCTIONS: &[&str] = &["declare -F", "declare -f", "typeset", "compgen"];

/// The versions in which one of these core functions changed, came or went, or one that it calls.
#[must_use]
pub fn turns_of(names: &BTreeSet<&str>) -> BTreeSet<Version> {
    let mut turns = BTreeSet::new();
    let mut met: BTreeSet<&str> = BTreeSet::new();
    let mut open: Vec<&str> = names.iter().copied().collect();
    while let Some(name) = open.pop() {
        let Some(function) = functions().iter().find(|one| one.name == name) else {
            continue;
        };
        if !met.insert(function.name) {
            continue;
        }
        let spans = functions().iter().filter(|one| one.name == name);
        turns.extend(spans.flat_map(|one| one.span.turns()));
        let of_name = blocks().iter().filter(|((_, of), _)| *of == name);
        for block in of_name.flat_map(|(_, blocks)| blocks) {
            turns.extend(block.since);
            open.extend(words_in(&block.text));
        }
    }
    turns
}

fn scripts() -> &'static BTreeMap<&'static str, Vec<Block>> {
    static SCRIPTS: OnceLock<BTreeMap<&str, Vec<Block>>> = OnceLock::new();
    SCRIPTS.get_or_init(|| {
        let mut scripts = BTreeMap::<&str, Vec<Block>>::new();
        for (path, block) in PROGRAMS.iter().flat_map(|source| parse(source)) {
            scripts.entry(path).or_default().push(block);
        }
        scripts
    })
}

fn blocks() -> &'static Blocks {
    static BLOCKS: OnceLock<Blocks> = OnceLock::new();
    BLOCKS.get_or_init(|| {
        let mut blocks = Blocks::new();
        for (file, sources) in SOURCES {
            for source in *sources {
                for (name, block) in parse(source) {
                    blocks.entry((file, name)).or_default().push(block);
                }
            }
        }
        blocks
    })
}

fn parse(source: &'static str) -> Vec<(&'static str, Block)> {
    let mut found: Vec<(&'static str, Block)> = Vec::new();
    for line in source.lines() {
        if let Some(marker) = line.strip_prefix("#@ ") {
            found.extend(marked(marker));
        } else if let Some((_, block)) = found.last_mut() {
            let _ = writeln!(block.text, "{line}");
        }
    }
    for (_, block) in &mut found {
        block.text = without_tail(&block.text);
    }
    found
}

/// The name and the empty block that a marker begins, or none if it says something else.
fn marked(marker: &'static str) -> Option<(&'static str, Block)> {
    let mut words = marker.split_whitespace();
    let name = words.next()?;
    let mut block = Block {
        since: None,
        modelled: true,
        text: String::new(),
    };
    for word in words {
        match word.strip_prefix("since=") {
            Some(version) => block.since = Some(version.parse().ok()?),
            None if word == "unmodelled" => block.modelled = false,
            None => return None,
        }
    }
    Some((name, block))
}

/// The text less the blank lines and comments after its last line of code.
fn without_tail(text: &str) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    while lines
        .pop_if(|line| line.trim().is_empty() || line.starts_with('#'))
        .is_some()
    {}
    lines.iter().flat_map(|line| [*line, "\n"]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every version at which a core shell file changes.
    fn turning_points() -> BTreeSet<Version> {
        let of_blocks = blocks().values().flatten().filter_map(|block| block.since);
        let of_functions = functions()
            .iter()
            .filter_map(|function| function.span.since);
        let of_scripts = scripts().values().flatten().filter_map(|block| block.since);
        of_blocks
            .chain(of_functions)
            .chain(of_scripts)
            .chain([Version::new(0, 4, 0), Version::NEWEST])
            .collect()
    }

    #[test]
    fn every_marker_is_understood() {
        let sources = SOURCES.iter().flat_map(|(_, sources)| *sources);
        for source in sources.chain(PROGRAMS) {
            let markers = source.lines().filter(|line| line.starts_with("#@"));
            assert_eq!(markers.count(), parse(source).len(), "{source}");
        }
    }

    #[test]
    fn blocks_of_one_name_follow_each_other_within_the_life_of_their_function() {
        for ((file, name), blocks) in blocks() {
            let start = |block: &Block| block.since.unwrap_or(Version::new(0, 0, 0));
            assert!(
                blocks.is_sorted_by(|one, next| start(one) < start(next)),
                "{file} {name}: not oldest first"
            );
            if *name == "top" {
                continue;
            }
            let lives: Vec<_> = functions()
                .iter()
                .filter(|function| (function.file, function.name) == (*file, *name))
                .collect();
            assert!(!lives.is_empty(), "{file} {name}: no such function");
            for since in blocks.iter().filter_map(|block| block.since) {
                assert!(
                    lives.iter().any(|life| life.span.contains(since)),
                    "{file} {name}: a block begins at {since}, out of its life"
                );
            }
        }
    }

    #[test]
    fn every_row_of_what_sources_what_is_read() {
        for row in table::rows(SOURCED) {
            let [_, _, first, last] = table::cells(row).unwrap();
            assert!(table::span(first, last).is_some(), "{row}");
        }
    }

    #[test]
    fn a_block_defines_its_function_and_nothing_else() {
        for ((file, name), blocks) in blocks() {
            for block in blocks.iter().filter(|block| block.modelled) {
                let defined: Vec<_> = block
                    .text
                    .lines()
                    .filter(|line| !line.starts_with([' ', '}', '#']) && !line.is_empty())
                    .collect();
                if *name == "top" {
                    assert!(defined.iter().all(|line| !line.contains("()")), "{file}");
                } else {
                    assert_eq!(defined, [format!("{name}() {{")], "{file}");
                }
            }
        }
    }

    #[test]
    fn bash_accepts_every_text_of_every_version() {
        let texts: BTreeSet<String> = turning_points()
            .into_iter()
            .flat_map(|version| {
                files(version)
                    .into_values()
                    .chain(programs(version).into_values())
            })
            .collect();
        for text in texts {
            let checked = crate::dokku::core::testing::bash(&["-n"], &text);
            assert!(checked.status.success(), "{checked:?} of\n{text}");
        }
    }

    #[test]
    fn every_script_is_a_program_that_was_there_when_it_begins_to_hold() {
        for (path, blocks) in scripts() {
            for block in blocks {
                let since = block.since.unwrap_or(Version::new(0, 4, 0));
                assert!(programs::is_in(path, since), "{path} {since}");
            }
        }
    }

    #[test]
    fn what_is_not_written_is_there_and_names_itself() {
        let texts = files(Version::NEWEST);
        let text = texts.get("common/functions").unwrap();
        assert!(text.contains("conform-unmodelled \"function dokku_receive of common/functions\""));
        assert!(!text.contains("#@"));
    }

    #[test]
    fn what_was_not_there_is_absent() {
        assert!(!files(Version::NEWEST).contains_key("docker-options/functions"));
        let old = files(Version::new(0, 12, 5));
        assert!(
            !old.get("common/functions")
                .unwrap()
                .contains("dokku_log_quiet()")
        );
    }
}

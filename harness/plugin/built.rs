//! What Dokku runs of a plugin and `install` has to build first.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::file::{FileKind, Link, PluginFile};
use super::open::Plugin;
use super::place::Place;
use super::walk::kind;

/// Names under which make looks for what it is to do.
const MAKEFILES: [&str; 3] = ["GNUmakefile", "Makefile", "makefile"];

/// Programs that make a file of the name that they are given last.
const COPIERS: [&str; 4] = ["cp", "install", "ln", "mv"];

impl Plugin {
    /// True if something that Dokku would run of this plugin is not there before `install` has built it.
    #[must_use]
    pub fn is_unbuilt(&self) -> bool {
        !self.built_files().is_empty()
    }

    /// The executables that Dokku would run of this plugin and that are not there: links that lead nowhere yet, what a
    /// makefile builds, and what `install` itself builds or puts there under every condition; with the place that says
    /// so. None if the plugin has no `install`.
    #[must_use]
    pub(super) fn built_files(&self) -> BTreeMap<String, Place> {
        let mut built = BTreeMap::new();
        let is_install =
            |file: &&PluginFile| matches!(&file.kind, FileKind::Trigger(name) if name == "install");
        let Some(install) = self.files().iter().find(is_install) else {
            return built;
        };
        let here = |file: &PluginFile, line| Place {
            file: file.name.clone(),
            line,
        };
        let is_awaited = |file: &&PluginFile| file.is_entry() && file.link == Some(Link::Dangling);
        for file in self.files().iter().filter(is_awaited) {
            built.insert(file.name.clone(), here(file, None));
        }
        let runs_make = install.text().is_ok_and(|text| text.contains("make"));
        let makefiles = self.files().iter().filter(|_| runs_make);
        for file in makefiles.filter(|file| MAKEFILES.contains(&file.name.as_str())) {
            for (name, line) in file.text().map(targets).unwrap_or_default() {
                built.entry(name).or_insert_with(|| here(file, Some(line)));
            }
        }
        for (name, line) in put_there(install) {
            built
                .entry(name)
                .or_insert_with(|| here(install, Some(line)));
        }
        let there: BTreeSet<&str> = self
            .files()
            .iter()
            .filter(|file| file.link != Some(Link::Dangling))
            .map(|file| file.name.as_str())
            .collect();
        built.retain(|name, _| !there.contains(name.as_str()));
        built
    }
}

/// True for the name of a file that Dokku would run.
fn is_entry(name: &str) -> bool {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_:/.".contains(letter);
    name.chars().all(plain)
        && matches!(
            kind(Path::new(name)),
            FileKind::Commands | FileKind::Subcommand(_) | FileKind::Trigger(_)
        )
}

/// What a makefile builds of what Dokku runs, each with its line: the files that a recipe names as its output, those that
/// a rule is about whose recipe writes them, and the subcommands that a variable lists.
fn targets(text: &str) -> Vec<(String, u32)> {
    let lines: Vec<&str> = text.lines().collect();
    let phony: BTreeSet<&str> = lines
        .iter()
        .filter_map(|line| line.strip_prefix(".PHONY:"))
        .flat_map(str::split_whitespace)
        .collect();
    let mut found = Vec::new();
    for (at, (line, number)) in lines.iter().zip(1..).enumerate() {
        let names: Vec<&str> = if line.starts_with('\t') {
            outputs(line)
        } else if let Some((_, list)) = line.split_once('=') {
            let words = list.trim_start_matches('=').split_whitespace();
            words.filter(|word| word.contains('/')).collect()
        } else if let Some((rule, _)) = line.split_once(':').filter(|_| writes(&lines, at)) {
            rule.split_whitespace().collect()
        } else {
            Vec::new()
        };
        let names = names
            .into_iter()
            .map(|name| name.trim_start_matches("./"))
            .filter(|name| is_entry(name) && !phony.contains(name));
        found.extend(names.map(|name| (name.to_owned(), number)));
    }
    found
}

/// True if the recipe of the rule on this line writes what the rule is named after: many a rule is none of a file.
fn writes(lines: &[&str], rule: usize) -> bool {
    let recipe = lines.iter().skip(rule + 1);
    recipe
        .take_while(|line| line.starts_with('\t'))
        .any(|line| line.contains("-o $@") || line.contains("> $@") || line.contains(">$@"))
}

/// The words of a command line that follow `-o`.
fn outputs(line: &str) -> Vec<&str> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let pairs = words.windows(2);
    pairs
        .filter_map(|pair| match pair {
            ["-o", output] => Some(*output),
            _ => None,
        })
        .collect()
}

/// What `install` builds or puts into the plugin of what Dokku runs, whatever the host is like.
fn put_there(install: &PluginFile) -> Vec<(String, u32)> {
    let Ok(script) = install.script() else {
        return Vec::new();
    };
    let always = script
        .invocations
        .iter()
        .filter(|one| one.site.conditions.is_empty());
    let programs = always.filter_map(|one| Some((one.program()?, one.site.line)));
    programs
        .filter_map(|(program, line)| {
            let name = program.name.literal()?;
            let words: Option<Vec<String>> = program
                .arguments
                .iter()
                .map(|word| word.literal())
                .collect();
            let words = words?;
            let output = words.windows(2).find_map(|pair| match pair {
                [flag, output] if flag == "-o" => Some(output.clone()),
                _ => None,
            });
            let copied = COPIERS
                .contains(&name.as_str())
                .then(|| words.last().cloned());
            let path = match copied {
                Some(last) => last?,
                None => output?,
            };
            let path = path.trim_start_matches("./").to_owned();
            is_entry(&path).then_some((path, line))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_makefile_says_what_it_builds() {
        let text = "SUBS = subcommands/set subcommands/get\n.PHONY: build\nbuild: commands $(SUBS)\n\
            commands: src/commands.go\n\tgo build -o commands src/commands.go\n\
            subcommands/%: src/%.go\n\tgo build -o $@ $<\n\
            hooks:\n\tgo build -o ./pre-deploy src/pre-deploy.go\nclean:\n\trm -rf commands\n";
        let mut names: Vec<String> = targets(text).into_iter().map(|(name, _)| name).collect();
        names.dedup();
        assert_eq!(
            names,
            [
                "subcommands/set",
                "subcommands/get",
                "commands",
                "pre-deploy"
            ]
        );
    }
}

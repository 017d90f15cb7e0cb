//! What a plugin makes itself of the files and settings that Dokku keeps in some versions.

use std::collections::BTreeSet;

use super::expand::shape;
use super::process::Process;
use super::reads::entry_of;
use crate::plugin::shell::{Invocation, Word};

/// The programs that make the files that are named to them.
const MAKERS: [&str; 7] = ["touch", "tee", "cp", "mv", "ln", "install", "mkdir"];

/// The files and settings that are made.
#[derive(Debug, Default)]
pub(super) struct Made {
    /// The names of the files' entries.
    files: BTreeSet<&'static str>,
    /// The keys of the settings.
    settings: BTreeSet<String>,
}

impl Made {
    /// What a process makes.
    pub(super) fn by(process: &Process<'_>) -> Self {
        let mut made = Self::default();
        let entry = |word: &Word| entry_of(&shape(&process.expander.expand(word)));
        for (_, script) in &process.files {
            let written = script.redirections.iter().filter(|one| !one.reads);
            let named = written.filter_map(|one| entry(&one.file));
            made.files.extend(named.map(|entry| entry.name));
        }
        for (_, invocation, _) in process.invocations() {
            if MAKERS.iter().any(|name| invocation.runs(name)) {
                let named = invocation.arguments.iter().filter_map(&entry);
                made.files.extend(named.map(|entry| entry.name));
            }
            if sets_config(invocation) {
                let words = invocation.arguments.iter();
                let keys = words.filter_map(|word| word.known_start().split_once('='));
                made.settings.extend(keys.map(|(key, _)| key.to_owned()));
            }
        }
        made
    }

    /// True if the file of this entry is made.
    pub(super) fn has_file(&self, entry: &str) -> bool {
        self.files.contains(entry)
    }

    /// True if the setting of this key is made.
    pub(super) fn has_setting(&self, key: &str) -> bool {
        self.settings.contains(key)
    }
}

impl FromIterator<Made> for Made {
    fn from_iter<T: IntoIterator<Item = Made>>(all: T) -> Self {
        let mut whole = Self::default();
        for one in all {
            whole.files.extend(one.files);
            whole.settings.extend(one.settings);
        }
        whole
    }
}

fn sets_config(invocation: &Invocation) -> bool {
    ["config_set", "config_bundle"]
        .iter()
        .any(|name| invocation.name.is(name))
        || invocation.runs("dokku")
            && invocation
                .program()
                .is_some_and(|program| program.arguments.iter().any(|word| word.is("config:set")))
}

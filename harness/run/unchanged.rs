//! Since which version nothing changed in Dokku that a case of a plugin meets: what it came to then it comes to now.
//!
//! What of Dokku a plugin uses by name its text tells. What changed for whoever has a certain text is met by a plugin
//! with that text in one of its files, or by a case with that text in what it runs and gives. All else every plugin meets.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::path::{Component, Path};
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::Trial;
use crate::dokku::{self, Span, Turn, Version, api, core, reserved};
use crate::plugin::{Language, Plugin};
use crate::spec::{Run, Script, Template};

/// What the versions of Dokku are to one plugin. It hangs on the plugin's files and on this program alone, and may be
/// written down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unchanged {
    /// The versions in which something changed that the plugin meets in every case.
    own: BTreeSet<Version>,
    /// What else changed, which a case may meet, by its place among all turns.
    others: BTreeSet<usize>,
}

/// All that changed but for what is noted where it is asked, in an order that is always the same.
static TURNS: LazyLock<Vec<Turn>> = LazyLock::new(|| {
    let turns = dokku::turns().into_iter();
    turns.filter(|turn| !turn.is_asked).collect()
});

impl Unchanged {
    /// What they are to this plugin.
    #[must_use]
    pub fn of(plugin: &Plugin) -> Self {
        let is_met = |turn: &Turn| {
            let files = plugin
                .files()
                .iter()
                .filter(|file| !is_for_readers(&file.path));
            files.into_iter().any(|file| {
                // What a program is made of need not be readable.
                file.language() == Language::Binary
                    || file.text().map_or(true, |text| turn.is_seen_in(text))
            })
        };
        let mut own = own_turns(plugin);
        let mut others = BTreeSet::new();
        for (place, turn) in TURNS.iter().enumerate() {
            match is_met(turn) {
                true => own.insert(turn.at),
                false => others.insert(place),
            };
        }
        Self { own, others }
    }

    /// The first of the versions up to that of a trial in which the trial is the same, but for what Dokku's programs are
    /// asked in it: of that its verdict's [era](super::Verdict::era) tells.
    #[must_use]
    pub fn since(&self, trial: &Trial) -> Version {
        let Some(text) = text_of(trial) else {
            return trial.version;
        };
        let others = self.others.iter().filter_map(|place| TURNS.get(*place));
        let seen = others.filter(|turn| turn.is_seen_in(&text));
        let all = seen.map(|turn| turn.at).chain(self.own.iter().copied());
        let past = all.filter(|at| *at <= trial.version);
        past.max().unwrap_or(Version::OLDEST)
    }
}

/// True for a file that speaks of the plugin to people, or tests it: nothing that Dokku runs reads it.
fn is_for_readers(path: &Path) -> bool {
    let is_page = path
        .extension()
        .is_some_and(|end| end == "md" || end == "bats");
    let first = path.components().next().map(Component::as_os_str);
    let is_apart = |name: &OsStr| {
        ["tests", "test", "docs", ".github"]
            .iter()
            .any(|one| name == *one)
    };
    is_page || first.is_some_and(is_apart)
}

/// All that a trial's case runs and gives; none if it shows all that there is, as the help of Dokku does.
fn text_of(trial: &Trial) -> Option<String> {
    let case = trial.case()?;
    let Script::Steps(steps) = &case.script else {
        return None;
    };
    let given = &case.given;
    let mut text = format!(
        "{:?} {:?} {:?} {:?} {:?}",
        trial.values, given.environment, given.files, given.answers, given.neighbours
    );
    let has_config = given.apps.iter().any(|app| !app.config.is_empty());
    // Where the files of the configuration lie, and how they are written, is seen by who looks at all files.
    let is_seen = has_config || !given.config.is_empty() || !given.secrets.is_empty();
    if is_seen || case.looks_at_files() {
        text.push_str(" /ENV");
    }
    for step in steps {
        if is_of_all(&step.run) {
            return None;
        }
        let _ = write!(
            text,
            " {:?} {:?} {:?}",
            step.run, step.stdin, step.environment
        );
    }
    Some(text)
}

/// True for a command line that every plugin of Dokku answers.
fn is_of_all(run: &Run<Template>) -> bool {
    match run {
        Run::Dokku { args } => {
            let first = args
                .iter()
                .map(ToString::to_string)
                .find(|word| !word.starts_with('-'));
            first.is_none_or(|word| {
                ["help", "version", "report", "ls", "events"].contains(&word.as_str())
            })
        }
        _ => false,
    }
}

/// The versions in which something changed that the plugin uses by name.
pub(super) fn own_turns(plugin: &Plugin) -> BTreeSet<Version> {
    let mut own = core::turns_of(&named_functions(plugin));
    let lives = plugin.api_uses().iter().map(|one| &one.harmless);
    own.extend(lives.flat_map(|life| life.spans().iter().flat_map(Span::turns)));
    if plugin.sources_any_core_file() {
        own.extend(api::file::changes());
    }
    let commands = plugin.commands().iter();
    own.extend(commands.flat_map(|command| reserved::turns_of(&command.name)));
    own
}

/// The core functions that the plugin's text names, in whatever way.
fn named_functions(plugin: &Plugin) -> BTreeSet<&str> {
    let texts = plugin
        .files()
        .iter()
        .filter(|file| file.is_shell() || file.is_entry())
        .filter_map(|file| file.text().ok());
    let words: BTreeSet<&str> = texts.flat_map(core::words_in).collect();
    let known = core::functions().iter().map(|function| function.name);
    known.filter(|name| words.contains(name)).collect()
}

//! Reasons why a case that came out badly may not show a fault of the plugin.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::LazyLock;

use regex::Regex;

use super::attempt::Play;
use super::{Evidence, Ground, StepEvidence, Trial, hindrance, install, played};
use crate::dokku::core;
use crate::plugin::{Plugin, PluginFile, Presence, is_on_path};
use crate::sandbox::{Exit, Isolation};
use crate::world::Call;
use crate::world::stand_in::{self, UNMODELLED};

/// What bash says of a command that it can't find.
static NOT_FOUND: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?m)(?:line \d+: |^(?:\S*/)?env: .?|sudo: )([^\s:'’]+)(?:: command not found|.?: No such file or directory$)").ok()
});

/// What programs say of a path of the world that is not there.
static MISSING_PATH: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"\[ROOT\]/((?:home|var)/[^\s'’:]+)['’]?: No such file or directory").ok()
});

/// The command that installs a plugin, as one tells the user to run it.
const INSTALLATION: &str = "plugin:install";

/// How programs say that there is no network.
const UNREACHABLE: [&str; 8] = [
    "Could not connect to",
    "Could not resolve host",
    "Failed to connect to",
    "Temporary failure in name resolution",
    "Name or service not known",
    "Network is unreachable",
    "dial tcp",
    "unable to resolve host",
];

/// Why a bad outcome may not be the plugin's fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Doubt {
    /// The plugin's `install` had not run, which may make what was missing.
    NotInstalled(String),
    /// Something said that these programs are not there, which this machine does not have and a world can stand in for.
    Missing(Vec<String>),
    /// Anything else.
    Other(String),
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotInstalled(because) | Self::Other(because) => f.write_str(because),
            Self::Missing(programs) => write!(
                f,
                "it needs the program `{}`, which this machine does not have",
                programs.join("`, `")
            ),
        }
    }
}

/// Whether what the output says of a missing program counts. Anybody can print that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hearsay {
    Counts,
    /// None of the programs is called.
    IsRefuted,
}

/// How many programs at most are looked for that the output names: a case that misses more calls one of these.
const MOST_MISSING: usize = 16;

/// What make, and the shell of a system where that is not bash, say of a program that is not there.
static NOT_FOUND_BY_MAKE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?m)^(?:make(?:\[\d+\])?|/bin/sh: \d+|sh: \d+): ([^\s:'’/*]+): (?:[Cc]ommand not found|not found|No such file or directory)$",
    )
    .ok()
});

/// Folders of Dokku itself, where no plugin's `install` makes anything.
const OF_DOKKU: [&str; 2] = ["var/lib/dokku/core-plugins/", "var/lib/dokku/plugins/"];

/// Paths of a real Dokku host that a world has only in its own place.
const HOST_PATHS: [&str; 3] = ["/home/dokku", "/var/lib/dokku", "/var/log/dokku"];

/// What the case asked for that the world does not model, in one sentence; none if there was nothing.
pub(super) fn unmodelled(evidence: &Evidence) -> Option<String> {
    let steps = evidence.all_steps();
    sentence(&unmodelled_calls(steps.flat_map(|step| &step.calls)))
}

/// That these are not modelled; none for none.
pub(super) fn sentence(names: &BTreeSet<String>) -> Option<String> {
    let verb = if names.len() == 1 { "is" } else { "are" };
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    (!names.is_empty()).then(|| format!("{} {verb} not modelled", names.join(", ")))
}

/// The names of those calls that the world does not model.
pub(super) fn unmodelled_calls<'c>(calls: impl IntoIterator<Item = &'c Call>) -> BTreeSet<String> {
    let unmodelled = calls.into_iter().filter(|call| !call.modelled);
    unmodelled.map(name).collect()
}

/// What a call is called by in a sentence: the program and, where it has verbs, the verb.
fn name(call: &Call) -> String {
    if let Some(lacks) = &call.lacks {
        return lacks.clone();
    }
    if call.program == UNMODELLED {
        return call.argv.join(" ");
    }
    let verbs: Vec<&str> = call
        .argv
        .iter()
        .take_while(|word| {
            word.bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'-')
        })
        .filter(|word| !word.starts_with('-'))
        .take(if call.program == "docker" { 2 } else { 1 })
        .map(String::as_str)
        .collect();
    format!(
        "`{}`",
        [&[call.program.as_str()], verbs.as_slice()]
            .concat()
            .join(" ")
    )
}

/// The interpreter that this machine lacks, if that may be why a step did not run; whether the case came out well or not
/// then says nothing.
pub(super) fn interpreter(trial: &Trial, evidence: &Evidence) -> Option<String> {
    let is_unstarted = |step: &StepEvidence| {
        matches!(step.exit, Exit::Status(126 | 127))
            || step.stderr.contains("No such file or directory")
    };
    if !evidence.steps.iter().any(is_unstarted) {
        return None;
    }
    let entries = trial.plugin.files().iter().filter(|file| file.is_entry());
    let missing = entries
        .filter_map(|file| Some((file, file.interpreter()?.presence())))
        .find_map(|(file, presence)| match presence {
            Presence::NotHere(name) => Some((file, name)),
            Presence::Here | Presence::Nowhere(_) => None,
        });
    missing.map(|(file, name)| {
        format!(
            "`{}` needs {name}, which this machine does not have",
            file.name
        )
    })
}

/// Why a failure may not be the plugin's own; none if nothing speaks against it.
pub(super) fn of_failure(
    play: &Play,
    evidence: &Evidence,
    ground: &Ground,
    hearsay: Hearsay,
) -> Option<Doubt> {
    let trial = play.trial;
    let text: String = evidence
        .all_steps()
        .map(|step| format!("{}\n{}\n", step.stderr, step.stdout))
        .collect();
    let plugin = &trial.plugin;
    let counts = hearsay == Hearsay::Counts;
    let level = ground.stock.isolation();
    let exits: Vec<Exit> = evidence.all_steps().map(|step| step.exit).collect();
    denied(plugin, &text)
        .map(Doubt::Other)
        .or_else(|| counts.then(|| missing_programs(plugin, &text)).flatten())
        .or_else(|| no_network(&text).map(Doubt::Other))
        .or_else(|| exhausted(evidence, &text).map(Doubt::Other))
        .or_else(|| hindrance::too_large(&exits, &text, ground.cap).map(Doubt::Other))
        .or_else(|| of_installation(play, evidence, &text))
        .or_else(|| other_plugin(trial).map(Doubt::Other))
        .or_else(|| {
            let files = played::files(play);
            let host_path = || host_path(plugin, &files, &text);
            not_set_up(play, &files, evidence).or_else(|| {
                let is_apart = level == Isolation::Strict;
                (!is_apart)
                    .then(host_path)
                    .flatten()
                    .or_else(|| hindrance::said(&text, level))
                    .or_else(|| hindrance::users(&files, level))
                    .map(Doubt::Other)
            })
        })
}

/// What speaks against a failure of the plugin's `install`, or of what came before it or after it.
fn of_installation(play: &Play, evidence: &Evidence, text: &str) -> Option<Doubt> {
    let mut runs = install::runs(play, evidence).peekable();
    match runs.peek() {
        None => before_install(&play.trial.plugin, text).map(Doubt::NotInstalled),
        Some(_) => runs
            .find_map(|run| install::hindered(run, play.trial.plugin.name()))
            .or_else(|| install::failed(evidence))
            .map(Doubt::Other),
    }
}

fn denied(plugin: &Plugin, text: &str) -> Option<String> {
    (plugin.has_trigger("user-auth") && text.contains("Access denied")).then(|| {
        "the plugin's own `user-auth` denies the command to the user of the case".to_owned()
    })
}

/// The commands that bash is said not to have found and that are not Dokku's own functions, in this version or another,
/// if this machine does not have them.
fn missing_programs(plugin: &Plugin, text: &str) -> Option<Doubt> {
    let patterns = [NOT_FOUND.as_ref()?, NOT_FOUND_BY_MAKE.as_ref()?];
    let names = patterns
        .into_iter()
        .flat_map(|pattern| pattern.captures_iter(text))
        .filter_map(|found| found.get(1));
    let absent = names.map(|name| name.as_str()).filter(|name| {
        !is_core_function(name)
            && !name.contains(['/', '\\'])
            && plugin.name() != *name
            && !is_on_path(name)
    });
    // Who looks for programs elsewhere than a world has them calls no stand-in.
    let looks_elsewhere = plugin.sets("PATH");
    let distinct: BTreeSet<&str> = absent
        .filter(|name| looks_elsewhere || stand_in::can_be(name))
        .collect();
    let named: Vec<String> = distinct
        .into_iter()
        .take(MOST_MISSING)
        .map(str::to_owned)
        .collect();
    if named.is_empty() {
        return None;
    }
    let doubt = Doubt::Missing(named);
    Some(match looks_elsewhere {
        true => Doubt::Other(doubt.to_string()),
        false => doubt,
    })
}

/// What a program says that wanted to reach another machine.
fn no_network(text: &str) -> Option<String> {
    UNREACHABLE
        .iter()
        .any(|words| text.contains(words))
        .then(|| "it needs the network, which a world does not have".to_owned())
}

/// What programs say that the machine has too little of, where nothing says that the case itself took it.
fn exhausted(evidence: &Evidence, text: &str) -> Option<String> {
    let took_it = |step: &StepEvidence| matches!(step.exit, Exit::Exhausted(_));
    if evidence.steps.iter().any(took_it) {
        return None;
    }
    let said = hindrance::scarcity(text)?;
    Some(format!(
        "the machine had too little for it: a program said `{said}`"
    ))
}

/// True for the functions that some version of Dokku had.
fn is_core_function(name: &str) -> bool {
    core::functions()
        .iter()
        .any(|function| function.name == name)
}

fn before_install(plugin: &Plugin, text: &str) -> Option<String> {
    let found = MISSING_PATH
        .as_ref()?
        .captures_iter(text)
        .filter_map(|found| found.get(1));
    let path = found
        .map(|path| path.as_str())
        .find(|path| !OF_DOKKU.iter().any(|place| path.starts_with(place)))?;
    plugin.has_trigger("install").then(|| {
        format!("it needs {path}, which the plugin's `install` may make, which has not run")
    })
}

/// What the plugin's own `install` would have made and a failing step may have missed without naming it.
fn not_set_up(play: &Play, files: &[&PluginFile], evidence: &Evidence) -> Option<Doubt> {
    let failed = |step: &&StepEvidence| !step.exit.is_success();
    let mut failed = evidence.steps.iter().filter(failed).peekable();
    failed.peek()?;
    let asks_for_it =
        failed.any(|step| step.stderr.contains(INSTALLATION) || step.stdout.contains(INSTALLATION));
    let has_run = install::runs(play, evidence).next().is_some();
    match (asks_for_it, has_run) {
        (true, true) => Some(Doubt::Other(format!(
            "it asks for `{INSTALLATION}`, after its `install` has run"
        ))),
        (true, false) => Some(Doubt::NotInstalled(format!(
            "it asks for `{INSTALLATION}`, which has not run"
        ))),
        (false, true) => None,
        (false, false) => {
            let plugin = &play.trial.plugin;
            let path = plugin.awaits_install(files).filter(|_| plugin.sets_up())?;
            Some(Doubt::NotInstalled(format!(
                "it looks for {path}, which the plugin's `install` makes, and that has not run"
            )))
        }
    }
}

/// Another plugin that this one looks for, and that is not installed in a world of its own.
fn other_plugin(trial: &Trial) -> Option<String> {
    let is_here = |name: &str| {
        name == trial.plugin.name() || core::plugins(trial.version).any(|core| core == name)
    };
    let was_core = |name: &str| {
        core::functions()
            .iter()
            .any(|one| one.file.starts_with(&format!("{name}/")))
    };
    let other = trial
        .plugin
        .named_plugins()
        .into_iter()
        .find(|name| !is_here(name) && !was_core(name))?;
    Some(format!(
        "the plugin looks for another one, `{other}`, which is not installed here"
    ))
}

fn host_path(plugin: &Plugin, files: &[&PluginFile], text: &str) -> Option<String> {
    // A path of the world itself is none of the host's.
    let said = text.replace("[ROOT]/", "");
    let path = HOST_PATHS
        .into_iter()
        .find(|path| plugin.names_path(files, path) || said.contains(path))?;
    Some(format!(
        "the plugin uses {path} itself, which a world has under that name only at isolation strict"
    ))
}

#[cfg(test)]
mod tests {
    use super::no_network;

    #[test]
    fn the_lack_of_a_network_is_seen() {
        let text = "fatal: unable to access 'https://x/': Could not resolve host: x\n";
        assert!(no_network(text).is_some());
        assert_eq!(no_network("fatal: no such repository\n"), None);
    }
}

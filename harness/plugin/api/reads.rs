//! The variables, files and settings of Dokku's that scripts read.

use super::calls::certainty_of_file;
use super::expand::shape;
use super::made::Made;
use super::process::Process;
use super::used::{Certainty, Kind, Use};
use crate::dokku::api::{self, Without};
use crate::plugin::shell::{Assigned, Invocation, Site, Variable, Word};

/// The programs that read the files that are named to them, and fail where there is none.
const READERS: [&str; 10] = [
    "cat", "head", "tail", "grep", "egrep", "sed", "awk", "cut", "source", ".",
];

/// The commands to which it is one whether a file is there.
const HARMLESS: [&str; 4] = ["rm", "echo", "test", "["];

/// The commands that print what they are given.
pub(super) const PRINTERS: [&str; 2] = ["echo", "printf"];

/// The commands that give variables values by their names.
const SETTERS: [&str; 10] = [
    "read",
    "mapfile",
    "readarray",
    "getopts",
    "printf",
    "local",
    "declare",
    "export",
    "unset",
    "typeset",
];

/// What the words of a process read.
pub(super) fn uses(process: &Process<'_>, made: &Made) -> Vec<Use> {
    let mut uses = variables(process);
    uses.extend(paths(process, made));
    uses.extend(settings(process, made));
    uses
}

fn variables(process: &Process<'_>) -> Vec<Use> {
    let mut uses = Vec::new();
    for (file, site, word) in words(process) {
        for read in word.variables() {
            let Some(known) = api::variable(&read.name) else {
                continue;
            };
            if known.without == Without::Empty || !is_set_for_all(process, known) {
                continue;
            }
            if has_way_out(read) || is_own(process, &read.name) {
                continue;
            }
            let Some(certainty) = process.certainty(file, site) else {
                continue;
            };
            let certainty = match process.guards.asks_for_variable(&read.name) {
                Some(most) => certainty.min(most),
                None => certainty,
            };
            let certainty = match may_be_set(process, &read.name) {
                Some(why) => certainty.min(Certainty::Unsure(why)),
                None => certainty,
            };
            let life = known.life.clone();
            let one = process.use_at(file, word.line, Kind::Variable, known.name, life, certainty);
            let shown = !site.captured && !site.apart && is_printed(process, file, word);
            uses.extend(one.map(|one| if shown { one.silent() } else { one }));
        }
    }
    uses
}

/// True unless the variable is one that a function sets, and nothing here calls that.
fn is_set_for_all(process: &Process<'_>, known: &api::Variable) -> bool {
    known.set_by.is_none_or(|function| {
        process
            .invocations()
            .any(|(_, invocation, _)| invocation.name.is(function))
    })
}

/// `${X:-}` and its kin: the script knows that there may be no value.
pub(super) fn has_way_out(read: &Variable) -> bool {
    let change = read.change.strip_prefix(':').unwrap_or(&read.change);
    change.starts_with(['-', '=', '?', '+'])
}

/// True if the process itself gives the variable a value.
fn is_own(process: &Process<'_>, name: &str) -> bool {
    process.expander.assigns(name)
        || process.files.iter().any(|(_, script)| {
            script.invocations.iter().any(|one| {
                SETTERS.iter().any(|setter| one.name.is(setter))
                    && one.arguments.iter().any(|word| word.known_start() == name)
            })
        })
        || words(process).any(|(_, _, word)| {
            word.variables()
                .any(|one| one.name == name && one.change.trim_start_matches(':').starts_with('='))
        })
}

/// Why the variable may have a value that the text does not show; none if it can't.
fn may_be_set(process: &Process<'_>, name: &str) -> Option<&'static str> {
    let scripts = || process.files.iter().map(|(_, script)| script);
    let for_one = |one: &Invocation| {
        let own = scripts().any(|script| {
            script
                .function_names()
                .any(|function| one.name.is(function))
        });
        own && one.environment.iter().any(|set| set == name)
    };
    if scripts().any(|script| script.invocations.iter().any(for_one)) {
        return Some("it is set for some calls of the script's own functions");
    }
    process.unknown()
}

/// True if the word is an argument of a command that prints it.
fn is_printed(process: &Process<'_>, file: usize, word: &Word) -> bool {
    process.files.get(file).is_some_and(|(_, script)| {
        let printing = script.invocations.iter().filter(|one| {
            PRINTERS.iter().any(|name| one.name.is(name))
                || one.name.known_start().starts_with("dokku_log_")
        });
        printing
            .flat_map(|one| &one.arguments)
            .any(|argument| std::ptr::eq(argument, word))
    })
}

/// Every word whose value is used, with its file's place and its site.
pub(super) fn words<'w>(
    process: &'w Process<'_>,
) -> impl Iterator<Item = (usize, &'w Site, &'w Word)> {
    process
        .files
        .iter()
        .enumerate()
        .flat_map(|(at, (_, script))| {
            let invoked = script.invocations.iter().flat_map(|one| {
                std::iter::once(&one.name)
                    .chain(&one.arguments)
                    .map(|word| (&one.site, word))
            });
            let assigned = script.assignments.iter().flat_map(|one| {
                let words: &[Word] = match &one.value {
                    Assigned::Word(word) => std::slice::from_ref(word),
                    Assigned::Array(words) => words,
                    Assigned::Each(_) | Assigned::Unknown => &[],
                };
                words.iter().map(|word| (&one.site, word))
            });
            let redirected = script.redirections.iter().map(|one| (&one.site, &one.file));
            invoked
                .chain(assigned)
                .chain(redirected)
                .map(move |(site, word)| (at, site, word))
        })
}

/// Every word that may name a file to a program, with its file's place, its site, and whether the program reads it, and so
/// fails where there is none.
pub(super) fn named<'w>(process: &'w Process<'_>) -> Vec<(usize, &'w Site, &'w Word, bool)> {
    let mut named = Vec::new();
    for (file, invocation, _) in process.invocations() {
        let reads = READERS.iter().any(|name| invocation.name.is(name));
        if !HARMLESS.iter().any(|name| invocation.name.is(name)) {
            let words = invocation.arguments.iter();
            named.extend(words.map(|word| (file, &invocation.site, word, reads)));
        }
    }
    for (at, (_, script)) in process.files.iter().enumerate() {
        let redirections = script.redirections.iter();
        named.extend(redirections.map(|one| (at, &one.site, &one.file, one.reads)));
    }
    named
}

fn paths(process: &Process<'_>, made: &Made) -> Vec<Use> {
    named(process)
        .into_iter()
        .filter_map(|(file, site, word, reads)| {
            let entry = entry_of(&shape(&process.expander.expand(word)))?;
            let is_made = reads && made.has_file(entry.name);
            let certainty = if is_made {
                Certainty::Guarded
            } else {
                certainty_of_file(process, file, site, word)?
            };
            let life = entry.life.clone();
            let one = process.use_at(file, word.line, Kind::Path, entry.name, life, certainty)?;
            Some(if reads { one } else { one.silent() })
        })
        .collect()
}

/// The entry for a path of this shape.
pub(super) fn entry_of(shape: &str) -> Option<&'static api::Entry> {
    let path = match shape.strip_prefix("/home/dokku/") {
        Some(rest) => format!("$ROOT/{rest}"),
        None => shape.replacen("$DOKKU_ROOT/", "$ROOT/", 1),
    };
    let segments: Vec<&str> = path.split('/').collect();
    api::paths().iter().find(|entry| {
        let wanted: Vec<&str> = entry.name.split('/').collect();
        // A path that begins with any folder matches by its end.
        let at = match wanted.first() {
            Some(&"*") => segments.len().checked_sub(wanted.len()),
            _ => (segments.len() == wanted.len()).then_some(0),
        };
        at.and_then(|at| segments.get(at..))
            .is_some_and(|segments| {
                segments
                    .iter()
                    .zip(&wanted)
                    .all(|(segment, wanted)| wanted == &"*" || segment == wanted)
            })
    })
}

fn settings(process: &Process<'_>, made: &Made) -> Vec<Use> {
    process
        .invocations()
        .filter(|(_, invocation, _)| asks_config(invocation))
        .filter_map(|(file, invocation, certainty)| {
            let key = invocation.arguments.last()?.literal()?;
            let entry = api::settings().iter().find(|entry| entry.name == key)?;
            let line = invocation.site.line;
            let life = entry.life.clone();
            let certainty = if made.has_setting(&key) {
                Certainty::Guarded
            } else {
                certainty
            };
            process.use_at(file, line, Kind::Setting, &key, life, certainty)
        })
        .collect()
}

pub(super) fn asks_config(invocation: &Invocation) -> bool {
    invocation.name.is("config_get")
        || invocation.runs("dokku")
            && invocation
                .program()
                .is_some_and(|program| program.arguments.iter().any(|word| word.is("config:get")))
}

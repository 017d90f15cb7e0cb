//! The functions, files, triggers and commands that scripts call.

use super::process::Process;
use super::sourced::{Sourced, life_of_plugin};
use super::told::Subject;
use super::used::{Certainty, Effect, Kind, Use};
use crate::dokku::api::{self, Life};
use crate::dokku::{Span, Version};
use crate::plugin::FileKind;
use crate::plugin::shell::{Invocation, Site, Word};

/// The last version that brought the program `pluginhook`.
const LAST_PLUGINHOOK: Version = Version::new(0, 3, 26);

/// What the commands of a process use.
pub(super) fn uses(process: &Process<'_>) -> Vec<Use> {
    let mut uses = Vec::new();
    for (file, invocation, certainty) in process.invocations() {
        let looked_at = |certainty| process.looked_at(file, &invocation.site, certainty);
        let mut found = sources(process, file, invocation);
        found.extend(
            function(process, file, invocation)
                .or_else(|| trigger(process, file, invocation, certainty))
                .or_else(|| command(process, invocation, certainty)),
        );
        for Found {
            kind,
            name,
            life,
            meant,
            effect,
            certainty,
        } in found
        {
            if let Some(one) = process.use_at(
                file,
                invocation.site.line,
                kind,
                &name,
                life,
                looked_at(certainty),
            ) {
                let one = Use { effect, ..one };
                uses.push(match kind {
                    Kind::Function | Kind::File => {
                        let reached = process.guards.reached_in(file, &invocation.site);
                        one.only_in(&reached.and(&meant))
                    }
                    _ => one,
                });
            }
        }
        if is_pluginhook(invocation) && !process.defines("pluginhook") {
            let life = Life::from(Span {
                since: None,
                until: Some(LAST_PLUGINHOOK),
            });
            let subject = Subject::Function("pluginhook".to_owned());
            let certainty = process
                .certainty_of(&subject, file, &invocation.site)
                .map_or(Certainty::Guarded, looked_at);
            uses.extend(process.use_at(
                file,
                invocation.site.line,
                Kind::Program,
                "pluginhook",
                life,
                certainty,
            ));
        }
    }
    uses.extend(refusals(process));
    uses
}

/// Where the plugin itself ends in failure without a function that some core file has or had.
fn refusals(process: &Process<'_>) -> Vec<Use> {
    let refusals = process.guards.refusals().into_iter();
    refusals
        .filter(|(_, _, name, _)| api::is_function(name) && !process.defines(name))
        .filter_map(|((file, function), line, name, certainty)| {
            let mut certainty = certainty.min(process.reaches((file, function))?);
            if let Some(why) = process.unknown() {
                certainty = certainty.min(Certainty::Unsure(why));
            }
            let life = process.has_function(name);
            process.use_at(file, line, Kind::Needed, name, life, certainty)
        })
        .collect()
}

struct Found {
    kind: Kind,
    name: String,
    life: Life,
    /// The versions in which it is surely Dokku's that is meant.
    meant: Life,
    effect: Effect,
    certainty: Certainty,
}

/// The word that may name a function: `time` and `coproc` run one too.
pub(super) fn called(invocation: &Invocation) -> Option<&Word> {
    let runs_next = ["time", "coproc"]
        .iter()
        .any(|name| invocation.name.is(name));
    match runs_next {
        true => invocation.arguments.iter().find(|word| !word.is("-p")),
        false => Some(&invocation.name),
    }
}

/// A call of a function that some core file has or had.
fn function(process: &Process<'_>, file: usize, invocation: &Invocation) -> Option<Found> {
    let word = called(invocation)?;
    let name = process.expander.expand(word).literal();
    let name = name.filter(|name| api::is_function(name))?;
    let life = process.has_function(&name);
    if life == Life::always() || process.defines(&name) || process.brings_program(&name) {
        return None;
    }
    let site = &invocation.site;
    let subject = Subject::Function(name.clone());
    let certainty = match process.certainty_of(&subject, file, site) {
        Some(_) if process.ends_without_function(&name, file, site) => Certainty::Guarded,
        Some(certainty) => match process.unknown() {
            Some(why) => certainty.min(Certainty::Unsure(why)),
            None => certainty,
        },
        None => return None,
    };
    Some(Found {
        kind: Kind::Function,
        name,
        life,
        meant: Life::always(),
        effect: Effect::Fails,
        certainty,
    })
}

/// What a `source` reads of core files: several where it stands in a loop.
fn sources(process: &Process<'_>, file: usize, invocation: &Invocation) -> Vec<Found> {
    let (Some(word), Some((own, script))) = (invocation.sourced(), process.files.get(file)) else {
        return Vec::new();
    };
    let read = process.resolved(own, script, word).into_iter();
    read.filter_map(|one| source(process, file, invocation, word, one))
        .collect()
}

/// A `source` of a core file by this word.
fn source(
    process: &Process<'_>,
    file: usize,
    invocation: &Invocation,
    word: &Word,
    sourced: Sourced<'_>,
) -> Option<Found> {
    let mut meant = Life::always();
    let (kind, name, life) = match sourced {
        Sourced::Core(path) => (Kind::File, path.to_owned(), api::file::life(path)?.clone()),
        Sourced::Old(path) => {
            let life = Life::from(Span {
                since: None,
                until: Some(LAST_PLUGINHOOK),
            });
            (Kind::File, format!("$PLUGIN_PATH/{path}"), life)
        }
        Sourced::Nowhere(path) => {
            meant = life_of_plugin(&path);
            (Kind::File, path, Life::never())
        }
        _ => return None,
    };
    let site = &invocation.site;
    // By itself a file that is not there does no harm where the script goes on.
    let certainty = if process.tolerates(file, site) {
        Certainty::Guarded
    } else {
        certainty_of_file(process, file, site, word)?
    };
    Some(Found {
        kind,
        name,
        life,
        meant,
        effect: Effect::Fails,
        certainty,
    })
}

/// How sure it is that the file of this word is used at this site where it is not there; none if it never is.
pub(super) fn certainty_of_file(
    process: &Process<'_>,
    file: usize,
    site: &Site,
    word: &Word,
) -> Option<Certainty> {
    let shape = super::expand::shape(&process.expander.expand(word));
    let certainty = process.certainty_of(&Subject::file(&shape), file, site)?;
    Some(if process.guards.ends.without(&shape, file, site) {
        Certainty::Guarded
    } else {
        certainty
    })
}

fn is_pluginhook(invocation: &Invocation) -> bool {
    invocation
        .program()
        .is_some_and(|program| program.name.is("pluginhook"))
}

/// `plugn trigger NAME`: where nobody answers, it succeeds and says nothing.
fn trigger(
    process: &Process<'_>,
    file: usize,
    invocation: &Invocation,
    certainty: Certainty,
) -> Option<Found> {
    let program = invocation
        .program()
        .filter(|program| program.name.is("plugn"))?;
    let [verb, name, ..] = program.arguments else {
        return None;
    };
    let name = name.literal().filter(|_| verb.is("trigger"))?;
    let life = api::trigger::life(&name)?;
    let answers = process
        .plugin
        .files()
        .iter()
        .any(|file| file.kind == FileKind::Trigger(name.clone()));
    if answers || life.contains(Version::OLDEST) && life.contains(Version::NEWEST) {
        return None;
    }
    if process.defines("plugn") {
        return None;
    }
    let certainty = if invocation.site.captured {
        certainty.min(super::silence::of(process, file, &invocation.site))
    } else {
        certainty
    };
    Some(Found {
        kind: Kind::Call,
        name,
        life,
        meant: Life::always(),
        // Who takes what it prints is left without; who tells others of something tells nobody.
        effect: if invocation.site.captured {
            Effect::Fails
        } else {
            Effect::Silent
        },
        certainty,
    })
}

/// `dokku NAME`: a command that not every version has.
fn command(process: &Process<'_>, invocation: &Invocation, certainty: Certainty) -> Option<Found> {
    let program = invocation.program().filter(|program| {
        program
            .name
            .literal()
            .is_some_and(|name| name == "dokku" || name.ends_with("/dokku"))
    })?;
    let name = program
        .arguments
        .iter()
        .map(|word| word.literal().unwrap_or_default())
        .find(|word| !word.starts_with('-'))?;
    let life = api::command(&name)?;
    let is_own = name.split(':').next() == Some(process.plugin.name());
    if is_own
        || process
            .files
            .iter()
            .any(|(_, script)| script.function_names().any(|name| name == "dokku"))
    {
        return None;
    }
    Some(Found {
        kind: Kind::Command,
        name,
        life,
        meant: Life::always(),
        effect: Effect::Fails,
        certainty,
    })
}

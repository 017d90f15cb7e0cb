//! Where a plugin refers to things of Dokku's that somebody asks about, whatever versions have them.

use std::collections::{BTreeMap, BTreeSet};

use super::expand::shape;
use super::process::Process;
use super::reads::{self, entry_of};
use super::sourced::Sourced;
use super::told::Subject;
use super::used::Certainty;
use super::{Kind, calls};
use crate::dokku::api::Life;
use crate::dokku::surface::{Facet, path_name};
use crate::plugin::shell::{Invocation, Script, Site, Word};
use crate::plugin::{Place, Plugin, PluginFile};

/// A place in a plugin that refers to something of Dokku's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Where in the plugin.
    pub place: Place,
    /// What kind of thing is referred to.
    pub facet: Facet,
    /// Its name.
    pub name: String,
    /// How sure it is that it is used, and that the plugin has nothing else in its place.
    pub certainty: Certainty,
    /// The core files that the script has sourced, by which a function may come; none if not all of them are known.
    pub sourced: Option<BTreeSet<String>>,
    /// The versions in which it is reached, by what the script asks for before.
    pub reached: Life,
}

const UNREACHED: &str = "no script that Dokku starts is known to reach it";
const NAMED: &str = "the text does not tell whether it is read";
const OWN: &str = "the plugin defines a function of this name itself";

impl Plugin {
    /// Where the plugin refers to things that are asked about, in the order of its files. A place that several processes
    /// reach is told as the surest of them has it.
    #[must_use]
    pub fn references(&self, wanted: &BTreeSet<(Facet, String)>) -> Vec<Reference> {
        let mut found: BTreeMap<(Place, Facet, String), Reference> = BTreeMap::new();
        let mut reached: BTreeSet<&str> = BTreeSet::new();
        let mut add = |one: Reference| {
            let key = (one.place.clone(), one.facet, one.name.clone());
            let known = found
                .get(&key)
                .is_some_and(|known| known.certainty >= one.certainty);
            if !known {
                found.insert(key, one);
            }
        };
        for start in self.started() {
            if let Some(process) = Process::of(self, start) {
                reached.extend(process.files.iter().map(|(file, _)| file.name.as_str()));
                of_process(&process, wanted).into_iter().for_each(&mut add);
            }
        }
        let lone = self
            .files()
            .iter()
            .filter(|file| file.is_shell() && !reached.contains(file.name.as_str()));
        for file in lone {
            if let Some(process) = Process::of(self, file) {
                for one in of_process(&process, wanted) {
                    add(Reference {
                        certainty: one.certainty.min(Certainty::Unsure(UNREACHED)),
                        ..one
                    });
                }
            }
        }
        self.files()
            .iter()
            .filter_map(|file| trigger(file, wanted))
            .for_each(&mut add);
        let name = (Facet::Plugin, self.name().to_owned());
        if wanted.contains(&name) {
            add(Reference {
                place: Place {
                    file: ".".to_owned(),
                    line: None,
                },
                facet: name.0,
                name: name.1,
                certainty: Certainty::Certain,
                sourced: None,
                reached: Life::always(),
            });
        }
        for one in self.api_uses().iter().filter(|one| one.kind == Kind::Form) {
            if wanted.contains(&(Facet::Form, one.name.clone())) {
                add(Reference {
                    place: one.place.clone(),
                    facet: Facet::Form,
                    name: one.name.clone(),
                    certainty: one.certainty,
                    sourced: None,
                    reached: Life::always(),
                });
            }
        }
        found.into_values().collect()
    }
}

/// The trigger that a file implements by its name.
fn trigger(file: &PluginFile, wanted: &BTreeSet<(Facet, String)>) -> Option<Reference> {
    let asked = wanted.get(&(Facet::Trigger, file.name.clone()))?;
    (file.in_root() && file.executable).then(|| Reference {
        place: Place {
            file: file.name.clone(),
            line: None,
        },
        facet: asked.0,
        name: asked.1.clone(),
        certainty: Certainty::Certain,
        sourced: None,
        reached: Life::always(),
    })
}

/// What the scripts of a process refer to.
fn of_process(process: &Process<'_>, wanted: &BTreeSet<(Facet, String)>) -> Vec<Reference> {
    let mut found = Vec::new();
    let sourced = process.sourced_core();
    for (at, (file, script)) in process.files.iter().enumerate() {
        let mut meet = |facet: Facet, name: String, site: &Site, certainty: Certainty| {
            found.push(Reference {
                place: Place {
                    file: file.name.clone(),
                    line: Some(site.line),
                },
                reached: process.guards.reached_in(at, site),
                facet,
                name,
                certainty,
                sourced: sourced.clone().filter(|_| facet == Facet::Function),
            });
        };
        let is_asked = |facet: Facet, name: &str| wanted.contains(&(facet, name.to_owned()));
        for invocation in &script.invocations {
            let site = &invocation.site;
            let plain = process.certainty(at, site);
            for (facet, name) in named(process, file, script, invocation) {
                if !is_asked(facet, &name) {
                    continue;
                }
                let certainty = match facet {
                    Facet::Function => function(process, at, invocation, &name),
                    Facet::File => invocation
                        .sourced()
                        .and_then(|word| calls::certainty_of_file(process, at, site, word)),
                    _ => plain,
                };
                if let Some(certainty) = certainty {
                    meet(facet, name, site, process.looked_at(at, site, certainty));
                }
            }
        }
    }
    found.extend(words(process, wanted));
    found
}

/// What a command names: the function that it calls, the files that it sources, the trigger or the command of `dokku`.
fn named(
    process: &Process<'_>,
    file: &PluginFile,
    script: &Script,
    invocation: &Invocation,
) -> Vec<(Facet, String)> {
    let mut named = Vec::new();
    if let Some(word) = invocation.sourced() {
        let file = process.files.iter().find(|(own, _)| own.path == file.path);
        let read = file.map(|(file, _)| process.resolved(file, script, word));
        named.extend(read.into_iter().flatten().filter_map(|one| match one {
            Sourced::Core(path) | Sourced::Old(path) => Some((Facet::File, path.to_owned())),
            Sourced::Nowhere(path) => Some((Facet::File, path)),
            _ => None,
        }));
        return named;
    }
    let called = calls::called(invocation).and_then(|word| process.expander.expand(word).literal());
    named.extend(called.map(|name| (Facet::Function, name)));
    let Some(program) = invocation.program() else {
        return named;
    };
    let literals = program.arguments.iter().map(Word::literal);
    let mut literals = literals.map(Option::unwrap_or_default);
    if invocation.runs("plugn") {
        if literals.next().as_deref() == Some("trigger") {
            named.extend(literals.next().map(|name| (Facet::Trigger, name)));
        }
    } else if invocation.runs("dokku") {
        let command = literals.find(|word| !word.starts_with('-'));
        let is_own = |name: &String| name.split(':').next() == Some(process.plugin.name());
        let command = command.filter(|name| !is_own(name));
        named.extend(command.map(|name| (Facet::Command, name)));
    }
    if reads::asks_config(invocation) {
        let key = invocation.arguments.last().and_then(Word::literal);
        named.extend(key.map(|key| (Facet::Setting, key)));
    }
    named
}

/// How sure a call of a function is; none if it is never reached without it, or is no call of Dokku's.
fn function(
    process: &Process<'_>,
    at: usize,
    invocation: &Invocation,
    name: &str,
) -> Option<Certainty> {
    let subject = Subject::Function(name.to_owned());
    let certainty = process.certainty_of(&subject, at, &invocation.site)?;
    if process.brings_program(name) {
        return None;
    }
    if process.defines(name) {
        return Some(certainty.min(Certainty::Unsure(OWN)));
    }
    Some(match process.unknown() {
        _ if process.ends_without_function(name, at, &invocation.site) => Certainty::Guarded,
        Some(why) => certainty.min(Certainty::Unsure(why)),
        None => certainty,
    })
}

/// The variables that words read, and the paths that they name to programs.
fn words(process: &Process<'_>, wanted: &BTreeSet<(Facet, String)>) -> Vec<Reference> {
    let mut found = Vec::new();
    for (at, site, word) in reads::words(process) {
        let Some((file, _)) = process.files.get(at) else {
            continue;
        };
        let Some(around) = process.certainty(at, site) else {
            continue;
        };
        for read in word
            .variables()
            .filter(|read| !process.expander.assigns(&read.name))
        {
            let name = (Facet::Variable, read.name.clone());
            if wanted.contains(&name) {
                found.push(Reference {
                    place: Place {
                        file: file.name.clone(),
                        line: Some(word.line),
                    },
                    facet: name.0,
                    name: name.1,
                    certainty: match reads::has_way_out(read) {
                        true => Certainty::Guarded,
                        false => around,
                    },
                    sourced: None,
                    reached: process.guards.reached_in(at, site),
                });
            }
        }
    }
    for (at, site, word, reads) in reads::named(process) {
        let entry = entry_of(&shape(&process.expander.expand(word)));
        let name = entry.map(|entry| (Facet::Path, path_name(entry.name)));
        if let Some((facet, name)) = name.filter(|name| wanted.contains(name))
            && let Some((file, _)) = process.files.get(at)
            && let Some(certainty) = calls::certainty_of_file(process, at, site, word)
        {
            found.push(Reference {
                place: Place {
                    file: file.name.clone(),
                    line: Some(word.line),
                },
                facet,
                name,
                certainty: match reads {
                    true => certainty,
                    false => certainty.min(Certainty::Unsure(NAMED)),
                },
                sourced: None,
                reached: process.guards.reached_in(at, site),
            });
        }
    }
    found
}

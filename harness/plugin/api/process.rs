//! What runs in one process: a script that is started, and all that it sources.

use std::collections::BTreeMap;

use super::expand::Expander;
use super::guard::Guards;
use super::sourced::{Sourced, resolve};
use super::used::{Certainty, Kind, Use};
use crate::dokku::api::{self, Life};
use crate::plugin::shell::{Assigned, Condition, Invocation, Script, Site};
use crate::plugin::{Place, Plugin, PluginFile};

/// How many files one process is taken to source.
const MOST_FILES: usize = 200;

/// A script that is started, and all that it sources.
#[derive(Debug)]
pub(super) struct Process<'p> {
    pub(super) plugin: &'p Plugin,
    /// Its own files, the one that is started first.
    pub(super) files: Vec<(&'p PluginFile, &'p Script)>,
    pub(super) expander: Expander<'p>,
    pub(super) guards: Guards<'p>,
    /// The core files whose functions it has, each with the versions in which it has them.
    core: BTreeMap<&'static str, Life>,
    /// True if it sources what is not known.
    open: bool,
    /// How surely each function, or the text outside all of them, of each file is reached.
    reached: BTreeMap<Stretch, Certainty>,
}

/// A function of a file, or the text outside of all functions.
type Stretch = (usize, Option<usize>);

impl<'p> Process<'p> {
    /// The process that begins with this file; none if it can't be read.
    pub(super) fn of(plugin: &'p Plugin, start: &'p PluginFile) -> Option<Self> {
        let mut process = Self {
            plugin,
            files: vec![(start, start.script().ok()?)],
            expander: Expander::default(),
            guards: Guards::default(),
            core: BTreeMap::new(),
            open: false,
            reached: BTreeMap::new(),
        };
        process.gather();
        let scripts: Vec<&Script> = process.files.iter().map(|(_, script)| *script).collect();
        process.guards = Guards::of(&scripts, &process.expander);
        process.open |= scripts.iter().any(|script| !script.broken.is_empty());
        process.spread();
        Some(process)
    }

    /// Finds all that is sourced.
    fn gather(&mut self) {
        let mut next = 0;
        while let Some((file, script)) = self.files.get(next).copied() {
            next += 1;
            self.expander.learn(script);
            for (_, word) in script.sources() {
                match self.resolved(file, script, word) {
                    Sourced::Own(own) => self.take_in(own),
                    // A core file that is not where it was: what it brings is not missed beside it.
                    Sourced::Core(path) | Sourced::Old(path) => {
                        for (path, life) in api::file::reach(path) {
                            let known = self.core.entry(path).or_default();
                            *known = known.or(&life);
                        }
                    }
                    Sourced::Settings => {}
                    Sourced::Unknown => self.open = true,
                }
            }
            self.open |= script.invocations.iter().any(defines_unseen);
        }
    }

    fn take_in(&mut self, own: &'p PluginFile) {
        if self.files.iter().any(|(file, _)| file.path == own.path) {
            return;
        }
        match own.script() {
            Ok(script) if self.files.len() < MOST_FILES => self.files.push((own, script)),
            _ => self.open = true,
        }
    }

    pub(super) fn resolved(
        &self,
        file: &'p PluginFile,
        script: &Script,
        word: &crate::plugin::shell::Word,
    ) -> Sourced<'p> {
        resolve(self.plugin, file, script, word, &self.expander)
    }

    /// Follows the calls from the beginning of the script.
    fn spread(&mut self) {
        let mut functions: BTreeMap<&str, Vec<Stretch>> = BTreeMap::new();
        for (at, (_, script)) in self.files.iter().enumerate() {
            for (index, function) in script.functions.iter().enumerate() {
                functions
                    .entry(&function.name)
                    .or_default()
                    .push((at, Some(index)));
            }
        }
        let all: Vec<Stretch> = functions.values().flatten().copied().collect();
        let mut waiting = vec![((0, None), Certainty::Certain)];
        while let Some((stretch, certainty)) = waiting.pop() {
            if self
                .reached
                .get(&stretch)
                .is_some_and(|known| *known >= certainty)
            {
                continue;
            }
            self.reached.insert(stretch, certainty);
            let Some((file, script)) = self.files.get(stretch.0).copied() else {
                continue;
            };
            for invocation in &script.invocations {
                if invocation.site.function != stretch.1 {
                    continue;
                }
                let Some(here) = self.guards.certainty(&invocation.site) else {
                    continue;
                };
                let certainty = certainty.min(here);
                for (target, most) in self.leads_to(invocation, &functions, &all) {
                    waiting.push((target, certainty.min(most)));
                }
                if let Some(at) = self.sourced_file(file, script, invocation) {
                    waiting.push(((at, None), certainty));
                }
            }
        }
    }

    /// The functions that a command calls, each with how sure that is.
    fn leads_to(
        &self,
        invocation: &Invocation,
        functions: &BTreeMap<&str, Vec<Stretch>>,
        all: &[Stretch],
    ) -> Vec<(Stretch, Certainty)> {
        const MENTIONED: Certainty =
            Certainty::Unsure("it may be called by a name that is computed");
        let of = |name: &str| functions.get(name).into_iter().flatten().copied();
        let mut found: Vec<(Stretch, Certainty)> = match invocation.name.literal() {
            Some(name) => of(&name).map(|one| (one, Certainty::Certain)).collect(),
            None => all.iter().map(|one| (*one, MENTIONED)).collect(),
        };
        for argument in &invocation.arguments {
            let text = argument.literal().unwrap_or_default();
            found.extend(of(text.trim()).map(|one| (one, MENTIONED)));
        }
        let passes = ["suppress_output", "trap"]
            .iter()
            .any(|name| invocation.name.is(name));
        if passes && let Some(name) = invocation.arguments.first().and_then(|word| word.literal()) {
            found.extend(of(name.trim()).map(|one| (one, Certainty::Certain)));
        }
        found
    }

    /// The place of the file of the plugin that a command sources.
    fn sourced_file(
        &self,
        file: &'p PluginFile,
        script: &Script,
        invocation: &Invocation,
    ) -> Option<usize> {
        let sources = invocation.name.is("source") || invocation.name.is(".");
        let word = invocation.arguments.first().filter(|_| sources)?;
        match self.resolved(file, script, word) {
            Sourced::Own(own) => self
                .files
                .iter()
                .position(|(file, _)| file.path == own.path),
            _ => None,
        }
    }

    /// How sure it is that a site of one of the files is reached, unguarded; none if it never is.
    pub(super) fn certainty(&self, file: usize, site: &Site) -> Option<Certainty> {
        let around = self.reached.get(&(file, site.function))?;
        Some((*around).min(self.guards.certainty(site)?))
    }

    /// How sure it is that the failure of a command in a substitution is one, given how sure it is without a look at the
    /// variable that takes its output: a script that tests that for a value may go on with another.
    pub(super) fn looked_at(&self, file: usize, site: &Site, otherwise: Certainty) -> Certainty {
        let taker = self
            .files
            .get(file)
            .filter(|_| site.captured)
            .and_then(|(_, script)| taker(script, site));
        match taker {
            Some(name) if site.conditions.iter().any(|one| lacks(one, name)) => {
                otherwise.min(Certainty::Guarded)
            }
            Some(name) if self.guards.asks_for_variable(name) => {
                otherwise.min(Certainty::Unsure("what it gives is looked at"))
            }
            _ => otherwise,
        }
    }

    /// The commands that are reached, each with its file's place and how sure that is.
    pub(super) fn invocations(&self) -> impl Iterator<Item = (usize, &'p Invocation, Certainty)> {
        self.files
            .iter()
            .enumerate()
            .flat_map(move |(at, (_, script))| {
                script.invocations.iter().filter_map(move |invocation| {
                    let certainty = self.certainty(at, &invocation.site)?;
                    Some((at, invocation, certainty))
                })
            })
    }

    /// The versions in which a script of this process has the core function; with what it sources not all known, in which
    /// any core file has it.
    pub(super) fn has_function(&self, name: &str) -> Life {
        let mut life = Life::never();
        for (file, defined) in api::definitions(name) {
            let sourced = self.core.get(file);
            life = match (self.open, sourced) {
                (true, _) => life.or(defined),
                (false, Some(sourced)) => life.or(&defined.and(sourced)),
                (false, None) => life,
            };
        }
        life
    }

    /// True if all that it sources is known.
    pub(super) fn is_closed(&self) -> bool {
        !self.open
    }

    /// True if the plugin itself defines a function of this name, in whatever file and however.
    pub(super) fn defines(&self, name: &str) -> bool {
        let forms = [
            format!("{name}()"),
            format!("{name} ()"),
            format!("function {name}"),
            format!("alias {name}="),
        ];
        let scripts = self.plugin.files().iter().filter(|file| {
            file.is_shell()
                || file.is_entry()
                || self.files.iter().any(|(own, _)| own.path == file.path)
        });
        scripts
            .filter_map(|file| file.text().ok())
            .any(|text| forms.iter().any(|form| text.contains(form.as_str())))
    }

    /// A use at a place of one of the files.
    pub(super) fn use_at(
        &self,
        file: usize,
        line: u32,
        kind: Kind,
        name: &str,
        life: Life,
        certainty: Certainty,
    ) -> Option<Use> {
        let (file, _) = self.files.get(file)?;
        let place = Place {
            file: file.name.clone(),
            line: Some(line),
        };
        Some(Use::new(place, kind, name, life, certainty))
    }
}

/// The variable whose assignment the site stands in.
fn taker<'s>(script: &'s Script, site: &Site) -> Option<&'s str> {
    script
        .assignments
        .iter()
        .filter(|one| one.site.at <= site.at)
        .find(|one| match &one.value {
            Assigned::Word(word) => {
                site.at < one.site.at + one.name.len() + "+=".len() + word.source.len()
            }
            _ => false,
        })
        .map(|one| one.name.as_str())
}

/// True if the condition holds where the variable has no value.
fn lacks(condition: &Condition, variable: &str) -> bool {
    match condition {
        Condition::Unary { operator, operand } => {
            operator == "-z" && operand.variables().any(|one| one.name == variable)
        }
        Condition::Not(inner) => {
            matches!(&**inner, Condition::Unary { operator, operand }
                if operator == "-n" && operand.variables().any(|one| one.name == variable))
        }
        Condition::All(all) => all.iter().any(|one| lacks(one, variable)),
        _ => false,
    }
}

/// True if the command may define functions that the text does not show.
fn defines_unseen(invocation: &Invocation) -> bool {
    invocation.name.is("eval")
        && invocation.arguments.iter().any(|word| {
            ["()", "function ", "source "]
                .iter()
                .any(|sign| word.source.contains(sign))
        })
}

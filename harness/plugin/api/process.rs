//! What runs in one process: a script that is started, and all that it sources.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::ends::Stretch;
use super::expand::Expander;
use super::guard::Guards;
use super::question::commands_in;
use super::sourced::{Sourced, life_of_plugin, resolve_each};
use super::told::Subject;
use super::used::{Certainty, Kind, Use};
use crate::dokku::api::{self, Life};
use crate::plugin::shell::{Assigned, Condition, Invocation, Script, Site, Word};
use crate::plugin::{Place, Plugin, PluginFile};

const UNKNOWN_SOURCE: &str = "not all that the script sources is known";

/// A core file that is sourced.
#[derive(Debug)]
struct CoreSource<'p> {
    word: &'p Word,
    path: &'static str,
    /// The core files that come with it.
    brings: BTreeSet<&'static str>,
}

/// How many commands are looked at to follow the calls anew for all that is asked for.
const MOST_LOOKS: usize = 2_000_000;

/// How many files one process is taken to source, and how many times core files.
const MOST_FILES: usize = 200;
const MOST_SOURCES: usize = 500;

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
    /// The core files that it sources: the file that does, the word that names it, and all that it brings.
    sources: Vec<CoreSource<'p>>,
    /// Why not all that it has is known; none if it is.
    open: Option<&'static str>,
    /// For each file, the commands that say whether the script ends at a failure, in the order of the text.
    errexit: Vec<Vec<(&'p Invocation, bool)>>,
    calls: Calls<'p>,
    /// How surely each function, or the text outside all of them, of each file is reached.
    reached: Reached,
    /// The same where one of these is not there; none if there was no room to tell.
    reached_without: RefCell<BTreeMap<Subject, Option<Reached>>>,
}

/// How surely each function, or the text outside all of them, of each file is reached.
type Reached = BTreeMap<Stretch, Certainty>;

impl<'p> Process<'p> {
    /// The process that begins with this file; none if it can't be read.
    pub(super) fn of(plugin: &'p Plugin, start: &'p PluginFile) -> Option<Self> {
        let mut process = Self {
            plugin,
            files: vec![(start, start.script().ok()?)],
            expander: Expander::default(),
            guards: Guards::default(),
            core: BTreeMap::new(),
            sources: Vec::new(),
            open: None,
            errexit: Vec::new(),
            calls: Calls::default(),
            reached: BTreeMap::new(),
            reached_without: RefCell::default(),
        };
        process.gather();
        let sets = |script: &'p Script| {
            let sets = script.invocations.iter();
            sets.filter_map(|one| Some((one, sets_errexit(one)?)))
                .collect()
        };
        process.errexit = process
            .files
            .iter()
            .map(|(_, script)| sets(script))
            .collect();
        let scripts: Vec<&Script> = process.files.iter().map(|(_, script)| *script).collect();
        process.guards = Guards::of(&scripts, &process.expander);
        if scripts.iter().any(|script| !script.broken.is_empty()) {
            process.open = Some("a part of the script could not be parsed");
        }
        process.know();
        process.calls = Calls::of(&scripts);
        process.reached = process.spread(None);
        Some(process)
    }

    /// Finds all that is sourced.
    fn gather(&mut self) {
        let mut next = 0;
        while let Some((file, script)) = self.files.get(next).copied() {
            next += 1;
            self.expander.learn(script);
            for (_, word) in script.sources() {
                for sourced in self.resolved(file, script, word) {
                    self.source(word, sourced);
                }
            }
            if script.invocations.iter().any(defines_unseen) {
                self.open = Some("what it evaluates may define functions");
            }
        }
    }

    /// Takes in what a `source` of this word reads.
    fn source(&mut self, word: &'p Word, sourced: Sourced<'p>) {
        match sourced {
            Sourced::Own(own) => self.take_in(own),
            // A core file that is not where it was: what it brings is not missed beside it.
            Sourced::Core(path) | Sourced::Old(path) => {
                let brings = api::file::reach(path);
                for (path, life) in &brings {
                    let known = self.core.entry(path).or_default();
                    *known = known.or(life);
                }
                let brings = brings.into_keys().collect();
                if self.sources.len() < MOST_SOURCES {
                    self.sources.push(CoreSource { word, path, brings });
                }
            }
            Sourced::Settings => {}
            // Before the core plugin came, another may have borne its name.
            Sourced::Nowhere(_) | Sourced::Unknown => self.open = Some(UNKNOWN_SOURCE),
        }
    }

    fn take_in(&mut self, own: &'p PluginFile) {
        if self.files.iter().any(|(file, _)| file.path == own.path) {
            return;
        }
        match own.script() {
            Ok(script) if self.files.len() < MOST_FILES => self.files.push((own, script)),
            _ => self.open = Some(UNKNOWN_SOURCE),
        }
    }

    /// What a `source` of this word reads.
    pub(super) fn resolved(
        &self,
        file: &'p PluginFile,
        script: &Script,
        word: &Word,
    ) -> Vec<Sourced<'p>> {
        resolve_each(self.plugin, file, script, word, &self.expander)
    }

    /// Finds the versions that have what the scripts ask for.
    fn know(&mut self) {
        let life = |subject: &Subject| match subject {
            Subject::Function(name) => {
                (api::is_function(name) && !self.defines(name) && self.open.is_none())
                    .then(|| self.has_function(name))
            }
            Subject::File(path) => {
                let path = path.strip_prefix("core:")?;
                let folder = || (!path.contains('/')).then(|| life_of_plugin(path));
                // A folder that no version has may be another's plugin.
                let known = api::file::life(path).cloned().or_else(folder);
                known.filter(|life| *life != Life::never())
            }
        };
        let lives = self.guards.subjects();
        let lives = lives
            .filter_map(|subject| Some((subject.clone(), life(subject)?)))
            .collect();
        self.guards.know(lives);
    }

    /// Follows the calls from the beginning of the script: how surely each stretch is reached where the subject is not
    /// there.
    fn spread(&self, subject: Option<&Subject>) -> Reached {
        let mut reached = Reached::new();
        let mut led: BTreeMap<Target<'_>, Certainty> = BTreeMap::new();
        let mut waiting = vec![((0, None), Certainty::Certain)];
        while let Some((stretch, certainty)) = waiting.pop() {
            if reached
                .get(&stretch)
                .is_some_and(|known| *known >= certainty)
            {
                continue;
            }
            reached.insert(stretch, certainty);
            let Some((file, script)) = self.files.get(stretch.0).copied() else {
                continue;
            };
            for invocation in self.calls.within.get(&stretch).into_iter().flatten() {
                let site = &invocation.site;
                let Some(here) = self.guards.certainty_of_called(stretch.0, site, subject) else {
                    continue;
                };
                let certainty = certainty.min(here);
                let called = certainty.min(self.tolerance(stretch.0, site));
                for (target, most) in self.calls.lead_to(invocation) {
                    let certainty = called.min(most);
                    // A script may have thousands of functions of one name, and of calls of each.
                    if led.get(&target).is_some_and(|known| *known >= certainty) {
                        continue;
                    }
                    let stretches = self.calls.of_target(target);
                    waiting.extend(stretches.map(|stretch| (stretch, certainty)));
                    led.insert(target, certainty);
                }
                for at in self.sourced_files(file, script, invocation) {
                    waiting.push(((at, None), certainty));
                }
            }
        }
        reached
    }

    /// The places of the files of the plugin that a command sources.
    fn sourced_files(
        &self,
        file: &'p PluginFile,
        script: &Script,
        invocation: &Invocation,
    ) -> Vec<usize> {
        let read = invocation
            .sourced()
            .map(|word| self.resolved(file, script, word));
        let own = read.into_iter().flatten().filter_map(|one| match one {
            Sourced::Own(own) => Some(own),
            _ => None,
        });
        own.filter_map(|own| {
            self.files
                .iter()
                .position(|(file, _)| file.path == own.path)
        })
        .collect()
    }

    /// How sure it is that a site of one of the files is reached, unguarded; none if it never is.
    pub(super) fn certainty(&self, file: usize, site: &Site) -> Option<Certainty> {
        let around = self.reached.get(&(file, site.function))?;
        let here = self.guards.certainty(file, site, None)?;
        Some((*around).min(here).min(self.tolerance(file, site)))
    }

    /// How sure it is that a failure at this site is one, by whether the script goes on after it on purpose.
    fn tolerance(&self, file: usize, site: &Site) -> Certainty {
        if self.tolerates(file, site) {
            Certainty::Unsure(
                "`set +e` holds there, and what the script does without it the text does not tell",
            )
        } else {
            Certainty::Certain
        }
    }

    /// True if a `set +e` surely holds at this site.
    pub(super) fn tolerates(&self, file: usize, site: &Site) -> bool {
        let mut says = self.errexit.get(file).into_iter().flatten().rev();
        let last = says.find(|(one, _)| {
            one.site.function == site.function
                && one.site.at < site.at
                && (site.apart || !one.site.apart)
        });
        last.is_some_and(|(one, stops)| {
            let around = &one.site.conditions;
            let is_around = around.len() <= site.conditions.len()
                && around
                    .iter()
                    .zip(&site.conditions)
                    .all(|(one, other)| Arc::ptr_eq(one, other));
            !stops && is_around
        })
    }

    /// The same for a use of this subject, where it is not there.
    pub(super) fn certainty_of(
        &self,
        subject: &Subject,
        file: usize,
        site: &Site,
    ) -> Option<Certainty> {
        let stretch = (file, site.function);
        let around = if self.guards.asks_for(subject) {
            self.reached_without(subject, stretch)
        } else {
            self.reached.get(&stretch).copied()
        };
        let here = self.guards.certainty(file, site, Some(subject))?;
        Some(around?.min(here).min(self.tolerance(file, site)))
    }

    /// How surely a stretch is reached where the subject is not there; none if it never is.
    fn reached_without(&self, subject: &Subject, stretch: Stretch) -> Option<Certainty> {
        const TOO_MUCH: Certainty =
            Certainty::Unsure("the script asks for more than can be followed");
        let mut known = self.reached_without.borrow_mut();
        if !known.contains_key(subject) {
            let commands: usize = self.calls.within.values().map(Vec::len).sum();
            let has_room = known.len().saturating_mul(commands) < MOST_LOOKS;
            let reached = has_room.then(|| self.spread(Some(subject)));
            known.insert(subject.clone(), reached);
        }
        match known.get(subject)? {
            Some(reached) => reached.get(&stretch).copied(),
            None => Some(TOO_MUCH),
        }
    }

    /// How surely a stretch is reached; none if it never is.
    pub(super) fn reaches(&self, stretch: Stretch) -> Option<Certainty> {
        self.reached.get(&stretch).copied()
    }

    /// How sure it is that the failure of a command in a substitution is one, given how sure it is without a look at the
    /// variable that takes its output: a script that tests that for a value may go on with another.
    pub(super) fn looked_at(&self, file: usize, site: &Site, otherwise: Certainty) -> Certainty {
        if otherwise == Certainty::Certain && self.keeps_status(file, site) {
            return Certainty::Unsure("its status is looked at");
        }
        let taker = self
            .files
            .get(file)
            .filter(|_| site.captured)
            .and_then(|(_, script)| taker(script, site));
        match taker {
            Some(name) if site.conditions.iter().any(|one| lacks(one, name)) => {
                otherwise.min(Certainty::Guarded)
            }
            Some(name) if self.guards.asks_for_variable(name) == Some(Certainty::Guarded) => {
                otherwise.min(Certainty::Unsure("what it gives is looked at"))
            }
            _ => otherwise,
        }
    }

    /// True if the script goes on after a failure at this site, and looks at its status next.
    fn keeps_status(&self, file: usize, site: &Site) -> bool {
        let Some((_, script)) = self.files.get(file) else {
            return false;
        };
        if site.captured || !self.goes_on(file, site) {
            return false;
        }
        // Both lists are in the order of the text.
        let after = script
            .invocations
            .partition_point(|one| one.site.at <= site.at);
        let mut later = script.invocations.iter().skip(after).map(|one| &one.site);
        let next = later.find(|one| one.function == site.function && !one.captured);
        let is_before = |one: &Site| next.is_none_or(|next| one.at < next.at);
        let is_between =
            |one: &Site| one.function == site.function && one.at > site.at && is_before(one);
        let is_status = |word: &Word| word.variables().any(|one| one.name == "?");
        let after = script
            .assignments
            .partition_point(|one| one.site.at <= site.at);
        let assigned = script.assignments.iter().skip(after);
        let kept = assigned.take_while(|one| is_before(&one.site)).any(|one| {
            is_between(&one.site) && matches!(&one.value, Assigned::Word(word) if is_status(word))
        });
        let tested = script.tests.iter().any(|test| {
            is_between(&test.site)
                && matches!(&test.condition, Condition::Binary { left, .. } if is_status(left))
        });
        kept || tested
    }

    /// True if `set +e`, or no `set -e`, is what was said last before this site.
    fn goes_on(&self, file: usize, site: &Site) -> bool {
        let said = |file: usize, before: usize| {
            let sets = self.errexit.get(file)?;
            let count = sets.partition_point(|(one, _)| one.site.at < before);
            sets.get(count.checked_sub(1)?).map(|(_, holds)| *holds)
        };
        let here = said(file, site.at).or_else(|| said(0, usize::MAX));
        !here.unwrap_or(false)
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
            life = match (self.open.is_some(), sourced) {
                (true, _) => life.or(defined),
                (false, Some(sourced)) => life.or(&defined.and(sourced)),
                (false, None) => life,
            };
        }
        life
    }

    /// The core files that it sources itself; none if not all that it sources is known.
    pub(super) fn sourced_core(&self) -> Option<BTreeSet<String>> {
        let sources = self.sources.iter().map(|one| one.path.to_owned());
        self.open.is_none().then(|| sources.collect())
    }

    /// True if the plugin brings a program of this name, and a script extends the path that programs are looked for in.
    pub(super) fn brings_program(&self, name: &str) -> bool {
        let is_it = |file: &&PluginFile| file.path.file_name().is_some_and(|one| one == name);
        self.expander.assigns("PATH") && self.plugin.files().iter().any(|file| is_it(&file))
    }

    /// Why not all that it has is known; none if it is.
    pub(super) fn unknown(&self) -> Option<&'static str> {
        self.open
    }

    /// True if the scripts end before this site where a core file that would bring the function is not there.
    pub(super) fn ends_without_function(&self, name: &str, file: usize, site: &Site) -> bool {
        let mut bringing = self
            .sources
            .iter()
            .filter(|one| api::definitions(name).any(|(path, _)| one.brings.contains(path)))
            .peekable();
        bringing.peek().is_some()
            && bringing.all(|one| {
                let shape = super::expand::shape(&self.expander.expand(one.word));
                self.guards.ends.without(&shape, file, site)
            })
    }

    /// True if the plugin itself defines a function of this name, in whatever file and however.
    pub(super) fn defines(&self, name: &str) -> bool {
        let scripts = self.plugin.files().iter().filter(|file| {
            file.is_shell()
                || file.is_entry()
                || self.files.iter().any(|(own, _)| own.path == file.path)
        });
        scripts
            .filter_map(|file| file.text().ok())
            .any(|text| is_defined_in(text, name))
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

/// The commands and the functions of a process's files.
#[derive(Debug, Default)]
struct Calls<'p> {
    /// The functions of each name.
    functions: BTreeMap<&'p str, Vec<Stretch>>,
    /// The commands of each stretch, in the order of the text.
    within: BTreeMap<Stretch, Vec<&'p Invocation>>,
}

impl<'p> Calls<'p> {
    fn of(scripts: &[&'p Script]) -> Self {
        let mut calls = Self::default();
        for (file, script) in scripts.iter().enumerate() {
            for (index, function) in script.functions.iter().enumerate() {
                let known = calls.functions.entry(&function.name).or_default();
                known.push((file, Some(index)));
            }
            for invocation in &script.invocations {
                let stretch = (file, invocation.site.function);
                calls.within.entry(stretch).or_default().push(invocation);
            }
        }
        calls
    }

    /// The functions that are meant by it.
    fn of_target(&self, target: Target<'p>) -> impl Iterator<Item = Stretch> {
        let named = match target {
            Some(name) => self.functions.range(name..=name),
            None => self.functions.range::<&str, _>(..),
        };
        named.flat_map(|(_, stretches)| stretches).copied()
    }

    /// The functions that a command calls, each with how sure that is.
    fn lead_to(&self, invocation: &Invocation) -> Vec<(Target<'p>, Certainty)> {
        const MENTIONED: Certainty =
            Certainty::Unsure("it may be called by a name that is computed");
        let of = |name: &str| Some(Some(*self.functions.get_key_value(name)?.0));
        let mut found: Vec<(Target<'p>, Certainty)> = match invocation.name.literal() {
            Some(name) => of(&name)
                .map(|one| (one, Certainty::Certain))
                .into_iter()
                .collect(),
            None => vec![(None, MENTIONED)],
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
}

/// What a command may call: the functions of this name, or without one any function.
type Target<'p> = Option<&'p str>;

/// True if the text seems to define a function or an alias of this name.
fn is_defined_in(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let (before, after) = (text.get(..at), text.get(at + name.len()..));
        let (before, after) = (before.unwrap_or_default(), after.unwrap_or_default());
        let is_part = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
        if before.ends_with(is_part) || after.starts_with(is_part) {
            return false;
        }
        let blanks = [' ', '\t'];
        let by_brackets = after.trim_start_matches(blanks).strip_prefix('(');
        let line = before.rsplit('\n').next().unwrap_or_default();
        by_brackets.is_some_and(|rest| rest.trim_start_matches(blanks).starts_with(')'))
            || before.trim_end_matches(blanks).ends_with("function")
            || after.starts_with('=') && line.split_whitespace().any(|word| word == "alias")
    })
}

/// The variable whose assignment the site stands in.
pub(super) fn taker<'s>(script: &'s Script, site: &Site) -> Option<&'s str> {
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

/// Whether a command makes the script end at a failure; none if it does not say.
fn sets_errexit(invocation: &Invocation) -> Option<bool> {
    let mut words = invocation.arguments.iter().filter_map(Word::literal);
    let says = words.find_map(|word| match word.strip_prefix(['-', '+']) {
        Some(letters) if letters.contains('e') => Some(word.starts_with('-')),
        _ => None,
    });
    says.filter(|_| invocation.name.is("set"))
}

/// True if the command may define functions that the text does not show.
fn defines_unseen(invocation: &Invocation) -> bool {
    invocation.name.is("eval")
        && invocation.arguments.iter().any(|word| {
            ["()", "function ", "source "]
                .iter()
                .any(|sign| word.source.contains(sign))
                || commands_in(&word.source)
                    .any(|command| READERS.contains(&command) || command.starts_with('<'))
        })
}

/// The programs whose output may be a script.
const READERS: [&str; 8] = [
    "cat", "sed", "awk", "head", "tail", "curl", "wget", "base64",
];

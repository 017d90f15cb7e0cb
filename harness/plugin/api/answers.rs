//! Where the answers go that scripts get when they ask for what Dokku has.

use std::collections::{BTreeMap, BTreeSet};

use super::expand::{Expander, shape};
use super::question::{
    LOOKERS, asks_dokku, asks_some_function, commands_in, is_dokkus, names_function, texts_of,
    variables_in,
};
use crate::dokku::core::words_in;
use crate::plugin::shell::{Assigned, Assignment, Condition, Invocation, Script, Site, Word};

/// The tests of a file.
pub(super) const FILE_TESTS: [&str; 8] = ["-f", "-e", "-r", "-s", "-x", "-d", "-L", "-h"];

/// How much of an answer something holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Held {
    /// It was set, or not, by an answer.
    Hint,
    /// The answer itself.
    Answer,
}

/// What may hold an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Holder<'s> {
    Variable(&'s str),
    Function(&'s str),
}

/// What a function of the plugin's asks for on behalf of its callers.
#[derive(Clone, Copy, Debug, Default)]
struct Asker {
    /// Whether there is a function of the name that it is given.
    names: bool,
    /// Whether there is a file of the path that it is given.
    files: bool,
}

/// The variables and functions of a process that hold answers.
#[derive(Debug, Default)]
pub(super) struct Answers<'s> {
    held: BTreeMap<Holder<'s>, Held>,
    askers: BTreeMap<&'s str, Asker>,
    /// For each holder, those that take something of it.
    takers: BTreeMap<Holder<'s>, BTreeSet<Holder<'s>>>,
}

impl<'s> Answers<'s> {
    /// Follows the answers through assignments, `read`s and functions.
    pub(super) fn of(scripts: &[&'s Script], expander: &Expander<'_>) -> Self {
        let mut answers = Self::default();
        let functions: BTreeSet<&str> = scripts
            .iter()
            .flat_map(|script| script.function_names())
            .collect();
        let mut first = Vec::new();
        for script in scripts {
            for (to, text) in statements(script) {
                if to != Holder::Variable("DOKKU_API_VERSION") && asks_dokku(text) {
                    first.push(to);
                }
                answers.passes(to, text, &functions);
            }
            let deciding = Deciding::of(script);
            for invocation in &script.invocations {
                let Some(name) = function_of(script, &invocation.site) else {
                    continue;
                };
                let text = line_of(invocation);
                answers.note(name, &text, invocation, expander);
                let to = Holder::Function(name);
                if deciding.is_last(&invocation.site) && !text.starts_with("dokku_log_") {
                    if asks_dokku(&text) {
                        first.push(to);
                    }
                    for word in std::iter::once(&invocation.name).chain(&invocation.arguments) {
                        answers.passes(to, &word.source, &functions);
                    }
                    answers.passes_on(Holder::Function(&invocation.name.source), to);
                }
                if deciding.is_verdict(invocation) {
                    for condition in &invocation.site.conditions {
                        if asks(condition, expander) {
                            first.push(to);
                        }
                        answers.passes_condition(to, condition, &functions);
                    }
                }
            }
            for test in &script.tests {
                if matches!(&test.condition, Condition::Binary { operator, .. } if operator == "=~")
                {
                    let to = Holder::Variable("BASH_REMATCH");
                    if asks(&test.condition, expander) {
                        first.push(to);
                    }
                    answers.passes_condition(to, &test.condition, &functions);
                }
                let Some(name) = function_of(script, &test.site) else {
                    continue;
                };
                let asker = answers.askers.entry(name).or_default();
                asker.names |= texts_of(&test.condition)
                    .iter()
                    .any(|text| asks_some_function(text) && text.contains('$'));
                asker.files |= tests_argument(&test.condition, expander);
                if deciding.is_last(&test.site) {
                    let to = Holder::Function(name);
                    if asks(&test.condition, expander) {
                        first.push(to);
                    }
                    answers.passes_condition(to, &test.condition, &functions);
                }
            }
        }
        answers.spread(first, Held::Answer);
        answers
    }

    /// Takes a variable for a flag, if it is given a known text at a site for which `decided` holds, or where another flag
    /// or an answer is looked at.
    pub(super) fn hint(&mut self, scripts: &[&'s Script], decided: impl Fn(&Site) -> bool) {
        let mut first = Vec::new();
        let assigned = scripts.iter().flat_map(|script| &script.assignments);
        let is_flag = |one: &&Assignment| matches!(&one.value, Assigned::Word(word) if word.literal().is_some());
        for assignment in assigned.filter(is_flag) {
            for text in assignment
                .site
                .conditions
                .iter()
                .flat_map(|one| texts_of(one))
            {
                for variable in variables_in(text) {
                    self.passes_on(
                        Holder::Variable(variable),
                        Holder::Variable(&assignment.name),
                    );
                }
            }
            if decided(&assignment.site) {
                first.push(Holder::Variable(&assignment.name));
            }
        }
        let answered: Vec<Holder<'s>> = self.held.keys().copied().collect();
        for holder in answered {
            let takers = self.takers.get(&holder).into_iter().flatten();
            first.extend(takers.filter(|taker| !self.held.contains_key(taker)));
        }
        self.spread(first, Held::Hint);
    }

    /// What is held by the variables and functions of a text of a command.
    pub(super) fn in_command(&self, text: &str) -> Option<Held> {
        let variables = variables_in(text).filter_map(|name| self.variable(name));
        variables.chain(self.called(text)).max()
    }

    /// What is held by the words of a text, each of which may name a variable.
    pub(super) fn in_words(&self, text: &str) -> Option<Held> {
        let variables = words_in(text).filter_map(|name| self.variable(name));
        variables.chain(self.called(text)).max()
    }

    fn called(&self, text: &str) -> impl Iterator<Item = Held> {
        commands_in(text).filter_map(move |name| {
            let asks = self.askers.get(name).is_some_and(|asker| {
                asker.names && (text.contains('$') || names_function(text))
                    || asker.files && is_dokkus(text)
            });
            if asks {
                return Some(Held::Answer);
            }
            self.held.get(&Holder::Function(name)).copied()
        })
    }

    fn variable(&self, name: &str) -> Option<Held> {
        self.held.get(&Holder::Variable(name)).copied()
    }

    /// Whether some function here, called in this text, asks for a function by the name that it is given.
    pub(super) fn asks_by_name(&self, text: &str) -> bool {
        commands_in(text).any(|name| self.askers.get(name).is_some_and(|asker| asker.names))
    }

    fn note(
        &mut self,
        name: &'s str,
        text: &str,
        invocation: &'s Invocation,
        expander: &Expander<'_>,
    ) {
        let asker = self.askers.entry(name).or_default();
        asker.names |= asks_some_function(text) && text.contains('$');
        asker.files |= LOOKERS.iter().any(|looker| invocation.name.is(looker))
            && invocation
                .arguments
                .iter()
                .any(|word| is_argument(&shape(&expander.expand(word))));
    }

    fn passes(&mut self, to: Holder<'s>, text: &'s str, functions: &BTreeSet<&'s str>) {
        for variable in variables_in(text) {
            self.passes_on(Holder::Variable(variable), to);
        }
        for command in commands_in(text).filter(|name| functions.contains(name)) {
            self.passes_on(Holder::Function(command), to);
        }
    }

    fn passes_condition(
        &mut self,
        to: Holder<'s>,
        condition: &'s Condition,
        functions: &BTreeSet<&'s str>,
    ) {
        let is_command = matches!(condition, Condition::Succeeds(_));
        for text in texts_of(condition) {
            self.passes(to, text, functions);
            if !is_command {
                for word in words_in(text) {
                    self.passes_on(Holder::Variable(word), to);
                }
            }
        }
    }

    fn passes_on(&mut self, from: Holder<'s>, to: Holder<'s>) {
        self.takers.entry(from).or_default().insert(to);
    }

    fn spread(&mut self, mut waiting: Vec<Holder<'s>>, held: Held) {
        while let Some(holder) = waiting.pop() {
            if self.held.get(&holder).is_some_and(|known| *known >= held) {
                continue;
            }
            self.held.insert(holder, held);
            waiting.extend(self.takers.get(&holder).into_iter().flatten());
        }
    }
}

/// What decides how the functions of a script end, or what they print.
struct Deciding {
    /// The line of the last command of each function, other than a `return`.
    last: BTreeMap<usize, u32>,
    /// The functions that return more than one known status.
    verdicts: BTreeMap<usize, BTreeSet<String>>,
}

impl Deciding {
    fn of(script: &Script) -> Self {
        let mut deciding = Self {
            last: BTreeMap::new(),
            verdicts: BTreeMap::new(),
        };
        let invoked = script
            .invocations
            .iter()
            .filter(|one| !one.name.is("return"));
        let sites = invoked.map(|one| &one.site);
        for site in sites.chain(script.tests.iter().map(|one| &one.site)) {
            if let Some(function) = site.function {
                let last = deciding.last.entry(function).or_default();
                *last = (*last).max(site.line);
            }
        }
        for (function, status) in script.invocations.iter().filter_map(verdict) {
            deciding
                .verdicts
                .entry(function)
                .or_default()
                .insert(status);
        }
        deciding
    }

    fn is_last(&self, site: &Site) -> bool {
        site.function
            .is_some_and(|function| self.last.get(&function) == Some(&site.line))
    }

    fn is_verdict(&self, invocation: &Invocation) -> bool {
        verdict(invocation)
            .and_then(|(function, _)| self.verdicts.get(&function))
            .is_some_and(|known| known.len() > 1)
    }
}

/// The status that a command returns, or the text that it prints, with the function that it stands in, if it is known.
fn verdict(invocation: &Invocation) -> Option<(usize, String)> {
    let is_one = ["return", "echo"]
        .iter()
        .any(|name| invocation.name.is(name));
    let [status] = invocation.arguments.as_slice() else {
        return None;
    };
    let status = status.literal().filter(|_| is_one)?;
    Some((invocation.site.function?, status))
}

/// True if the condition asks for what Dokku has.
fn asks(condition: &Condition, expander: &Expander<'_>) -> bool {
    texts_of(condition).iter().any(|text| asks_dokku(text)) || tests_dokku(condition, expander)
}

/// What each assignment and `read` takes, as its variable and a text.
fn statements(script: &Script) -> impl Iterator<Item = (Holder<'_>, &str)> {
    let assigned = script.assignments.iter().flat_map(|one| {
        let words = match &one.value {
            Assigned::Word(word) => std::slice::from_ref(word),
            Assigned::Array(words) => words.as_slice(),
            Assigned::Each(_) | Assigned::Unknown => &[],
        };
        let to = Holder::Variable(&one.name);
        words.iter().map(move |word| (to, word.source.as_str()))
    });
    let read = script.inputs.iter().flat_map(|input| {
        let names = input.names.iter();
        names.map(|name| (Holder::Variable(name), input.text.as_str()))
    });
    assigned.chain(read)
}

fn function_of<'s>(script: &'s Script, site: &Site) -> Option<&'s str> {
    let function = script.functions.get(site.function?)?;
    Some(&function.name)
}

/// A command with its words, as one text.
pub(super) fn line_of(invocation: &Invocation) -> String {
    let mut line = invocation.name.source.clone();
    for word in &invocation.arguments {
        line.push(' ');
        line.push_str(&word.source);
    }
    line
}

/// True if the condition tests for a file of Dokku's.
fn tests_dokku(condition: &Condition, expander: &Expander<'_>) -> bool {
    any_file(condition, &|word| is_dokkus(&shape(&expander.expand(word))))
}

/// True if the condition tests for the file that a function is given.
fn tests_argument(condition: &Condition, expander: &Expander<'_>) -> bool {
    any_file(condition, &|word| {
        is_argument(&shape(&expander.expand(word)))
    })
}

fn is_argument(shape: &str) -> bool {
    ["$1", "$2", "$@"].contains(&shape)
}

fn any_file(condition: &Condition, is_it: &dyn Fn(&Word) -> bool) -> bool {
    match condition {
        Condition::Unary { operator, operand } => {
            FILE_TESTS.contains(&operator.as_str()) && is_it(operand)
        }
        Condition::Not(inner) => any_file(inner, is_it),
        Condition::All(all) | Condition::Any(all) => all.iter().any(|one| any_file(one, is_it)),
        _ => false,
    }
}

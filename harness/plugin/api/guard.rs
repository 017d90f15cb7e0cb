//! What a script asks before it uses something.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::answers::{Answers, FILE_TESTS, Held, line_of};
use super::ends::Ends;
use super::expand::{Expander, shape};
use super::question::{
    LOOKERS, asks_function, is_dokkus, lists_dokku, looks_at_dokku, names_function, takes_version,
    tells_version, texts_of,
};
use super::sourced::canonical;
use super::used::Certainty;
use crate::dokku::core::words_in;
use crate::plugin::shell::{Assigned, Condition, Script, Site, Word};

/// What the scripts of a process ask for, anywhere.
#[derive(Debug, Default)]
pub(super) struct Guards<'s> {
    /// The words of what asks for functions.
    functions: BTreeSet<&'s str>,
    /// The files that are tested for.
    files: BTreeSet<String>,
    /// The variables whose value is looked at, each with what that makes of a use of them.
    variables: BTreeMap<&'s str, Certainty>,
    /// The variables that are assigned what has to do with Dokku's version.
    versions: BTreeSet<&'s str>,
    answers: Answers<'s>,
    /// Where the scripts end.
    pub(super) ends: Ends,
    /// True if something ends under a condition on Dokku's version.
    ends_by_version: bool,
    /// Whether each condition holds, by its place in memory: the sites of a script share theirs.
    known: BTreeMap<*const Condition, Holds>,
}

/// Whether a condition holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    /// In every version from 0.4.0 on.
    Always,
    /// In none of them.
    Never,
    /// It depends on what the host has: it guards.
    Asks,
    /// It depends on something that is set, or not, by what the host has.
    Hints,
    /// It depends on something else.
    Else,
}

impl Holds {
    /// Whether the opposite holds.
    fn not(self) -> Self {
        match self {
            Self::Always => Self::Never,
            Self::Never => Self::Always,
            other => other,
        }
    }
}

impl<'s> Guards<'s> {
    /// Collects what these scripts ask for.
    pub(super) fn of(scripts: &[&'s Script], expander: &Expander<'_>) -> Self {
        let mut guards = Self {
            answers: Answers::of(scripts, expander),
            ..Self::default()
        };
        for assignment in scripts.iter().flat_map(|script| &script.assignments) {
            if let Assigned::Word(word) = &assignment.value
                && assignment.name != "DOKKU_API_VERSION"
                && tells_version(&word.source)
            {
                guards.versions.insert(&assignment.name);
            }
        }
        for script in scripts {
            guards.learn_script(script, expander);
        }
        guards.judge(scripts, expander);
        let mut answers = std::mem::take(&mut guards.answers);
        answers.hint(scripts, |site| {
            site.conditions
                .iter()
                .any(|one| guards.held(one) == Holds::Asks)
        });
        guards.answers = answers;
        guards.judge(scripts, expander);
        guards.ends = Ends::of(scripts, expander, |condition| guards.held(condition));
        guards.ends_by_version = scripts.iter().any(|script| {
            Ends::among(script).any(|end| {
                end.site.conditions.iter().any(|one| {
                    guards.held(one) == Holds::Asks
                        && texts_of(one).iter().any(|text| guards.asks_version(text))
                })
            })
        });
        guards
    }

    fn learn_script(&mut self, script: &'s Script, expander: &Expander<'_>) {
        let mut seen = BTreeSet::new();
        for condition in conditions(script) {
            if seen.insert(Arc::as_ptr(condition)) {
                self.learn(condition, expander);
            }
        }
        for test in &script.tests {
            self.learn(&test.condition, expander);
        }
        for invocation in &script.invocations {
            let line = line_of(invocation);
            if asks_function(&line) || self.answers.asks_by_name(&line) {
                let words = invocation.arguments.iter();
                self.functions
                    .extend(words.flat_map(|word| words_in(&word.source)));
            }
            if invocation.site.tested && LOOKERS.iter().any(|name| invocation.name.is(name)) {
                let words = invocation.arguments.iter();
                self.files
                    .extend(words.map(|word| canonical(&shape(&expander.expand(word)))));
            }
        }
    }

    fn learn(&mut self, condition: &'s Condition, expander: &Expander<'_>) {
        match condition {
            Condition::Unary { operator, operand } => {
                if FILE_TESTS.contains(&operator.as_str()) {
                    self.files
                        .insert(canonical(&shape(&expander.expand(operand))));
                } else {
                    let names = operand.variables().map(|one| one.name.as_str());
                    // `[[ -v NAME ]]` names it without a dollar.
                    let bare = (operator == "-v").then_some(operand.source.as_str());
                    for name in names.chain(bare) {
                        self.variables.insert(name, Certainty::Guarded);
                    }
                }
            }
            Condition::Binary { left, right, .. } => {
                self.compare(left, std::slice::from_ref(right));
                self.compare(right, std::slice::from_ref(left));
            }
            Condition::Arm {
                value,
                earlier,
                patterns,
            } => {
                self.compare(value, earlier);
                self.compare(value, patterns);
            }
            Condition::Not(inner) => self.learn(inner, expander),
            Condition::All(all) | Condition::Any(all) => {
                for one in all {
                    self.learn(one, expander);
                }
            }
            _ => {}
        }
        for text in texts_of(condition) {
            if asks_function(text)
                || self.answers.asks_by_name(text)
                || looks_at_dokku(text) && names_function(text)
            {
                self.functions.extend(words_in(text));
            }
        }
    }

    /// Learns that a word's variables are compared: with nothing, which asks whether they have a value, or with something.
    fn compare(&mut self, word: &'s Word, others: &[Word]) {
        let text: String = word
            .parts
            .iter()
            .map(|part| match part {
                crate::plugin::shell::Part::Text { text, .. } => text.as_str(),
                _ => "",
            })
            .collect();
        let empty = others.iter().any(|other| other.is(&text));
        let certainty = if empty {
            Certainty::Guarded
        } else {
            Certainty::Unsure("its value is looked at")
        };
        for variable in word.variables() {
            let known = self.variables.entry(&variable.name).or_insert(certainty);
            *known = (*known).min(certainty);
        }
    }

    /// Settles whether each condition holds.
    fn judge(&mut self, scripts: &[&'s Script], expander: &Expander<'_>) {
        let mut known = BTreeMap::new();
        for condition in scripts.iter().flat_map(|script| conditions(script)) {
            known
                .entry(Arc::as_ptr(condition))
                .or_insert_with(|| self.holds(condition, expander));
        }
        self.known = known;
    }

    /// True if something asks for a function of this name.
    pub(super) fn asks_for_function(&self, name: &str) -> bool {
        self.functions.contains(name)
    }

    /// True if some condition tests for this file, given as its shape.
    pub(super) fn asks_for_file(&self, shape: &str) -> bool {
        self.files.contains(&canonical(shape))
    }

    /// What is made of a use of the variable by the conditions that look at its value; none if none does.
    pub(super) fn asks_for_variable(&self, name: &str) -> Option<Certainty> {
        self.variables.get(name).copied()
    }

    /// How sure it is that what stands at this site is reached from around it, and that its failure is one; none if it
    /// never is reached.
    pub(super) fn certainty(&self, file: usize, site: &Site) -> Option<Certainty> {
        if self.ends.is_behind(file, site) {
            return None;
        }
        let mut certainty = match site {
            Site { caught: true, .. } => Certainty::Guarded,
            Site { tested: true, .. } => Certainty::Unsure("its status decides what is done next"),
            _ if self.ends_by_version => {
                Certainty::Unsure("the script looks at Dokku's version and may end")
            }
            _ => Certainty::Certain,
        };
        for condition in &site.conditions {
            let most = match self.held(condition) {
                Holds::Never => return None,
                Holds::Asks => Certainty::Guarded,
                Holds::Hints => {
                    Certainty::Unsure("whether it is reached depends on what Dokku has")
                }
                Holds::Always | Holds::Else => continue,
            };
            certainty = certainty.min(most);
        }
        Some(certainty)
    }

    fn held(&self, condition: &Arc<Condition>) -> Holds {
        let known = self.known.get(&Arc::as_ptr(condition));
        known.copied().unwrap_or(Holds::Else)
    }

    fn holds(&self, condition: &Condition, expander: &Expander<'_>) -> Holds {
        match condition {
            Condition::Not(inner) => self.holds(inner, expander).not(),
            Condition::All(all) => self.joined(all, Holds::Never, expander),
            Condition::Any(any) => self.joined(any, Holds::Always, expander),
            Condition::Unary { operator, operand } => {
                if is_api_version(operand) {
                    return match operator.as_str() {
                        "-n" => Holds::Always,
                        "-z" => Holds::Never,
                        _ => Holds::Asks,
                    };
                }
                if FILE_TESTS.contains(&operator.as_str())
                    && is_dokkus(&shape(&expander.expand(operand)))
                {
                    return Holds::Asks;
                }
                self.asked(condition)
            }
            Condition::Binary {
                left,
                operator,
                right,
            } => equal(left, operator, right).unwrap_or_else(|| self.asked(condition)),
            Condition::Succeeds(text) => match text.split_whitespace().next() {
                Some("true" | ":") => Holds::Always,
                // Nothing comes after the last two.
                Some("false" | "exit" | "return") => Holds::Never,
                _ if looks_at_dokku(&expander.expand_text(text)) => Holds::Asks,
                _ => self.asked(condition),
            },
            Condition::Arm { .. } | Condition::Unknown => self.asked(condition),
        }
    }

    /// Whether a condition of several holds, of which one that comes to `settling` settles it.
    fn joined(&self, parts: &[Condition], settling: Holds, expander: &Expander<'_>) -> Holds {
        let parts: Vec<Holds> = parts.iter().map(|one| self.holds(one, expander)).collect();
        let weights = [settling, Holds::Asks, Holds::Hints, Holds::Else];
        let heaviest = weights.into_iter().find(|weight| parts.contains(weight));
        heaviest.unwrap_or(settling.not())
    }

    fn asked(&self, condition: &Condition) -> Holds {
        let texts = texts_of(condition);
        let is_command = matches!(condition, Condition::Succeeds(_));
        let held = texts
            .iter()
            .filter_map(|text| {
                if is_command {
                    self.answers.in_command(text)
                } else {
                    self.answers.in_words(text)
                }
            })
            .max();
        let whole = texts.join(" ");
        if held == Some(Held::Answer)
            || asks_function(&whole)
            || self.asks_version(&whole)
            || looks_at_dokku(&whole)
        {
            Holds::Asks
        } else if held == Some(Held::Hint) || lists_dokku(&whole) {
            Holds::Hints
        } else {
            Holds::Else
        }
    }

    fn asks_version(&self, text: &str) -> bool {
        tells_version(text)
            || takes_version(text)
            || words_in(text).any(|word| self.versions.contains(word))
    }
}

/// Every condition that something in the script stands under, as often as something does.
fn conditions(script: &Script) -> impl Iterator<Item = &Arc<Condition>> {
    let invoked = script.invocations.iter().map(|one| &one.site);
    let assigned = script.assignments.iter().map(|one| &one.site);
    let redirected = script.redirections.iter().map(|one| &one.site);
    invoked
        .chain(assigned)
        .chain(redirected)
        .flat_map(|site| &site.conditions)
}

/// Whether the comparison of two known texts holds.
fn equal(left: &Word, operator: &str, right: &Word) -> Option<Holds> {
    let (left, right) = (left.literal()?, right.literal()?);
    let (left, right) = (left.parse::<i64>().ok()?, right.parse::<i64>().ok()?);
    let holds = match operator {
        "-eq" | "==" | "=" => left == right,
        "-ne" | "!=" => left != right,
        _ => return None,
    };
    Some(if holds { Holds::Always } else { Holds::Never })
}

/// `$DOKKU_API_VERSION`, which is 1 in every version from 0.4.0 on.
fn is_api_version(word: &Word) -> bool {
    word.variable()
        .is_some_and(|variable| variable.name == "DOKKU_API_VERSION")
}

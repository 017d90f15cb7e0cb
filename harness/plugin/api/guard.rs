//! What a script asks before it uses something.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::expand::{Expander, shape};
use super::used::Certainty;
use crate::dokku::api;
use crate::dokku::core::words_in;
use crate::plugin::shell::{Assigned, Condition, Script, Site, Word};

/// How commands ask whether there is a function or a program of some name.
const ASKING: [&str; 9] = [
    "declare -f",
    "declare -F",
    "typeset -f",
    "typeset -F",
    "command -v",
    "compgen ",
    "type ",
    "which ",
    "hash ",
];

/// The tests of a file.
const FILE_TESTS: [&str; 8] = ["-f", "-e", "-r", "-s", "-x", "-d", "-L", "-h"];

/// What ends a function or a script.
const ENDS: [&str; 4] = ["exit", "return", "dokku_log_fail", "dokku_log_exit"];

/// What the scripts of a process ask for, anywhere.
#[derive(Debug, Default)]
pub(super) struct Guards<'s> {
    /// The texts of conditions that ask for functions.
    functions: Vec<String>,
    /// The shapes of the files that are tested for.
    files: BTreeSet<String>,
    /// The variables that are tested for a value.
    variables: BTreeSet<String>,
    /// The variables that hold something of Dokku's version.
    versions: BTreeSet<&'s str>,
    /// True if something ends under a condition on Dokku's version.
    ends_by_version: bool,
    /// Whether each condition holds, by its place in memory: the sites of a script share theirs.
    known: BTreeMap<*const Condition, Holds>,
}

/// Whether a condition holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holds {
    /// In every version from 0.4.0 on.
    Always,
    /// In none of them.
    Never,
    /// It depends on what the host has: it guards.
    Asks,
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
        let mut guards = Self::default();
        for assignment in scripts.iter().flat_map(|script| &script.assignments) {
            if let Assigned::Word(word) = &assignment.value
                && assignment.name != "DOKKU_API_VERSION"
                && tells_version(&word.source)
            {
                guards.versions.insert(&assignment.name);
            }
        }
        for script in scripts {
            let invoked = script.invocations.iter().map(|one| &one.site);
            let assigned = script.assignments.iter().map(|one| &one.site);
            for condition in invoked.chain(assigned).flat_map(|site| &site.conditions) {
                if !guards.known.contains_key(&Arc::as_ptr(condition)) {
                    guards.learn(condition, expander);
                    let holds = guards.holds(condition);
                    guards.known.insert(Arc::as_ptr(condition), holds);
                }
            }
        }
        let invocations = scripts.iter().flat_map(|script| &script.invocations);
        guards.ends_by_version = invocations
            .filter(|one| ENDS.iter().any(|end| one.name.is(end)))
            .flat_map(|one| &one.site.conditions)
            .any(|one| guards.held(one) == Holds::Asks && guards.asks_version(&text_of(one)));
        guards
    }

    fn learn(&mut self, condition: &Condition, expander: &Expander<'_>) {
        match condition {
            Condition::Unary { operator, operand } => {
                if FILE_TESTS.contains(&operator.as_str()) {
                    self.files.insert(shape(&expander.expand(operand)));
                } else {
                    let names = operand.variables().map(|one| one.name.clone());
                    self.variables.extend(names);
                }
            }
            Condition::Not(inner) => self.learn(inner, expander),
            Condition::All(all) | Condition::Any(all) => {
                for one in all {
                    self.learn(one, expander);
                }
            }
            _ => {}
        }
        let text = text_of(condition);
        if asks_function(&text) {
            self.functions.push(text);
        }
    }

    /// True if some condition asks for a function of this name.
    pub(super) fn asks_for_function(&self, name: &str) -> bool {
        self.functions
            .iter()
            .any(|text| words_in(text).any(|word| word == name))
    }

    /// True if some condition tests for this file, given as its shape.
    pub(super) fn asks_for_file(&self, shape: &str) -> bool {
        self.files.contains(shape)
    }

    /// True if some condition asks whether the variable has a value.
    pub(super) fn asks_for_variable(&self, name: &str) -> bool {
        self.variables.contains(name)
    }

    /// How sure it is that what stands at this site is reached from around it, and that its failure is one; none if it
    /// never is reached.
    pub(super) fn certainty(&self, site: &Site) -> Option<Certainty> {
        let mut certainty = match site {
            Site { caught: true, .. } => Certainty::Guarded,
            Site { tested: true, .. } => Certainty::Unsure("its status decides what is done next"),
            _ if self.ends_by_version => {
                Certainty::Unsure("the script looks at Dokku's version and may end")
            }
            _ => Certainty::Certain,
        };
        for condition in &site.conditions {
            match self.held(condition) {
                Holds::Never => return None,
                Holds::Asks => certainty = certainty.min(Certainty::Guarded),
                Holds::Always | Holds::Else => {}
            }
        }
        Some(certainty)
    }

    fn held(&self, condition: &Arc<Condition>) -> Holds {
        let known = self.known.get(&Arc::as_ptr(condition));
        known.copied().unwrap_or_else(|| self.holds(condition))
    }

    fn holds(&self, condition: &Condition) -> Holds {
        match condition {
            Condition::Not(inner) => self.holds(inner).not(),
            Condition::All(all) => self.joined(all, Holds::Never),
            Condition::Any(any) => self.joined(any, Holds::Always),
            Condition::Unary { operator, operand } => {
                if is_api_version(operand) {
                    return match operator.as_str() {
                        "-n" => Holds::Always,
                        "-z" => Holds::Never,
                        _ => Holds::Asks,
                    };
                }
                let tests_dokku =
                    FILE_TESTS.contains(&operator.as_str()) && is_dokkus(&operand.source);
                if tests_dokku || self.asks_version(&text_of(condition)) {
                    Holds::Asks
                } else {
                    asked(condition)
                }
            }
            _ if self.asks_version(&text_of(condition)) => Holds::Asks,
            _ => asked(condition),
        }
    }

    /// Whether a condition of several holds, of which one that comes to `settling` settles it.
    fn joined(&self, parts: &[Condition], settling: Holds) -> Holds {
        let parts: Vec<Holds> = parts.iter().map(|one| self.holds(one)).collect();
        let weights = [settling, Holds::Asks, Holds::Else];
        let heaviest = weights.into_iter().find(|weight| parts.contains(weight));
        heaviest.unwrap_or(settling.not())
    }

    fn asks_version(&self, text: &str) -> bool {
        tells_version(text) || words_in(text).any(|word| self.versions.contains(word))
    }
}

fn asked(condition: &Condition) -> Holds {
    if asks_function(&text_of(condition)) {
        Holds::Asks
    } else {
        Holds::Else
    }
}

/// `$DOKKU_API_VERSION`, which is 1 in every version from 0.4.0 on.
fn is_api_version(word: &Word) -> bool {
    word.variable()
        .is_some_and(|variable| variable.name == "DOKKU_API_VERSION")
}

/// True if the text asks for Dokku's version.
fn tells_version(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    text.contains("version") && text.contains("dokku")
}

/// True if the text asks whether there is a function that some Dokku has, or one of a computed name.
fn asks_function(text: &str) -> bool {
    ASKING.iter().any(|start| text.contains(start))
        && (text.contains("$") || words_in(text).any(api::is_function))
}

/// True if the path leads to what Dokku brings.
fn is_dokkus(path: &str) -> bool {
    path.contains("PLUGIN_") && path.contains("_PATH")
        || path.contains("core-plugins")
        || path.contains("/var/lib/dokku/plugins")
        || path.contains("PLUGIN_PATH")
}

/// The words of a condition, one after the other.
fn text_of(condition: &Condition) -> String {
    let mut texts = Vec::new();
    collect(condition, &mut texts);
    texts.join(" ")
}

fn collect<'c>(condition: &'c Condition, texts: &mut Vec<&'c str>) {
    match condition {
        Condition::Unary { operand, .. } => texts.push(&operand.source),
        Condition::Binary { left, right, .. } => {
            texts.extend([left.source.as_str(), &right.source])
        }
        Condition::Arm { value, .. } => texts.push(&value.source),
        Condition::Not(inner) => collect(inner, texts),
        Condition::All(all) | Condition::Any(all) => {
            for one in all {
                collect(one, texts);
            }
        }
        Condition::Succeeds(text) => texts.push(text),
        Condition::Unknown => {}
    }
}

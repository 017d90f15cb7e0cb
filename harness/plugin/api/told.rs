//! What a condition tells of the functions and files of the host.

use std::collections::BTreeSet;

use super::answers::{Answers, FILE_TESTS};
use super::expand::{Expander, shape};
use super::question::{asks_function, looks_at_dokku, names_function};
use super::sourced::canonical;
use crate::dokku::api;
use crate::dokku::core::words_in;
use crate::plugin::shell::{Condition, Part, Word};

/// What may be there or not.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Subject {
    /// A function, or a program, of this name.
    Function(String),
    /// The file of this canonical path.
    File(String),
}

impl Subject {
    /// The file of this shape.
    pub(super) fn file(shape: &str) -> Self {
        Self::File(canonical(shape))
    }

    /// All that this can't be there without, itself the last.
    pub(super) fn needed(&self) -> impl Iterator<Item = Self> {
        let folders = match self {
            Self::File(path) => path.match_indices('/').collect(),
            Self::Function(_) => Vec::new(),
        };
        let folder = |at: usize| match self {
            Self::File(path) => Some(Self::File(path.get(..at)?.to_owned())),
            Self::Function(_) => None,
        };
        let folders = folders.into_iter().filter_map(move |(at, _)| folder(at));
        folders.chain([self.clone()])
    }

    /// True if this can't be there without the other: it is the same, or lies in that folder.
    pub(super) fn needs(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::File(path), Self::File(other)) => path
                .strip_prefix(other.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
            _ => self == other,
        }
    }
}

/// What is surely there, and what surely is not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) there: BTreeSet<Subject>,
    pub(super) gone: BTreeSet<Subject>,
}

impl Facts {
    /// True if the subject is there, or the folder that it lies in.
    pub(super) fn has(&self, subject: &Subject) -> bool {
        self.there.iter().any(|one| subject.needs(one))
    }

    /// True if the subject is not there.
    pub(super) fn lacks(&self, subject: &Subject) -> bool {
        self.gone.iter().any(|one| subject.needs(one))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.there.is_empty() && self.gone.is_empty()
    }

    /// Both what these tell and what the others do.
    pub(super) fn and(mut self, other: &Self) -> Self {
        self.there.extend(other.there.iter().cloned());
        self.gone.extend(other.gone.iter().cloned());
        self
    }

    /// What these and the others both tell.
    fn or(self, other: &Self) -> Self {
        Self {
            there: self.there.intersection(&other.there).cloned().collect(),
            gone: self.gone.intersection(&other.gone).cloned().collect(),
        }
    }
}

/// What a condition tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Told {
    /// Where it holds.
    pub(super) holds: Facts,
    /// Where it does not.
    pub(super) fails: Facts,
}

impl Told {
    /// What this condition tells.
    pub(super) fn by(
        condition: &Condition,
        answers: &Answers<'_>,
        expander: &Expander<'_>,
    ) -> Self {
        let by = |one: &Condition| Self::by(one, answers, expander);
        let asked = |word: &Word| functions_asked(&word.source, answers, expander);
        match condition {
            Condition::Not(inner) => by(inner).not(),
            Condition::All(all) => all.iter().map(by).reduce(Self::and).unwrap_or_default(),
            Condition::Any(any) => {
                let parts = any.iter().map(|one| by(one).not());
                parts.reduce(Self::and).unwrap_or_default().not()
            }
            Condition::Succeeds(text) => Self::asks(functions_asked(text, answers, expander)),
            Condition::Unary { operator, operand } => match operator.as_str() {
                "-n" => Self::asks(asked(operand)),
                "-z" => Self::asks(asked(operand)).not(),
                test if FILE_TESTS.contains(&test) => {
                    let file = Subject::file(&shape(&expander.expand(operand)));
                    Self::asks([file].into())
                }
                _ => Self::default(),
            },
            Condition::Binary {
                left,
                operator,
                right,
            } => {
                let (word, other) = match asked(left) {
                    names if names.is_empty() => (asked(right), left),
                    names => (names, right),
                };
                let told = Self::asks(word);
                let is_opposite = (operator == "!=") != is_blank(other);
                if is_opposite { told.not() } else { told }
            }
            Condition::Arm {
                value,
                earlier,
                patterns,
            } => {
                let told = Self::asks(asked(value));
                let answered = |words: &[Word]| words.iter().all(|word| !takes_nothing(word));
                if answered(patterns) {
                    Self {
                        fails: Facts::default(),
                        ..told
                    }
                } else if answered(earlier) && !earlier.is_empty() {
                    Self {
                        fails: Facts::default(),
                        ..told.not()
                    }
                } else {
                    Self::default()
                }
            }
            Condition::Unknown => Self::default(),
        }
    }

    /// Holds where all of these are there.
    fn asks(subjects: BTreeSet<Subject>) -> Self {
        let gone = if subjects.len() == 1 {
            subjects.clone()
        } else {
            BTreeSet::new()
        };
        Self {
            holds: Facts {
                there: subjects,
                gone: BTreeSet::new(),
            },
            fails: Facts {
                there: BTreeSet::new(),
                gone,
            },
        }
    }

    fn not(self) -> Self {
        Self {
            holds: self.fails,
            fails: self.holds,
        }
    }

    fn and(self, other: Self) -> Self {
        Self {
            holds: self.holds.and(&other.holds),
            fails: self.fails.or(&other.fails),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.holds.is_empty() && self.fails.is_empty()
    }

    /// The one subject whose being there, or not, is all that decides whether it holds; none if there is more to it.
    pub(super) fn decided_by(&self) -> Option<&Subject> {
        let single =
            |one: &'_ BTreeSet<Subject>, other: &BTreeSet<Subject>| one.len() == 1 && one == other;
        let (holds, fails) = (&self.holds, &self.fails);
        if single(&holds.there, &fails.gone) && holds.gone.is_empty() && fails.there.is_empty() {
            holds.there.first()
        } else if single(&holds.gone, &fails.there)
            && holds.there.is_empty()
            && fails.gone.is_empty()
        {
            holds.gone.first()
        } else {
            None
        }
    }
}

/// The functions that a text asks for.
fn functions_asked(
    text: &str,
    answers: &Answers<'_>,
    expander: &Expander<'_>,
) -> BTreeSet<Subject> {
    let whole = expander.expand_text(text);
    let asks = asks_function(text)
        || answers.asks_by_name(text)
        || looks_at_dokku(&whole) && names_function(text);
    words_in(&whole)
        .filter(|word| asks && (api::is_function(word) || *word == "pluginhook"))
        .map(|word| Subject::Function(word.to_owned()))
        .collect()
}

/// True if nothing but quotes, or a letter that the other side has too, is in the word.
fn is_blank(word: &Word) -> bool {
    word.parts
        .iter()
        .all(|part| matches!(part, Part::Text { text, .. } if text.is_empty() || text == "x"))
}

/// True if an empty text may be matched by the pattern.
fn takes_nothing(pattern: &Word) -> bool {
    pattern
        .literal()
        .is_none_or(|text| text.trim_matches('*').is_empty())
}

//! Variables whose value the text alone tells.

use std::collections::BTreeMap;

use super::script::{Assigned, Script};
use super::word::{Part, Word};

/// The longest text that is made of several, in bytes: each of a few lines may double the one before.
const LONGEST: usize = 32 << 10;

/// Variables that are assigned one and the same known text wherever they are assigned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Constants {
    /// None marks a variable that is assigned more than one value, or one that is not known.
    values: BTreeMap<String, Option<String>>,
}

impl Constants {
    /// Learns from the assignments of a script; those of a file that it sources come before its own.
    pub fn learn(&mut self, script: &Script) {
        for assignment in &script.assignments {
            let value = match &assignment.value {
                Assigned::Word(word) if !assignment.appends => self.resolve(word),
                _ => None,
            };
            self.values
                .entry(assignment.name.clone())
                .and_modify(|known| {
                    if *known != value {
                        *known = None;
                    }
                })
                .or_insert(value);
        }
    }

    /// The value of a variable.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name)?.as_deref()
    }

    /// Takes this value for the variable.
    pub fn set(&mut self, name: &str, value: &str) {
        self.values.insert(name.to_owned(), Some(value.to_owned()));
    }

    /// The text of a word, if all its variables are known, and it does not come to more than a person writes.
    #[must_use]
    pub fn resolve(&self, word: &Word) -> Option<String> {
        let mut whole = String::new();
        for part in &word.parts {
            match part {
                Part::Text { text, .. } => whole.push_str(text),
                Part::Variable(variable)
                    if variable.index.is_none() && variable.change.is_empty() =>
                {
                    whole.push_str(self.get(&variable.name)?);
                }
                _ => return None,
            }
            if whole.len() > LONGEST {
                return None;
            }
        }
        Some(whole)
    }

    /// A line of a here-document with its variables replaced; none if one is not known, or it comes to more than a
    /// person writes.
    #[must_use]
    pub fn expand(&self, line: &str) -> Option<String> {
        let mut whole = String::new();
        let mut rest = line;
        while let Some(at) = rest.find(['$', '`', '\\']) {
            let (before, tail) = rest.split_at(at);
            whole.push_str(before);
            if let Some(escaped) = tail.strip_prefix('\\') {
                let next = escaped.chars().next();
                match next {
                    Some(next) if "$`\\".contains(next) => whole.push(next),
                    Some(next) => whole.extend(['\\', next]),
                    None => whole.push('\\'),
                }
                rest = escaped
                    .get(next.map_or(0, char::len_utf8)..)
                    .unwrap_or_default();
                continue;
            }
            let tail = tail.strip_prefix('$')?;
            let (name, after) = match tail.strip_prefix('{') {
                Some(braced) => braced.split_once('}')?,
                None => {
                    let end = tail
                        .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
                        .unwrap_or(tail.len());
                    tail.split_at(end)
                }
            };
            whole.push_str(self.get(name)?);
            if whole.len() > LONGEST {
                return None;
            }
            rest = after;
        }
        whole.push_str(rest);
        Some(whole)
    }
}

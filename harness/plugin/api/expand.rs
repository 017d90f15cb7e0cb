//! Words with their variables replaced, as far as the text tells.

use std::collections::BTreeMap;

use super::question::variables_in;
use crate::plugin::shell::{Assigned, Part, Script, Word};

/// How often a replaced value is looked into again.
const DEEPEST: u8 = 6;

/// How many parts a word may come to, and how many bytes one of them.
const MOST: usize = 64;
const LONGEST: usize = 32 << 10;

/// The variables that are assigned one and the same text wherever they are.
#[derive(Debug, Default)]
pub(super) struct Expander<'s> {
    /// None marks a variable with several values, or one that only running tells.
    values: BTreeMap<&'s str, Option<&'s Word>>,
}

impl<'s> Expander<'s> {
    /// Learns a script's assignments.
    pub(super) fn learn(&mut self, script: &'s Script) {
        for assignment in &script.assignments {
            let value = match &assignment.value {
                Assigned::Word(word) if !assignment.appends => Some(word),
                _ => None,
            };
            self.values
                .entry(assignment.name.as_str())
                .and_modify(|known| {
                    if known.map(|word| &word.source) != value.map(|word| &word.source) {
                        *known = None;
                    }
                })
                .or_insert(value);
        }
    }

    /// The word of this script with each variable of known values replaced by them: a word for each value of a loop.
    pub(super) fn each(&self, script: &Script, word: &Word) -> Vec<Word> {
        let expanded = self.expand(word);
        match script.each(&expanded).as_slice() {
            [one] if *one == expanded => vec![word.clone()],
            words => words.iter().map(|one| self.expand(one)).collect(),
        }
    }

    /// True if the scripts assign the variable.
    pub(super) fn assigns(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// The word with each variable of one known value replaced by it.
    pub(super) fn expand(&self, word: &Word) -> Word {
        let mut parts = Vec::new();
        self.add(word, &mut parts, 0);
        Word {
            parts,
            ..word.clone()
        }
    }

    /// The text with the value of each variable that it names after it.
    pub(super) fn expand_text(&self, text: &str) -> String {
        let mut whole = text.to_owned();
        for name in variables_in(text) {
            if let Some(Some(value)) = self.values.get(name) {
                whole.push(' ');
                whole.push_str(&shape(&self.expand(value)));
            }
        }
        whole
    }

    fn add(&self, word: &Word, parts: &mut Vec<Part>, depth: u8) {
        for part in &word.parts {
            if parts.len() >= MOST || is_long(parts.last()) {
                return parts.push(Part::Computed);
            }
            match part {
                Part::Variable(variable) if depth < DEEPEST && variable.is_plain() => {
                    match self.values.get(variable.name.as_str()) {
                        // A value that names its own variable is no value.
                        Some(Some(value))
                            if value.variables().all(|one| one.name != variable.name) =>
                        {
                            self.add(value, parts, depth + 1);
                        }
                        _ => parts.push(part.clone()),
                    }
                }
                Part::Text { text, .. } => match parts.last_mut() {
                    Some(Part::Text { text: last, .. }) => last.push_str(text),
                    _ => parts.push(part.clone()),
                },
                _ => parts.push(part.clone()),
            }
        }
    }
}

/// True for a text that no person writes.
fn is_long(part: Option<&Part>) -> bool {
    matches!(part, Some(Part::Text { text, .. }) if text.len() > LONGEST)
}

/// The word as one text: `$NAME` for a variable's value, `$()` for what only running tells.
pub(super) fn shape(word: &Word) -> String {
    word.parts
        .iter()
        .map(|part| match part {
            Part::Text { text, .. } => text.clone(),
            Part::Variable(variable) if variable.index.is_none() && variable.keeps_value() => {
                format!("${}", variable.name)
            }
            _ => "$()".to_owned(),
        })
        .collect()
}

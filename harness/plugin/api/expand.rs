//! Words with their variables replaced, as far as the text tells.

use std::collections::BTreeMap;

use super::question::variables_in;
use crate::plugin::shell::{Assigned, Assignment, Input, Part, Script, Variable, Word};

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
    /// The values of loops over known words; none marks a variable that is assigned in another way too.
    loops: BTreeMap<&'s str, Option<Vec<&'s str>>>,
}

impl<'s> Expander<'s> {
    /// Learns a script's assignments.
    pub(super) fn learn(&mut self, script: &'s Script) {
        for assignment in &script.assignments {
            self.learn_loop(script, assignment);
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

    fn learn_loop(&mut self, script: &'s Script, assignment: &'s Assignment) {
        let is_loop = |input: &&Input| {
            input.site.at == assignment.site.at && assignment.value == Assigned::Unknown
        };
        let is_plain = |word: &str| {
            word.chars()
                .all(|one| one.is_ascii_alphanumeric() || "_-./".contains(one))
        };
        let input = script.inputs.iter().find(is_loop);
        let values = input
            .map(|input| input.text.split_whitespace().collect::<Vec<_>>())
            .filter(|words| words.len() <= LONGEST && words.iter().all(|word| is_plain(word)));
        self.loops
            .entry(assignment.name.as_str())
            .and_modify(|known| match (known.as_mut(), &values) {
                (Some(known), Some(values)) => known.extend(values),
                _ => *known = None,
            })
            .or_insert(values);
    }

    /// The word with each variable of known values replaced by them: a word for each value of a loop.
    pub(super) fn each(&self, word: &Word) -> Vec<Word> {
        let expanded = self.expand(word);
        let looped = expanded.parts.iter().position(|part| {
            matches!(part, Part::Variable(one) if is_plain(one) && self.looped(one).is_some())
        });
        let Some(place) = looped else {
            return vec![word.clone()];
        };
        let values = match expanded.parts.get(place) {
            Some(Part::Variable(one)) => self.looped(one).unwrap_or_default(),
            _ => &[],
        };
        let of = |value: &&str| {
            let mut one = expanded.clone();
            if let Some(part) = one.parts.get_mut(place) {
                *part = Part::Text {
                    text: (*value).to_owned(),
                    quoted: true,
                };
            }
            self.expand(&one)
        };
        values.iter().map(of).collect()
    }

    fn looped(&self, variable: &Variable) -> Option<&[&'s str]> {
        self.loops.get(variable.name.as_str())?.as_deref()
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
                Part::Variable(variable) if depth < DEEPEST && is_plain(variable) => {
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

fn is_plain(variable: &Variable) -> bool {
    variable.index.is_none() && variable.change.is_empty()
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

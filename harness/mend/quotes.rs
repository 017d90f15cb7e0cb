//! The quotes around all arguments where they are put in order.

use super::Mend;
use super::sheet::Sheets;
use crate::plugin::shell::{Assigned, Condition, Invocation, Part, Script, Site, Word};
use crate::plugin::{Place, Plugin, PluginFile};

const MEND: Mend = Mend::Quotes;

/// Quotes `$@` on the lines at which it was found, and a variable beside it that is known not to be empty there.
pub(super) fn mend(sheets: &mut Sheets<'_>, places: &[Place]) {
    for place in places {
        let Some((file, script, text)) = sheets.script(MEND, place) else {
            continue;
        };
        match quoted(sheets.plugin, script, place) {
            Ok(words) => {
                for (word, text_of) in words {
                    quote(sheets, file, text, word, &text_of);
                }
            }
            Err(why) => sheets.leave(MEND, place, why),
        }
    }
}

fn quote(sheets: &mut Sheets<'_>, file: &PluginFile, text: &str, word: &Word, quoted: &str) {
    let start = word.at + word.source.len() - word.source.trim_start().len();
    let bytes = start..start + word.source.trim().len();
    if text.get(bytes.clone()) == Some(word.source.trim()) {
        sheets.edit(MEND, file, bytes, quoted);
    }
}

/// The words to be quoted for a place, each with what is to stand there; or why none is.
fn quoted<'s>(
    plugin: &Plugin,
    script: &'s Script,
    place: &Place,
) -> Result<Vec<(&'s Word, String)>, &'static str> {
    let sets = script.invocations.iter().filter(|one| one.name.is("set"));
    let sets = sets.map(|one| (&one.site, one.arguments.as_slice()));
    let arrays = script
        .assignments
        .iter()
        .filter_map(|one| match &one.value {
            Assigned::Array(words) => Some((&one.site, words.as_slice())),
            _ => None,
        });
    let is_there = |word: &Word| Some(word.line) == place.line && splits(word);
    let mut found = Vec::new();
    for (site, words) in sets.chain(arrays) {
        if !words.iter().any(is_there) {
            continue;
        }
        if script.assignments.iter().any(|one| one.name == "IFS") {
            return Err("the script sets IFS, and may split them on purpose");
        }
        let is_order = words.iter().any(|word| names(word, "DOKKU_APP_NAME"));
        if !is_order && !is_handed_arguments(plugin, script, site) {
            return Err("the function may be given a list to be split");
        }
        for word in words {
            match all_arguments(word) {
                Some(text) => found.push((word, text)),
                None if splits(word) => return Err("`$@` is part of a longer word"),
                None => found.extend(never_empty(word, site).map(|text| (word, text))),
            }
        }
    }
    match found.is_empty() {
        true => Err("the word is not found again"),
        false => Ok(found),
    }
}

/// True for all the arguments without quotes.
fn splits(word: &Word) -> bool {
    word.variables()
        .any(|one| !one.quoted && matches!(one.name.as_str(), "@" | "*") && one.keeps_value())
}

/// All arguments with quotes, for a word that is all of them without.
fn all_arguments(word: &Word) -> Option<String> {
    let variable = word
        .variable()
        .filter(|one| !one.quoted && one.is_plain())?;
    matches!(variable.name.as_str(), "@" | "*").then(|| "\"$@\"".to_owned())
}

/// A variable with quotes that has none, if a test says that it is not empty: without one, quotes would make an empty
/// argument of nothing.
fn never_empty(word: &Word, site: &Site) -> Option<String> {
    let variable = word
        .variable()
        .filter(|one| !one.quoted && one.is_plain())?;
    let is_guarded = site
        .conditions
        .iter()
        .any(|one| is_filled(one, &variable.name));
    is_guarded.then(|| format!("\"{}\"", word.source.trim()))
}

/// True if the condition holds only where the variable is not empty.
fn is_filled(condition: &Condition, name: &str) -> bool {
    match condition {
        Condition::Unary { operator, operand } => operator == "-n" && is(operand, name),
        Condition::Not(inner) => {
            matches!(inner.as_ref(), Condition::Unary { operator, operand } if operator == "-z" && is(operand, name))
        }
        Condition::All(all) => all.iter().any(|one| is_filled(one, name)),
        _ => false,
    }
}

fn is(word: &Word, name: &str) -> bool {
    word.variable()
        .is_some_and(|one| one.name == name && one.is_plain())
}

fn names(word: &Word, name: &str) -> bool {
    word.variables().any(|one| one.name == name)
}

/// True outside of functions, and in one that is only ever given all arguments, words without blanks, or nothing.
fn is_handed_arguments(plugin: &Plugin, script: &Script, site: &Site) -> bool {
    let Some(index) = site.function else {
        return true;
    };
    let Some(function) = script.functions.get(index) else {
        return false;
    };
    let calls = plugin.reached().flat_map(|(_, script)| &script.invocations);
    let mut calls = calls.filter(|one| one.name.is(&function.name)).peekable();
    calls.peek().is_some() && calls.all(is_passing_on)
}

fn is_passing_on(call: &Invocation) -> bool {
    call.arguments.iter().all(|word| {
        word.parts.iter().all(|part| match part {
            Part::Text { text, .. } => !text.contains([' ', '\t', '\n']),
            Part::Variable(one) => one.name == "@",
            Part::Output { .. } | Part::Computed => false,
        })
    })
}

//! The line that honours DOKKU_TRACE.

use std::collections::BTreeSet;

use super::Mend;
use super::sheet::Sheets;
use crate::plugin::shell::{Invocation, Script};
use crate::plugin::{Language, Place};

const MEND: Mend = Mend::TraceLine;

/// Adds it to the scripts that never turn tracing on: below the `#!`, or below a `set` that the script begins with.
pub(super) fn mend(sheets: &mut Sheets<'_>, places: &[Place]) {
    if places.is_empty() {
        let commands = Place {
            file: "commands".to_owned(),
            line: None,
        };
        let why = "it turns tracing on, but not when it answers `help`";
        return sheets.leave(MEND, &commands, why);
    }
    let files: BTreeSet<&str> = places.iter().map(|place| place.file.as_str()).collect();
    for name in files {
        let place = Place {
            file: name.to_owned(),
            line: Some(1),
        };
        let Some((file, script, text)) = sheets.script(MEND, &place) else {
            continue;
        };
        let Some(at) = place_of(text, script) else {
            sheets.leave(MEND, &place, "it has no line below its `#!`");
            continue;
        };
        let rest = text.get(at..).unwrap_or_default();
        let trace = trace(
            file.language(),
            rest.lines().all(is_quiet),
            is_strict(text, script),
        );
        sheets.edit(MEND, file, at..at, &format!("{trace}\n"));
    }
}

/// The line, in what the script is written in. A variable that is not set ends a script with `set -u`, and a test that fails
/// as its last command is its status.
fn trace(language: Language, is_last: bool, is_strict: bool) -> &'static str {
    match (language, is_last || is_strict) {
        (Language::Bash, false) => "[[ $DOKKU_TRACE ]] && set -x",
        (Language::Bash, true) if !is_last => "[[ ${DOKKU_TRACE:-} ]] && set -x",
        _ => "if [ -n \"${DOKKU_TRACE:-}\" ]; then set -x; fi",
    }
}

/// True for a line that does nothing.
fn is_quiet(line: &str) -> bool {
    let line = line.trim_start();
    line.is_empty() || line.starts_with('#')
}

/// True if a variable that is not set may end the script.
fn is_strict(text: &str, script: &Script) -> bool {
    let has_letter =
        |word: &str| word.starts_with('-') && !word.starts_with("--") && word.contains('u');
    let says = |word: &str| has_letter(word) || word == "nounset";
    let by_set = (script.invocations.iter().filter(|one| one.name.is("set")))
        .flat_map(|one| &one.arguments)
        .any(|word| word.literal().is_some_and(|word| says(&word)));
    let first = text.lines().next().unwrap_or_default();
    by_set || first.split_whitespace().skip(1).any(says)
}

/// The byte at which the line goes in.
fn place_of(text: &str, script: &Script) -> Option<usize> {
    let below = |at: usize| Some(at + text.get(at..)?.find('\n')? + 1);
    let top = below(0).filter(|_| text.starts_with("#!"))?;
    let begins = script
        .invocations
        .first()
        .filter(|one| is_bare_set(one, text));
    match begins {
        Some(set) if is_alone(set, script, text) => below(set.site.at).or(Some(top)),
        _ => Some(top),
    }
}

/// True for a `set` of options that is always run.
fn is_bare_set(one: &Invocation, text: &str) -> bool {
    let site = &one.site;
    let begins_line = text
        .get(..site.at)
        .is_some_and(|before| before.ends_with('\n'));
    one.name.is("set")
        && site.function.is_none()
        && site.conditions.is_empty()
        && !site.apart
        && begins_line
}

/// True if nothing else is on the line of a `set`, and nothing but comments before it.
fn is_alone(set: &Invocation, script: &Script, text: &str) -> bool {
    let rest = text
        .get(set.site.at..)
        .and_then(|rest| rest.lines().next())
        .unwrap_or_default();
    let is_simple = |letter: char| letter.is_ascii_alphanumeric() || " -+".contains(letter);
    let before = text.lines().take(
        usize::try_from(set.site.line)
            .unwrap_or(1)
            .saturating_sub(1),
    );
    rest.chars().all(is_simple)
        && before.into_iter().all(is_quiet)
        && script.heredocs.iter().all(|one| one.site.at > set.site.at)
}

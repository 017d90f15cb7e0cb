//! The triggers of a tree: those that its programs call, and those that its documentation lists.

use std::collections::{BTreeMap, BTreeSet};

use super::go;
use super::tree::CoreText;
use crate::dokku::surface::{Facet, Item, Manner, Surface, arguments};
use crate::dokku::triggers;
use crate::plugin::shell::{Part, Word};

/// What is known of the calls of a trigger.
#[derive(Default)]
struct Calls {
    /// The arguments of each call in shell.
    arguments: BTreeSet<String>,
    /// True if some call is one of which the arguments can't be read.
    is_open: bool,
}

/// Puts in the triggers that these files call, those that core plugins answer, and those of the documentation, if there is
/// one. The arguments are those of the documentation, or without one those of the calls, where all are alike.
pub(super) fn read(
    surface: &mut Surface,
    files: &[CoreText],
    programs: &[String],
    documentation: Option<&str>,
) {
    let mut calls: BTreeMap<String, Calls> = BTreeMap::new();
    let mut nameless = 0;
    for file in files {
        if file.path.ends_with(".go") && !file.path.ends_with("_test.go") {
            let (names, open) = go::called(&file.text);
            nameless += open;
            for name in names {
                calls.entry(name).or_default().is_open = true;
            }
        }
        nameless += shell(file, &mut calls);
    }
    let documented = documentation.map(listed).unwrap_or_default();
    for (name, arguments) in &documented {
        let manner = arguments.clone().map(Manner::Documented);
        surface.put(Facet::Trigger, name, Item::used(manner));
    }
    for (name, calls) in calls.iter().filter(|(name, _)| is_name(name)) {
        let manner = match (documentation, calls.is_open, calls.arguments.len()) {
            (None, false, 1) => calls.arguments.first().cloned().map(Manner::Called),
            _ => None,
        };
        surface.put(Facet::Trigger, name, Item::used(manner));
    }
    for name in programs.iter().filter_map(|path| answered(path)) {
        surface.put(Facet::Trigger, name, Item::default());
    }
    let open = surface.all(Facet::Trigger);
    let open = open.filter(|(_, item)| item.manner.is_none()).count();
    if open > 0 {
        let noun = if open == 1 { "trigger" } else { "triggers" };
        surface
            .gaps
            .push(format!("the arguments of {open} {noun} could not be read"));
    }
    if nameless > 0 {
        let noun = if nameless == 1 {
            "call of a trigger"
        } else {
            "calls of triggers"
        };
        surface.gaps.push(format!(
            "{nameless} {noun} name it in a way that the text does not tell"
        ));
    }
}

/// The trigger that a program of a core plugin answers, if it is known as one: not all programs beside `commands` are. The
/// log of events has programs for those of old too.
fn answered(program: &str) -> Option<&str> {
    let (plugin, name) = program.split_once('/')?;
    let is_one = plugin != "20_events" && name != "commands" && triggers::span(name).is_some();
    is_one.then_some(name)
}

fn is_name(name: &str) -> bool {
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
    !name.is_empty() && name.chars().all(is_letter)
}

/// Finds the calls of a shell script; gives how many name no trigger that the text tells.
fn shell(file: &CoreText, calls: &mut BTreeMap<String, Calls>) -> usize {
    let Some(script) = &file.script else {
        return 0;
    };
    let mut nameless = 0;
    for invocation in &script.invocations {
        let Some(program) = invocation.program().filter(|one| one.name.is("plugn")) else {
            continue;
        };
        let [verb, name, given @ ..] = program.arguments else {
            continue;
        };
        if !verb.is("trigger") {
            continue;
        }
        let names = script.each(name);
        let known: Vec<String> = names.iter().filter_map(Word::literal).collect();
        nameless += usize::from(known.len() < names.len());
        for name in known {
            let calls = calls.entry(name).or_default();
            match given.iter().map(argument).collect::<Option<Vec<_>>>() {
                Some(words) => {
                    calls.arguments.insert(words.join(" "));
                }
                None => calls.is_open = true,
            }
        }
    }
    nameless
}

/// An argument as the documentation would have it; none if the text does not tell what it is.
fn argument(word: &Word) -> Option<String> {
    match word.parts.as_slice() {
        [Part::Variable(variable)] if variable.is_plain() && is_name(&variable.name) => {
            Some(variable.name.clone())
        }
        _ => word.literal(),
    }
}

/// The triggers that the documentation has a section of, with the arguments if it gives them.
fn listed(documentation: &str) -> Vec<(String, Option<String>)> {
    let mut listed: Vec<(String, Option<String>)> = Vec::new();
    for line in documentation.lines() {
        let heading = line.strip_prefix("### ").map(str::trim);
        // It may be marked as one that nobody should use any more.
        let heading = heading.map(|text| text.strip_suffix(" (deprecated)").unwrap_or(text));
        let heading = heading.map(|name| name.trim_matches('`'));
        if let Some(name) = heading.filter(|name| is_name(name)) {
            listed.push((name.to_owned(), None));
        } else if let Some(rest) = line.strip_prefix("- Arguments:")
            && let Some((_, known @ None)) = listed.last_mut()
        {
            *known = arguments(rest);
        }
    }
    listed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dokku::Version;
    use crate::plugin::shell::Script;

    fn triggers(script: &str, documentation: Option<&str>) -> (Vec<String>, Vec<String>) {
        let mut surface = Surface::of_tree(Version::NEWEST);
        let file = CoreText {
            path: "apps/functions".to_owned(),
            text: script.to_owned(),
            script: Script::read(script).ok(),
        };
        read(&mut surface, &[file], &[], documentation);
        let shown = surface
            .all(Facet::Trigger)
            .map(|(name, item)| match &item.manner {
                Some(manner) => format!("{name}({})", manner.text()),
                None => name.to_owned(),
            });
        (shown.collect(), surface.gaps.clone())
    }

    #[test]
    fn arguments_are_those_of_the_documentation_or_else_of_the_calls_where_all_are_alike() {
        let script = "plugn trigger a \"$APP\" web\nplugn trigger b \"$APP\"\nplugn trigger b\n\
                      x=$(plugn trigger c \"$(ls)\")\nfor t in d e; do plugn trigger $t; done\n\
                      plugn trigger \"$1\"\nplugn list\n";
        let (shown, gaps) = triggers(script, None);
        assert_eq!(shown, ["a(APP web)", "b", "c", "d()", "e()"]);
        assert_eq!(gaps.len(), 2, "{gaps:?}");
        let text = "### `a`\n\n- Arguments: `$APP $TYPE`\n- Arguments: `$X`\n### b\n- Arguments:\n## z z\n";
        let (shown, gaps) = triggers(script, Some(text));
        assert_eq!(shown, ["a(APP TYPE)", "b", "c", "d", "e"]);
        assert_eq!(
            gaps.first().map(String::as_str),
            Some("the arguments of 4 triggers could not be read")
        );
    }
}

//! The versions that run nothing of a plugin.

use super::breaks::{Break, Cause};
use crate::dokku::{Version, triggers};
use crate::plugin::{FileKind, Place, Plugin, PluginFile};
use crate::spec::Level;

/// The requirement that says so of each file by itself.
const KNOWN: &str = "triggers-known";

/// How many files the sentence names.
const NAMED: usize = 3;

/// What is wrong with a plugin in the points in which none of its files is run: it may be in order there, and does
/// nothing. None for one that has nothing to run, and if there are no such points.
pub(super) fn idle(plugin: &Plugin, points: &[Version]) -> Option<Break> {
    let entries: Vec<&PluginFile> = plugin
        .files()
        .iter()
        .filter(|file| file.is_entry() && file.executable)
        .collect();
    // What sets a plugin up does so for the others, if there are any.
    let (set_up, others): (Vec<&PluginFile>, Vec<&PluginFile>) = entries
        .into_iter()
        .partition(|file| file.kind.is_of_set_up());
    let (entries, what) = match others.is_empty() {
        true => (set_up, "nothing of the plugin"),
        false if set_up.is_empty() => (others, "nothing of the plugin"),
        false => (others, "nothing of the plugin but what sets it up"),
    };
    let first = entries.first()?;
    let runs = |version: Version| entries.iter().any(|file| is_run(plugin, file, version));
    let (free, shown): (Vec<usize>, Vec<usize>) = (0..points.len())
        .partition(|place| points.get(*place).is_some_and(|version| runs(*version)));
    let newest = *points.get(*shown.last()?)?;
    let reasons = entries.iter().filter_map(|file| reason(file, newest));
    let reasons: Vec<String> = reasons.take(NAMED).collect();
    let message = format!("Dokku runs {what}: {}", reasons.join("; "));
    Some(Break {
        said: (shown.into_iter())
            .map(|place| (place, message.clone()))
            .collect(),
        cause: Cause {
            requirement: KNOWN.to_owned(),
            level: Level::Must,
            places: vec![Place {
                file: first.name.clone(),
                line: None,
            }],
            message,
            cases: Vec::new(),
        },
        free: free.into_iter().collect(),
    })
}

fn is_run(plugin: &Plugin, file: &PluginFile, version: Version) -> bool {
    match &file.kind {
        FileKind::Trigger(name) => triggers::exists(name, version),
        kind => plugin.runs(kind, version),
    }
}

/// Why a version does not run a file.
fn reason(file: &PluginFile, version: Version) -> Option<String> {
    let FileKind::Trigger(name) = &file.kind else {
        return Some("it runs files below `subcommands/` only from 0.5.0 on".to_owned());
    };
    let span = triggers::span(name)?;
    Some(match (span.since, span.until) {
        (Some(since), _) if since > version => {
            format!("it calls the trigger {name} only from {since} on")
        }
        (_, Some(last)) => format!("{last} was the last version to call the trigger {name}"),
        _ => format!("it does not call the trigger {name} in {version}"),
    })
}

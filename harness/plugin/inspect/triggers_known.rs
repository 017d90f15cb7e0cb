//! What looks like a trigger is one.

use super::kind::{Inspected, finding};
use crate::dokku::{Version, api, triggers};
use crate::plugin::{FileKind, Plugin, PluginFile};

pub(super) fn inspect(plugin: &Plugin, version: Version) -> Inspected {
    let mut inspected = Inspected::default();
    for file in plugin.files() {
        if !file.in_root() || !file.executable {
            continue;
        }
        match &file.kind {
            FileKind::Trigger(name) => {
                inspected.looked_at += 1;
                if !triggers::exists(name, version) {
                    absent(plugin, file, name, version, &mut inspected);
                }
            }
            FileKind::Other if looks_like_trigger(&file.name) && !plugin.is_referenced(file) => {
                inspected.looked_at += 1;
                stranger(file, version, &mut inspected);
            }
            _ => {}
        }
    }
    inspected.or_skip("it has no executable that looks like a trigger")
}

/// A trigger of another version.
fn absent(
    plugin: &Plugin,
    file: &PluginFile,
    name: &str,
    version: Version,
    inspected: &mut Inspected,
) {
    let Some(span) = triggers::span(name) else {
        return;
    };
    if let Some(since) = span.since.filter(|since| *since > version) {
        return inspected.doubt(finding(
            file,
            None,
            format!("Dokku calls the trigger {name} from {since} on, not yet in {version}"),
        ));
    }
    let last = match (span.until, triggers::absence(name)) {
        (Some(last), _) => format!("{last} was the last version to call it"),
        (None, Some(gap)) => format!("it is absent from {gap}"),
        (None, None) => return,
    };
    let successors: Vec<&str> = api::trigger::successors(name)
        .filter(|successor| triggers::exists(successor, version))
        .collect();
    let instead = if successors.is_empty() {
        String::new()
    } else {
        format!("; {} took its place", successors.join(", "))
    };
    let found = finding(
        file,
        None,
        format!("Dokku {version} never calls the trigger {name}: {last}{instead}"),
    );
    // What lies beside its successor, or is another file's helper, is kept on purpose.
    let kept = plugin.is_referenced(file)
        || successors
            .iter()
            .any(|successor| plugin.files().iter().any(|other| other.name == **successor));
    if kept {
        inspected.doubt(found);
    } else {
        inspected.find(found);
    }
}

/// A name that no version of Dokku calls.
fn stranger(file: &PluginFile, version: Version, inspected: &mut Inspected) {
    let nearest = triggers::names()
        .filter(|name| triggers::exists(name, version))
        .map(|name| (strsim::osa_distance(name, &file.name), name))
        .min();
    match nearest {
        Some((1 | 2, name)) => inspected.find(finding(
            file,
            None,
            format!("Dokku has no trigger {}: is {name} meant?", file.name),
        )),
        _ => inspected.doubt(finding(
            file,
            None,
            format!(
                "Dokku has no trigger {}; another plugin may call it",
                file.name
            ),
        )),
    }
}

/// Lower-case words with dashes between, as triggers are called; and not what plugins call their libraries.
fn looks_like_trigger(name: &str) -> bool {
    let kebab = name.split('-').count() > 1
        && name.split('-').all(|word| {
            !word.is_empty()
                && word
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        });
    kebab && !name.ends_with("-functions") && !name.ends_with("-helpers")
}

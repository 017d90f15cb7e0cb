//! What looks like a trigger is one.

use super::kind::{Inspected, finding};
use crate::dokku::{Version, triggers};
use crate::plugin::{FileKind, Plugin, PluginFile};

/// How many files are searched for a helper's name.
const MOST: usize = 500;

/// What took the place of triggers that are gone.
const SUCCESSORS: &[(&str, &[&str])] = &[
    (
        "docker-args",
        &["docker-args-build", "docker-args-deploy", "docker-args-run"],
    ),
    ("pre-build-buildstep", &["pre-build-buildpack"]),
    ("post-build-buildstep", &["post-build-buildpack"]),
    ("pre-release-buildstep", &["pre-release-buildpack"]),
    (
        "pre-release",
        &["pre-release-builder", "pre-release-buildpack"],
    ),
    (
        "post-release",
        &["post-release-builder", "post-release-buildpack"],
    ),
    (
        "post-release-buildstep",
        &["post-release-builder", "post-release-buildpack"],
    ),
    ("post-release-buildpack", &["post-release-builder"]),
    ("post-release-dockerfile", &["post-release-builder"]),
    ("post-release-lambda", &["post-release-builder"]),
    ("post-release-pack", &["post-release-builder"]),
    ("pre-build-cnb", &["pre-build-pack"]),
    ("post-build-cnb", &["post-build-pack"]),
    ("pre-release-cnb", &["pre-release-pack"]),
    (
        "post-release-cnb",
        &["post-release-pack", "post-release-builder"],
    ),
    ("cron-write", &["scheduler-cron-write"]),
    ("proxy-configure-ports", &["ports-configure"]),
    ("scheduler-nginx-logs", &["scheduler-proxy-logs"]),
];

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
            FileKind::Other if looks_like_trigger(&file.name) && !is_referenced(plugin, file) => {
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
    let successors: Vec<&str> = SUCCESSORS
        .iter()
        .filter(|(gone, _)| *gone == name)
        .flat_map(|(_, successors)| *successors)
        .copied()
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
    let kept = is_referenced(plugin, file)
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

/// True if another file of the plugin names it: then it is a helper. A file that says what the plugin is does not count.
fn is_referenced(plugin: &Plugin, file: &PluginFile) -> bool {
    plugin
        .files()
        .iter()
        .filter(|other| other.path != file.path)
        .filter(|other| {
            other.path.extension().is_none_or(|extension| {
                extension != "md" && extension != "toml" && extension != "txt"
            })
        })
        .filter(|other| other.is_entry() || other.in_root() || other.interpreter().is_some())
        .take(MOST)
        .any(|other| match &other.link {
            Some(crate::plugin::Link::Inside(target)) => *target == file.path,
            Some(_) => false,
            None => other.text().is_ok_and(|text| names(text, &file.name)),
        })
}

/// True if the text has the name as a word of its own.
fn names(text: &str, name: &str) -> bool {
    let inner = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    text.match_indices(name).any(|(at, _)| {
        let before = text.get(..at).and_then(|text| text.chars().next_back());
        let after = text
            .get(at + name.len()..)
            .and_then(|text| text.chars().next());
        !before.is_some_and(inner) && !after.is_some_and(inner)
    })
}

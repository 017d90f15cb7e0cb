//! No image's name is built as `dokku/$APP`.

use super::docker::calls;
use super::kind::{Inspected, finding};
use crate::plugin::shell::{Assigned, Part, Script, Word};
use crate::plugin::{FileKind, Plugin, PluginFile};

pub(super) fn inspect(plugin: &Plugin) -> Inspected {
    let mut inspected = Inspected::default();
    for (file, script) in plugin.reached() {
        for assignment in &script.assignments {
            let Assigned::Word(word) = &assignment.value else {
                continue;
            };
            if !assignment.name.to_ascii_uppercase().contains("IMAGE") {
                continue;
            }
            inspected.looked_at += 1;
            if !is_untagged(word) {
                continue;
            }
            let message = format!(
                "`{}` has no tag: a tagged app's image is not found",
                word.shown()
            );
            let found = finding(file, Some(word.line), message);
            let certain = assignment.site.conditions.is_empty()
                && !before_tags(file)
                && !is_settled_elsewhere(script, &assignment.name);
            if certain {
                inspected.find(found);
            } else {
                inspected.doubt(found);
            }
        }
    }
    for call in calls(plugin) {
        let mut follows_filter = false;
        for word in call.program.arguments {
            let filters = std::mem::replace(
                &mut follows_filter,
                word.is("--filter") || word.is("-f") || word.is("--label"),
            );
            if word.known_start().starts_with("dokku/") {
                inspected.looked_at += 1;
            }
            if filters || !is_untagged(word) {
                continue;
            }
            let message = format!(
                "`{}` has no tag: a tagged app's image is not found",
                word.shown()
            );
            let found = finding(call.file, Some(word.line), message);
            if before_tags(call.file) {
                inspected.doubt(found);
            } else {
                inspected.find(found);
            }
        }
    }
    inspected.or_skip("it names no image")
}

/// `dokku/$APP` and nothing more.
fn is_untagged(word: &Word) -> bool {
    match word.parts.as_slice() {
        [Part::Text { text, .. }, Part::Variable(variable)] => {
            text == "dokku/"
                && variable.change.is_empty()
                && matches!(
                    variable.name.to_ascii_uppercase().as_str(),
                    "APP" | "APP_NAME" | "APPNAME"
                )
        }
        _ => false,
    }
}

/// The rule leaves out the triggers around a build: the image has no tag yet.
fn before_tags(file: &PluginFile) -> bool {
    matches!(&file.kind, FileKind::Trigger(name)
        if name.starts_with("pre-build") || name.starts_with("post-build"))
}

/// True if the variable is assigned more than once, or used with something behind it as in `$IMAGE:$TAG`.
fn is_settled_elsewhere(script: &Script, name: &str) -> bool {
    let assigned = script
        .assignments
        .iter()
        .filter(|assignment| assignment.name == name);
    if assigned.count() > 1 {
        return true;
    }
    let tags = |word: &Word| {
        word.parts.windows(2).any(|pair| match pair {
            [Part::Variable(variable), Part::Text { text, .. }] => {
                variable.name == name && text.starts_with(':')
            }
            _ => false,
        })
    };
    script
        .invocations
        .iter()
        .flat_map(|invocation| &invocation.arguments)
        .any(tags)
        || script
            .assignments
            .iter()
            .any(|assignment| match &assignment.value {
                Assigned::Word(word) => tags(word),
                Assigned::Array(words) => words.iter().any(tags),
                Assigned::Each(_) | Assigned::Unknown => false,
            })
}

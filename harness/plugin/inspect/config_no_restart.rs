//! A trigger that sets config does so with `--no-restart`.

use super::kind::{Inspected, finding};
use crate::plugin::shell::{Invocation, Word};
use crate::plugin::{FileKind, Link, Plugin};

pub(super) fn inspect(plugin: &Plugin) -> Inspected {
    let mut inspected = Inspected::default();
    let triggers = plugin
        .files()
        .iter()
        .filter(|file| matches!(file.kind, FileKind::Trigger(_)))
        .filter(|file| !matches!(&file.link, Some(Link::Inside(target))
            if plugin.file(target).is_some_and(|target| matches!(target.kind, FileKind::Trigger(_)))));
    for file in triggers {
        let Ok(script) = file.script() else { continue };
        for invocation in &script.invocations {
            let Some((name, arguments)) = setter(invocation) else {
                continue;
            };
            inspected.looked_at += 1;
            let has = |flag: &str| arguments.iter().any(|word| word.is(flag));
            if has("--no-restart") || has("--global") {
                continue;
            }
            let found = finding(
                file,
                Some(invocation.site.line),
                format!("`{name}` without --no-restart restarts the app in the midst of a trigger"),
            );
            // A flag stands before the app: what is spread there may be one.
            if arguments
                .first()
                .is_some_and(|word| word.source.contains('@'))
            {
                inspected.doubt(found);
            } else {
                inspected.find(found);
            }
        }
    }
    inspected.or_skip("no trigger of it sets config")
}

fn setter(invocation: &Invocation) -> Option<(String, &[Word])> {
    let program = invocation.program()?;
    let name = program.name.literal()?;
    match name.as_str() {
        "config_set" | "config_unset" => Some((name, program.arguments)),
        "dokku" => {
            let at = program
                .arguments
                .iter()
                .position(|word| word.is("config:set") || word.is("config:unset"))?;
            let verb = program.arguments.get(at)?.literal()?;
            Some((format!("dokku {verb}"), program.arguments.get(at + 1..)?))
        }
        _ => None,
    }
}

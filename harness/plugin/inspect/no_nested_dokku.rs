//! No command or trigger calls the `dokku` binary.

use std::sync::Arc;

use super::kind::{Inspected, finding};
use crate::plugin::Plugin;
use crate::plugin::shell::{Condition, Invocation};

pub(super) fn inspect(plugin: &Plugin) -> Inspected {
    let mut inspected = Inspected::default();
    for (file, script) in plugin.reached() {
        inspected.looked_at += 1;
        if script.function_names().any(|name| name == "dokku") {
            continue;
        }
        for invocation in script.invocations.iter().filter(|one| one.runs("dokku")) {
            let command = invocation
                .program()
                .and_then(|program| program.arguments.first().map(|word| word.shown()))
                .unwrap_or_default();
            let found = finding(
                file,
                Some(invocation.site.line),
                format!(
                    "calls `dokku {command}`: the inner call inherits the caller's `--app`; source that plugin's \
                     functions instead"
                ),
            );
            if is_fallback(invocation) {
                inspected.doubt(found);
            } else {
                inspected.find(found);
            }
        }
    }
    inspected.doubt_unread(plugin);
    inspected.or_skip("it has no scripts")
}

/// True if the call depends on what this version of Dokku has: a way out for the others.
fn is_fallback(invocation: &Invocation) -> bool {
    fn asks_what_exists(condition: &Condition) -> bool {
        match condition {
            Condition::Unary { operator, operand } => {
                matches!(operator.as_str(), "-f" | "-e" | "-x" | "-r")
                    && operand.variables().any(|variable| {
                        variable.name.starts_with("PLUGIN_") && variable.name.ends_with("PATH")
                    })
            }
            Condition::Succeeds(text) => [
                "declare -f",
                "declare -F",
                "command -v",
                "type ",
                "which ",
                "hash ",
            ]
            .iter()
            .any(|start| {
                text.starts_with(start) && !text.split_whitespace().any(|word| word == "dokku")
            }),
            Condition::Not(inner) => asks_what_exists(inner),
            Condition::All(all) | Condition::Any(all) => all.iter().any(asks_what_exists),
            _ => false,
        }
    }
    invocation
        .site
        .conditions
        .iter()
        .map(Arc::as_ref)
        .any(asks_what_exists)
}

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
                    "calls `dokku {command}`: under `--app` the inner call gets the app twice; source the functions \
                     instead"
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

/// True if the call is reached only where some file is missing or there: a way out for other versions of Dokku.
fn is_fallback(invocation: &Invocation) -> bool {
    fn asks_for_file(condition: &Condition) -> bool {
        match condition {
            Condition::Unary { operator, operand } => {
                matches!(operator.as_str(), "-f" | "-e" | "-x" | "-r")
                    && operand.source.contains("PLUGIN")
            }
            Condition::Not(inner) => asks_for_file(inner),
            Condition::All(all) | Condition::Any(all) => all.iter().any(asks_for_file),
            _ => false,
        }
    }
    invocation
        .site
        .conditions
        .iter()
        .map(Arc::as_ref)
        .any(asks_for_file)
}

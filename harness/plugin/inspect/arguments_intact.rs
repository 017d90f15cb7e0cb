//! Arguments are quoted where they are put in order.

use super::kind::{Inspected, finding};
use crate::plugin::Plugin;
use crate::plugin::shell::{Assigned, Part, Word};

pub(super) fn inspect(plugin: &Plugin) -> Inspected {
    let mut inspected = Inspected::default();
    for (file, script) in plugin.reached() {
        inspected.looked_at += 1;
        let set = script.invocations.iter().filter(|one| one.name.is("set"));
        let in_order = set.flat_map(|one| one.arguments.iter());
        let copied = script.assignments.iter().flat_map(|one| match &one.value {
            Assigned::Array(words) => words.as_slice(),
            _ => &[],
        });
        for word in in_order.chain(copied).filter(|word| splits(word)) {
            let message = format!(
                "`{}` without quotes splits every argument at its blanks and expands its globs",
                word.source
            );
            inspected.find(finding(file, Some(word.line), message));
        }
    }
    inspected.doubt_unread(plugin);
    inspected.or_skip("it has no scripts")
}

/// True for all the arguments without quotes.
fn splits(word: &Word) -> bool {
    word.parts.iter().any(|part| {
        matches!(part, Part::Variable(variable)
            if !variable.quoted && matches!(variable.name.as_str(), "@" | "*") && variable.keeps_value())
    })
}

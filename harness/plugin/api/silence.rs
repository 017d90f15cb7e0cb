//! What becomes of a script that is told nothing.

use super::process::{Process, taker};
use super::reads::{PRINTERS, has_way_out, words};
use super::used::Certainty;
use crate::plugin::shell::{Part, Site, Word};

/// How sure it is that what a command prints is missed where it prints nothing: it is where a longer text, or a
/// command's name, is made of it. A loop over it ends at once, a variable may get another value, and whether an empty
/// argument is one too few the text does not tell.
pub(super) fn of(process: &Process<'_>, file: usize, site: &Site) -> Certainty {
    const UNTOLD: Certainty =
        Certainty::Unsure("it says nothing there, which the script may be ready for");
    let taker = process
        .files
        .get(file)
        .and_then(|(_, script)| taker(script, site));
    let Some(name) = taker else {
        return UNTOLD;
    };
    let has_default = words(process).any(|(_, _, word)| {
        let mut reads = word.variables();
        reads.any(|read| read.name == name && has_way_out(read))
    });
    if has_default {
        return Certainty::Guarded;
    }
    let looked_at = process.guards.asks_for_variable(name).is_some();
    let missed = process.invocations().any(|(_, invocation, _)| {
        let prints = PRINTERS.iter().any(|printer| invocation.name.is(printer))
            || invocation.name.known_start().starts_with("dokku_log_");
        let takes = |word: &Word| word.variables().any(|read| read.name == name);
        takes(&invocation.name)
            || !prints
                && invocation
                    .arguments
                    .iter()
                    .any(|word| takes(word) && is_hole(word))
    });
    if missed && !looked_at {
        Certainty::Certain
    } else {
        UNTOLD
    }
}

/// True if the word is a text of which a variable is only a part.
fn is_hole(word: &Word) -> bool {
    let text = |part: &Part| matches!(part, Part::Text { text, .. } if !text.trim().is_empty());
    word.parts.iter().any(text)
}

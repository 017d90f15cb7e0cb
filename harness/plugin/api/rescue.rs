//! What is done where a command fails.

use super::ends::{Ends, Status, Stretch};
use crate::plugin::shell::{Assigned, Assignment, Invocation, Rescue, Script, Site};

/// What becomes of a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rescued {
    /// The script goes on, or ends well.
    Yes,
    /// The script ends in failure too.
    No,
    /// The text does not tell.
    Perhaps,
}

/// What becomes of a failure at this site; none if nothing is done there.
pub(super) fn rescued(
    script: &Script,
    stretch: Stretch,
    site: &Site,
    ends: &Ends,
) -> Option<Rescued> {
    for rescue in &site.rescues {
        return Some(
            match (outcome(script, stretch, rescue, ends), rescue.direct) {
                // Where that fails, what is around it is next.
                (None, true) => continue,
                (Some(Rescued::Yes), _) => Rescued::Yes,
                (Some(Rescued::No), true) => Rescued::No,
                _ => Rescued::Perhaps,
            },
        );
    }
    (!site.rescues.is_empty()).then_some(Rescued::No)
}

/// What becomes of it by this way; none if that only fails.
fn outcome(script: &Script, stretch: Stretch, rescue: &Rescue, ends: &Ends) -> Option<Rescued> {
    let (begin, end) = rescue.bytes;
    let within: Vec<&Invocation> = script
        .invocations
        .iter()
        .filter(|one| (begin..end).contains(&one.site.at))
        .filter(|one| one.site.function == stretch.1 && !one.site.captured)
        .collect();
    let depth = |one: &Invocation| one.site.conditions.len();
    let base = rescue.depth;
    let ending = |one: &Invocation| ends.ending(one, stretch);
    for (place, one) in within.iter().enumerate() {
        let returns = one.name.is("return");
        // Outside of a function a script that is started can't return: that fails in its turn.
        if returns && stretch == (0, None) && depth(one) == base && !one.site.apart {
            return None;
        }
        let Some(status) = ending(one) else {
            continue;
        };
        return Some(match status {
            _ if one.site.apart || depth(one) > base => Rescued::Perhaps,
            Status::Success => Rescued::Yes,
            // What calls the function may look at its status.
            _ if returns && stretch.1.is_some() => Rescued::Perhaps,
            Status::Failure => Rescued::No,
            // Alone, it ends with the status of what failed.
            Status::Last if place == 0 => Rescued::No,
            Status::Last => Rescued::Yes,
            Status::Unknown => Rescued::Perhaps,
        });
    }
    // What is made of the status later, this text does not tell.
    let is_kept =
        |one: &Assignment| (begin..end).contains(&one.site.at) && keeps_failure(&one.value);
    if script.assignments.iter().any(is_kept) {
        return Some(Rescued::Perhaps);
    }
    let fails = |one: &&Invocation| one.name.is("false") && depth(one) == base && !one.site.apart;
    match within.last() {
        Some(last) if fails(last) => None,
        _ => Some(Rescued::Yes),
    }
}

/// True if a status is kept there, that of what failed or another that means failure.
fn keeps_failure(value: &Assigned) -> bool {
    let Assigned::Word(word) = value else {
        return false;
    };
    let is_failure = |text: String| text.parse::<i64>().is_ok_and(|status| status != 0);
    word.variables().any(|one| one.name == "?") || word.literal().is_some_and(is_failure)
}

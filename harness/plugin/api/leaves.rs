//! Where a script may be left before something is reached, and by whose absence.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::ends::{DEEPEST, Ends, Status, Stretch};
use super::question::texts_of;
use super::told::Told;
use crate::plugin::shell::{Condition, Invocation, Script, Word};

/// A place where a script, or a function of it, is left under some conditions.
#[derive(Clone, Debug)]
pub(super) struct Leave {
    /// The stretch that is left.
    pub(super) stretch: Stretch,
    /// The byte it stands at.
    pub(super) at: usize,
    /// The line of it.
    pub(super) line: u32,
    /// True if it leaves a shell of its own alone.
    pub(super) apart: bool,
    /// The conditions around it.
    pub(super) outer: Vec<Arc<Condition>>,
    /// What the conditions in the function tell that is called there, for what that is given.
    pub(super) inner: Vec<Told>,
    /// What the script ends with.
    pub(super) status: Status,
    /// True if only the function is left.
    pub(super) returns: bool,
    /// True if what is asked for is named here: in the script itself, or by what a function is given.
    pub(super) names: bool,
    /// The conditions in the function that is called there.
    within: Vec<Arc<Condition>>,
}

/// How many places at most are followed, and how many bytes their conditions may have in all: each call of a function sees
/// all of its places anew, with what it is given.
const MOST: usize = 10_000;
const MOST_BYTES: usize = 8 << 20;

/// What each part of a condition takes besides its text.
const BYTES_OF_PART: usize = 64;

/// How much of what may be followed is left.
struct Room {
    places: usize,
    bytes: usize,
}

impl Room {
    /// Takes room for one more place under these conditions; none if there is none.
    fn take(&mut self, within: &[Arc<Condition>]) -> Option<()> {
        let bytes = within.iter().map(|one| {
            let texts = texts_of(one);
            texts.iter().map(|text| text.len()).sum::<usize>() + one.size() * BYTES_OF_PART
        });
        self.places = self.places.checked_sub(1)?;
        self.bytes = self.bytes.checked_sub(bytes.sum())?;
        Some(())
    }
}

/// What two places that are seen at the same spot differ in, if they differ.
type Sight = (Stretch, usize, bool, Status, Vec<Arc<Condition>>);

/// Where these scripts are left under a condition for which `tells` has something to say; none if that is too much to be
/// followed.
pub(super) fn leaves(
    scripts: &[&Script],
    ends: &Ends,
    tell: &dyn Fn(&Condition) -> Told,
) -> Option<Vec<Leave>> {
    let mut room = Room {
        places: MOST,
        bytes: MOST_BYTES,
    };
    let mut leaves = Vec::new();
    for (file, script) in scripts.iter().enumerate() {
        for one in &script.invocations {
            let stretch = (file, one.site.function);
            if let Some(status) = ends.ending(one, stretch)
                && !one.site.captured
                && !one.site.conditions.is_empty()
            {
                room.take(&[])?;
                leaves.push(Leave {
                    stretch,
                    at: one.site.at,
                    line: one.site.line,
                    apart: one.site.apart,
                    outer: one.site.conditions.clone(),
                    inner: Vec::new(),
                    status,
                    returns: one.name.is("return"),
                    names: true,
                    within: Vec::new(),
                });
            }
        }
    }
    let mut seen: BTreeSet<Sight> = BTreeSet::new();
    let mut fresh = 0;
    for _ in 0..DEEPEST {
        let mut found = Vec::new();
        let mut followed = BTreeSet::new();
        for leave in leaves.iter().skip(fresh) {
            if leave.returns || leave.apart {
                continue;
            }
            let within = within(leave);
            // From outside of a function all its places look alike that are left under the same conditions.
            if followed.insert((leave.stretch, leave.status, within.clone())) {
                through(leave, &within, scripts, tell, &mut room, &mut found)?;
            }
        }
        fresh = leaves.len();
        found.retain(|one| seen.insert(sight(one)));
        leaves.extend(found);
    }
    leaves.retain(|leave| {
        leave.inner.iter().any(|told| !told.is_empty())
            || leave.outer.iter().any(|one| !tell(one).is_empty())
    });
    Some(leaves)
}

fn sight(leave: &Leave) -> Sight {
    (
        leave.stretch,
        leave.at,
        leave.names,
        leave.status,
        leave.within.clone(),
    )
}

/// All conditions that a place is left under, as far as what calls the function sees them.
fn within(leave: &Leave) -> Vec<Arc<Condition>> {
    leave.outer.iter().chain(&leave.within).cloned().collect()
}

/// The same place as seen from what calls the function that it stands in, or sources the file; none if there is no room
/// for more.
fn through(
    leave: &Leave,
    within: &[Arc<Condition>],
    scripts: &[&Script],
    tell: &dyn Fn(&Condition) -> Told,
    room: &mut Room,
    found: &mut Vec<Leave>,
) -> Option<()> {
    let (file, function) = leave.stretch;
    let Some(function) = function else {
        // A sourced file is read before the rest of what sources it.
        if file != 0 {
            room.take(within)?;
            found.push(Leave {
                stretch: (0, None),
                at: 0,
                outer: Vec::new(),
                inner: within.iter().map(|one| tell(one)).collect(),
                names: false,
                within: within.to_vec(),
                ..leave.clone()
            });
        }
        return Some(());
    };
    let name = scripts
        .get(file)
        .and_then(|script| script.functions.get(function))
        .map(|function| function.name.as_str());
    for (file, script) in scripts.iter().enumerate() {
        let calls = script
            .invocations
            .iter()
            .filter(|one| name.is_some_and(|name| one.name.is(name)) && !one.site.captured);
        for call in calls {
            let given = within
                .iter()
                .map(|one| Some(Arc::new(given(one, call)?)))
                .collect::<Option<Vec<_>>>()?;
            room.take(&given)?;
            let inner: Vec<Told> = given.iter().map(|one| tell(one)).collect();
            found.push(Leave {
                stretch: (file, call.site.function),
                at: call.site.at,
                line: call.site.line,
                apart: call.site.apart,
                outer: call.site.conditions.clone(),
                names: within
                    .iter()
                    .zip(&inner)
                    .any(|(before, after)| tell(before) != *after),
                inner,
                within: given,
                ..leave.clone()
            });
        }
    }
    Some(())
}

/// How long a text may become by what a function is given: with each call it may be many times as long.
const LONGEST: usize = 32 << 10;

/// The condition with what a function is given in place of what it is given it as; none if that is too long.
fn given(condition: &Condition, call: &Invocation) -> Option<Condition> {
    let all = |parts: &[Condition]| -> Option<Vec<_>> {
        parts.iter().map(|one| given(one, call)).collect()
    };
    Some(match condition {
        Condition::Not(inner) => Condition::Not(Box::new(given(inner, call)?)),
        Condition::All(parts) => Condition::All(all(parts)?),
        Condition::Any(parts) => Condition::Any(all(parts)?),
        Condition::Succeeds(text) => Condition::Succeeds(given_text(text, call)?),
        Condition::Unary { operator, operand } => Condition::Unary {
            operator: operator.clone(),
            operand: given_word(operand, call)?,
        },
        Condition::Binary {
            left,
            operator,
            right,
        } => Condition::Binary {
            left: given_word(left, call)?,
            operator: operator.clone(),
            right: right.clone(),
        },
        other => other.clone(),
    })
}

fn given_word(word: &Word, call: &Invocation) -> Option<Word> {
    if let Some(variable) = word.variable().filter(|one| one.change.is_empty())
        && let Ok(place) = variable.name.parse::<usize>()
        && let Some(argument) = place.checked_sub(1).and_then(|at| call.arguments.get(at))
    {
        return Some(argument.clone());
    }
    Some(Word {
        source: given_text(&word.source, call)?,
        ..word.clone()
    })
}

fn given_text(text: &str, call: &Invocation) -> Option<String> {
    let mut whole = text.to_owned();
    if !whole.contains('$') {
        return Some(whole);
    }
    for (place, argument) in call.arguments.iter().enumerate().take(9) {
        let number = place + 1;
        for form in [format!("${{{number}}}"), format!("${number}")] {
            whole = replaced(&whole, &form, &argument.source)?;
        }
    }
    let words: Vec<&str> = call
        .arguments
        .iter()
        .map(|one| one.source.as_str())
        .collect();
    let every = words.join(" ");
    replaced(&replaced(&whole, "$@", &every)?, "$*", &every)
}

/// A text with something else in place of this; none if it would be too long.
fn replaced(text: &str, this: &str, by: &str) -> Option<String> {
    let more = text.matches(this).count().saturating_mul(by.len());
    (more == 0 || text.len().saturating_add(more) <= LONGEST).then(|| text.replace(this, by))
}

//! Where a script may be left before something is reached, and by whose absence.

use std::sync::Arc;

use super::ends::{DEEPEST, Ends, Status, Stretch};
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

/// Where these scripts are left under a condition for which `tells` has something to say.
pub(super) fn leaves(
    scripts: &[&Script],
    ends: &Ends,
    tell: &dyn Fn(&Condition) -> Told,
) -> Vec<Leave> {
    let mut leaves = Vec::new();
    for (file, script) in scripts.iter().enumerate() {
        for one in &script.invocations {
            let stretch = (file, one.site.function);
            if let Some(status) = ends.ending(one, stretch)
                && !one.site.captured
                && !one.site.conditions.is_empty()
            {
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
    let mut fresh = 0;
    for _ in 0..DEEPEST {
        let known = leaves.len();
        for place in fresh..known {
            let Some(leave) = leaves.get(place).cloned() else {
                continue;
            };
            if !leave.returns && !leave.apart {
                leaves.extend(through(&leave, scripts, tell));
            }
        }
        fresh = known;
    }
    leaves.retain(|leave| {
        leave.inner.iter().any(|told| !told.is_empty())
            || leave.outer.iter().any(|one| !tell(one).is_empty())
    });
    leaves
}

/// The same place as seen from what calls the function that it stands in, or sources the file.
fn through(leave: &Leave, scripts: &[&Script], tell: &dyn Fn(&Condition) -> Told) -> Vec<Leave> {
    let (file, function) = leave.stretch;
    let within: Vec<Arc<Condition>> = leave.outer.iter().chain(&leave.within).cloned().collect();
    let Some(function) = function else {
        // A sourced file is read before the rest of what sources it.
        return (file != 0)
            .then(|| Leave {
                stretch: (0, None),
                at: 0,
                outer: Vec::new(),
                inner: within.iter().map(|one| tell(one)).collect(),
                names: false,
                within,
                ..leave.clone()
            })
            .into_iter()
            .collect();
    };
    let name = scripts
        .get(file)
        .and_then(|script| script.functions.get(function))
        .map(|function| function.name.as_str());
    let mut found = Vec::new();
    for (file, script) in scripts.iter().enumerate() {
        let calls = script
            .invocations
            .iter()
            .filter(|one| name.is_some_and(|name| one.name.is(name)) && !one.site.captured);
        for call in calls {
            let given: Vec<Arc<Condition>> = within
                .iter()
                .map(|one| Arc::new(given(one, call)))
                .collect();
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
    found
}

/// The condition with what a function is given in place of what it is given it as.
fn given(condition: &Condition, call: &Invocation) -> Condition {
    let all = |parts: &[Condition]| parts.iter().map(|one| given(one, call)).collect();
    match condition {
        Condition::Not(inner) => Condition::Not(Box::new(given(inner, call))),
        Condition::All(parts) => Condition::All(all(parts)),
        Condition::Any(parts) => Condition::Any(all(parts)),
        Condition::Succeeds(text) => Condition::Succeeds(given_text(text, call)),
        Condition::Unary { operator, operand } => Condition::Unary {
            operator: operator.clone(),
            operand: given_word(operand, call),
        },
        Condition::Binary {
            left,
            operator,
            right,
        } => Condition::Binary {
            left: given_word(left, call),
            operator: operator.clone(),
            right: right.clone(),
        },
        other => other.clone(),
    }
}

fn given_word(word: &Word, call: &Invocation) -> Word {
    if let Some(variable) = word.variable().filter(|one| one.change.is_empty())
        && let Ok(place) = variable.name.parse::<usize>()
        && let Some(argument) = place.checked_sub(1).and_then(|at| call.arguments.get(at))
    {
        return argument.clone();
    }
    Word {
        source: given_text(&word.source, call),
        ..word.clone()
    }
}

fn given_text(text: &str, call: &Invocation) -> String {
    let mut whole = text.to_owned();
    for (place, argument) in call.arguments.iter().enumerate().take(9) {
        let number = place + 1;
        for form in [format!("${{{number}}}"), format!("${number}")] {
            whole = whole.replace(&form, &argument.source);
        }
    }
    let words: Vec<&str> = call
        .arguments
        .iter()
        .map(|one| one.source.as_str())
        .collect();
    let every = words.join(" ");
    whole.replace("$@", &every).replace("$*", &every)
}

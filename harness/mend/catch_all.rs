//! The arm of `commands` that declines what is not its own.

use super::Mend;
use super::sheet::Sheets;
use crate::plugin::shell::{Case, CaseArm, Invocation, Part, Script, Word};
use crate::plugin::{Landmark, command_case};

const MEND: Mend = Mend::CatchAll;
const DECLINE: &str = "exit \"$DOKKU_NOT_IMPLEMENTED_EXIT\"";

/// What is to be done, and where.
enum Change {
    /// Nothing stands between these bytes that would be missed.
    Replace(std::ops::Range<usize>, String),
    /// It can't be told.
    No(&'static str),
}

/// Adds it to the `case` that the commands go through, or lets an arm that only exits exit with the right status.
pub(super) fn mend(sheets: &mut Sheets<'_>) {
    let Some(place) = sheets.plugin.landmark(Landmark::CatchAll) else {
        return;
    };
    let Some((file, script, text)) = sheets.script(MEND, &place) else {
        return;
    };
    match change(script, text) {
        // Nothing that it says was reached.
        _ if !file.executable => sheets.leave(MEND, &place, "the file is not executable"),
        Change::Replace(bytes, decline) => sheets.edit(MEND, file, bytes, &decline),
        Change::No(why) => sheets.leave(MEND, &place, why),
    }
}

fn change(script: &Script, text: &str) -> Change {
    let Some(case) = command_case(script) else {
        return Change::No("it has no `case` of the commands outside of a function");
    };
    if !case.site.conditions.is_empty() || case.site.apart {
        return Change::No("its `case` is not always reached");
    }
    let is_after = |one: &Invocation| {
        one.site.function.is_none() && one.site.line > case.end_line && !one.name.is("exit")
    };
    if script.invocations.iter().any(is_after) {
        return Change::No("commands follow its `case`, which would be reached no longer");
    }
    let is_star = |word: &Word| matches!(word.parts.as_slice(), [Part::Text { text, quoted: false }] if text == "*");
    let mut arms = case.arms.iter().enumerate();
    match arms.find(|(_, arm)| arm.patterns.iter().any(is_star)) {
        None => added(case, text),
        Some((index, arm)) if index + 1 == case.arms.len() && arm.patterns.len() == 1 => {
            corrected(arm, script, text)
        }
        Some(_) => Change::No("its `*` stands with other patterns, or before them"),
    }
}

/// An arm in front of the `esac`.
fn added(case: &Case, text: &str) -> Change {
    const NO_LINE: Change = Change::No("its `esac` does not stand on a line of its own");
    let Some(esac) = start_of(text, case.end_line) else {
        return NO_LINE;
    };
    let last = text
        .get(esac..)
        .and_then(|rest| rest.lines().next())
        .unwrap_or_default();
    if !matches!(
        last.split_whitespace().collect::<Vec<_>>().as_slice(),
        ["esac"] | ["esac", "#", ..]
    ) {
        return NO_LINE;
    }
    let Some(arm) = case.arms.last() else {
        return Change::No("its `case` has no arms");
    };
    let end = text
        .get(arm.bytes.0..arm.bytes.1)
        .unwrap_or_default()
        .trim_end();
    if end.ends_with('&') {
        return Change::No("the last arm of its `case` goes on into the next");
    }
    let line = start_of(text, arm.line)
        .and_then(|at| text.get(at..))
        .unwrap_or_default();
    let indent: String = line
        .chars()
        .take_while(|letter| " \t".contains(*letter))
        .collect();
    let step = if indent.contains('\t') { "\t" } else { "  " };
    let mut arm = String::new();
    if !end.ends_with(";;") {
        arm.push_str(&format!("{indent}{step};;\n"));
    }
    let is_apart = text
        .get(..esac)
        .is_some_and(|before| before.ends_with("\n\n"));
    arm.push_str(&format!(
        "{indent}*)\n{indent}{step}{DECLINE}\n{indent}{step};;\n"
    ));
    if is_apart {
        arm.push('\n');
    }
    Change::Replace(esac..esac, arm)
}

/// The body of a `*)` that does nothing, or only exits.
fn corrected(arm: &CaseArm, script: &Script, text: &str) -> Change {
    const MORE: Change = Change::No(
        "its `*)` does more than exit: end it with `exit \"$DOKKU_NOT_IMPLEMENTED_EXIT\"`",
    );
    let within = |at: usize| (arm.bytes.0..arm.bytes.1).contains(&at);
    let end = |word: &Word| word.at + word.source.len();
    let body: Vec<&Invocation> = script
        .invocations
        .iter()
        .filter(|one| within(one.site.at))
        .collect();
    let has_more = script.assignments.iter().any(|one| within(one.site.at))
        || script.tests.iter().any(|one| within(one.site.at))
        || script.redirections.iter().any(|one| within(one.site.at));
    let Some(star) = arm.patterns.last() else {
        return MORE;
    };
    match body.as_slice() {
        _ if has_more => MORE,
        [] => {
            let rest = text.get(end(star)..arm.bytes.1).unwrap_or_default();
            let inner = rest.trim_start().strip_prefix(')').unwrap_or("?");
            let at = arm.bytes.1 - inner.len();
            match inner.trim().trim_end_matches(";;").trim().is_empty() && inner.contains(";;") {
                true => Change::Replace(at..at, format!(" {DECLINE}")),
                false => MORE,
            }
        }
        [exit] if exit.name.is("exit") && exit.environment.is_empty() => {
            let whole = text.get(exit.site.at..exit.arguments.last().map_or(end(&exit.name), end));
            let inner = text.get(end(star)..exit.site.at).unwrap_or_default();
            match whole {
                Some(whole)
                    if whole.contains("NOT_IMPLEMENTED")
                        || exit.arguments.first().is_some_and(|one| one.is("10")) =>
                {
                    Change::No("its `*)` declines: what goes wrong is elsewhere")
                }
                Some(whole) if inner.trim() == ")" && exit.arguments.len() < 2 => {
                    let at = exit.site.at;
                    Change::Replace(at..at + whole.len(), DECLINE.to_owned())
                }
                _ => MORE,
            }
        }
        _ => MORE,
    }
}

/// The byte at which a line begins.
fn start_of(text: &str, line: u32) -> Option<usize> {
    let index = usize::try_from(line).ok()?.checked_sub(1)?;
    let ends = text.match_indices('\n').map(|(end, _)| end + 1);
    std::iter::once(0).chain(ends).nth(index)
}

//! What was seen in one case.

use maud::{Markup, html};

use super::diff::difference;
use super::room::Room;
use super::shown::{Line, Prose, line};
use super::step::step;
use crate::plugin::Finding;
use crate::run::Evidence;

/// What was seen, as far as there is room.
pub(super) fn evidence(evidence: &Evidence, room: &mut Room) -> Markup {
    let differences = room.fill("differences are", &evidence.differences, difference);
    let findings = room.fill("findings are", &evidence.findings, finding);
    let install = evidence
        .install
        .as_deref()
        .into_iter()
        .map(|step| (step, true));
    let steps = install.chain(evidence.steps.iter().map(|step| (step, false)));
    let steps = room.fill("steps are", steps, |(one, is_install)| {
        step(one, is_install)
    });
    html! {
        (differences) (findings) (steps)
        @if let Some(left_out) = &evidence.left_out { p.faint { (Line(left_out)) } }
    }
}

fn finding(finding: &Finding) -> Markup {
    html! {
        div.finding {
            code.place { (line(&finding.place)) } " " (Prose(&finding.message))
            @if let Some(excerpt) = &finding.excerpt { pre { (Line(excerpt.trim())) } }
        }
    }
}

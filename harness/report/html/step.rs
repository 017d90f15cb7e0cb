//! One step that was run.

use maud::{Markup, html};

use super::shown::{Line, Lines, line};
use crate::run::StepEvidence;
use crate::world::{Call, Change, FileState};

/// How many calls, changes and processes of a step are shown, of each.
const SHOWN: usize = 50;

/// A step, closed: its command and how it ended, and within it all that it did.
pub(super) fn step(step: &StepEvidence, is_install: bool) -> Markup {
    html! {
        details.step {
            summary {
                @if is_install { span.faint { "before: " } }
                @if let Some(name) = &step.name { span.faint { (Line(name)) ": " } }
                code { "$ " (environment(step)) (Line(&step.command)) }
                " " span.exit { (line(&step.exit)) }
            }
            (stream("stdout", &step.stdout))
            (stream("stderr", &step.stderr))
            (list("called", &step.calls, call))
            (list("changed", &step.changes, change))
            (list("left running", &step.left, |left: &String| html! { code { (Line(left)) } }))
        }
    }
}

fn environment(step: &StepEvidence) -> Markup {
    html! {
        @for (key, value) in &step.environment {
            (Line(key)) "=" (Line(&shell_words::quote(value))) " "
        }
    }
}

fn stream(name: &str, text: &str) -> Markup {
    html! {
        @if text.is_empty() {
            p.faint { (name) " is empty" }
        } @else {
            h5 { (name) }
            pre { (Lines(text)) }
        }
    }
}

fn list<T>(name: &str, of: &[T], render: impl Fn(&T) -> Markup) -> Markup {
    let more = of.len().saturating_sub(SHOWN);
    html! {
        @if !of.is_empty() {
            h5 { (name) }
            ul.plain {
                @for one in of.iter().take(SHOWN) { li { (render(one)) } }
                @if more > 0 { li.more { "[" (more) " more are in the record]" } }
            }
        }
    }
}

fn call(call: &Call) -> Markup {
    let argv = shell_words::join(call.argv.iter().map(String::as_str));
    html! {
        code { (Line(&call.program)) " " (Line(&argv)) }
        @if !call.modelled { " " span.faint { "(not modelled)" } }
        @if let Some(stdin) = call.stdin.as_deref().filter(|stdin| !stdin.is_empty()) {
            details { summary { "its standard input" } pre { (Lines(stdin)) } }
        }
    }
}

fn change(change: &Change) -> Markup {
    html! {
        code { (Line(&change.path)) } " "
        @match (&change.before, &change.after) {
            (None, Some(after)) => { "made: " (state(after)) }
            (Some(before), None) => { "removed: " (state(before)) }
            (Some(before), Some(after)) => { (state(before)) " → " (state(after)) }
            (None, None) => {}
        }
        @if let Some(content) = change.after.as_ref().and_then(|after| after.content.as_deref()) {
            @if !content.is_empty() { details { summary { "what it holds" } pre { (Lines(content)) } } }
        }
    }
}

fn state(state: &FileState) -> Markup {
    html! { span.faint { (Line(&state.kind)) " " (format!("{:o}", state.mode)) } }
}

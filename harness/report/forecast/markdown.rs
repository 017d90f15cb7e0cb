//! Forecasts as Markdown.

use super::{caution, effort, line, place, spans};
use crate::report::cell::cell;
use crate::run::{Cause, Forecast};

/// A table of the plugins with their ranges, then what changes for each; with `upgrade`, what the way from one end of what
/// was looked at to the other comes to.
#[must_use]
pub fn markdown(forecasts: &[Forecast], upgrade: bool) -> String {
    let mut text = String::from("| plugin | works with Dokku |\n|---|---|\n");
    for forecast in forecasts {
        let plugin = cell(&forecast.plugin);
        let range = match caution(forecast) {
            Some(caution) => format!("{}, {caution}", forecast.range),
            None => forecast.range.clone(),
        };
        text.push_str(&format!("| {plugin} | {range} |\n"));
    }
    for forecast in forecasts {
        text.push_str(&section(forecast, upgrade));
    }
    text
}

fn section(forecast: &Forecast, upgrade: bool) -> String {
    let mut text = format!("\n## {}: {}\n", cell(&forecast.plugin), forecast.range);
    text.push_str(&list("What sets the lower bound", &forecast.lower));
    text.push_str(&list("What sets the upper bound", &forecast.upper));
    if upgrade {
        let way = format!("An upgrade from {} to {}", forecast.from, forecast.to);
        text.push_str(&list(&format!("{way} breaks"), &forecast.upgrade.breaks));
        let may_break = format!("{way} may break, which {} does not tell", forecast.from);
        text.push_str(&list(&may_break, &forecast.upgrade.may_break));
        text.push_str(&list("It mends", &forecast.upgrade.mends));
    }
    if !forecast.changes.is_empty() {
        text.push_str("\n| rule | level | where | what | broken in |\n|---|---|---|---|---|\n");
    }
    for change in &forecast.changes {
        let cause = &change.cause;
        text.push_str(&format!(
            "| {} | {} | {} | {} | {} |\n",
            cause.requirement,
            cause.level,
            cell(&place(cause).unwrap_or_default()),
            cell(&cause.message),
            spans(&change.versions)
        ));
    }
    text.push_str(&list(
        "Broken in every version that tells",
        &forecast.always,
    ));
    text.push_str(&format!("\n{}.\n", effort(&forecast.effort)));
    text
}

fn list(title: &str, causes: &[Cause]) -> String {
    if causes.is_empty() {
        return String::new();
    }
    let items: String = causes
        .iter()
        .map(|cause| format!("- {}\n", cell(&line(cause))))
        .collect();
    format!("\n{title}:\n\n{items}")
}

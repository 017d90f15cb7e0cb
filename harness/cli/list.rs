//! `dokku-conform list`: the requirements in one page.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::output::{Format, Output};
use super::status::Status;
use crate::run;
use crate::spec::Requirement;

/// List the requirements.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The form of the list
    #[arg(long, default_value = "text")]
    format: Format,
    /// Specs to add to the built-in ones, or to put in their place
    #[arg(long, value_name = "DIR")]
    specs: Option<PathBuf>,
}

/// Runs the subcommand.
pub(super) fn main(arguments: &Arguments) -> Result<Status, Status> {
    let rules = run::requirements(arguments.specs.as_deref()).map_err(Status::usage)?;
    let mut output = Output::open(None)?;
    let widest = rules
        .iter()
        .map(|rule| rule.id.as_str().len())
        .max()
        .unwrap_or(0);
    for rule in &rules {
        let line = match arguments.format {
            Format::Text => format!(
                "{:<widest$}  {:<6}  {}",
                rule.id.as_str(),
                rule.level.to_string(),
                rule.title
            ),
            Format::Jsonl => json(rule),
        };
        output.write(&format!("{}\n", line.trim_end()))?;
    }
    Ok(Status::Fine)
}

fn json(rule: &Requirement) -> String {
    let cases: Vec<_> = rule.cases.iter().map(|case| case.name.as_str()).collect();
    json!({
        "id": rule.id,
        "level": rule.level,
        "title": rule.title,
        "since": rule.holds.since,
        "until": rule.holds.until,
        "source": rule.source.as_ref().map(|source| json!({"doc": source.doc, "section": source.section})),
        "cases": cases,
    })
    .to_string()
}

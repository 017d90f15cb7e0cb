//! `dokku-conform explain`: one requirement in full.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;

use super::output::Output;
use super::status::Status;
use crate::run::{self, Selection};
use crate::spec::Requirement;

/// Explain a requirement: the rule, why it is one, where it is written, how to keep it.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The requirement
    id: String,
    /// Specs to add to the built-in ones, or to put in their place
    #[arg(long, value_name = "DIR")]
    specs: Option<PathBuf>,
}

/// Runs the subcommand.
pub(super) fn main(arguments: &Arguments) -> Result<Status, Status> {
    let mut rules = run::requirements(arguments.specs.as_deref()).map_err(Status::usage)?;
    rules.extend(run::of_runs().map(|rule| (**rule).clone()));
    let selection = Selection {
        only: vec![arguments.id.clone()],
        skip: Vec::new(),
    };
    let rules = selection.of(rules).map_err(Status::usage)?;
    let mut output = Output::open(None)?;
    for rule in &rules {
        output.write(&page(rule))?;
    }
    Ok(Status::Fine)
}

fn page(rule: &Requirement) -> String {
    let mut page = format!("{} ({})\n{}\n", rule.id, rule.level, rule.title);
    let _ = writeln!(page, "\nHolds for: Dokku {}", rule.holds);
    if let Some(source) = &rule.source {
        let section = source
            .section
            .as_deref()
            .map(|section| format!(", “{section}”"))
            .unwrap_or_default();
        let _ = writeln!(page, "Source: {}{section}", source.doc);
    }
    for (title, text) in [("Why", &rule.why), ("How to keep it", &rule.fix)] {
        if let Some(text) = text {
            let _ = write!(page, "\n{title}\n{}", indented(text));
        }
    }
    if !rule.cases.is_empty() {
        page.push_str("\nCases\n");
    }
    for case in &rule.cases {
        let each = case
            .each
            .map(|each| format!(" (for each {each})"))
            .unwrap_or_default();
        let _ = writeln!(page, "    {}{each}", case.name);
    }
    if let Some(example) = &rule.example {
        page.push_str(&files("The smallest plugin that keeps it", &example.passes));
        page.push_str(&files("The same, breaking it", &example.fails));
    }
    page
}

fn files(title: &str, files: &BTreeMap<String, String>) -> String {
    let mut text = format!("\n{title}\n");
    for (path, content) in files {
        let _ = write!(text, "  {path}\n{}", indented(content));
    }
    text
}

fn indented(text: &str) -> String {
    text.trim_end()
        .lines()
        .map(|line| format!("    {line}").trim_end().to_owned() + "\n")
        .collect()
}

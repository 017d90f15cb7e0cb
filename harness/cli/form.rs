//! The forms that the record of a run can be told in.

use std::fmt::Write as _;

use clap::ValueEnum;

use super::status::Status;
use crate::report::{self, Palette, Record, Text};

/// A form of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Form {
    /// For a person at a terminal
    Text,
    /// The record itself, JSON Lines
    Jsonl,
    Junit,
    Tap,
    /// Workflow commands of GitHub
    Github,
    Markdown,
    Sarif,
    Ctrf,
    /// An endpoint of shields
    Badge,
    /// A page for a browser
    Html,
    /// What the authors of listed plugins claim to work with, beside what was found: a table in Markdown
    Compatibility,
}

/// What somebody wants to see of a record.
#[derive(Clone, Copy, Debug)]
pub(super) struct View {
    /// Passes and skips too, and the whole evidence.
    pub(super) verbose: bool,
    /// A broken `should` is a failure.
    pub(super) strict: bool,
}

impl Form {
    /// True if it tells what was seen of every case, and not of those alone that did not pass.
    pub(super) fn has_all(self, view: View) -> bool {
        match self {
            Self::Jsonl => true,
            Self::Text => view.verbose,
            _ => false,
        }
    }

    /// The record in this form; text in these colours.
    pub(super) fn render(
        self,
        record: &Record,
        view: View,
        palette: Palette,
    ) -> Result<String, Status> {
        Ok(match self {
            Self::Text => text(record, view, palette),
            Self::Jsonl => jsonl(record)?,
            Self::Junit => junit(record, view)?,
            Self::Tap => report::tap(record, view.strict),
            Self::Github => report::github(record, view.strict),
            Self::Markdown => report::inert(&report::markdown(record, view.strict)),
            Self::Sarif => format!("{:#}\n", report::sarif(record, view.strict)),
            Self::Ctrf => format!("{:#}\n", report::ctrf(record, view.strict)),
            Self::Badge => format!("{}\n", report::shield(record, view.strict)),
            Self::Html => report::inert_html(&report::html(record, view.strict)),
            Self::Compatibility => report::inert(&report::compatibility(record, view.strict)),
        })
    }
}

fn text(record: &Record, View { verbose, strict }: View, palette: Palette) -> String {
    let text = Text {
        record,
        verbose,
        strict,
        palette,
    };
    report::inert(&text.to_string())
}

fn junit(record: &Record, view: View) -> Result<String, Status> {
    let mut text = Vec::new();
    report::junit(record, view.strict, &mut text).map_err(Status::broken)?;
    String::from_utf8(text).map_err(Status::broken)
}

fn jsonl(record: &Record) -> Result<String, Status> {
    let mut text = String::new();
    for line in record.lines() {
        let line = serde_json::to_string(&line).map_err(Status::broken)?;
        let _ = writeln!(text, "{line}");
    }
    Ok(text)
}

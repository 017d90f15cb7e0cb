//! The forms that the record of a run can be told in.

use std::fmt::Write as _;

use clap::ValueEnum;

use super::status::Status;
use crate::report::{Html, Line, Palette, Record, Text};

/// A form of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Form {
    /// For a person at a terminal
    Text,
    /// One page for a browser, which needs no network
    Html,
    /// The record itself, JSON Lines
    Jsonl,
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
    /// The record in this form.
    pub(super) fn render(self, record: &Record, view: View) -> Result<String, Status> {
        Ok(match self {
            Self::Text => text(record, view),
            Self::Html => html(record, view),
            Self::Jsonl => jsonl(record)?,
        })
    }
}

fn text(record: &Record, View { verbose, strict }: View) -> String {
    let text = Text {
        record,
        verbose,
        strict,
        palette: Palette::coloured(),
    };
    text.to_string()
}

fn html(record: &Record, View { strict, .. }: View) -> String {
    Html { record, strict }.to_string()
}

fn jsonl(record: &Record) -> Result<String, Status> {
    let header = std::iter::once(Line::Header(record.header.clone()));
    let cases = record.cases.iter().cloned();
    let lines = header
        .chain(cases.map(|case| Line::Case(Box::new(case))))
        .chain([Line::Footer(record.footer.clone())]);
    let mut text = String::new();
    for line in lines {
        let line = serde_json::to_string(&line).map_err(Status::broken)?;
        let _ = writeln!(text, "{line}");
    }
    Ok(text)
}

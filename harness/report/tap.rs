//! A record as TAP, the Test Anything Protocol.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::mark::Mark;
use super::spot::Spot;
use super::told::{plain, said};
use super::{CaseRecord, Class, Record, visible};

/// The record in version 14 of the protocol. What was not judged is skipped with the reason, and a broken `should` that
/// does not count is a `TODO`, which is the protocol's word for a failure that fails no run.
///
/// Source: the specification of TAP 14.
#[must_use]
pub fn tap(record: &Record, strict: bool) -> String {
    let mut text = format!("TAP version 14\n1..{}\n", record.cases.len());
    for (number, case) in (1..).zip(&record.cases) {
        test(&mut text, number, record, case, strict);
    }
    text
}

fn test(text: &mut String, number: usize, record: &Record, case: &CaseRecord, strict: bool) {
    let mark = Mark::of(case, strict);
    let ok = match mark {
        Mark::Error | Mark::Fail | Mark::Warn | Mark::Known | Mark::Expected => "not ok",
        Mark::Inconclusive | Mark::Skip | Mark::Pass => "ok",
    };
    let name = format!(
        "{} {} {} on Dokku {}",
        case.plugin, case.requirement, case.case, case.dokku
    );
    let directive = match mark {
        Mark::Error | Mark::Fail | Mark::Pass => String::new(),
        Mark::Expected => " # TODO expected failure".to_owned() + &reason(case),
        Mark::Known => " # TODO broken before too".to_owned(),
        Mark::Warn if case.class() == Some(Class::Added) => {
            format!(" # TODO a broken {} that was not asked before", case.level)
        }
        Mark::Warn => format!(" # TODO a broken {}", case.level),
        Mark::Skip => format!(" # SKIP {}", line(&case.reason)),
        Mark::Inconclusive => format!(" # SKIP inconclusive: {}", line(&said(case))),
    };
    let _ = writeln!(text, "{ok} {number} - {}{directive}", line(&name));
    let has_become = case.class().is_some_and(|class| !class.is_as_before());
    if mark.is_news() || has_become {
        diagnostic(text, record, case, mark);
    }
}

/// Why a failure was expected.
fn reason(case: &CaseRecord) -> String {
    let expected = case.expected.as_ref();
    expected.map_or_else(String::new, |one| format!(": {}", line(&one.to_string())))
}

/// The YAML block below a test: JSON is YAML, and has no two ways to be read.
fn diagnostic(text: &mut String, record: &Record, case: &CaseRecord, mark: Mark) {
    let place = Spot::place_of(record, case);
    let fields = [
        ("severity", json!(mark.word())),
        (
            "compared",
            (case.compared.as_ref()).map_or(Value::Null, |one| json!(one.of(case.outcome))),
        ),
        (
            "message",
            match said(case) {
                said if said.is_empty() => Value::Null,
                said => json!(said),
            },
        ),
        (
            "at",
            place.map_or(Value::Null, |place| json!(visible(&place.to_string()))),
        ),
        ("duration_ms", json!(case.duration_ms)),
        (
            "expected",
            case.expected
                .as_ref()
                .map_or(Value::Null, |expected| json!(expected.to_string())),
        ),
        ("evidence", json!(plain(case, false))),
    ];
    text.push_str("  ---\n");
    for (name, value) in fields {
        if !value.is_null() {
            let _ = writeln!(text, "  {name}: {value}");
        }
    }
    text.push_str("  ...\n");
}

/// A text on one line that is no directive.
fn line(text: &str) -> String {
    let text = text.replace('\n', " ");
    visible(&text).replace('\\', "\\\\").replace('#', "\\#")
}

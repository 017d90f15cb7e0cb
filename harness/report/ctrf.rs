//! A record in the Common Test Report Format.

use serde_json::{Value, json};

use super::mark::Mark;
use super::spot::Spot;
use super::told::{plain, said};
use super::{CaseRecord, Record, visible};

/// The record as one test for each case. What was not judged, an error of the harness, and a broken `should` that does
/// not count are `other`, which is the form's word for what is neither; `rawStatus` has the true word.
///
/// Source: version 0.0 of the form's schema.
#[must_use]
pub fn ctrf(record: &Record, strict: bool) -> Value {
    let tests: Vec<Value> = (record.cases.iter())
        .map(|case| test(record, case, Mark::of(case, strict)))
        .collect();
    let count = |status: &str| tests.iter().filter(|test| test["status"] == status).count();
    let start = record.header.time.parse::<jiff::Timestamp>();
    let start = start.map_or(0, jiff::Timestamp::as_millisecond);
    let stop = start.saturating_add_unsigned(record.footer.duration_ms);
    json!({
        "reportFormat": "CTRF",
        "specVersion": "0.0.0",
        "generatedBy": "dokku-conform",
        "timestamp": record.header.time,
        "results": {
            "tool": {"name": "dokku-conform", "version": record.header.program},
            "summary": {
                "tests": tests.len(),
                "passed": count("passed"),
                "failed": count("failed"),
                "skipped": count("skipped"),
                "pending": 0,
                "other": count("other"),
                "start": start,
                "stop": stop,
            },
            "tests": tests,
        },
    })
}

fn test(record: &Record, case: &CaseRecord, mark: Mark) -> Value {
    let status = match mark {
        Mark::Pass => "passed",
        Mark::Fail => "failed",
        Mark::Skip => "skipped",
        Mark::Error | Mark::Warn | Mark::Known | Mark::Expected | Mark::Inconclusive => "other",
    };
    let mut test = json!({
        "name": visible(&case.case),
        "status": status,
        "rawStatus": mark.word(),
        "duration": case.duration_ms,
        "suite": [visible(&case.plugin), case.requirement, format!("Dokku {}", case.dokku)],
        "labels": {"requirement": case.requirement, "level": case.level, "dokku": case.dokku},
    });
    let labels = test.get_mut("labels").and_then(Value::as_object_mut);
    if let (Some(compared), Some(labels)) = (&case.compared, labels) {
        labels.insert("compared".into(), json!(compared.class.words()));
    }
    if let (false, Some(fields)) = (case.runs.is_empty(), test.as_object_mut()) {
        fields.insert("retries".into(), json!(case.runs.len() - 1));
    }
    if let (true, Some(fields)) = (case.flaky, test.as_object_mut()) {
        fields.insert("flaky".into(), json!(true));
    }
    if let (true, Some(fields)) = (mark != Mark::Pass, test.as_object_mut()) {
        fields.insert("message".into(), json!(said(case)));
        if let Some(expected) = &case.expected {
            fields.insert("extra".into(), json!({"expected": expected.to_string()}));
        }
        if mark.is_news() {
            fields.insert("trace".into(), json!(plain(case, true)));
        }
        if let Some(place) = Spot::place_of(record, case) {
            fields.insert("filePath".into(), json!(visible(&place.file)));
            fields.extend(place.line.map(|line| ("line".into(), json!(line))));
        }
    }
    test
}

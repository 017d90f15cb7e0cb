//! A record as an endpoint of shields.

use serde_json::{Value, json};

use super::mark::Mark;
use super::text::counted;
use super::{CaseRecord, Record};

/// The JSON that a badge service reads: how many rules are broken, or that none is. Grey where something could not
/// be run or nothing was judged; what is expected to fail is no failure, and no conformance either.
///
/// Source: the schema of shields' endpoint badges, version 1.
#[must_use]
pub fn shield(record: &Record, strict: bool) -> Value {
    let broken = |wanted: Mark| {
        let is_so = |case: &&CaseRecord| Mark::of(case, strict) == wanted;
        let ids = record.cases.iter().filter(is_so);
        let ids = ids.map(|case| (&case.plugin, &case.requirement));
        ids.collect::<std::collections::BTreeSet<_>>().len()
    };
    let (fail, warn, pass) = (broken(Mark::Fail), broken(Mark::Warn), broken(Mark::Pass));
    let expected = broken(Mark::Expected);
    let (message, color) = match (broken(Mark::Error), fail, warn) {
        (1.., _, _) => ("could not be checked".to_owned(), "lightgrey"),
        (_, 1.., _) => (format!("{fail} broken"), "red"),
        _ if pass + expected == 0 => ("not judged".to_owned(), "lightgrey"),
        (_, _, 1..) => (format!("{warn} to improve"), "yellow"),
        _ if expected > 0 => (counted(expected, "expected failure"), "yellow"),
        _ => ("conforms".to_owned(), "brightgreen"),
    };
    json!({"schemaVersion": 1, "label": "dokku plugin", "message": message, "color": color})
}

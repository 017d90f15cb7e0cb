//! A record as SARIF, which code scanners show beside the code.

use serde_json::{Value, json};

use super::mark::Mark;
use super::spot::Spot;
use super::{CaseRecord, Class, Expected, Record, RuleRecord, visible, visible_lines};
use crate::plugin::Place;
use crate::spec::Level;

/// The findings of the record: each finding of a broken rule, or the place of the command that broke it, or else that of the
/// plugin.
///
/// Source: SARIF 2.1.0, an OASIS standard.
#[must_use]
pub fn sarif(record: &Record, strict: bool) -> Value {
    let rules: Vec<Value> = record.header.requirements.iter().map(rule).collect();
    let results: Vec<Value> = (record.cases.iter())
        .flat_map(|case| results(record, case, Mark::of(case, strict)))
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "dokku-conform",
                "version": record.header.program,
                "rules": rules,
            }},
            "invocations": [{"executionSuccessful": record.footer.counts.error == 0}],
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn rule(rule: &RuleRecord) -> Value {
    let help = rule.fix.as_deref().unwrap_or(&rule.title);
    json!({
        "id": rule_id(rule.plugin.as_deref(), &rule.id),
        "shortDescription": {"text": visible(&rule.title)},
        "help": {"text": visible_lines(help)},
        "defaultConfiguration": {"level": match rule.level {
            Level::Must => "error",
            _ => "warning",
        }},
    })
}

/// What a rule is known by among all of the run: a plugin's own by the plugin too.
fn rule_id(plugin: Option<&str>, id: &str) -> String {
    match plugin {
        Some(plugin) => format!("{}/{id}", visible(plugin)),
        None => id.to_owned(),
    }
}

fn results(record: &Record, case: &CaseRecord, mark: Mark) -> Vec<Value> {
    let level = match mark {
        Mark::Fail => "error",
        Mark::Warn => "warning",
        // Not every reader of the form knows that a result can be suppressed.
        Mark::Expected => "note",
        _ => return Vec::new(),
    };
    let suppression = |expected: &Expected| json!([{"kind": "external", "status": "accepted", "justification": expected.to_string()}]);
    let suppressions = case.expected.as_ref().map(suppression);
    let rule = record.header.rule(&case.plugin, &case.requirement);
    let owner = rule.and_then(|rule| rule.plugin.as_deref());
    let result = |spot: Spot<'_>| {
        let mut result = json!({
            "ruleId": rule_id(owner, &case.requirement),
            "level": level,
            "message": {"text": visible(spot.message)},
            "locations": [location(&spot)],
            "properties": {"plugin": visible(&case.plugin), "case": visible(&case.case), "dokku": case.dokku},
        });
        if let (Some(suppressions), Some(fields)) = (&suppressions, result.as_object_mut()) {
            fields.insert("suppressions".into(), suppressions.clone());
        }
        if let (Some(class), Some(fields)) = (case.class(), result.as_object_mut()) {
            fields.insert("baselineState".into(), json!(baseline_state(class)));
        }
        if let (Some(compared), Some(properties)) = (
            &case.compared,
            result
                .pointer_mut("/properties")
                .and_then(Value::as_object_mut),
        ) {
            properties.insert("compared".into(), json!(compared.of(case.outcome)));
        }
        result
    };
    let spots = Spot::of(record, case).into_iter();
    spots.map(result).collect()
}

/// The form's word for what became of a finding.
fn baseline_state(class: Class) -> &'static str {
    match class {
        Class::StillFailing => "unchanged",
        Class::Changed | Class::Flaky | Class::Indeterminate => "updated",
        _ => "new",
    }
}

/// Where a spot is. What has no place of its own is a matter of the plugin as a whole, and stands at what makes a folder
/// one: readers such as GitHub show nothing without a file.
fn location(spot: &Spot<'_>) -> Value {
    let whole = Place {
        file: "plugin.toml".to_owned(),
        line: None,
    };
    let place = spot.place.unwrap_or(&whole);
    let mut physical = json!({"artifactLocation": {"uri": uri(&spot.file(place))}});
    if let (Some(line), Some(fields)) = (place.line, physical.as_object_mut()) {
        fields.insert("region".into(), json!({"startLine": line}));
    }
    json!({"physicalLocation": physical})
}

/// A path as a reference of a URI.
fn uri(path: &str) -> String {
    let letter = |byte: &u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
            char::from(*byte).to_string()
        }
        byte => format!("%{byte:02X}"),
    };
    path.as_bytes().iter().map(letter).collect()
}

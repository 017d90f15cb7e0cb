//! The report as JSON Lines.
//!
//! Each line is an object with a `type`. The first is `header`: the form's version `format`, the two Dokkus, the plugins,
//! what was left out, and whether checks were run. Then come `change` lines, one for each change; `user` lines, one for
//! each place that uses what changed; `regression` lines, one for each case that regressed, with what explains it. The last
//! line is `footer`, with the counts: a record without one is not whole.

use serde_json::{Value, json};

use super::{Side, Upstream};
use crate::dokku::surface::What;
use crate::upstream::Hold;

/// The version of the form. It grows with every change that an older reader would misread.
pub const FORMAT: u32 = 1;

/// The lines of the record, in order.
#[must_use]
pub fn lines(upstream: &Upstream) -> Vec<Value> {
    let mut lines = vec![header(upstream)];
    lines.extend(changes(upstream));
    lines.extend(users(upstream));
    let regressions = upstream.regressions.iter().flat_map(|one| &one.cases);
    lines.extend(regressions.map(|case| {
        let explained: Vec<Value> = case
            .explanations
            .iter()
            .map(|one| json!({"kind": one.facet, "name": one.name, "evidence": one.evidence}))
            .collect();
        json!({
            "type": "regression", "plugin": case.plugin, "requirement": case.requirement,
            "level": case.level, "case": case.case, "reason": case.reason,
            "expected": case.is_expected, "explained_by": explained,
        })
    }));
    lines.push(footer(upstream));
    lines
}

fn header(upstream: &Upstream) -> Value {
    let side = |side: &Side| json!({"label": side.label, "dokku": side.version, "source": if side.is_tree { "tree" } else { "tables" }});
    json!({
        "type": "header", "record": "upstream", "format": FORMAT, "program": env!("CARGO_PKG_VERSION"),
        "old": side(&upstream.old), "new": side(&upstream.new), "plugins": upstream.plugins,
        "ran": upstream.regressions.is_some(), "left_out": upstream.changes.left_out,
        "gaps": upstream.changes.gaps,
    })
}

fn changes(upstream: &Upstream) -> impl Iterator<Item = Value> {
    upstream.changes.changes.iter().map(|change| {
        let mut line = json!({
            "type": "change", "kind": change.facet, "name": change.name, "what": change.what.word(),
            "for_plugins": change.is_for_plugins(),
        });
        let mut add = |key: &str, value: Value| {
            if let Some(fields) = line.as_object_mut() {
                fields.insert(key.to_owned(), value);
            }
        };
        if let What::Changed { from, to } | What::Moved { from, to } = &change.what {
            add("from", json!(from));
            add("to", json!(to));
        }
        if !change.places.is_empty() {
            add("places", json!(change.places));
        }
        if let Some(since) = change.since {
            add("since", json!(since));
        }
        if let Some(instead) = &change.instead {
            add("instead", json!(instead));
        }
        line
    })
}

fn users(upstream: &Upstream) -> impl Iterator<Item = Value> {
    upstream.users.iter().map(|user| {
        let (hold, why) = match &user.hold {
            Hold::Plain => ("plain", None),
            Hold::Guarded => ("guarded", None),
            Hold::Unsure(why) => ("unsure", Some(why)),
        };
        let mut line = json!({
            "type": "user", "kind": user.facet, "name": user.name, "plugin": user.plugin,
            "file": user.place.file, "line": user.place.line, "hold": hold,
        });
        if let (Some(why), Some(fields)) = (why, line.as_object_mut()) {
            fields.insert("why".to_owned(), json!(why));
        }
        line
    })
}

fn footer(upstream: &Upstream) -> Value {
    let mut line = json!({
        "type": "footer", "changes": upstream.changes.changes.len(), "users": upstream.users.len(),
    });
    if let (Some(regressions), Some(fields)) = (&upstream.regressions, line.as_object_mut()) {
        let unexplained = regressions.unexplained().count();
        fields.insert("regressed".to_owned(), json!(regressions.cases.len()));
        fields.insert("unexplained".to_owned(), json!(unexplained));
        fields.insert("errors".to_owned(), json!(regressions.errors));
        let classes = regressions.classes.iter();
        let classes: serde_json::Map<String, Value> = classes
            .map(|(class, count)| (class.words().to_owned(), json!(count)))
            .collect();
        fields.insert("classes".to_owned(), Value::Object(classes));
    }
    line
}

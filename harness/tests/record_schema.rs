//! The JSON Schema of records says what is written and what is read, no more and no less.

use std::collections::BTreeSet;
use std::os::unix::process::CommandExt;
use std::process::Command;

use boon::{Compiler, SchemaIndex, Schemas};
use dokku_conform::report::{Line, RECORD_SCHEMA};
use nix::sys::resource::{Resource, setrlimit};
use serde_json::{Value, json};

const PROGRAM: &str = env!("CARGO_BIN_EXE_dokku-conform");
/// With so few open files no world can be made, which is an error of each case.
const FEW: u64 = 8;

struct Schema {
    schemas: Schemas,
    index: SchemaIndex,
}

impl Schema {
    fn of(schema: Value) -> Self {
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        compiler
            .add_resource("file:///record.json", schema)
            .unwrap();
        let index = compiler
            .compile("file:///record.json", &mut schemas)
            .unwrap();
        Self { schemas, index }
    }

    fn mistake(&self, line: &Value) -> Option<String> {
        let result = self.schemas.validate(line, self.index);
        result.err().map(|error| format!("{error:#}"))
    }
}

fn schema() -> Value {
    serde_json::from_str(RECORD_SCHEMA).unwrap()
}

/// The schema, but with no room for what it does not name.
fn closed() -> Value {
    fn close(schema: &mut Value) {
        match schema {
            Value::Object(fields) => {
                if fields.contains_key("properties") {
                    fields.insert("unevaluatedProperties".into(), false.into());
                }
                fields.values_mut().for_each(close);
            }
            Value::Array(all) => all.iter_mut().for_each(close),
            _ => {}
        }
    }
    let mut schema = schema();
    close(&mut schema);
    // What these hold stands beside the type of the line.
    for part in ["Header", "CaseRecord", "Footer"] {
        let part = schema["$defs"][part].as_object_mut().unwrap();
        part.remove("unevaluatedProperties");
    }
    schema
}

/// The lines of the record of a check.
fn record(command: &mut Command) -> Vec<Value> {
    command.env_remove("DOKKU_CONFORM_ISOLATION");
    let output = command.args(["--format", "jsonl"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
    lines.collect()
}

/// The lines of real records, among them some of every outcome.
fn real() -> Vec<Value> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/plugins/");
    let plugins = ["hello", "awk-commands", "docker-bin-plain"].map(|name| format!("{root}{name}"));
    let check = |plugins: &[String]| {
        let mut command = Command::new(PROGRAM);
        command.arg("check").args(plugins);
        command.args(["--isolation", "portable", "--dokku", "0.30,0.38"]);
        command
    };
    let mut starved = check(&plugins[..1]);
    starved.args(["--only", "help-command", "--jobs", "1"]);
    let lower = || Ok(setrlimit(Resource::RLIMIT_NOFILE, FEW, FEW)?);
    // SAFETY: it makes one call of the system.
    unsafe { starved.pre_exec(lower) };
    let mut lines = record(&mut check(&plugins));
    lines.extend(record(&mut starved));
    let outcomes = lines.iter().filter_map(|line| line["outcome"].as_str());
    let outcomes: BTreeSet<&str> = outcomes.collect();
    let all = ["error", "fail", "inconclusive", "pass", "skip"];
    assert_eq!(outcomes.into_iter().collect::<Vec<_>>(), all);
    lines
}

/// A case that has all that one can have.
fn full() -> Value {
    let state = json!({"kind": "file", "mode": 420, "content": "a"});
    let step = |exit: Value| {
        json!({
            "name": "one", "command": "dokku x", "environment": [["A", "b"]], "exit": exit, "stdout": "", "stderr": "",
            "left": ["sleep 9"],
            "calls": [{"program": "docker", "argv": ["ps"], "stdin": "a", "cwd": "/", "env": {"A": "b"}, "modelled": true}],
            "changes": [{"path": "a", "before": null, "after": state}, {"path": "a", "before": state, "after": null}],
        })
    };
    let exits = [
        json!({"status": 1}),
        json!({"signal": 9}),
        json!({"deadline": 10}),
        json!({"flood": 10}),
        json!({"exhausted": {"memory": 10}}),
        json!({"exhausted": {"processes": 1}}),
        json!({"exhausted": {"disk": 1}}),
        json!({"exhausted": {"files": 1}}),
    ];
    let place = json!({"file": "commands", "line": 3});
    json!({
        "type": "case", "plugin": "p", "requirement": "r", "level": "may", "case": "c", "dokku": "0.38.27",
        "outcome": "fail", "reason": "x", "duration_ms": 1,
        "evidence": {
            "place": place, "install": step(json!({"status": 0})), "steps": exits.map(step),
            "differences": [{"step": "one", "subject": "exit", "expected": "a", "actual": "b"}],
            "findings": [{"place": place, "message": "m", "excerpt": "e"}],
        },
    })
}

/// The places in a value, as JSON pointers.
fn places(value: &Value, at: &str, places: &mut Vec<String>) {
    let mut further = |key: &str, value: &Value| {
        let key = key.replace('~', "~0").replace('/', "~1");
        let at = format!("{at}/{key}");
        self::places(value, &at, places);
        places.push(at);
    };
    match value {
        Value::Object(fields) => fields.iter().for_each(|(key, value)| further(key, value)),
        // The elements of a list are alike.
        Value::Array(all) => {
            let last = all.len().saturating_sub(1);
            for (index, value) in all.iter().enumerate() {
                if index == 0 || index == last || all.iter().all(Value::is_object) && last < 10 {
                    further(&index.to_string(), value);
                }
            }
        }
        _ => {}
    }
}

/// The line with something wrong at a place, in every way.
fn wrong(line: &Value, place: &str) -> Vec<Value> {
    let (parent, key) = place.rsplit_once('/').unwrap();
    let mut all = Vec::new();
    let mut without = line.clone();
    if let Some(fields) = without.pointer_mut(parent).and_then(Value::as_object_mut) {
        fields.remove(&key.replace("~1", "/").replace("~0", "~"));
        all.push(without);
    }
    let others = json!([null, true, -1, 1.5, 300, "x", {}, []]);
    for other in others.as_array().unwrap() {
        let mut changed = line.clone();
        let value = changed.pointer_mut(place).unwrap();
        // The reader takes a list of fields for an object, which nobody writes.
        if value.is_object() && other.is_array() {
            continue;
        }
        *value = other.clone();
        all.push(changed);
    }
    all
}

#[test]
fn every_line_of_a_real_record_is_as_the_schema_says() {
    let schema = Schema::of(closed());
    for line in real().iter().chain([&full()]) {
        assert_eq!(schema.mistake(line), None, "{line}");
    }
    let mut odd = full();
    odd["evidence"]["more"] = json!(1);
    assert!(schema.mistake(&odd).is_some());
}

#[test]
fn the_schema_refuses_what_the_reader_refuses_and_nothing_else() {
    let schema = Schema::of(schema());
    let mut lines = real();
    let mut known = BTreeSet::new();
    lines.retain(|line| known.insert((line["type"].to_string(), line["outcome"].to_string())));
    lines.push(full());
    let (mut valid, mut refused) = (0, 0);
    for line in &lines {
        let mut all = Vec::new();
        places(line, "", &mut all);
        for place in &all {
            for wrong in wrong(line, place) {
                let read = serde_json::from_value::<Line>(wrong.clone());
                let mistake = schema.mistake(&wrong);
                assert_eq!(
                    read.is_ok(),
                    mistake.is_none(),
                    "{place}: {:?}, {mistake:?}: {wrong}",
                    read.err()
                );
                *(if mistake.is_none() {
                    &mut valid
                } else {
                    &mut refused
                }) += 1;
            }
        }
    }
    assert!(valid > 100 && refused > 1000, "{valid} {refused}");
}

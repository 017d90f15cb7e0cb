//! A record full of what no form of a report can hold as it is, in every form.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use quick_xml::Reader;
use quick_xml::events::Event;
use scratch::scratch;
use serde_json::{Value, json};

mod scratch;

const PROGRAM: &str = env!("CARGO_BIN_EXE_dokku-conform");

/// Escapes of a terminal, ends of elements and of blocks, commands of a workflow, marks that turn the text round, and
/// letters that are none.
const EVIL: &str = "a\u{1B}[31m ]]> --> </script></details> # \\ \n::error::x\nnot ok 1\r % %0A `` ```` | <b> & \" ' \
    \u{202E}\u{0}\u{7}\u{FFFE}@someone\n...\n---\n";

const OUTCOMES: [(&str, &str); 6] = [
    ("pass", "must"),
    ("fail", "must"),
    ("fail", "should"),
    ("skip", "must"),
    ("inconclusive", "must"),
    ("error", "must"),
];

fn record() -> String {
    let plugin = format!("p {EVIL}");
    let header = json!({
        "type": "header", "format": 1, "program": "0.1.0", "dokku": ["0.38.27"], "isolation": "strict", "enforced": [],
        "time": "2026-01-01T00:00:00Z", "cases": OUTCOMES.len(),
        "plugins": [{"label": plugin, "name": "p", "path": format!("plugins/{EVIL}")}],
        "requirements": [
            {"id": "must-rule", "level": "must", "title": EVIL, "fix": EVIL},
            {"id": "should-rule", "level": "should", "title": EVIL, "fix": EVIL},
        ],
    });
    let cases = OUTCOMES.iter().enumerate().map(|(number, (outcome, level))| {
        json!({
            "type": "case", "plugin": plugin, "requirement": format!("{level}-rule"), "level": level,
            "case": format!("case {number} {EVIL}"), "dokku": "0.38.27", "outcome": outcome,
            "reason": if *outcome == "pass" { "" } else { EVIL }, "duration_ms": 12,
            "evidence": {
                "place": {"file": format!("commands {EVIL}"), "line": 3},
                "differences": [{"subject": EVIL, "expected": EVIL, "actual": format!("b{EVIL}")}],
                "steps": [{"command": EVIL, "exit": {"status": 3}, "stdout": EVIL, "stderr": EVIL, "left": [EVIL]}],
            },
        })
    });
    let counts = json!({"pass": 1, "fail": 2, "warn": 1, "skip": 1, "inconclusive": 1, "error": 1});
    let footer = json!({"type": "footer", "counts": counts, "duration_ms": 99});
    let lines = [header].into_iter().chain(cases).chain([footer]);
    lines.map(|line| format!("{line}\n")).collect()
}

fn render(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(PROGRAM);
    command
        .arg("render")
        .arg("record")
        .args(args)
        .current_dir(folder);
    command.output().unwrap()
}

/// The record in this form.
fn rendered(form: &str) -> String {
    rendered_of(&record(), form)
}

/// A record in this form.
fn rendered_of(record: &str, form: &str) -> String {
    let folder = scratch();
    fs::write(folder.path().join("record"), record).unwrap();
    let output = render(folder.path(), &["--format", form]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let is_raw = |letter: char| (letter.is_control() && letter != '\n') || letter == '\u{202E}';
    assert!(!text.contains(is_raw) || form == "jsonl", "{form}: {text}");
    text
}

#[test]
fn junit_is_xml_with_every_case_once() {
    let text = rendered("junit");
    let mut reader = Reader::from_str(&text);
    let (mut cases, mut failures, mut errors, mut skipped) = (0, 0, 0, 0);
    loop {
        match reader.read_event().unwrap() {
            Event::Eof => break,
            Event::Start(element) | Event::Empty(element) => match element.name().as_ref() {
                "testcase" => cases += 1,
                "failure" => failures += 1,
                "error" => errors += 1,
                "skipped" => skipped += 1,
                _ => {}
            },
            _ => {}
        }
    }
    assert_eq!((cases, failures, errors, skipped), (6, 1, 1, 3));
    let all = r#"tests="6" failures="1" errors="1""#;
    assert!(text.contains(all) && !text.contains('\u{FFFE}'), "{text}");
}

#[test]
fn tap_has_a_line_for_every_case_and_nothing_that_looks_like_one() {
    let text = rendered("tap");
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("TAP version 14"));
    assert_eq!(lines.next(), Some("1..6"));
    let tests: Vec<&str> = lines.filter(|line| !line.starts_with("  ")).collect();
    let beginnings = [
        "ok 1 ",
        "not ok 2 ",
        "not ok 3 ",
        "ok 4 ",
        "ok 5 ",
        "not ok 6 ",
    ];
    assert_eq!(tests.len(), beginnings.len());
    for (line, beginning) in tests.iter().zip(beginnings) {
        assert!(line.starts_with(beginning), "{line}");
    }
    let directives: Vec<_> = tests.iter().map(|line| line.split(" # ").nth(1)).collect();
    let words = directives
        .iter()
        .map(|said| said.and_then(|said| said.split(' ').next()));
    let expected = [None, None, Some("TODO"), Some("SKIP"), Some("SKIP"), None];
    assert!(words.eq(expected), "{directives:?}");
}

#[test]
fn every_line_for_github_is_a_command_of_ours() {
    let text = rendered("github");
    let lines: Vec<&str> = text.lines().collect();
    let kinds: Vec<_> = lines
        .iter()
        .map(|line| line.split(' ').next().unwrap())
        .collect();
    assert_eq!(kinds, ["::error", "::warning", "::notice"], "{text}");
    assert!(
        lines
            .iter()
            .take(2)
            .all(|line| line.contains(",line=3,title=")),
        "{text}"
    );
}

#[test]
fn nothing_ends_a_block_of_markdown_early() {
    let text = rendered("markdown");
    let (mut fence, mut opened, mut closed) = (None, 0, 0);
    for line in text.lines() {
        match fence {
            Some(end) if line == end => fence = None,
            Some(_) => {}
            None if line.starts_with("```") => fence = Some(line.trim_end_matches("text")),
            None => {
                opened += line.matches("<details>").count();
                closed += line.matches("</details>").count();
                assert!(
                    !line.contains("<b> ") && !line.contains("</script>"),
                    "{line}"
                );
            }
        }
    }
    assert_eq!((fence, opened, closed), (None, 4, 4), "{text}");
}

#[test]
fn the_forms_of_json_hold_the_outcomes() {
    let parsed = |form: &str| serde_json::from_str::<Value>(&rendered(form)).unwrap();
    let ctrf = parsed("ctrf");
    let statuses = ctrf["results"]["tests"].as_array().unwrap().iter();
    let statuses: Vec<_> = statuses
        .map(|test| test["status"].as_str().unwrap())
        .collect();
    assert_eq!(
        statuses,
        ["passed", "failed", "other", "skipped", "other", "other"]
    );
    let sarif = parsed("sarif");
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let levels: Vec<_> = results
        .iter()
        .map(|one| one["level"].as_str().unwrap())
        .collect();
    assert_eq!(levels, ["error", "warning"]);
    let place = &results[0]["locations"][0]["physicalLocation"];
    assert_eq!(place["region"]["startLine"], 3);
    let uri = place["artifactLocation"]["uri"].as_str().unwrap();
    assert!(uri.is_ascii() && !uri.contains([' ', '<', '\n']), "{uri}");
    assert_eq!(parsed("badge")["message"], "could not be checked");
}

#[test]
fn a_failure_without_a_place_stands_at_its_plugin() {
    let without = |line: &str| {
        let mut line: Value = serde_json::from_str(line).unwrap();
        if let Some(evidence) = line.get_mut("evidence") {
            evidence.as_object_mut().unwrap().remove("place");
        }
        format!("{line}\n")
    };
    let record: String = record().lines().map(without).collect();
    let sarif: Value = serde_json::from_str(&rendered_of(&record, "sarif")).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 2);
    for result in results {
        let place = &result["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().unwrap();
        assert!(
            uri.starts_with("plugins/") && uri.ends_with("/plugin.toml"),
            "{uri}"
        );
        assert!(place.get("region").is_none());
    }
}

#[test]
fn every_form_names_a_file_from_the_folder_of_the_run() {
    let ctrf: Value = serde_json::from_str(&rendered("ctrf")).unwrap();
    let test = &ctrf["results"]["tests"][1];
    assert!(
        test["filePath"].as_str().unwrap().starts_with("plugins/"),
        "{test}"
    );
    assert!(rendered("tap").contains("  at: \"plugins/"));
}

#[test]
fn a_page_has_no_element_but_its_own() {
    let text = rendered("html");
    for (tag, count) in [("<script", 1), ("</script>", 1), ("<!", 1), ("<b> ", 0)] {
        assert_eq!(text.matches(tag).count(), count, "{tag}");
    }
    assert_eq!(
        text.matches("<details").count(),
        text.matches("</details>").count()
    );
    let cells = r#"data-cells="efips w""#;
    assert!(text.contains(cells), "{text}");
}

#[test]
fn a_record_is_the_same_when_it_is_told_again() {
    let again: Vec<Value> = (rendered("jsonl").lines())
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(again.len(), OUTCOMES.len() + 2);
    let cases = again.iter().filter(|line| line["type"] == "case");
    assert!(
        cases
            .map(|case| &case["reason"])
            .skip(1)
            .all(|reason| reason == EVIL)
    );
}

#[test]
fn several_forms_are_written_at_once_and_none_over_another() {
    let folder = scratch();
    fs::write(folder.path().join("record"), record()).unwrap();
    let output = render(
        folder.path(),
        &["--format", "tap", "--format", "badge=b.json"],
    );
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stdout.starts_with(b"TAP version 14"));
    assert!(
        fs::read_to_string(folder.path().join("b.json"))
            .unwrap()
            .starts_with('{')
    );
    for (args, said) in [
        (
            &["--format", "tap", "--format", "junit"][..],
            "two reports can't be written to one place",
        ),
        (
            &["--format", "tap=x", "--format", "junit=./x"],
            "two outputs can't be written to one file",
        ),
        (
            &["--format", "tap=record"],
            "record is read, so nothing can be written to it",
        ),
        (
            &["--format", "tap=x", "--output", "y"],
            "nothing is left for --output",
        ),
        (&["--format", "tap="], "no file is named after the `=`"),
        (&["--format", "pdf"], "there is no form \"pdf\""),
    ] {
        let output = render(folder.path(), args);
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {told}");
        assert!(told.contains(said), "{args:?}: {told}");
    }
    assert_eq!(
        fs::read_to_string(folder.path().join("record")).unwrap(),
        record()
    );
}

#[test]
fn a_record_whose_run_did_not_end_is_not_rendered() {
    let folder = scratch();
    let whole = record();
    for (part, said) in [
        (
            whole
                .lines()
                .take(2)
                .map(|line| format!("{line}\n"))
                .collect(),
            "its run did not go to its end",
        ),
        (format!("{whole}{whole}"), "something follows the footer"),
        (
            whole.replace("\"format\":1", "\"format\":9"),
            "reads no newer form",
        ),
        (
            "hello\n".to_owned(),
            "it does not begin with the header of a record",
        ),
    ] {
        fs::write(folder.path().join("record"), part).unwrap();
        let output = render(folder.path(), &["--format", "badge"]);
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.contains(said) && output.stdout.is_empty(), "{told}");
    }
}

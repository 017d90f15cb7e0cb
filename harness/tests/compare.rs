//! `compare`, and `check --baseline`.

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use predicates::prelude::PredicateBooleanExt;
use predicates::str::contains;

const GOOD: &str = "fixtures/plugins/hello";
const BAD: &str = "fixtures/plugins/unknown-command-declined-swallows";

fn program(args: &[&str]) -> Command {
    let mut command = Command::cargo_bin("dokku-conform").unwrap();
    command.args(args);
    command
}

/// Writes the record of a run on a plugin.
fn record(plugin: &str, at: &Path, more: &[&str]) -> String {
    let file = at.to_str().unwrap().to_owned();
    let only = "unknown-command-declined,plugin-toml";
    let check = ["check", plugin, "--only", only];
    let output = ["--format", "jsonl", "--output", &file];
    program(&[&check[..], more, &output].concat())
        .output()
        .unwrap();
    file
}

#[test]
fn what_regressed_is_told_and_fails() {
    let place = tempfile::tempdir().unwrap();
    let good = record(GOOD, &place.path().join("good.jsonl"), &[]);
    let bad = record(BAD, &place.path().join("bad.jsonl"), &[]);
    let told = program(&["compare", &good, &bad]).assert().code(1);
    told.stdout(
        contains("regressed must unknown-command-declined")
            .and(contains("1 plugin: hello"))
            .and(contains("regressed: it was pass"))
            .and(contains("again: dokku-conform check")),
    );
    let told = program(&["compare", &bad, &good]).assert().code(0);
    told.stdout(contains("fixed must unknown-command-declined"));
    let told = program(&["compare", &bad, &bad]).assert().code(0);
    told.stdout(contains("0 regressed").and(contains("again:").not()));
}

#[test]
fn a_comparison_is_told_in_every_form() {
    let place = tempfile::tempdir().unwrap();
    let good = record(GOOD, &place.path().join("good.jsonl"), &[]);
    let bad = record(BAD, &place.path().join("bad.jsonl"), &[]);
    for (form, has) in [
        ("junit", "<failure"),
        ("tap", "not ok"),
        ("github", "::error"),
        ("markdown", "regressed: it was pass"),
        ("sarif", "unknown-command-declined"),
        ("ctrf", "\"failed\""),
        ("badge", "broken"),
        ("html", "<html"),
        ("jsonl", "\"regressed\""),
    ] {
        let told = program(&["compare", &good, &bad, "--format", form]).assert();
        told.code(1).stdout(contains(has));
    }
    // What was broken before too is no news to a pull request.
    for (form, has) in [("tap", "# TODO broken before too"), ("junit", "<skipped")] {
        let told = program(&["compare", &bad, &bad, "--format", form]).assert();
        told.code(0).stdout(contains(has));
    }
    let told = program(&["compare", &bad, &bad, "--format", "github"]).assert();
    told.code(0).stdout(contains("::error").not());
    let file = place.path().join("compared.jsonl");
    let wanted = format!("jsonl={}", file.display());
    program(&["compare", &good, &bad, "--format", &wanted])
        .assert()
        .code(1);
    let file = file.to_str().unwrap();
    let told = program(&["render", file]).assert().code(0);
    told.stdout(contains("regressed: it was pass"));
    // It is no run, and nothing is held against it.
    for pair in [[file, &bad], [&bad, file]] {
        let refused = program(&["compare", pair[0], pair[1]]).assert().code(2);
        refused.stderr(contains("name the record of a run"));
    }
}

#[test]
fn other_circumstances_are_told_first() {
    let place = tempfile::tempdir().unwrap();
    let old = record(GOOD, &place.path().join("old.jsonl"), &["--dokku", "0.30"]);
    let new = record(
        GOOD,
        &place.path().join("new.jsonl"),
        &["--isolation", "off"],
    );
    let told = program(&["compare", &old, &new]).assert().code(0);
    told.stdout(
        contains("other Dokku: 0.38.27, before 0.30.11")
            .and(contains("other isolation: off, before"))
            .and(contains("0 new, 0 gone")),
    );
}

#[test]
fn a_check_is_held_against_a_baseline() {
    let place = tempfile::tempdir().unwrap();
    let good = record(GOOD, &place.path().join("good.jsonl"), &[]);
    let bad = record(BAD, &place.path().join("bad.jsonl"), &[]);
    let only = "unknown-command-declined,plugin-toml";
    let check = ["check", BAD, "--only", only, "--baseline"];
    let regressed = program(&[&check[..], &[&good]].concat()).assert().code(1);
    regressed.stdout(contains("regressed must unknown-command-declined"));
    let known = program(&[&check[..], &[&bad]].concat()).assert().code(0);
    known.stdout(contains("0 regressed"));
    let before = fs::read(&good).unwrap();
    let output = ["--format", "jsonl", "--output", &good];
    program(&[&check[..], &[&good], &output].concat())
        .assert()
        .code(2);
    assert_eq!(
        fs::read(&good).unwrap(),
        before,
        "a baseline is not written over"
    );
}

#[test]
fn what_is_no_whole_record_is_refused() {
    let place = tempfile::tempdir().unwrap();
    let good = record(GOOD, &place.path().join("good.jsonl"), &[]);
    let text = fs::read_to_string(&good).unwrap();
    let (cut, table) = (place.path().join("cut.jsonl"), place.path().join("table"));
    fs::write(&cut, &text[..text.len() - 20]).unwrap();
    fs::write(&table, "only-one\n").unwrap();
    let (cut, table) = (cut.to_str().unwrap(), table.to_str().unwrap());
    for (args, said) in [
        (vec!["compare", cut, &good], "did not go to its end"),
        (vec!["compare", &good, cut], "did not go to its end"),
        (vec!["compare", &good, "no/such"], "no/such"),
        (
            vec!["compare", &good, &good, "--renames", table],
            "table, line 1",
        ),
        (
            vec!["compare", &good, &good, "--format", &format!("tap={good}")],
            "good.jsonl",
        ),
    ] {
        program(&args).assert().code(2).stderr(contains(said));
    }
    assert_eq!(fs::read_to_string(&good).unwrap(), text);
}

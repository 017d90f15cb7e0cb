//! `compare`, and `check --baseline`.

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use dokku_conform::report::{CaseRecord, Counts, Record};
use dokku_conform::run::Outcome;
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
            .and(contains("regressed: was pass, is fail"))
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
        ("markdown", "regressed: was pass, is fail"),
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
    told.stdout(contains("regressed: was pass, is fail"));
    // It is no run, and nothing is held against it.
    for pair in [[file, &bad], [&bad, file]] {
        let refused = program(&["compare", pair[0], pair[1]]).assert().code(2);
        refused.stderr(contains("name the record of a run"));
    }
}

/// The record at a path, with other cases, to be another record.
fn altered(from: &str, to: &Path, alter: impl FnOnce(&mut Record)) -> String {
    let mut record = Record::read(fs::read(from).unwrap().as_slice()).unwrap();
    alter(&mut record);
    record.header.cases = record.cases.len();
    record.footer.counts = Counts::of(&record.cases);
    let lines = record.lines();
    let lines = lines.map(|line| serde_json::to_string(&line).unwrap() + "\n");
    fs::write(to, lines.collect::<String>()).unwrap();
    to.to_str().unwrap().to_owned()
}

fn is_declined(case: &CaseRecord) -> bool {
    case.requirement == "unknown-command-declined"
}

#[test]
fn what_is_new_and_broken_fails_unless_its_requirement_is_new() {
    let place = tempfile::tempdir().unwrap();
    let at = |name: &str| place.path().join(name);
    let bad = record(BAD, &at("bad.jsonl"), &[]);
    let without_case = altered(&bad, &at("case.jsonl"), |record| {
        record.cases.retain(|case| !is_declined(case));
    });
    let without_rule = altered(&bad, &at("rule.jsonl"), |record| {
        record.cases.retain(|case| !is_declined(case));
        let rules = &mut record.header.requirements;
        rules.retain(|rule| rule.id != "unknown-command-declined");
    });
    // Every form says what the status says.
    for (old, status, said) in [
        (
            &without_case,
            1,
            [
                ("text", "new: fails"),
                ("junit", "<failure message=\"fail (new: fails): "),
                ("tap", "on Dokku 0.38.27\n  ---\n  severity: \"fail\""),
                ("ctrf", "\"failed\": 1"),
                ("badge", "1 broken"),
                ("github", "::error "),
                ("sarif", "\"level\": \"error\""),
            ],
        ),
        (
            &without_rule,
            0,
            [
                ("text", "newly asked: fails"),
                ("junit", "<skipped message=\"warn (newly asked: fails): "),
                ("tap", "# TODO a broken must that was not asked before"),
                ("ctrf", "\"failed\": 0"),
                ("badge", "1 to improve"),
                ("github", "::warning "),
                ("sarif", "\"level\": \"warning\""),
            ],
        ),
    ] {
        for (form, said) in said {
            let told = program(&["compare", old, &bad, "--format", form]).assert();
            told.code(status).stdout(contains(said));
        }
    }
    let only = "unknown-command-declined,plugin-toml";
    let check = ["check", BAD, "--only", only, "--baseline"];
    program(&[&check[..], &[&without_case]].concat())
        .assert()
        .code(1);
    program(&[&check[..], &[&without_rule]].concat())
        .assert()
        .code(0);
    // What is not asked any more is told in a line.
    let told = program(&["compare", &bad, &without_rule]).assert().code(0);
    told.stdout(
        contains("no longer asked: 1 requirement with ")
            .and(contains("unknown-command-declined").count(1))
            .and(contains("0 gone, 2 no longer asked")),
    );
}

#[test]
fn what_the_newer_run_could_not_do_is_no_comparison() {
    let place = tempfile::tempdir().unwrap();
    let at = |name: &str| place.path().join(name);
    let good = record(GOOD, &at("good.jsonl"), &[]);
    let broken = altered(&good, &at("broken.jsonl"), |record| {
        record.cases[0].outcome = Outcome::Error;
        record.cases[0].reason = "no room".to_owned();
    });
    let told = program(&["compare", &good, &broken]).assert().code(3);
    told.stdout(contains("indeterminate: was pass, is error").and(contains("before:").not()));
    let none = altered(&good, &at("none.jsonl"), |record| record.cases.clear());
    let told = program(&["compare", &good, &none]).assert().code(2);
    told.stderr(contains("there is nothing to compare"));
}

#[test]
fn a_plugin_that_is_gone_is_told_in_a_line() {
    let place = tempfile::tempdir().unwrap();
    let at = |name: &str| place.path().join(name);
    let good = record(GOOD, &at("good.jsonl"), &[]);
    let more = altered(&good, &at("more.jsonl"), |record| {
        let mut plugin = record.header.plugins[0].clone();
        plugin.label = "other".to_owned();
        record.header.plugins.push(plugin);
        let others = record.cases.clone().into_iter().map(|case| CaseRecord {
            plugin: "other".to_owned(),
            ..case
        });
        record.cases.extend(others);
    });
    let told = program(&["compare", &more, &good]).assert().code(0);
    told.stdout(contains("gone: 1 plugin with ").and(contains("gone must").not()));
}

#[test]
fn a_comparison_says_first_what_differs_and_how_many_became_what() {
    let place = tempfile::tempdir().unwrap();
    let at = |name: &str| place.path().join(name);
    let good = record(GOOD, &at("good.jsonl"), &["--dokku", "0.37"]);
    let bad = record(BAD, &at("bad.jsonl"), &[]);
    for form in ["markdown", "github"] {
        let output = program(&["compare", &good, &bad, "--format", form])
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let wanted = [
            "other Dokku: 0.38.27, before 0.37.",
            " regressed, 0 new",
            "regressed: was pass, is fail",
        ];
        let places = wanted.map(|wanted| text.find(wanted).unwrap_or_else(|| panic!("{text}")));
        assert!(places.is_sorted() && text.contains("hello"), "{text}");
    }
    let junit = program(&["compare", &good, &bad, "--format", "junit"]).assert();
    junit.stdout(contains("<property name=\"compared\" value=\"regressed"));
    let sarif = program(&["compare", &good, &bad, "--format", "sarif"]).assert();
    sarif.stdout(contains("\"baselineState\": \"new\""));
    let ctrf = program(&["compare", &bad, &good, "--format", "ctrf"]).assert();
    ctrf.stdout(contains("\"compared\": \"fixed\""));
    let tap = program(&["compare", &bad, &good, "--format", "tap"]).assert();
    tap.stdout(
        contains("  compared: \"fixed: was fail, is pass\"").and(contains("message: \"\"").not()),
    );
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
fn a_record_may_come_from_standard_input() {
    let place = tempfile::tempdir().unwrap();
    let good = record(GOOD, &place.path().join("good.jsonl"), &[]);
    let bad = record(BAD, &place.path().join("bad.jsonl"), &[]);
    let piped = |args: &[&str], file: &str| {
        let mut command = program(args);
        command.write_stdin(fs::read(file).unwrap()).assert()
    };
    piped(&["compare", "-", &bad], &good).code(1);
    piped(&["compare", &good, "-"], &bad).code(1);
    piped(&["compare", "-", "-"], &bad).code(2);
    let told = piped(&["render", "-"], &bad).code(0);
    told.stdout(contains("FAIL must   unknown-command-declined"));
    let cut = place.path().join("cut.jsonl");
    fs::write(&cut, "{}\n").unwrap();
    let told = piped(&["render", "-"], cut.to_str().unwrap()).code(2);
    told.stderr(contains("standard input can't be read as a record: line 1"));
}

#[test]
fn a_table_of_renames_that_renames_nothing_is_told() {
    let place = tempfile::tempdir().unwrap();
    let good = record(GOOD, &place.path().join("good.jsonl"), &[]);
    let table = place.path().join("table");
    fs::write(&table, "# none\nno-such app-flag\n").unwrap();
    let table = table.to_str().unwrap();
    let told = program(&["compare", &good, &good, "--renames", table]).assert();
    told.code(0).stderr(contains(
        "table, line 2: the older record has no requirement no-such",
    ));
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

//! The fixtures come out as the committed record of an earlier run says, on any machine.
//!
//! `reports/fixtures.jsonl` is that record, but for what was seen of cases that do not fail, which no comparison asks
//! for. `UPDATE_BASELINE=1 cargo test --test baseline` writes it anew; then read what `compare` says of both.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use dokku_conform::report::{CaseRecord, Class, Record};
use dokku_conform::run::{Evidence, Outcome};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const BASELINE: &str = "reports/fixtures.jsonl";
const VERSION: &str = "0.38.27";

/// The conformant plugin, and some of the others, so that every kind of evidence is among what fails: exits, streams,
/// calls, files, processes and findings. All of them would make a file that nobody wants in a repository.
const PLUGINS: &[&str] = &[
    "hello",
    "api-exists-function",
    "app-flag-ignored",
    "app-required-silent",
    "app-verified-leftover",
    "arguments-intact-set",
    "awk-commands",
    "docker-bin-plain",
    "executable-files-interpreter",
    "functions-file-writes",
    "help-complete-stale",
    "hidden-commands",
    "no-tty-terminal",
    "plugin-toml-broken",
    "shell-syntax-library",
    "trace-secrets-app",
    "triggers-quiet",
    "unknown-command-declined-swallows",
    "upstream-sample",
];

fn program(args: &[&str]) -> String {
    let mut program = Command::new(env!("CARGO_BIN_EXE_dokku-conform"));
    let output = program.args(args).current_dir(ROOT).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// The record of a run that begins now, with these options besides.
fn fresh(options: &[&str]) -> String {
    let plugins: Vec<String> = (PLUGINS.iter())
        .map(|name| format!("fixtures/plugins/{name}"))
        .collect();
    let plugins: Vec<&str> = plugins.iter().map(String::as_str).collect();
    let check = ["check", "--dokku", VERSION, "--format", "jsonl"];
    program(&[&check, options, &plugins].concat())
}

/// What became of each case since the baseline.
fn compared(record: &str) -> Vec<CaseRecord> {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("fresh.jsonl");
    fs::write(&file, record).unwrap();
    let file = file.to_str().unwrap();
    let told = program(&["compare", BASELINE, file, "--format", "jsonl"]);
    Record::read(told.as_bytes()).unwrap().cases
}

/// The record, without what was seen of cases that do not fail but for their places.
fn slim(record: &str) -> String {
    let mut record = Record::read(record.as_bytes()).unwrap();
    assert_eq!(record.footer.counts.error, 0, "the machine is not up to it");
    for case in &mut record.cases {
        if case.outcome != Outcome::Fail {
            let place = case.evidence.place.take();
            case.evidence = Evidence {
                place,
                ..Evidence::default()
            };
        }
    }
    let mut text = String::new();
    for line in record.lines() {
        writeln!(text, "{}", serde_json::to_string(&line).unwrap()).unwrap();
    }
    text
}

/// Those of which something else is to be told now.
fn told(cases: &[CaseRecord], is_told: impl Fn(&CaseRecord) -> bool) -> Vec<String> {
    let told = cases.iter().filter(|case| is_told(case));
    told.map(|case| {
        let compared = case.compared.as_ref().unwrap();
        let (plugin, rule, name) = (&case.plugin, &case.requirement, &case.case);
        let before = compared.told.as_deref().unwrap_or_default();
        format!(
            "{plugin} {rule} {name}: {}\n  now: {}\n  before: {before}",
            compared.of(case.outcome),
            case.reason
        )
    })
    .collect()
}

#[test]
fn the_fixtures_come_out_as_their_baseline_says() {
    // At this level every machine can run them.
    let record = fresh(&["--isolation", "portable"]);
    let path = Path::new(ROOT).join(BASELINE);
    if std::env::var_os("UPDATE_BASELINE").is_some() {
        fs::write(&path, slim(&record)).unwrap();
    }
    assert!(fs::metadata(&path).unwrap().len() < 1 << 20);
    let cases = compared(&record);
    let other = told(&cases, |case| {
        let compared = case.compared.as_ref().unwrap();
        !compared.class.is_as_before()
    });
    assert!(other.is_empty(), "{}", other.join("\n"));
    let mut outcomes: BTreeMap<Outcome, usize> = BTreeMap::new();
    for case in &cases {
        *outcomes.entry(case.outcome).or_default() += 1;
    }
    let (failed, passed) = (outcomes[&Outcome::Fail], outcomes[&Outcome::Pass]);
    assert!(failed >= PLUGINS.len() - 4 && passed > 500, "{outcomes:?}");
}

#[test]
fn at_the_best_level_of_this_machine_nothing_of_it_differs_that_could_be_judged() {
    let other = told(&compared(&fresh(&[])), |case| {
        matches!(
            case.class(),
            Some(Class::Regressed | Class::Changed | Class::Fixed | Class::Gone)
        )
    });
    assert!(other.is_empty(), "{}", other.join("\n"));
}

//! What each fixture plugin must come out as, held against one run over all of them; and the examples of the specs.
//!
//! A mutant is a conformant plugin that is broken in one rule: `fixtures/plugins/<requirement>[-variant]`. It shows that
//! the rule's cases can fail, and that nothing else does.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use dokku_conform::report::{CaseRecord, Line};
use dokku_conform::run::Outcome;
use dokku_conform::sandbox::Isolation;
use dokku_conform::spec::{Requirement, builtin};
use scratch::scratch;
use serde_json::Value;

mod scratch;

/// The requirements whose cases are run only at isolation `strict`.
const STRICT: [&str; 3] = ["compiled-install", "install-clean", "install-says"];

/// What a fixture must come out as.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Expected {
    fails: BTreeSet<String>,
    inconclusive: BTreeSet<String>,
}

impl Expected {
    fn of(cases: &[CaseRecord]) -> Self {
        let with = |outcome| {
            cases
                .iter()
                .filter(|case| case.outcome == outcome)
                .map(|case| case.requirement.clone())
                .collect()
        };
        Self {
            fails: with(Outcome::Fail),
            inconclusive: with(Outcome::Inconclusive),
        }
    }

    /// This, with more that it breaks: by necessity.
    fn breaks(mut self, ids: &[&str]) -> Self {
        self.fails.extend(ids.iter().map(|id| (*id).to_owned()));
        self
    }

    /// This, with what can't be judged in such a plugin.
    fn leaves_open(mut self, ids: &[&str]) -> Self {
        self.inconclusive
            .extend(ids.iter().map(|id| (*id).to_owned()));
        self
    }
}

/// The plugins that keep every rule.
const CONFORMANT: [&str; 2] = ["dokku-greeter", "hello"];

/// The mutants that break one rule and leave nothing open: requirement → variants, where `""` is the only one.
const MUTANTS: [(&str, &[&str]); 34] = [
    ("api-exists", &["file", "function", "path"]),
    ("app-flag", &["alone", "ignored", "last"]),
    ("app-required", &[""]),
    (
        "app-verified",
        &["anyone", "leftover", "property", "status", "swallowed"],
    ),
    ("arguments-intact", &["array", "set"]),
    ("commands-namespaced", &["core", "foreign"]),
    ("compiled-install", &[""]),
    ("config-no-restart", &[""]),
    ("docker-bin", &["plain", "wrapped"]),
    ("docker-run-labels", &["create", "run"]),
    (
        "executable-files",
        &[
            "carriage-return",
            "folder",
            "interpreter",
            "subcommand",
            "trigger",
        ],
    ),
    ("foreign-cwd", &["find", "popd"]),
    ("functions-file", &["redefines", "says", "writes"]),
    ("help-columns", &[""]),
    ("help-command", &["reads"]),
    ("help-complete", &["prefix", "stale", "unlisted"]),
    ("help-one-comma", &["everywhere", "in-full"]),
    ("help-own", &["absent", "nameless"]),
    ("image-names", &["argument", "variable"]),
    ("install-clean", &["apps", "asks", "once", "umask"]),
    ("install-says", &["mute"]),
    ("no-nested-dokku", &[""]),
    ("no-tty", &["quiet", "terminal"]),
    (
        "plugin-toml",
        &["broken", "missing", "no-config", "no-version"],
    ),
    ("repository-name", &[""]),
    ("shell-syntax", &["library"]),
    ("silent-failure", &["alone", "app", "docker"]),
    ("trace-clean", &["alone", "app", "descriptor", "help"]),
    ("trace-secrets", &["app", "global"]),
    ("trace-supported", &["commands", "late", "subcommand"]),
    ("triggers-known", &["misspelt", "retired"]),
    ("triggers-quiet", &[""]),
    (
        "unknown-command-declined",
        &["ends", "host-path", "swallows"],
    ),
    ("unknown-subcommand-reported", &["mute", "succeeds"]),
];

/// Every fixture with what it must come out as at this level of isolation.
fn model(level: Isolation) -> BTreeMap<String, Expected> {
    let conformant = CONFORMANT.map(|name| (name.to_owned(), Expected::default()));
    let single = MUTANTS.iter().flat_map(|(id, variants)| {
        variants.iter().map(|variant| {
            let name = [*id, *variant].join("-");
            let name = name.trim_end_matches('-').to_owned();
            (name, Expected::default().breaks(&[*id]))
        })
    });
    let special = [
        // A program in another language has no shell to trace; nor is it read.
        (
            "awk-commands",
            Expected::default().leaves_open(&[
                "api-exists",
                "arguments-intact",
                "docker-bin",
                "docker-run-labels",
                "no-nested-dokku",
            ]),
        ),
        // A command may be hidden on purpose, and may fail in one way with a terminal and in another without.
        ("hidden-commands", Expected::default()),
        // What only `install` makes is missing before it has run: its cases are run again after it, where it can be run.
        (
            "not-installed",
            match level {
                Isolation::Strict => Expected::default(),
                _ => Expected::default().leaves_open(&[
                    "help-columns",
                    "help-command",
                    "help-complete",
                    "help-one-comma",
                    "help-own",
                    "trace-supported",
                    "unknown-command-declined",
                ]),
            },
        ),
        // Where a command's output differs from itself, that it differs from another's shows nothing.
        (
            "varying",
            Expected::default().leaves_open(&["app-flag", "trace-clean"]),
        ),
        // To refuse without a word is to fail without a word.
        (
            "app-required-silent",
            Expected::default().breaks(&["app-required", "silent-failure"]),
        ),
        // What can't be sourced can't be searched for what it redefines.
        (
            "functions-file-fails",
            Expected::default()
                .breaks(&["functions-file"])
                .leaves_open(&["functions-file"]),
        ),
        // Where `commands help` fails, what it prints is not known to be its help.
        (
            "help-command-fails",
            Expected::default().breaks(&["help-command"]).leaves_open(&[
                "help-columns",
                "help-complete",
                "help-one-comma",
                "trace-supported",
            ]),
        ),
        // What the shell can't read no inspection of the text can.
        (
            "shell-syntax-subcommand",
            Expected::default().breaks(&["shell-syntax"]).leaves_open(&[
                "api-exists",
                "arguments-intact",
                "docker-bin",
                "docker-run-labels",
                "no-nested-dokku",
            ]),
        ),
        // The documentation's sample asks about the app `hello`, whatever the user named: no other case of an app can
        // tell what it does with one. And it splits its arguments.
        (
            "upstream-sample",
            Expected::default()
                .breaks(&["app-verified", "arguments-intact"])
                .leaves_open(&["app-flag", "app-verified"]),
        ),
    ];
    let special = special.map(|(name, expected)| (name.to_owned(), expected));
    let all = conformant.into_iter().chain(single).chain(special);
    let here = |(name, mut expected): (String, Expected)| {
        expected.fails.retain(|id| runs(id, level));
        (name, expected)
    };
    all.map(here).collect()
}

/// True if the cases of a requirement are run at this level.
fn runs(id: &str, level: Isolation) -> bool {
    level == Isolation::Strict || !STRICT.contains(&id)
}

#[test]
fn every_fixture_comes_out_as_the_model_says() {
    let scratch = scratch();
    let record = check(&stage(scratch.path()), &[]);
    let level = level(&record);
    let mut outcomes = outcomes(&record);
    for cases in outcomes.values_mut() {
        cases.retain(|case| runs(&case.requirement, level));
    }
    compare(&model(level), &outcomes);
    assert_coverage(&outcomes, level);
}

/// The whole of both sides, fixture by fixture.
fn compare(model: &BTreeMap<String, Expected>, outcomes: &BTreeMap<String, Vec<CaseRecord>>) {
    let mut differences = Vec::new();
    let names: BTreeSet<&String> = model.keys().chain(outcomes.keys()).collect();
    for name in names {
        match (model.get(name), outcomes.get(name)) {
            (Some(expected), Some(cases)) if Expected::of(cases) == *expected => {}
            (Some(expected), Some(cases)) => {
                differences.push(format!("{name}: expected {expected:?}"));
                let telling = cases
                    .iter()
                    .filter(|case| !matches!(case.outcome, Outcome::Pass | Outcome::Skip));
                differences.extend(telling.map(told));
            }
            (Some(_), None) => differences.push(format!("{name}: there is no such fixture")),
            (None, _) => differences.push(format!("{name}: the model does not have it")),
        }
    }
    for (name, cases) in outcomes {
        let errors = cases.iter().filter(|case| case.outcome == Outcome::Error);
        differences.extend(errors.map(|case| format!("{name}: {}", told(case))));
    }
    assert!(differences.is_empty(), "\n{}", differences.join("\n"));
}

fn told(case: &CaseRecord) -> String {
    format!(
        "    {} {}::{}: {}",
        case.outcome, case.requirement, case.case, case.reason
    )
}

/// A case that fails nowhere shows nothing when it passes, and one that passes nowhere may hold nothing but failures.
fn assert_coverage(outcomes: &BTreeMap<String, Vec<CaseRecord>>, level: Isolation) {
    let seen = |outcome: Outcome, of: &dyn Fn(&str) -> bool| -> BTreeSet<(String, String)> {
        let cases = outcomes
            .iter()
            .filter(|(name, _)| of(name))
            .flat_map(|(_, cases)| cases);
        cases
            .filter(|case| case.outcome == outcome)
            .map(|case| (case.requirement.clone(), without_target(&case.case)))
            .collect()
    };
    let every = |_: &str| true;
    let cases: BTreeSet<_> = Outcome::ALL
        .iter()
        .flat_map(|outcome| seen(*outcome, &every))
        .collect();
    let fail = seen(Outcome::Fail, &|name| !CONFORMANT.contains(&name));
    let pass = seen(Outcome::Pass, &|name| CONFORMANT.contains(&name));
    let told = |lacking: &mut dyn Iterator<Item = &(String, String)>| -> Vec<String> {
        lacking.map(|(id, case)| format!("{id}::{case}")).collect()
    };
    let never_fail = told(&mut cases.difference(&fail));
    let never_pass = told(&mut cases.difference(&pass));
    assert!(never_fail.is_empty(), "no mutant fails {never_fail:?}");
    assert!(
        never_pass.is_empty(),
        "no conformant fixture passes {never_pass:?}"
    );
    let ids: BTreeSet<String> = cases.into_iter().map(|(id, _)| id).collect();
    let listed = rules().into_iter().map(|rule| rule.id.to_string());
    let listed: BTreeSet<String> = listed.filter(|id| runs(id, level)).collect();
    assert_eq!(ids, listed);
}

fn without_target(case: &str) -> String {
    case.split('[').next().unwrap_or_default().to_owned()
}

#[test]
fn two_runs_differ_in_nothing_but_times() {
    // Fixtures without a pipeline: which end of one is traced first is the scheduler's choice.
    let names = [
        "dokku-greeter",
        "shell-syntax-subcommand",
        "upstream-sample",
    ];
    let fixtures = names.map(|name| folder().join(name));
    let (one, other) = (check(&fixtures, &["--jobs", "1"]), check(&fixtures, &[]));
    let (one, other) = (timeless(&one), timeless(&other));
    assert_eq!(one.len(), other.len());
    for (one, other) in one.iter().zip(&other) {
        let name = format!("{}, {} {}", one["plugin"], one["requirement"], one["case"]);
        assert_eq!(difference(one, other), None, "{name}");
    }
}

/// The first place in which two values differ, with both.
fn difference(one: &Value, other: &Value) -> Option<String> {
    let inner = |key: &dyn std::fmt::Display, one: &Value, other: &Value| {
        difference(one, other).map(|found| format!("/{key}{found}"))
    };
    match (one, other) {
        (Value::Object(one), Value::Object(other)) if one.keys().eq(other.keys()) => one
            .iter()
            .zip(other.values())
            .find_map(|((key, one), other)| inner(key, one, other)),
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => one
            .iter()
            .zip(other)
            .enumerate()
            .find_map(|(at, (one, other))| inner(&at, one, other)),
        _ if one == other => None,
        _ => Some(format!(": {one} and {other}")),
    }
}

/// The lines of a record without its times, and without the process numbers that a fixture's own trace shows.
fn timeless(record: &str) -> Vec<Value> {
    let number = regex::Regex::new(r"(ps -o command= )\d+").unwrap();
    let record = number.replace_all(record, "${1}[PID]");
    let line = |line: &str| {
        let mut line: Value = serde_json::from_str(line).unwrap();
        let fields = line.as_object_mut().unwrap();
        fields.remove("run");
        fields.remove("time");
        fields.remove("duration_ms");
        line
    };
    record.lines().map(line).collect()
}

#[test]
fn the_example_of_every_requirement_shows_it() {
    let mut mistakes = Vec::new();
    for rule in rules() {
        let Some(example) = &rule.example else {
            mistakes.push(format!("{}: has no example", rule.id));
            continue;
        };
        let scratch = scratch();
        let sides = [("passes", &example.passes), ("fails", &example.fails)];
        let paths = sides.map(|(side, files)| {
            let root = scratch.path().join(side).join("dokku-hello");
            write(&root, files);
            root
        });
        let record = check(&paths, &["--only", rule.id.as_str()]);
        if !runs(rule.id.as_str(), level(&record)) {
            continue;
        }
        let cases = by_path(&record);
        for ((side, _), path) in sides.iter().zip(&paths) {
            let seen: BTreeSet<Outcome> = cases[path].iter().map(|case| case.outcome).collect();
            let wanted = match *side {
                "passes" => Outcome::Pass,
                _ => Outcome::Fail,
            };
            let harmless = [wanted, Outcome::Pass, Outcome::Skip];
            if !seen.contains(&wanted) || seen.iter().any(|outcome| !harmless.contains(outcome)) {
                mistakes.push(format!("{}: what {side} comes out as {seen:?}", rule.id));
                mistakes.extend(cases[path].iter().map(told));
            }
        }
    }
    assert!(mistakes.is_empty(), "\n{}", mistakes.join("\n"));
}

/// Writes a plugin's files; a script is executable.
fn write(root: &Path, files: &BTreeMap<String, String>) {
    for (path, text) in files {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        let mode = if text.starts_with("#!") { 0o755 } else { 0o644 };
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    }
}

fn rules() -> Vec<Requirement> {
    builtin().unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/plugins")
}

/// The directories of all fixtures. The one whose fault is in its `.git`, which no repository can hold, is made whole
/// in the scratch folder.
fn stage(scratch: &Path) -> Vec<PathBuf> {
    const WITH_GIT: &str = "repository-name";
    let entries = fs::read_dir(folder()).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths.iter_mut().filter(|path| path.ends_with(WITH_GIT)) {
        let whole = scratch.join(WITH_GIT);
        let copied = Command::new("cp").arg("-R").args([&*path, &whole]).status();
        assert!(copied.unwrap().success());
        let config = "[remote \"origin\"]\n\turl = https://example.com/someone/hello.git\n";
        fs::create_dir(whole.join(".git")).unwrap();
        fs::write(whole.join(".git/config"), config).unwrap();
        *path = whole;
    }
    paths
}

/// The record of a run over these plugins.
fn check(paths: &[PathBuf], arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_dokku-conform"))
        .args(["check", "--format", "jsonl"])
        .args(arguments)
        .args(paths)
        .output()
        .unwrap();
    assert!(
        matches!(output.status.code(), Some(0 | 1)),
        "{}: {}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// The level of isolation of a record.
fn level(record: &str) -> Isolation {
    let first = record.lines().next().unwrap();
    match serde_json::from_str::<Line>(first).unwrap() {
        Line::Header(header) => header.isolation,
        _ => panic!("a record begins with its header"),
    }
}

/// The cases of a record by the directory's name.
fn outcomes(record: &str) -> BTreeMap<String, Vec<CaseRecord>> {
    let name = |path: PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
    by_path(record)
        .into_iter()
        .map(|(path, cases)| (name(path), cases))
        .collect()
}

/// The cases of a record by the plugin's directory.
fn by_path(record: &str) -> BTreeMap<PathBuf, Vec<CaseRecord>> {
    let mut labels = BTreeMap::new();
    let mut cases: BTreeMap<PathBuf, Vec<CaseRecord>> = BTreeMap::new();
    for line in record.lines() {
        match serde_json::from_str::<Line>(line).unwrap() {
            Line::Header(header) => {
                for plugin in header.plugins {
                    cases.insert(plugin.path.clone().into(), Vec::new());
                    labels.insert(plugin.label, PathBuf::from(plugin.path));
                }
            }
            Line::Case(case) => cases.get_mut(&labels[&case.plugin]).unwrap().push(*case),
            Line::Footer(_) => {}
        }
    }
    cases
}

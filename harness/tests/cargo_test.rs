//! The conformance tests of a plugin's own repository, run as `cargo test` and cargo-nextest run them.
//!
//! `fixtures/plugin-repo` is such a repository: a package of its own, which the test here builds once.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use scratch::scratch;
use serde_json::Value;

mod scratch;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Says how to bring the repository's lock file up to date.
const RELOCK: &str = "`cp Cargo.lock fixtures/plugin-repo/ && cargo tree --offline --manifest-path fixtures/plugin-repo/Cargo.toml` \
    brings it up to date";

/// A test binary of the repository, ready to run in a directory for temporary files of its own.
struct Tests {
    command: Command,
    scratch: tempfile::TempDir,
}

impl Tests {
    /// The test binary with this name.
    fn called(name: &str) -> Self {
        static BUILT: OnceLock<BTreeMap<String, PathBuf>> = OnceLock::new();
        let scratch = scratch();
        let mut command = Command::new(&BUILT.get_or_init(build)[name]);
        command
            .current_dir(ROOT)
            .env("TMPDIR", scratch.path())
            .env("DOKKU_CONFORM_RECORD", "")
            .env_remove("DOKKU_CONFORM_STRICT")
            .env_remove("NEXTEST_RUN_ID");
        Self { command, scratch }
    }

    /// The same, with its record in this file.
    fn on_record(mut self, file: &Path) -> Self {
        self.command.env("DOKKU_CONFORM_RECORD", file);
        self
    }

    /// The same, as a process of a run of cargo-nextest.
    fn in_run(mut self, id: &str) -> Self {
        self.command.env("NEXTEST", "1").env("NEXTEST_RUN_ID", id);
        self
    }

    fn conformance() -> Self {
        Self::called("conformance")
    }

    /// Runs it with these arguments, and asserts that it leaves nothing behind.
    fn run(mut self, args: &[&str]) -> Output {
        let output = self.command.args(args).output().unwrap();
        assert_eq!(fs::read_dir(self.scratch.path()).unwrap().count(), 0);
        output
    }

    /// The names that it lists with these arguments.
    fn list(self, args: &[&str]) -> BTreeSet<String> {
        let output = self.run(&[&["--list", "--format", "terse"], args].concat());
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let lines = out(&output);
        let name = |line: &str| {
            line.strip_suffix(": test")
                .unwrap_or_else(|| panic!("not as nextest reads it: {line}"))
                .to_owned()
        };
        lines.lines().map(name).collect()
    }
}

/// Builds the repository's tests: name → executable. With the profile of this test, whose build has brought everything
/// that this one needs.
fn build() -> BTreeMap<String, PathBuf> {
    let profile = if cfg!(debug_assertions) {
        "dev"
    } else {
        "release"
    };
    let output = Command::new(env!("CARGO"))
        .args(["test", "--no-run", "--frozen", "--profile", profile])
        .args(["--test", "conformance", "--test", "broken"])
        .args(["--test", "elsewhere"])
        .args(["--message-format", "json-render-diagnostics"])
        .current_dir(Path::new(ROOT).join("fixtures/plugin-repo"))
        .env(
            "CARGO_TARGET_DIR",
            Path::new(env!("CARGO_TARGET_TMPDIR")).join("plugin-repo"),
        )
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{said}\n(if this is about the lock file: {RELOCK})"
    );
    let messages = out(&output);
    let built = messages.lines().filter_map(|line| {
        let message: Value = serde_json::from_str(line).ok()?;
        let executable = message["executable"].as_str()?;
        Some((
            message["target"]["name"].as_str()?.to_owned(),
            executable.into(),
        ))
    });
    built.collect()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// Test → what came of it, with the reason of an ignored one, as the output has them.
fn outcomes(output: &Output) -> BTreeMap<String, String> {
    let text = out(output);
    let lines = text.lines().filter_map(|line| line.strip_prefix("test "));
    lines
        .filter_map(|line| line.split_once(" ... "))
        .map(|(name, outcome)| (name.trim().to_owned(), outcome.to_owned()))
        .collect()
}

fn names(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// The packages of a lock file, with their versions.
fn locked(path: &str) -> BTreeSet<(String, String)> {
    let text = fs::read_to_string(Path::new(ROOT).join(path)).unwrap();
    let lock: toml::Table = text.parse().unwrap();
    let packages = lock["package"].as_array().unwrap().iter();
    packages
        .map(|package| {
            let text = |key: &str| package[key].as_str().unwrap().to_owned();
            (text("name"), text("version"))
        })
        .collect()
}

#[test]
fn the_repository_needs_no_package_that_this_one_does_not() {
    let mut needed = locked("fixtures/plugin-repo/Cargo.lock");
    needed.retain(|(name, _)| name != "dokku-lantern");
    let missing: Vec<_> = needed.difference(&locked("Cargo.lock")).cloned().collect();
    assert!(missing.is_empty(), "{missing:?}: {RELOCK}");
}

#[test]
fn a_conformant_plugin_passes() {
    let output = Tests::conformance().run(&[]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let outcomes = outcomes(&output);
    assert_eq!(outcomes["plugin-toml::lantern::the-descriptor"], "ok");
    let kept = outcomes.values().filter(|outcome| *outcome == "ok").count();
    assert!(kept > 30, "only {kept} passed:\n{}", out(&output));
    assert_eq!(
        outcomes.into_keys().collect::<BTreeSet<_>>(),
        Tests::conformance().list(&[])
    );
}

#[test]
fn every_test_is_named_by_requirement_plugin_and_case() {
    let list = Tests::conformance().list(&[]);
    assert!(list.len() > 30);
    for name in &list {
        let parts: Vec<_> = name.split("::").collect();
        let [requirement, plugin, case] = parts[..] else {
            panic!("{name}");
        };
        assert!(!requirement.is_empty() && !case.is_empty(), "{name}");
        assert_eq!(plugin, "lantern", "{name}");
    }
}

#[test]
fn what_does_not_apply_is_known_before_anything_runs() {
    let all = Tests::conformance().list(&[]);
    let ignored = Tests::conformance().list(&["--ignored"]);
    assert!(ignored.is_subset(&all) && ignored.len() < all.len());
    // The plugin has no such file.
    assert!(ignored.contains("functions-file::lantern::it-can-be-sourced"));
    assert!(!ignored.contains("plugin-toml::lantern::the-descriptor"));
}

#[test]
fn what_is_ignored_says_why_when_it_is_asked_for() {
    let output = Tests::conformance().run(&["--ignored", "functions-file"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let outcomes = outcomes(&output);
    assert!(!outcomes.is_empty());
    for (name, outcome) in outcomes {
        assert!(outcome.starts_with("ignored (skip: "), "{name}: {outcome}");
    }
}

#[test]
fn what_turns_out_not_to_apply_says_why() {
    let output = Tests::conformance().run(&["docker-bin"]);
    let outcomes = outcomes(&output);
    assert_eq!(
        outcomes.into_values().collect::<Vec<_>>(),
        ["ignored (skip: it does not call docker)"]
    );
}

#[test]
fn exact_runs_that_one_alone() {
    let name = "unknown-command-declined::lantern::a-command-of-nobody";
    let output = Tests::conformance().run(&["--exact", name]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let came = outcomes(&output);
    assert_eq!(came, BTreeMap::from([(name.to_owned(), "ok".to_owned())]));
    let beginning = Tests::conformance().run(&["--exact", "unknown-command-declined"]);
    assert!(outcomes(&beginning).is_empty());
}

#[test]
fn filters_choose_and_skip_leaves_out() {
    let both = [
        "unknown-command-declined::lantern::a-command-of-nobody",
        "unknown-command-declined::lantern::a-neighbour-still-gets-its-turn",
    ];
    let list = Tests::conformance().list(&["unknown-command"]);
    assert_eq!(list, names(&both));
    let list = Tests::conformance().list(&["unknown-command", "--skip", "neighbour"]);
    assert_eq!(list, names(&both[..1]));
    let output = Tests::conformance().run(&["unknown-command", "--skip", "neighbour"]);
    assert_eq!(outcomes(&output).into_keys().collect::<Vec<_>>(), both[..1]);
}

#[test]
fn one_thread_comes_to_the_same() {
    let one = Tests::conformance().run(&["--test-threads=1", "help"]);
    let many = Tests::conformance().run(&["--test-threads=4", "help"]);
    assert!(!outcomes(&one).is_empty());
    assert_eq!(outcomes(&one), outcomes(&many));
}

#[test]
fn a_broken_plugin_fails_with_the_difference_that_check_shows() {
    let output = Tests::called("broken").run(&["app-flag"]);
    assert_eq!(output.status.code(), Some(101), "{output:?}");
    let outcomes = outcomes(&output);
    assert_eq!(
        outcomes["app-flag::hello::the-flag-equals-the-argument[hello]"],
        "FAILED"
    );

    let check = Command::new(env!("CARGO_BIN_EXE_dokku-conform"))
        .args([
            "check",
            "fixtures/plugins/app-flag-alone",
            "--only",
            "app-flag",
        ])
        .current_dir(ROOT)
        .output()
        .unwrap();
    let report = out(&check);
    let shown = report.lines().map(str::trim_start);
    let difference: Vec<_> = shown.filter(|line| line.starts_with(['-', '+'])).collect();
    assert!(difference.len() > 1, "{report}");
    let text = out(&output);
    for line in difference {
        assert!(
            text.lines().any(|other| other.trim_start() == line),
            "{line}\n{text}"
        );
    }
    assert!(text.contains("fix: "), "{text}");
}

#[test]
fn a_plugin_that_breaks_one_rule_keeps_the_others() {
    let output = Tests::called("broken").run(&["--skip", "app-flag"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
}

/// The tests of a copy of a fixture, of which this is said in its conformance.yaml.
fn saying(fixture: &str, conformance: &str) -> (Tests, tempfile::TempDir) {
    let place = scratch();
    let plugin = place.path().join("hello");
    let copied = Command::new("cp")
        .arg("-R")
        .args([
            &Path::new(ROOT).join("fixtures/plugins").join(fixture),
            &plugin,
        ])
        .status();
    assert!(copied.unwrap().success());
    fs::write(plugin.join("conformance.yaml"), conformance).unwrap();
    let mut tests = Tests::called("elsewhere");
    tests.command.env("PLUGIN", &plugin);
    (tests, place)
}

#[test]
fn what_is_expected_to_fail_fails_no_test_and_is_one() {
    let said = "expectations: [{id: unknown-command-declined, reason: since 2014}]\n";
    let bad = "unknown-command-declined-swallows";
    let (tests, _plugin) = saying(bad, said);
    let output = tests.run(&["unknown-command-declined"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let came = outcomes(&output);
    let failing = &came["unknown-command-declined::hello::a-command-of-nobody"];
    assert!(
        failing.starts_with("ignored (expected failure: since 2014 ("),
        "{failing}"
    );
    assert!(failing.ends_with("hello/conformance.yaml:1))"), "{failing}");
    assert_eq!(came["expectations::hello::unknown-command-declined"], "ok");

    // Alone, as cargo-nextest runs it, it comes to the same.
    let (tests, _plugin) = saying(bad, said);
    let name = "expectations::hello::unknown-command-declined";
    let output = tests.run(&["--exact", name]);
    assert_eq!(
        outcomes(&output),
        BTreeMap::from([(name.to_owned(), "ok".to_owned())])
    );

    for (said, has) in [
        (said, "is expected to fail, and all 2 cases of it pass"),
        (
            "expectations: [{id: plugin-toml, reason: x, expires: 2020-01-01}]\n",
            "expired on 2020-01-01",
        ),
    ] {
        let (tests, _plugin) = saying("hello", said);
        let output = tests.run(&["expectations"]);
        assert_eq!(output.status.code(), Some(101), "{output:?}");
        let text = out(&output);
        assert!(
            text.contains(has) && text.contains("hello/conformance.yaml:1: "),
            "{text}"
        );
    }
}

/// Runs these tests as cargo-nextest does: each in a process of its own, many at the same time.
fn next_test(names: &[&String], id: &str, file: &Path) {
    const AT_ONCE: usize = 8;
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some(name) = names.get(next.fetch_add(1, Ordering::Relaxed)) {
            let tests = Tests::conformance().on_record(file).in_run(id);
            let output = tests.run(&["--exact", name, "--nocapture"]);
            assert_eq!(output.status.code(), Some(0), "{output:?}");
            assert_eq!(String::from_utf8_lossy(&output.stderr), "");
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(work);
        }
    });
}

/// The tests that cargo-nextest runs.
fn runnable() -> Vec<String> {
    let all = Tests::conformance().list(&[]);
    let ignored = Tests::conformance().list(&["--ignored"]);
    all.difference(&ignored).cloned().collect()
}

/// The lines of a record but for the run and its times.
fn lines(file: &Path) -> Vec<Value> {
    let text = fs::read_to_string(file).unwrap();
    let line = |line: &str| {
        let mut line: Value = serde_json::from_str(line).unwrap();
        for volatile in ["run", "time", "duration_ms"] {
            line.as_object_mut().unwrap().remove(volatile);
        }
        line
    };
    text.lines().map(line).collect()
}

fn program(args: &[&str]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_dokku-conform"));
    program.args(args).current_dir(ROOT).output().unwrap()
}

/// The lines of the record that `check` writes of the repository.
fn checked(place: &Path) -> Vec<Value> {
    let file = place.join("check.jsonl");
    let record = format!("jsonl={}", file.display());
    program(&["check", "fixtures/plugin-repo", "--format", &record]);
    lines(&file)
}

/// The names of the files in a folder.
fn names_in(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[test]
fn a_run_of_one_process_leaves_the_record_of_check() {
    let place = scratch();
    let (folder, file) = (place.path().join("a"), place.path().join("a/record.jsonl"));
    fs::create_dir(&folder).unwrap();
    Tests::conformance().on_record(&file).run(&[]);
    assert_eq!(lines(&file), checked(place.path()));
    assert_eq!(names_in(&folder), names(&["record.jsonl"]));
    // A run of some of the cases leaves none, and what was there stays.
    let before = fs::read(&file).unwrap();
    Tests::conformance().on_record(&file).run(&["app-flag"]);
    assert_eq!(fs::read(&file).unwrap(), before);
    assert_eq!(names_in(&folder), names(&["record.jsonl"]));
}

#[test]
fn a_process_for_each_test_leaves_the_record_of_check() {
    let place = scratch();
    let (folder, file) = (place.path().join("a"), place.path().join("a/record.jsonl"));
    fs::create_dir(&folder).unwrap();
    let all = runnable();
    let all: Vec<&String> = all.iter().collect();
    let (first, rest) = all.split_at(5);
    next_test(first, "11aa-22", &file);
    // It is not there before all have run, and what is there instead is not whole.
    let unfinished = folder.join("unfinished-11aa-22.jsonl");
    assert_eq!(names_in(&folder), names(&["unfinished-11aa-22.jsonl"]));
    let refused = program(&["render", unfinished.to_str().unwrap()]);
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(said.contains("did not go to its end"), "{said}");
    // A process was killed while it wrote, a test is run again, and another run has begun.
    let mut torn = fs::read(&unfinished).unwrap();
    torn.extend(br#"{"type":"case","plugin":"lan"#);
    fs::write(&unfinished, torn).unwrap();
    next_test(&first[..1], "11aa-22", &file);
    next_test(first, "33bb-44", &file);
    next_test(rest, "11aa-22", &file);
    assert_eq!(lines(&file), checked(place.path()));
    assert_eq!(
        names_in(&folder),
        names(&["record.jsonl", "unfinished-33bb-44.jsonl"])
    );
    // The record is whole: a test that is run once more changes nothing.
    let before = fs::read(&file).unwrap();
    next_test(&first[..1], "11aa-22", &file);
    assert_eq!(fs::read(&file).unwrap(), before);
    assert!(!unfinished.exists());
    // The other run ends, and takes its place.
    next_test(rest, "33bb-44", &file);
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains("33bb-44") && !text.contains("11aa-22"));
    assert_eq!(lines(&file), checked(place.path()));
}

#[test]
fn two_runs_at_once_are_not_mixed() {
    let place = scratch();
    let file = place.path().join("record.jsonl");
    let all = runnable();
    let all: Vec<&String> = all.iter().collect();
    std::thread::scope(|scope| {
        for id in ["one", "other"] {
            let (all, file) = (&all, &file);
            scope.spawn(move || next_test(all, id, file));
        }
    });
    let record = lines(&file);
    assert_eq!(record, checked(place.path()));
    assert_eq!(
        names_in(place.path()),
        names(&["check.jsonl", "record.jsonl"])
    );
}

#[test]
fn a_folder_for_reports_gets_the_record() {
    let place = scratch();
    let plugin = place.path().join("dokku-lantern");
    let hello = format!("{ROOT}/fixtures/plugins/hello");
    let copied = Command::new("cp")
        .args(["-r", &hello])
        .arg(&plugin)
        .status();
    assert!(copied.unwrap().success());
    let check = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dokku-conform"));
        command.args(["check", ".", "--only", "plugin-toml,app-flag"]);
        command.args(args).current_dir(&plugin).output().unwrap()
    };
    check(&[]);
    let folder = plugin.join("reports");
    assert!(
        !folder.exists(),
        "a folder that nobody made is none for reports"
    );
    fs::create_dir(&folder).unwrap();
    check(&[]);
    let first = fs::read_to_string(folder.join("last.jsonl")).unwrap();
    assert_eq!(names_in(&folder), names(&["last.jsonl"]));
    for args in [["--no-record"].as_slice(), &["--format", "jsonl"]] {
        check(args);
        assert_eq!(names_in(&folder), names(&["last.jsonl"]), "{args:?}");
    }
    // The baseline is read before another record takes its place, and none of both is a file of the plugin.
    let compared = check(&["--baseline", "reports/last.jsonl"]);
    assert!(out(&compared).contains("0 regressed"), "{compared:?}");
    assert_eq!(names_in(&folder), names(&["last.jsonl", "previous.jsonl"]));
    assert_eq!(
        fs::read_to_string(folder.join("previous.jsonl")).unwrap(),
        first
    );
    assert_eq!(
        lines(&folder.join("last.jsonl")),
        lines(&folder.join("previous.jsonl"))
    );
    // An unfinished one is gone on with where it is, and is the last when it is whole.
    let begun: String = first.split_inclusive('\n').take(2).collect();
    let unfinished = folder.join("unfinished-1.jsonl");
    fs::write(&unfinished, begun).unwrap();
    let resumed = check(&["--resume", "reports/unfinished-1.jsonl"]);
    assert_eq!(resumed.status.code(), Some(0), "{resumed:?}");
    assert!(!unfinished.exists());
    assert_eq!(
        lines(&folder.join("last.jsonl")),
        lines(&folder.join("previous.jsonl"))
    );
}

//! Running cases several times, to tell what is flaky.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use assert_cmd::assert::Assert;
use predicates::str::contains;
use scratch::scratch;
use serde_json::Value;
use tempfile::TempDir;

mod scratch;

const SPEC: &str = "id: counted
title: It works each time
level: must
why: why
fix: fix
cases:
  - {name: once, run: dokku counting:go, expect: {exit: 0}}
";

/// A plugin that counts its runs in a file, which it can only where nothing keeps it from that, and fails in those that a
/// file of its folder names.
struct Counting(TempDir);

impl Counting {
    /// One that fails in the runs that this pattern of the shell fits.
    fn failing(pattern: &str) -> Self {
        let place = scratch();
        let plugin = place.path().join("counting");
        let specs = place.path().join("specs");
        fs::create_dir_all(plugin.join("subcommands")).unwrap();
        fs::create_dir(&specs).unwrap();
        fs::write(specs.join("counted.yaml"), SPEC).unwrap();
        let count = place.path().join("count");
        let script = format!(
            "#!/usr/bin/env bash\necho >>{0}\ncase $(wc -l <{0}) in {pattern}) exit 1 ;; esac\n",
            count.display()
        );
        let go = plugin.join("subcommands/go");
        fs::write(&go, script).unwrap();
        fs::set_permissions(&go, fs::Permissions::from_mode(0o755)).unwrap();
        Self(place)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn check(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dokku-conform"));
        command.current_dir(self.0.path());
        command.args(["check", "counting", "--specs", "specs", "--only", "counted"]);
        command.args(["--isolation", "off"]).args(args);
        command
    }

    /// The last record in another form.
    fn render(&self, form: &str) -> Assert {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dokku-conform"));
        command.arg("render").arg(self.path("record.jsonl"));
        command.args(["--format", form]).assert().success()
    }

    /// The case of a run that ends with this status.
    fn case(&self, args: &[&str], status: i32) -> Value {
        let record = self.path("record.jsonl");
        let form = format!("jsonl={}", record.display());
        self.check(args)
            .args(["--format", &form])
            .assert()
            .code(status);
        case(&record)
    }
}

fn case(record: &Path) -> Value {
    let text = fs::read_to_string(record).unwrap();
    serde_json::from_str(text.lines().nth(1).unwrap()).unwrap()
}

fn outcomes(case: &Value) -> Vec<&str> {
    let runs = case["runs"].as_array().map_or(&[][..], Vec::as_slice);
    runs.iter()
        .map(|run| run["outcome"].as_str().unwrap())
        .collect()
}

#[test]
fn a_failure_is_retried_until_it_comes_out_otherwise() {
    // A failure is played twice before it counts as one.
    let plugin = Counting::failing("1|2");
    let case = plugin.case(&["--retries", "5"], 0);
    assert_eq!(case["outcome"], "inconclusive");
    assert_eq!(case["flaky"], true);
    assert_eq!(outcomes(&case), ["fail", "pass"]);
    plugin
        .render("junit")
        .stdout(contains("<flakyFailure message=\"flaky: of 2 runs"));
    let ctrf = plugin.render("ctrf").get_output().stdout.clone();
    let ctrf: Value = serde_json::from_slice(&ctrf).unwrap();
    let test = &ctrf["results"]["tests"][0];
    assert_eq!(
        (&test["flaky"], &test["retries"]),
        (&true.into(), &1.into())
    );
    let reason = case["reason"].as_str().unwrap();
    assert!(
        reason.starts_with("flaky: of 2 runs 1 pass, 1 fail: `dokku counting:go`: exit 1"),
        "{reason}"
    );
}

#[test]
fn a_failure_that_stays_one_fails_the_run() {
    let case = Counting::failing("*").case(&["--retries", "2"], 1);
    assert_eq!(case["outcome"], "fail");
    assert_eq!(case["flaky"], Value::Null);
    assert_eq!(outcomes(&case), ["fail", "fail", "fail"]);
}

#[test]
fn what_passes_is_run_once_unless_all_is_repeated() {
    let plugin = Counting::failing("none");
    assert!(outcomes(&plugin.case(&["--retries", "3"], 0)).is_empty());
    let case = plugin.case(&["--repeat", "4"], 0);
    assert_eq!(outcomes(&case), ["pass"; 4]);
    assert_eq!(case["outcome"], "pass");
}

#[test]
fn what_is_unstable_is_counted_and_told() {
    let plugin = Counting::failing("3|4");
    plugin
        .check(&["--repeat", "3"])
        .assert()
        .success()
        .stdout(contains("flaky: of 3 runs 2 pass, 1 fail"))
        .stdout(contains("1 inconclusive (1 of them flaky)"));
    Counting::failing("3|4")
        .check(&["--repeat", "3", "--deny", "inconclusive"])
        .assert()
        .code(1);
}

#[test]
fn what_changed_since_the_baseline_is_looked_at_again() {
    let plugin = Counting::failing("1|2");
    plugin.case(&[], 1);
    let old = plugin.path("old.jsonl");
    fs::rename(plugin.path("record.jsonl"), &old).unwrap();
    let old = old.to_str().unwrap();
    let record = plugin.path("new.jsonl");
    let form = format!("jsonl={}", record.display());
    plugin
        .check(&["--baseline", old, "--retries", "2", "--format", &form])
        .assert()
        .success();
    assert_eq!(outcomes(&case(&record)), ["pass", "pass", "pass"]);
}

#[test]
fn a_flaky_case_is_one_in_a_comparison() {
    let plugin = Counting::failing("2|3");
    plugin.case(&[], 0);
    let old = plugin.path("old.jsonl");
    fs::rename(plugin.path("record.jsonl"), &old).unwrap();
    plugin.case(&["--retries", "3"], 0);
    Command::new(env!("CARGO_BIN_EXE_dokku-conform"))
        .args(["compare"])
        .args([old, plugin.path("record.jsonl")])
        .assert()
        .success()
        .stdout(contains("1 flaky"));
}

#[test]
fn numbers_that_make_no_sense_are_refused() {
    let plugin = Counting::failing("none");
    for args in [
        &["--repeat", "0"][..],
        &["--repeat", "-1"],
        &["--repeat", "1001"],
        &["--retries", "101"],
        &["--retries", "many"],
        &["--retries", "1", "--repeat", "2"],
    ] {
        plugin.check(args).assert().code(2).stdout("");
    }
}

#[test]
fn what_regresses_upstream_is_looked_at_again_with_both() {
    let upstream = |plugin: &Counting, args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dokku-conform"));
        command.current_dir(plugin.path("."));
        command.args([
            "upstream", "--old", "0.37.10", "--new", "0.38.0", "counting",
        ]);
        command.args([
            "--specs",
            "specs",
            "--only",
            "counted",
            "--isolation",
            "off",
        ]);
        command.args(args).assert()
    };
    // One run with the older Dokku, and one that fails with the newer, which is played twice.
    let flaky_now = || Counting::failing("2|3");
    upstream(&flaky_now(), &[])
        .code(1)
        .stdout(contains("counted"));
    upstream(&flaky_now(), &["--retries", "2"])
        .success()
        .stdout(contains("flaky"));
    // With the older Dokku it passes when it is looked at first, and fails when it is looked at again.
    let flaky_before = Counting::failing("2|3|4|5|6|7|8|9");
    upstream(&flaky_before, &["--retries", "2"])
        .success()
        .stdout(contains("flaky"));
    let counted = fs::read_to_string(flaky_before.path("count")).unwrap();
    assert_eq!(counted.lines().count(), 9);
}

#[test]
fn one_look_serves_all_cases_that_ask_for_the_same() {
    let plugin = Counting::failing("none");
    let other = SPEC.replace("id: counted", "id: counted-too");
    fs::write(plugin.path("specs/counted-too.yaml"), other).unwrap();
    let check = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dokku-conform"));
        command.current_dir(plugin.path("."));
        command.args(["check", "counting", "--specs", "specs"]);
        command.args(["--only", "counted,counted-too"]);
        command
            .args(["--isolation", "off", "--jobs", "1"])
            .args(args);
        command.assert().success();
        let counted = fs::read_to_string(plugin.path("count")).unwrap();
        counted.lines().count()
    };
    assert_eq!(check(&[]), 1);
    // A second look is one.
    assert_eq!(check(&["--repeat", "2"]), 1 + 3);
}

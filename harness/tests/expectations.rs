//! What is expected to fail, and what is told of an expectation that holds no longer.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command as Process;

use assert_cmd::Command;
use assert_cmd::assert::Assert;
use predicates::prelude::PredicateBooleanExt;
use predicates::str::contains;
use scratch::scratch;
use serde_json::Value;
use tempfile::TempDir;

mod scratch;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
/// Breaks this rule alone, in one of its two cases.
const BAD: &str = "unknown-command-declined-swallows";
const RULE: &str = "unknown-command-declined";
const CASE: &str = "a-command-of-nobody";

/// A copy of a fixture, with what its author says of it.
struct Plugin {
    scratch: TempDir,
}

impl Plugin {
    fn new(fixture: &str, conformance: &str) -> Self {
        let scratch = scratch();
        let from = Path::new(ROOT).join("fixtures/plugins").join(fixture);
        let copied = Process::new("cp")
            .arg("-R")
            .args([&from, &scratch.path().join("hello")])
            .status();
        assert!(copied.unwrap().success());
        let plugin = Self { scratch };
        if !conformance.is_empty() {
            fs::write(plugin.path("hello/conformance.yaml"), conformance).unwrap();
        }
        plugin
    }

    /// One that breaks the rule, of which these keys are said in an expectation of that.
    fn expecting(keys: &str) -> Self {
        Self::new(BAD, &expectation(keys))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.scratch.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    fn run(&self, args: &[&str]) -> Assert {
        let mut command = Command::cargo_bin("dokku-conform").unwrap();
        command.current_dir(self.scratch.path()).args(args).assert()
    }

    /// The check of the rule and of another one.
    fn check(&self, args: &[&str]) -> Assert {
        let only = [
            "check",
            "hello",
            "--only",
            "unknown-command-declined,plugin-toml",
        ];
        self.run(&[&only[..], args].concat())
    }

    /// The cases of the record of that check.
    fn cases(&self, args: &[&str]) -> Vec<Value> {
        let checked = self.check(&[&["--format", "jsonl"], args].concat());
        let text = String::from_utf8(checked.get_output().stdout.clone()).unwrap();
        let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
        lines
            .filter(|line: &Value| line["type"] == "case")
            .collect()
    }
}

fn expectation(keys: &str) -> String {
    format!("name: hello\nexpectations:\n  - id: {RULE}\n    reason: since 2014\n{keys}")
}

#[test]
fn what_is_expected_to_fail_fails_no_run_and_is_shown_apart() {
    let plugin = Plugin::expecting(
        "    case: A command of nobody\n    issue: https://example.org/1\n    expires: 2999-12-31\n",
    );
    plugin.check(&[]).code(0).stdout(
        contains("expected failure must")
            .and(contains(
                "expected: since 2014, https://example.org/1, until 2999-12-31 (hello/conformance.yaml:3)",
            ))
            .and(contains(" 0 failed,"))
            .and(contains(", 1 expected failure in "))
            .and(contains("FAIL").not()),
    );
    let cases = plugin.cases(&[]);
    let failed = cases.iter().find(|case| case["outcome"] == "fail").unwrap();
    let expected = &failed["expected"];
    assert_eq!(failed["case"], CASE);
    assert_eq!(expected["reason"], "since 2014");
    assert_eq!(expected["issue"], "https://example.org/1");
    assert_eq!(expected["expires"], "2999-12-31");
    assert_eq!(expected["place"]["line"], 3);
    let own = cases
        .iter()
        .find(|case| case["requirement"] == "expectations");
    assert_eq!(own.unwrap()["outcome"], "pass");
    assert_eq!(own.unwrap()["case"], format!("{RULE}/{CASE}"));
}

#[test]
fn without_a_case_whatever_fails_of_the_rule_is_expected() {
    Plugin::expecting("").check(&["--strict"]).code(0);
    // The other case passes, and is said to fail.
    let plugin = Plugin::expecting("    case: a neighbour still gets its turn\n");
    let told = plugin.check(&[]).code(1);
    told.stdout(contains("FAIL must   expectations").and(contains(format!("FAIL must   {RULE}"))));
}

#[test]
fn one_that_fails_no_longer_is_a_failure_with_its_line() {
    let plugin = Plugin::new("hello", &expectation(""));
    plugin.check(&[]).code(1).stdout(
        contains("FAIL must   expectations   hello/conformance.yaml:3")
            .and(contains(
                "`unknown-command-declined` is expected to fail, and all 2 cases of it pass",
            ))
            .and(contains("again: dokku-conform check hello\n")),
    );
    for (form, has) in [
        (
            "junit",
            "<failure message=\"fail: `unknown-command-declined` is expected to fail",
        ),
        ("tap", "not ok"),
        ("github", "::error file=hello/conformance.yaml,line=3,"),
        (
            "markdown",
            "fail: hello <b>expectations</b> hello/conformance.yaml",
        ),
        ("sarif", "\"uri\": \"hello/conformance.yaml\""),
        ("ctrf", "\"filePath\": \"hello/conformance.yaml\""),
        ("badge", "1 broken"),
        ("html", "hello/conformance.yaml:3"),
        (
            "jsonl",
            r#""place":{"file":"hello/conformance.yaml","line":3}"#,
        ),
    ] {
        plugin
            .check(&["--format", form])
            .code(1)
            .stdout(contains(has));
    }
}

#[test]
fn an_expired_one_counts_no_more_and_is_a_failure_itself() {
    let plugin = Plugin::expecting("    expires: 2020-02-29\n");
    plugin.check(&[]).code(1).stdout(
        contains("hello/conformance.yaml:3")
            .and(contains(format!(
                "the expectation that `{RULE}` fails expired on 2020-02-29"
            )))
            .and(contains(format!("FAIL must   {RULE}")))
            .and(contains("expected failure").not()),
    );
}

#[test]
fn one_of_what_is_unknown_is_refused_at_its_line() {
    for (said, has) in [
        (
            "  - {id: app-flags, reason: x}",
            "conformance.yaml:2:10: there is no requirement `app-flags`",
        ),
        (
            "  - {id: app-flag, case: none, reason: x}",
            "`app-flag` has no case `none`",
        ),
        (
            "  - {id: help-command, case: \"the help[hello]\", reason: x}",
            "has no case",
        ),
        (
            "  - {id: app-flag, dokku: \"0.99\", reason: x}",
            "Dokku 0.99 is not known",
        ),
        (
            "  - {id: no-nested-dokku, dokku: \"0.4\", reason: x}",
            "`no-nested-dokku` can't fail in Dokku 0.4.0",
        ),
        (
            "  - {id: app-flag, reason: x, issue: \"javascript:alert(1)\"}",
            "`javascript:alert(1)` is no link",
        ),
        (
            "  - {id: app-flag, reason: x}\n  - {id: app-flag, dokku: \"0.30\", reason: y}",
            "conformance.yaml:3:5: `app-flag` is expected to fail a second time",
        ),
        (
            "  - {id: app-flag, reason: \" \\u200b\"}",
            "`reason` says nothing",
        ),
    ] {
        let plugin = Plugin::new("hello", &format!("expectations:\n{said}\n"));
        plugin.check(&[]).code(2).stderr(contains(has));
    }
}

#[test]
fn one_that_matches_nothing_is_a_failure_with_what_there_is() {
    let case = "\"the flag equals the argument[hello:gone]\"";
    let text = format!("expectations:\n  - id: app-flag\n    case: {case}\n    reason: x\n");
    let plugin = Plugin::new("hello", &text);
    let told = plugin
        .run(&["check", "hello", "--only", "app-flag"])
        .code(1);
    told.stdout(
        contains("FAIL must   expectations   hello/conformance.yaml:2")
            .and(contains("matches nothing"))
            .and(contains("the-flag-equals-the-argument[")),
    );
    // The plugin has nothing that the rule is about.
    let plugin = Plugin::new(
        "hello",
        "expectations:\n  - {id: functions-file, reason: x}\n",
    );
    let told = plugin
        .run(&["check", "hello", "--only", "functions-file"])
        .code(1);
    told.stdout(contains("matches nothing: the plugin has no functions"));
}

#[test]
fn what_a_run_is_not_about_is_no_failure() {
    for (keys, args) in [
        // Another requirement is selected.
        ("    expires: 2020-01-01\n", &["--only", "plugin-toml"][..]),
        ("", &["--skip", RULE]),
        // It is about other versions.
        ("    dokku: \"0.20..0.30\"\n", &["--only", RULE]),
        ("    dokku: {until: \"0.30.0\"}\n", &["--only", RULE]),
    ] {
        let plugin = Plugin::new("hello", &expectation(keys));
        plugin.run(&[&["check", "hello"], args].concat()).code(0);
    }
    // The case is about one old version alone, and could not fail in this one.
    let plugin = Plugin::new("hello", &expectation(""));
    plugin.check(&["--dokku", "0.38"]).code(1);
}

#[test]
fn each_version_is_held_to_what_is_said_of_it() {
    let plugin = Plugin::expecting("    dokku: [\"0.24\", \"0.30..0.31\"]\n");
    plugin.check(&["--dokku", "0.24.0,0.30.2,0.31"]).code(0);
    let told = plugin.check(&["--dokku", "0.29,0.30"]).code(1);
    told.stdout(contains("in Dokku 0.29.4").and(contains("1 expected failure")));
    let plugin = Plugin::new("hello", &expectation("    dokku: \"0.30,0.31\"\n"));
    let told = plugin.check(&["--dokku", "0.29..0.31"]).code(1);
    told.stdout(contains(
        "expectations   hello/conformance.yaml:3   in Dokku 0.30.11 to 0.31.5",
    ));
}

#[test]
fn a_case_that_can_not_be_judged_is_not_said_to_pass() {
    // What is run at isolation strict alone is inconclusive here.
    let text = "expectations:\n  - {id: install-clean, reason: x}\n";
    let plugin = Plugin::new("install-clean-once", text);
    let args = [
        "check",
        "hello",
        "--only",
        "install-clean",
        "--isolation",
        "portable",
    ];
    plugin
        .run(&args)
        .code(0)
        .stdout(contains("whether it still fails can't be known"));
}

#[test]
fn a_file_says_it_of_several_plugins() {
    let plugin = Plugin::new(BAD, "");
    let known = format!("hello:\n  - {{id: {RULE}, reason: since 2014}}\nother: []\n");
    fs::write(plugin.path("known.yaml"), &known).unwrap();
    let file = ["--expectations", "known.yaml"];
    plugin
        .check(&file)
        .code(0)
        .stderr(contains(
            "known.yaml:3:1: no plugin that is checked is called `other`",
        ))
        .stdout(contains("(known.yaml:2)"));
    plugin.check(&[]).code(1);
    // Below such a key may be rules that only its plugin has: they are told, and no mistake.
    let strange = known.replace("other: []", "other:\n  - {id: app-flags, reason: x}");
    fs::write(plugin.path("known.yaml"), strange).unwrap();
    plugin.check(&file).code(0).stderr(
        contains("known.yaml:4:10: no requirement of all plugins is called `app-flags`")
            .and(contains("did you mean `app-flag`?")),
    );
    // A run may be of some of the plugins; a name that is nearly one of them is worth a word.
    fs::write(plugin.path("known.yaml"), known.replace("hello", "helo")).unwrap();
    plugin
        .check(&file)
        .code(1)
        .stderr(
            contains("says nothing of any plugin that is checked").and(contains(
                "known.yaml:1:1: no plugin that is checked is called `helo`",
            )),
        );
    let both = format!("helo:\n  - {{id: {RULE}, reason: x}}\ngreeter: []\n");
    fs::write(plugin.path("known.yaml"), both).unwrap();
    let greeter = Path::new(ROOT).join("fixtures/plugins/dokku-greeter");
    let greeter = greeter.to_str().unwrap();
    let args = ["check", "hello", greeter, "--only", RULE];
    plugin.run(&[&args[..], &file].concat()).code(1).stderr(
        contains("known.yaml:1:1: no plugin that is checked is called `helo`")
            .and(contains("did you mean `hello`?")),
    );
    // What is said in both places is said twice.
    fs::write(plugin.path("known.yaml"), &known).unwrap();
    fs::write(plugin.path("hello/conformance.yaml"), expectation("")).unwrap();
    let told = plugin.check(&file).code(2);
    told.stderr(
        contains("known.yaml:2:5").and(contains("hello/conformance.yaml:3:5: the first is here")),
    );
    for (text, has) in [
        ("hello: {}\n", "known.yaml:1:8: expected a list"),
        (
            "hello:\n  - {id: app-flags, reason: x}\n",
            "did you mean `app-flag`?",
        ),
        (
            "absent:\n  - {id: own-rule, reason: \"\"}\n",
            "`reason` says nothing",
        ),
        (
            "absent:\n  - {id: own-rule, reasons: x}\n",
            "unknown key `reasons`",
        ),
    ] {
        fs::write(plugin.path("known.yaml"), text).unwrap();
        plugin.check(&file).code(2).stderr(contains(has));
    }
    plugin
        .check(&["--expectations", "nowhere.yaml"])
        .code(2)
        .stderr(contains("nowhere.yaml: can't be read"));
}

#[test]
fn expect_writes_what_fails_and_its_reasons_are_to_be_filled_in() {
    let plugin = Plugin::new(BAD, "# Mine.\nname: hello  # so\n");
    let told = plugin.run(&["expect", "hello"]).code(0);
    told.stdout(contains(
        "wrote hello/conformance.yaml, 1 expectation: fill in its reason",
    ));
    let text = plugin.text("hello/conformance.yaml");
    assert!(
        text.starts_with("# Mine.\nname: hello  # so\nexpectations:\n  # commands:16: "),
        "{text}"
    );
    assert!(
        text.ends_with(&format!(
            "\n  - id: {RULE}\n    case: \"{CASE}\"\n    reason: \"\"\n"
        )),
        "{text}"
    );
    let told = plugin.run(&["check", "hello"]).code(2);
    told.stderr(
        contains("conformance.yaml:7:13: `reason` says nothing").and(contains("fill in why")),
    );
    let filled = text.replace("\"\"", "since 2014");
    fs::write(plugin.path("hello/conformance.yaml"), &filled).unwrap();
    plugin
        .run(&["check", "hello"])
        .code(0)
        .stdout(contains("1 expected failure"));
    let told = plugin.run(&["expect", "hello"]).code(0);
    told.stdout(contains("hello: nothing fails that is not expected"));
    assert_eq!(plugin.text("hello/conformance.yaml"), filled);
}

#[test]
fn expect_begins_a_file_and_names_the_versions_that_were_run() {
    let plugin = Plugin::new(BAD, "");
    let args = [
        "expect",
        "hello",
        "--only",
        RULE,
        "--dokku",
        "0.24,0.30..0.32,newest",
    ];
    plugin.run(&args).code(0);
    let text = plugin.text("hello/conformance.yaml");
    assert!(text.starts_with("# What fails and is accepted."), "{text}");
    // Of what lies between nothing was seen.
    assert!(text.contains("dokku: \"0.24.10,0.30.11,"), "{text}");
    assert!(
        !text.contains("..newest") && text.contains(",0.38.27\""),
        "{text}"
    );
    fs::write(
        plugin.path("hello/conformance.yaml"),
        text.replace("\"\"", "x"),
    )
    .unwrap();
    plugin.check(&["--dokku", "0.24,0.31,newest"]).code(0);
}

#[test]
fn expect_writes_a_file_for_several_plugins_too() {
    let plugin = Plugin::new(BAD, "");
    let args = ["expect", "hello", "--only", RULE, "--output", "known.yaml"];
    plugin
        .run(&args)
        .code(0)
        .stdout(contains("wrote known.yaml"));
    assert!(!plugin.path("hello/conformance.yaml").exists());
    let text = plugin
        .text("known.yaml")
        .replace("reason: \"\"", "reason: x");
    assert!(text.contains("\nhello:\n  # "), "{text}");
    fs::write(plugin.path("known.yaml"), &text).unwrap();
    plugin.check(&["--expectations", "known.yaml"]).code(0);
    plugin
        .run(&args)
        .code(0)
        .stdout(contains("nothing fails that is not expected"));
    assert_eq!(plugin.text("known.yaml"), text);
}

#[test]
fn expect_leaves_a_file_that_has_no_place_and_shows_what_to_add() {
    let text = "{name: hello}\n";
    let plugin = Plugin::new(BAD, text);
    let told = plugin.run(&["expect", "hello", "--only", RULE]).code(2);
    told.stdout(contains("expectations:\n# commands:16: ").and(contains("- id: unknown")))
        .stderr(contains("add this by hand"));
    assert_eq!(plugin.text("hello/conformance.yaml"), text);
}

#[test]
fn every_form_shows_an_expected_failure_as_one() {
    let evil = "\"a\\e[31m | <b> # ```x\\u202e\\n::error::x\"";
    let plugin = Plugin::new(
        BAD,
        &expectation("    issue: https://example.org/1\n").replace("since 2014", evil),
    );
    for (form, has, not) in [
        ("text", "expected failure must", "FAIL"),
        ("junit", "<skipped message=\"expected failure: ", "<failure"),
        (
            "tap",
            "# TODO expected failure: a\\\\x1B",
            "expected failure: a\u{1B}",
        ),
        ("github", "1 expected failure", "::error "),
        ("markdown", "### Expected failures", "<summary>fail"),
        (
            "sarif",
            "\"suppressions\"",
            "\"level\": \"error\",\n          \"message\"",
        ),
        ("ctrf", "\"rawStatus\": \"expected failure\"", "\"failed\","),
        ("badge", "1 expected failure", "broken"),
        ("html", "href=\"https://example.org/1\"", "<b> #"),
        ("jsonl", "\"expected\":{\"place\"", "\u{202E}x"),
    ] {
        let told = plugin.check(&["--format", form]).code(0);
        let text = String::from_utf8(told.get_output().stdout.clone()).unwrap();
        assert!(text.contains(has), "{form}: {has}\n{text}");
        assert!(
            form == "jsonl" || !text.contains(not),
            "{form}: {not}\n{text}"
        );
        assert!(
            form == "jsonl" || !text.contains(['\u{1B}', '\u{202E}']),
            "{form}\n{text}"
        );
    }
}

#[test]
fn a_record_keeps_it_for_render_compare_and_baseline() {
    let plugin = Plugin::expecting("");
    let bare = Plugin::new("hello", "");
    plugin.check(&["--format", "jsonl=new.jsonl"]).code(0);
    bare.check(&["--format", "jsonl=old.jsonl"]).code(0);
    let old = bare.path("old.jsonl");
    let old = old.to_str().unwrap();
    plugin
        .run(&["render", "new.jsonl"])
        .code(0)
        .stdout(contains("expected failure must"));
    // It did regress, and is told as that; but it was said to.
    let told = plugin.run(&["compare", old, "new.jsonl"]).code(0);
    told.stdout(
        contains("regressed must unknown-command-declined")
            .and(contains("expected: since 2014"))
            .and(contains("1 regressed (1 of them expected)")),
    );
    plugin.check(&["--baseline", old]).code(0);
    fs::remove_file(plugin.path("hello/conformance.yaml")).unwrap();
    plugin.check(&["--baseline", old]).code(1);
    // To expect a failure changes nothing of what is seen of it.
    plugin.check(&["--format", "jsonl=bare.jsonl"]).code(1);
    let told = plugin.run(&["compare", "bare.jsonl", "new.jsonl"]).code(0);
    told.stdout(contains("0 changed"));
}

#[test]
fn a_run_goes_on_with_what_was_expected() {
    let plugin = Plugin::new(BAD, "");
    let known = plugin.path("known.yaml");
    fs::write(
        &known,
        format!("hello:\n  - {{id: {RULE}, reason: since 2014}}\n"),
    )
    .unwrap();
    let args = ["--expectations", "known.yaml", "--format", "jsonl"];
    plugin
        .check(&[&args[..], &["--output", "whole.jsonl"]].concat())
        .code(0);
    let whole = plugin.text("whole.jsonl");
    let lines: Vec<&str> = whole.split_inclusive('\n').collect();
    let outcomes = |text: &str| -> Vec<(String, Value)> {
        let lines = text
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        let cases = lines.filter(|line| line["type"] == "case");
        cases
            .map(|case| (case["outcome"].to_string(), case["expected"].clone()))
            .collect()
    };
    for kept in 1..lines.len() {
        fs::write(plugin.path("part.jsonl"), lines[..kept].concat()).unwrap();
        let resume = ["--resume", "part.jsonl", "--output", "part.jsonl"];
        plugin.check(&[&args[..], &resume].concat()).code(0);
        assert_eq!(
            outcomes(&plugin.text("part.jsonl")),
            outcomes(&whole),
            "{kept}"
        );
    }
    fs::write(plugin.path("part.jsonl"), lines[..lines.len() - 1].concat()).unwrap();
    fs::write(
        &known,
        format!("hello:\n  - {{id: {RULE}, reason: another}}\n"),
    )
    .unwrap();
    let resume = ["--resume", "part.jsonl", "--output", "part.jsonl"];
    let told = plugin.check(&[&args[..], &resume].concat()).code(2);
    told.stderr(contains("the expectations have changed"));
}

#[test]
fn what_is_expected_is_explained_and_no_spec_takes_its_name() {
    let plugin = Plugin::new("hello", "");
    plugin
        .run(&["explain", "expectations"])
        .code(0)
        .stdout(contains("expectations (must)"));
    fs::create_dir(plugin.path("hello/conformance")).unwrap();
    let own = "id: expectations\ntitle: t\nlevel: may\ncases: [{name: a, run: dokku x, expect: {exit: 0}}]\n";
    fs::write(plugin.path("hello/conformance/a.yaml"), own).unwrap();
    plugin.check(&[]).code(2).stderr(contains("`expectations`"));
}

//! Dokku versions on the command line: naming them, checking in several, forecasting.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use predicates::prelude::*;
use predicates::str::contains;
use scratch::scratch;
use serde_json::Value;

mod scratch;

const HELLO: &str = "fixtures/plugins/hello";

fn program(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dokku-conform"));
    command.args(args).current_dir(env!("CARGO_MANIFEST_DIR"));
    command
}

fn stdout(args: &[&str], code: i32) -> String {
    let output = program(args).assert().code(code).get_output().clone();
    String::from_utf8(output.stdout).unwrap()
}

/// A plugin that calls a function which is gone since 0.22.0.
fn stops_apps(place: &Path) -> PathBuf {
    let plugin = place.join("dokku-stopper");
    fs::create_dir(&plugin).unwrap();
    let commands = r#"#!/usr/bin/env bash
set -eo pipefail
[[ $DOKKU_TRACE ]] && set -x
source "$PLUGIN_CORE_AVAILABLE_PATH/common/functions"
source "$PLUGIN_AVAILABLE_PATH/ps/functions"
case "$1" in
  stopper:stop)
    verify_app_name "$2"
    ps_stop "$2"
    ;;
  *)
    exit "$DOKKU_NOT_IMPLEMENTED_EXIT"
    ;;
esac
"#;
    fs::write(plugin.join("commands"), commands).unwrap();
    let manifest = "[plugin]\ndescription = \"stops\"\nversion = \"1\"\n[plugin.config]\n";
    fs::write(plugin.join("plugin.toml"), manifest).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(plugin.join("commands"), mode).unwrap();
    plugin
}

#[test]
fn a_check_runs_each_case_in_each_version_once() {
    let versions = "0.12,0.24.10,0.24,newest";
    let only = "unknown-command-declined";
    let text = stdout(
        &[
            "check", HELLO, "--dokku", versions, "--only", only, "--format", "jsonl",
        ],
        0,
    );
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let newest = lines[0]["dokku"][2].clone();
    assert_eq!(
        lines[0]["dokku"],
        serde_json::json!(["0.12.13", "0.24.10", newest])
    );
    for version in ["0.12.13", "0.24.10", newest.as_str().unwrap()] {
        let cases = lines.iter().filter(|line| line["dokku"] == version);
        let passes = cases.filter(|line| line["outcome"] == "pass");
        assert_eq!(passes.count() * 3, lines.len() - 2, "{version}");
    }
}

#[test]
fn several_versions_are_told_by_requirement() {
    let place = scratch();
    let plugin = stops_apps(place.path());
    let plugin = plugin.to_str().unwrap();
    let text = stdout(
        &[
            "check",
            plugin,
            "--dokku",
            "0.20..0.23",
            "--only",
            "api-exists",
        ],
        1,
    );
    let failures: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("FAIL"))
        .collect();
    assert_eq!(failures.len(), 1, "{text}");
    assert!(failures[0].contains("api-exists   commands:9"), "{text}");
    assert!(failures[0].ends_with("in Dokku 0.22.9 to 0.23.9"), "{text}");
}

#[test]
fn a_version_that_is_not_known_is_refused_with_the_nearest() {
    for command in [&["check", HELLO][..], &["run"]] {
        let args = [command, &["--dokku", "0.24.99", "--", "true"]].concat();
        let said = program(&args).assert().code(2);
        said.stderr(contains("the nearest that is known is 0.24.10"));
    }
    let backwards = program(&["check", HELLO, "--dokku", "0.30..0.20"]).assert();
    backwards.code(2).stderr(contains("ends before it begins"));
}

#[test]
fn a_forecast_names_the_range_and_the_line_that_ends_it() {
    let place = scratch();
    let plugin = stops_apps(place.path());
    let badge = place.path().join("badge.json");
    let text = stdout(
        &[
            "forecast",
            plugin.to_str().unwrap(),
            "--badge",
            badge.to_str().unwrap(),
        ],
        0,
    );
    let range = text.lines().next().unwrap();
    assert!(range.contains(" - 0.21.4 "), "{text}");
    assert!(text.contains("commands:9: calls `ps_stop`"), "{text}");
    let badge: Value = serde_json::from_str(&fs::read_to_string(badge).unwrap()).unwrap();
    assert_eq!(badge["schemaVersion"], 1);
    assert_eq!(badge["label"], "dokku");
    assert!(badge["message"].as_str().unwrap().ends_with(" - 0.21.4"));
}

#[test]
fn an_upgrade_that_breaks_a_must_fails() {
    let place = scratch();
    let plugin = stops_apps(place.path());
    let plugin = plugin.to_str().unwrap();
    let over = ["forecast", plugin, "--from", "0.21.4", "--to", "0.22.0"];
    let text = stdout(&over, 1);
    assert!(
        text.contains("an upgrade from 0.21.4 to 0.22.0 breaks:"),
        "{text}"
    );
    let within = ["forecast", plugin, "--from", "0.22.0", "--to", "0.23"];
    let text = stdout(&within, 0);
    assert!(text.contains("breaks nothing"), "{text}");
}

#[test]
fn a_forecast_of_several_plugins_is_a_table_in_markdown() {
    let place = scratch();
    let plugin = stops_apps(place.path());
    let text = stdout(
        &[
            "forecast",
            plugin.to_str().unwrap(),
            HELLO,
            "--from",
            "0.21",
            "--to",
            "0.22",
            "--format",
            "markdown",
        ],
        1,
    );
    assert!(text.starts_with("| plugin | works with Dokku |\n|---|---|\n"));
    assert!(
        text.contains("| stopper | 0.21.4, older not looked at |\n"),
        "{text}"
    );
    assert!(
        text.contains("| hello | 0.21.4 - 0.22.9, others not looked at |\n"),
        "{text}"
    );
}

/// The forecast of a plugin of these files, as text, with what its badge says.
fn forecast_of(files: &[(&str, &str)], more: &[&str]) -> (String, Value) {
    let place = scratch();
    let plugin = place.path().join("dokku-bare");
    fs::create_dir(&plugin).unwrap();
    let manifest = "[plugin]\ndescription = \"x\"\nversion = \"1\"\n[plugin.config]\n";
    fs::write(plugin.join("plugin.toml"), manifest).unwrap();
    for (name, text) in files {
        let file = plugin.join(name);
        fs::write(&file, text).unwrap();
        fs::set_permissions(file, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let badge = place.path().join("badge.json");
    let named = ["forecast", plugin.to_str().unwrap(), "--badge"];
    let text = stdout(&[&named[..], &[badge.to_str().unwrap()], more].concat(), 0);
    let badge = serde_json::from_str(&fs::read_to_string(badge).unwrap()).unwrap();
    (text, badge)
}

#[test]
fn what_nothing_is_known_of_has_no_range() {
    for files in [&[][..], &[("pre-delete", "\u{7f}ELF")]] {
        let (text, badge) = forecast_of(files, &[]);
        assert!(text.starts_with("bare: unknown (of 0.4.0 to "), "{text}");
        assert_eq!(
            (&badge["message"], &badge["color"]),
            (&"unknown".into(), &"lightgrey".into())
        );
    }
    let broken = "#!/usr/bin/env bash\nif true; then\n  echo ((\n";
    let (text, badge) = forecast_of(
        &[
            ("post-delete", broken),
            ("commands", "#!/bin/sh\nexit 10\n"),
        ],
        &[],
    );
    assert!(
        text.contains("as far as can be told: some of its text could not be read"),
        "{text}"
    );
    assert_ne!(badge["color"], "brightgreen");
}

#[test]
fn what_no_version_runs_works_in_none() {
    let hook = "#!/usr/bin/env bash\nexit 0\n";
    let (text, badge) = forecast_of(&[("docker-args", hook)], &[]);
    assert!(text.starts_with("bare: none (of "), "{text}");
    assert!(
        text.contains("0.3.26 was the last version to call the trigger docker-args"),
        "{text}"
    );
    assert_eq!(badge["color"], "red");
    let (text, _) = forecast_of(&[("post-app-rename", hook)], &[]);
    assert!(!text.contains("bare: 0.4.0+"), "{text}");
    let (text, _) = forecast_of(&[("docker-args", hook), ("post-delete", hook)], &[]);
    assert!(text.starts_with("bare: 0.4.0+ (of "), "{text}");
    assert!(text.contains("triggers-known"), "{text}");
}

#[test]
fn the_end_of_what_was_looked_at_is_no_bound() {
    let hook = [("post-delete", "#!/usr/bin/env bash\nexit 0\n")];
    for (ends, range) in [
        (&["--from", "0.38"][..], "0.38.27+, older not looked at"),
        (&["--to", "0.5.0"], "0.4.0 - 0.5.0, newer not looked at"),
        (
            &["--from", "0.30.1", "--to", "0.30.1"],
            "0.30.1, others not looked at",
        ),
    ] {
        let (text, badge) = forecast_of(&hook, ends);
        assert!(text.starts_with(&format!("bare: {range} (of ")), "{text}");
        assert_eq!(badge["message"], range);
    }
}

#[test]
fn a_forecast_of_several_plugins_goes_on_without_the_one_that_is_none() {
    let args = ["forecast", "fixtures/no-such", HELLO, "--from", "0.38"];
    let text = stdout(&args, 2);
    assert!(text.starts_with("hello: "), "{text}");
    program(&args).assert().stderr(contains("fixtures/no-such"));
}

#[test]
fn two_outputs_are_not_written_to_one_file() {
    let place = scratch();
    let (file, same) = (place.path().join("x"), place.path().join("./x"));
    let (file, same) = (file.to_str().unwrap(), same.to_str().unwrap());
    for other in [file, same] {
        let args = ["forecast", HELLO, "--output", file, "--badge", other];
        program(&args).assert().code(2).stderr(contains("one file"));
        assert!(!Path::new(file).exists());
    }
}

#[test]
fn a_plugin_with_the_name_of_one_of_dokkus_own_is_not_installed() {
    let args = ["run", "--dokku", "0.38", "--plugin"];
    let place = scratch();
    let plugin = place.path().join("registry");
    fs::create_dir(&plugin).unwrap();
    fs::write(plugin.join("commands"), "#!/bin/sh\nexit 10\n").unwrap();
    let args = [&args[..], &[plugin.to_str().unwrap(), "--", "true"]].concat();
    let said = program(&args).assert().code(2);
    said.stderr(contains("Dokku 0.38.27 has a plugin `registry` of its own"));
}

#[test]
fn versions_may_stand_apart() {
    stdout(
        &[
            "check",
            HELLO,
            "--only",
            "plugin-toml",
            "--dokku",
            "0.24, 0.25",
        ],
        0,
    );
}

#[test]
fn a_forecast_that_makes_no_sense_is_refused() {
    for (args, words) in [
        (&["--from", "0.30", "--to", "0.20"][..], "is newer than"),
        (&["--from", "minors"], "names no single Dokku version"),
        (&["--from", "0.3.26"], "nearest that is known is 0.4.0"),
        (&["--badge", "/dev/null", HELLO], "name one"),
        (&["--format", "xml"], "markdown"),
    ] {
        let other = "fixtures/plugins/plugin-toml-missing";
        let args = [&["forecast", other][..], args].concat();
        let said = program(&args).assert().code(2);
        said.stderr(contains(words).and(contains("panicked").not()));
    }
}

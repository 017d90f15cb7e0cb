//! The command line as a person and a script meet it: options, exit statuses, the record, and being interrupted.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command as Process, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use assert_cmd::Command;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use predicates::Predicate;
use predicates::prelude::*;
use predicates::str::{contains, starts_with};
use scratch::scratch;
use serde_json::Value;
use tempfile::TempDir;

mod scratch;

const PROGRAM: &str = env!("CARGO_BIN_EXE_dokku-conform");
const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const HELLO: &str = "fixtures/plugins/hello";
/// Breaks a `must`.
const BREAKS_MUST: &str = "fixtures/plugins/plugin-toml-missing";
/// Breaks a `should` and nothing else.
const BREAKS_SHOULD: &str = "fixtures/plugins/arguments-intact-array";
/// Leaves `app-flag` open.
const LEAVES_OPEN: &str = "fixtures/plugins/upstream-sample";

/// The least that a plugin says of itself.
const MANIFEST: &str = "[plugin]\ndescription = \"x\"\nversion = \"1.0.0\"\n[plugin.config]\n";

/// How long what ought to end soon may take on a machine that has other things to do.
const PATIENCE: Duration = Duration::from_secs(60);

/// The program with these arguments, at the repository's top level.
fn program(args: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    command.args(args).current_dir(ROOT);
    command
}

/// The same as a process to be watched while it runs, with temporary files in a directory of its own.
fn start(args: &[&str], scratch: &Path) -> Child {
    Process::new(PROGRAM)
        .args(args)
        .current_dir(ROOT)
        .env("TMPDIR", scratch)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Asserts that these arguments can't be used, and that the message says so.
fn refused(args: &[&str], message: &impl Predicate<str>) {
    let assert = program(args).assert().code(2).stdout("");
    let said = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
    assert!(message.eval(&said), "{args:?}: {said}");
    assert!(!said.contains("panicked"), "{said}");
}

fn stdout(args: &[&str]) -> String {
    let assert = program(args).assert().success();
    String::from_utf8(assert.get_output().stdout.clone()).unwrap()
}

fn lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Waits for a condition, and says if it came.
fn comes(condition: impl Fn() -> bool) -> bool {
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        if condition() {
            return true;
        }
        sleep(Duration::from_millis(10));
    }
    false
}

fn ended(child: &mut Child) -> ExitStatus {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        if start.elapsed() > PATIENCE {
            child.kill().unwrap();
            panic!("it did not end");
        }
        sleep(Duration::from_millis(10));
    }
}

fn text_of(stream: Option<impl Read>) -> String {
    let mut text = String::new();
    stream.unwrap().read_to_string(&mut text).unwrap();
    text
}

/// What of this program's is in a directory for temporary files.
fn left_in(scratch: &Path) -> Vec<String> {
    let entries = fs::read_dir(scratch).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    names
        .filter(|name| name.starts_with("dokku-conform"))
        .collect()
}

/// A plugin whose every command waits without end, after it has put its process's number into `marker`.
fn endless_plugin(scratch: &Path, marker: &Path) -> String {
    let plugin = scratch.join("endless");
    fs::create_dir(&plugin).unwrap();
    let commands = plugin.join("commands");
    let marker = marker.display();
    let script = format!(
        "#!/usr/bin/env bash\nset -eo pipefail; [[ $DOKKU_TRACE ]] && set -x\n\
        echo $$ >\"{marker}.new\"; mv \"{marker}.new\" \"{marker}\"\nexec sleep 100000\n"
    );
    fs::write(&commands, script).unwrap();
    fs::set_permissions(&commands, fs::Permissions::from_mode(0o755)).unwrap();
    let manifest = "[plugin]\ndescription = \"waits\"\nversion = \"1.0.0\"\n[plugin.config]\n";
    fs::write(plugin.join("plugin.toml"), manifest).unwrap();
    plugin.to_str().unwrap().to_owned()
}

#[test]
fn a_plugin_that_keeps_every_rule_is_fine() {
    program(&["check", HELLO])
        .assert()
        .code(0)
        .stdout(contains("0 failed").and(contains("FAIL").not()))
        .stderr("");
}

#[test]
fn a_broken_must_fails_the_run() {
    program(&["check", BREAKS_MUST])
        .assert()
        .code(1)
        .stdout(contains("FAIL must   plugin-toml"))
        .stderr("");
}

#[test]
fn a_broken_should_fails_the_run_if_strict() {
    let only = ["check", BREAKS_SHOULD, "--only", "arguments-intact"];
    program(&only).assert().code(0).stdout(contains("1 warned"));
    program(&[&only[..], &["--strict"]].concat())
        .assert()
        .code(1);
}

#[test]
fn what_can_t_be_judged_fails_the_run_if_denied() {
    let only = ["check", LEAVES_OPEN, "--only", "app-flag"];
    program(&only)
        .assert()
        .code(0)
        .stdout(contains("0 inconclusive").not());
    program(&[&only[..], &["--deny", "inconclusive"]].concat())
        .assert()
        .code(1);
    refused(
        &["check", HELLO, "--deny", "fail"],
        &contains("inconclusive"),
    );
}

#[test]
fn the_worst_of_several_plugins_counts() {
    let args = ["check", HELLO, BREAKS_MUST, "--only", "plugin-toml"];
    program(&args).assert().code(1);
}

#[test]
fn without_a_terminal_nothing_is_coloured() {
    for args in [
        &["check", BREAKS_MUST, "-v"][..],
        &["list"],
        &["explain", "app-flag"],
        &["--help"],
        &["check", "/nowhere"],
    ] {
        let mut command = program(args);
        let output = command.env("TERM", "xterm-256color").output().unwrap();
        for stream in [output.stdout, output.stderr] {
            assert!(!stream.contains(&0x1b), "{args:?}");
        }
    }
}

#[test]
fn a_failure_tells_how_to_run_it_again() {
    let assert = program(&["check", BREAKS_MUST]).assert().code(1);
    let report = String::from_utf8(assert.get_output().stdout.clone()).unwrap();
    let again = report
        .lines()
        .find_map(|line| line.trim().strip_prefix("again: dokku-conform "))
        .unwrap();
    let args = shell_words::split(again).unwrap();
    program(&args.iter().map(String::as_str).collect::<Vec<_>>())
        .assert()
        .code(1)
        .stdout(contains("plugin-toml"));
}

#[test]
fn what_the_outcome_hangs_on_is_run_again_with_it() {
    let options = ["--dokku", "0.24", "--timeout", "7.5", "--name", "other"];
    let report = program(
        &[
            &["check", BREAKS_MUST, "--only", "plugin-toml"],
            &options[..],
        ]
        .concat(),
    )
    .assert()
    .code(1);
    let report = String::from_utf8(report.get_output().stdout.clone()).unwrap();
    let options = "--dokku 0.24.10 --name other --timeout 7.5";
    let again = format!("again: dokku-conform check {BREAKS_MUST} --only plugin-toml {options}\n");
    assert!(report.contains(&again), "{report}");
}

#[test]
fn verbose_shows_what_passed() {
    let only = ["check", HELLO, "--only", "help-command"];
    assert!(!stdout(&only).contains("help-command"));
    for flag in ["-v", "--verbose"] {
        let verbose = stdout(&[&only[..], &[flag]].concat());
        assert!(verbose.contains("help-command"), "{verbose}");
    }
}

#[test]
fn only_and_skip_choose_requirements() {
    let ids = |args: &[&str]| {
        let args = [&["check", HELLO, "--format", "jsonl"], args].concat();
        let record = lines(&stdout(&args));
        let rules = record[0]["requirements"].as_array().unwrap().iter();
        rules
            .map(|rule| rule["id"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let only = ["--only", "plugin-toml,help-columns"];
    assert_eq!(ids(&only), ["help-columns", "plugin-toml"]);
    let twice = ["--only", "plugin-toml", "--only", "help-columns"];
    assert_eq!(ids(&twice), ["help-columns", "plugin-toml"]);
    let but = [&only[..], &["--skip", "help-columns"]].concat();
    assert_eq!(ids(&but), ["plugin-toml"]);
    let skipped = ids(&["--skip", "plugin-toml"]);
    assert!(skipped.len() > 20 && !skipped.contains(&"plugin-toml".to_owned()));
}

#[test]
fn an_unknown_requirement_is_refused_with_the_nearest() {
    let nearest = contains("`plugin-tolm`").and(contains("did you mean `plugin-toml`?"));
    refused(&["check", HELLO, "--only", "plugin-tolm"], &nearest);
    refused(&["check", HELLO, "--skip", "plugin-tolm"], &nearest);
    refused(&["explain", "plugin-tolm"], &nearest);
    let none = contains("`dokku-conform list` shows them all");
    refused(&["check", HELLO, "--only", "zzz"], &none);
}

#[test]
fn a_run_of_nothing_is_refused() {
    let args = [
        "check",
        HELLO,
        "--only",
        "plugin-toml",
        "--skip",
        "plugin-toml",
    ];
    refused(&args, &contains("no requirement is left"));
}

#[test]
fn values_that_make_no_sense_are_refused() {
    for (option, values) in [
        ("--dokku", &["", "nonsense", "1", "0.38.x", "-1"][..]),
        ("--jobs", &["", "0", "-1", "1.5", "many"]),
        (
            "--timeout",
            &["", "0", "-1", "nonsense", "nan", "inf", "1e9"],
        ),
        ("--format", &["", "xml"]),
        ("--deny", &["", "pass"]),
    ] {
        for value in values {
            let given = format!("{option}={value}");
            refused(&["check", HELLO, &given], &contains(option));
        }
    }
    refused(&["list", "--format", "xml"], &contains("jsonl"));
    refused(
        &["check", HELLO, "--no-such-option"],
        &contains("--no-such-option"),
    );
    refused(&["check"], &contains("PATH"));
    refused(&["explain"], &contains("ID"));
    refused(&["schema", "superfluous"], &contains("superfluous"));
    refused(&["no-such-subcommand"], &contains("no-such-subcommand"));
    refused(&[], &contains("Usage"));
}

#[test]
fn every_unusable_plugin_is_told_of() {
    let nowhere = contains("/nowhere/first").and(contains("/nowhere/second"));
    refused(&["check", "/nowhere/first", "/nowhere/second"], &nowhere);
    // They end nobody else's check, and are not forgotten by its end.
    let args = ["check", "/nowhere/first", HELLO, "/nowhere/second"];
    let came = program(&args).args(["--only", "plugin-toml"]).assert();
    came.code(2).stdout(contains("hello: ")).stderr(nowhere);
}

#[test]
fn the_values_of_options_reach_the_run() {
    let args = [
        "check",
        HELLO,
        "--only",
        "plugin-toml,help-command",
        "--format",
        "jsonl",
        "--name",
        "hello",
        "--dokku",
        "v0.38.27",
        "--jobs",
        "1",
        "--timeout",
        "59.5",
    ];
    let record = lines(&stdout(&args));
    assert_eq!(record[0]["plugins"][0]["name"], "hello");
    assert_eq!(record[0]["plugins"][0]["path"], HELLO);
    assert_eq!(record[0]["dokku"], serde_json::json!(["0.38.27"]));
}

#[test]
fn a_timeout_ends_a_step() {
    let scratch = scratch();
    let marker = scratch.path().join("marker");
    let plugin = endless_plugin(scratch.path(), &marker);
    program(&[
        "check",
        &plugin,
        "--only",
        "help-command",
        "--timeout",
        "0.3",
    ])
    .timeout(PATIENCE)
    .assert()
    .code(1)
    .stdout(contains("FAIL must   help-command"));
}

#[test]
fn the_record_begins_with_its_plan_and_ends_with_its_counts() {
    let record = lines(&stdout(&[
        "check",
        HELLO,
        BREAKS_SHOULD,
        "--format",
        "jsonl",
    ]));
    let [header, cases @ .., footer] = &record[..] else {
        panic!("{record:?}");
    };
    assert_eq!(header["type"], "header");
    assert_eq!(header["format"], 1);
    assert_eq!(header["program"], env!("CARGO_PKG_VERSION"));
    assert_eq!(header["plugins"].as_array().unwrap().len(), 2);
    assert_eq!(header["cases"], cases.len());
    assert!(cases.iter().all(|case| case["type"] == "case"));

    assert_eq!(footer["type"], "footer");
    let count = |holds: &dyn Fn(&Value) -> bool| cases.iter().filter(|case| holds(case)).count();
    for outcome in ["pass", "fail", "skip", "inconclusive", "error"] {
        let counted = count(&|case| case["outcome"] == outcome);
        assert_eq!(footer["counts"][outcome], counted, "{outcome}");
    }
    let warned = count(&|case| case["outcome"] == "fail" && case["level"] != "must");
    assert_eq!(footer["counts"]["warn"], warned);
    assert!(warned > 0);
    for case in cases {
        let telling = case["outcome"] == "pass" || case["reason"] != "";
        assert!(telling, "no reason: {case}");
    }
}

#[test]
fn the_record_is_the_same_on_one_thread_and_on_many_but_for_times() {
    let record = |jobs: &str| {
        let args = ["check", HELLO, "--format", "jsonl", "--jobs", jobs];
        let mut record = lines(&stdout(&args));
        for line in &mut record {
            for time in ["time", "duration_ms"] {
                line.as_object_mut().unwrap().remove(time);
            }
        }
        record
    };
    let (one, many) = (record("1"), record("8"));
    assert_eq!(one.len(), many.len());
    for (one, many) in one.iter().zip(&many) {
        for key in ["type", "plugin", "requirement", "case", "outcome", "reason"] {
            assert_eq!(one[key], many[key], "{one}");
        }
    }
}

#[test]
fn output_goes_to_a_file() {
    let scratch = scratch();
    for format in ["text", "jsonl"] {
        let file = scratch.path().join(format);
        fs::write(&file, "what was there before\n".repeat(10_000)).unwrap();
        let args = ["check", HELLO, "--only", "plugin-toml", "--format", format];
        program(&args)
            .arg("--output")
            .arg(&file)
            .assert()
            .code(0)
            .stdout("");
        let written = fs::read_to_string(&file).unwrap();
        assert!(!written.contains("before"), "{format}");
        let start = if format == "text" {
            "dokku-conform"
        } else {
            "{\"type\":\"header\""
        };
        assert!(starts_with(start).eval(&written), "{written}");
    }
}

#[test]
fn output_to_an_unwritable_place_is_refused() {
    let scratch = scratch();
    for place in ["", "no/such/folder"] {
        let place = scratch.path().join(place);
        let place = place.to_str().unwrap();
        refused(
            &["check", HELLO, "--output", place],
            &contains("can't be written"),
        );
    }
}

#[test]
fn output_that_can_t_be_written_to_the_end_breaks_the_run() {
    if !Path::new("/dev/full").exists() {
        eprintln!("not tested: there is no /dev/full here");
        return;
    }
    for format in ["text", "jsonl"] {
        let args = ["check", HELLO, "--only", "plugin-toml", "--format", format];
        program(&args)
            .args(["--output", "/dev/full"])
            .assert()
            .code(3)
            .stderr(contains("/dev/full can't be written"));
    }
}

#[test]
fn the_list_has_every_requirement_once() {
    let record = lines(&stdout(&["list", "--format", "jsonl"]));
    let text = stdout(&["list"]);
    assert!(record.len() > 20);
    assert_eq!(text.lines().count(), record.len());
    for (line, rule) in text.lines().zip(&record) {
        let mut words = line.split_whitespace();
        assert_eq!(words.next(), rule["id"].as_str());
        assert_eq!(words.next(), rule["level"].as_str());
        assert!(line.ends_with(rule["title"].as_str().unwrap()));
        assert!(!rule["cases"].as_array().unwrap().is_empty());
    }
}

#[test]
fn every_requirement_has_a_page() {
    for rule in lines(&stdout(&["list", "--format", "jsonl"])) {
        let page = stdout(&["explain", rule["id"].as_str().unwrap()]);
        assert!(page.contains(rule["title"].as_str().unwrap()), "{page}");
        for part in ["Source: ", "\nWhy\n", "\nHow to keep it\n", "\nCases\n"] {
            assert!(page.contains(part), "no {part:?} in\n{page}");
        }
    }
}

#[test]
fn specs_of_one_s_own_are_added() {
    let specs = scratch();
    let spec = "id: own-rule\ntitle: A rule of one's own\nlevel: must\ncases:\n  - name: the help\n    \
        run: {file: commands, args: [help]}\n    expect: {exit: 0}\n";
    fs::write(specs.path().join("own-rule.yaml"), spec).unwrap();
    let specs = ["--specs", specs.path().to_str().unwrap()];
    assert!(stdout(&[&["list"], &specs[..]].concat()).contains("own-rule"));
    assert!(!stdout(&["list"]).contains("own-rule"));
    assert!(
        stdout(&[&["explain", "own-rule"], &specs[..]].concat()).contains("A rule of one's own")
    );
    let check = [&["check", HELLO, "--only", "own-rule"], &specs[..]].concat();
    assert!(stdout(&check).contains("1 passed"));
}

/// A plugin whose only trigger wants a file of the app's.
fn wanting_plugin(scratch: &Path) -> String {
    let plugin = scratch.join("wanting");
    fs::create_dir(&plugin).unwrap();
    fs::write(plugin.join("plugin.toml"), MANIFEST).unwrap();
    let trigger = plugin.join("post-delete");
    fs::write(
        &trigger,
        "#!/usr/bin/env bash\nset -eo pipefail; [[ $DOKKU_TRACE ]] && set -x\ncat \"$DOKKU_ROOT/$1/GREETED\"\n",
    )
    .unwrap();
    fs::set_permissions(&trigger, fs::Permissions::from_mode(0o755)).unwrap();
    plugin.to_str().unwrap().to_owned()
}

#[test]
fn a_trigger_finds_the_files_that_its_author_says_it_needs() {
    let scratch = scratch();
    let plugin = wanting_plugin(scratch.path());
    let args = ["check", &plugin, "--only", "triggers-quiet", "--strict"];
    program(&args).assert().code(1);
    fs::write(
        Path::new(&plugin).join("conformance.yaml"),
        "trigger_files:\n  post-delete: {home/dokku/conform-app/GREETED: hello}\n",
    )
    .unwrap();
    program(&args)
        .assert()
        .success()
        .stdout(contains("1 passed"));
}

#[test]
fn a_file_that_can_t_be_put_where_the_case_wants_it_is_named_and_fails_nothing() {
    let scratch = scratch();
    let plugin = wanting_plugin(scratch.path());
    fs::write(
        Path::new(&plugin).join("conformance.yaml"),
        "trigger_files:\n  post-delete: {home/dokku/conform-app: hello}\n",
    )
    .unwrap();
    program(&["check", &plugin, "--only", "triggers-quiet"])
        .assert()
        .code(0)
        .stdout(contains(
            "the file `home/dokku/conform-app` of the case: Is a directory",
        ));
}

#[test]
fn a_plugin_in_a_folder_that_is_tagged_as_a_cache_is_installed_all_the_same() {
    let scratch = scratch();
    let plugin = scratch.path().join("hello");
    let tag = "Signature: 8a477f597d28d172789f06886806bc55\n";
    for (path, text) in [("CACHEDIR.TAG", tag), ("plugin.toml", MANIFEST)] {
        fs::create_dir_all(&plugin).unwrap();
        fs::write(plugin.join(path), text).unwrap();
    }
    let commands = Path::new(ROOT).join(HELLO).join("commands");
    fs::copy(commands, plugin.join("commands")).unwrap();
    program(&["check", plugin.to_str().unwrap(), "--only", "help-command"])
        .assert()
        .success()
        .stdout(contains("2 passed"));
}

#[test]
fn broken_specs_are_refused_by_every_subcommand() {
    let specs = ["--specs", "fixtures/broken-specs/two-broken-files"];
    let both = contains("first.yaml:7:13").and(contains("second.yaml:1:6"));
    for args in [&["check", HELLO][..], &["list"], &["explain", "app-flag"]] {
        refused(&[args, &specs].concat(), &both);
    }
    refused(&["list", "--specs", "/nowhere"], &contains("/nowhere"));
}

#[test]
fn the_schema_is_one() {
    let schema: Value = serde_json::from_str(&stdout(&["schema"])).unwrap();
    assert!(schema["$schema"].is_string());
    assert!(schema["properties"]["cases"].is_object());
    let schema: Value = serde_json::from_str(&stdout(&["schema", "record"])).unwrap();
    assert!(schema["$defs"]["CaseRecord"].is_object());
}

#[test]
fn help_and_version_are_no_errors() {
    for args in [
        &["--help"][..],
        &["check", "--help"],
        &["run", "--help"],
        &["list", "--help"],
        &["explain", "--help"],
        &["schema", "--help"],
    ] {
        assert!(stdout(args).contains("Usage: "));
    }
    assert!(stdout(&["--version"]).contains(env!("CARGO_PKG_VERSION")));
}

#[test]
fn a_reader_that_has_heard_enough_is_no_fault() {
    let scratch = scratch();
    for args in [
        &["check", HELLO, "--format", "jsonl"][..],
        &["check", HELLO, "-v"],
        &["list"],
        &["explain", "app-flag"],
        &["schema"],
        &["--help"],
    ] {
        let mut child = start(args, scratch.path());
        let mut first = String::new();
        let mut reader = BufReader::with_capacity(1, child.stdout.take().unwrap());
        reader.read_line(&mut first).unwrap();
        assert!(!first.is_empty());
        drop(reader);
        let status = ended(&mut child);
        let said = text_of(child.stderr.take());
        assert_eq!((status.code(), said.as_str()), (Some(0), ""), "{args:?}");
    }
    assert_eq!(left_in(scratch.path()), Vec::<String>::new());
}

#[test]
fn an_interrupted_run_leaves_nothing_and_has_no_footer() {
    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        for format in ["jsonl", "text"] {
            interrupt(&scratch(), signal, format);
        }
    }
}

fn interrupt(scratch: &TempDir, signal: Signal, format: &str) {
    let marker = scratch.path().join("marker");
    let plugin = endless_plugin(scratch.path(), &marker);
    // The marker lies outside of the world.
    let args = [
        "check",
        &plugin,
        "--format",
        format,
        "--timeout",
        "10000",
        "--isolation",
        "off",
    ];
    let mut child = start(&args, scratch.path());
    assert!(comes(|| marker.exists()));
    let in_case = fs::read_to_string(&marker).unwrap();
    let in_case = Pid::from_raw(in_case.trim().parse().unwrap());
    assert!(!left_in(scratch.path()).is_empty());

    kill(Pid::from_raw(i32::try_from(child.id()).unwrap()), signal).unwrap();
    assert_eq!(ended(&mut child).code(), Some(3));
    assert_eq!(left_in(scratch.path()), Vec::<String>::new());
    assert!(comes(|| kill(in_case, None).is_err()));
    let said = text_of(child.stderr.take());
    assert!(said.contains("interrupted: "), "{said}");
    let written = text_of(child.stdout.take());
    match format {
        "jsonl" => {
            let record = lines(&written);
            assert_eq!(record[0]["type"], "header");
            assert!(record.iter().all(|line| line["type"] != "footer"));
        }
        _ => assert_eq!(written, ""),
    }
}

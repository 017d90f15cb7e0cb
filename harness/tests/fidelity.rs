//! A real Dokku in place of the imitated one, as a person meets it: a tree in miniature, and what is no tree.

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use predicates::prelude::*;
use predicates::str::{contains, ends_with};
use serde_json::Value;

const TINY: &str = "fixtures/trees/tiny";
/// Command lines that both do alike.
const SAME: &str = "fixtures/trees/same.txt";

/// The program with these arguments, at the repository's top level.
fn program(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dokku-conform"));
    command.args(args).current_dir(env!("CARGO_MANIFEST_DIR"));
    command
}

fn fidelity(args: &[&str]) -> Command {
    let mut command = program(&["fidelity", "--tree", TINY]);
    command.args(args);
    command
}

/// A file with these command lines.
fn lines(text: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), text).unwrap();
    file
}

#[test]
fn what_both_do_alike_is_equal() {
    fidelity(&["--cases", SAME, "--only-cases"])
        .assert()
        .code(0)
        .stdout(ends_with(
            "4 command lines, 4 equal, 0 differ, 0 not modelled\n",
        ))
        .stdout(contains("the tree has no plugn"))
        .stdout(contains("lent by dokku-conform: config/commands"))
        .stdout(contains("not there: config/subcommands/unheard-of"));
}

#[test]
fn what_differs_is_shown_and_counted() {
    let file = lines("dokku greet:world\ndokku --app foo greet:world\ndokku probe:args x\n");
    fidelity(&[
        "--only-cases",
        "--cases",
        &file.path().display().to_string(),
    ])
    .assert()
    .code(1)
    .stdout(contains("DIFFERS      dokku --app foo greet:world"))
    .stdout(contains("- tiny greets foo: dokku\n"))
    .stdout(contains("+ exit 1"))
    .stdout(ends_with(
        "3 command lines, 1 equal, 2 differ, 0 not modelled\n",
    ));
}

#[test]
fn the_record_has_a_line_for_each_command_line() {
    let output = fidelity(&["--cases", SAME, "--only-cases", "--format", "jsonl"])
        .assert()
        .code(0);
    let text = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 6);
    assert_eq!(lines[0]["shape"], "a checkout");
    assert_eq!(lines[1]["agreement"], "equal");
    assert_eq!(lines[5]["equal"], 4);
}

#[test]
fn what_is_no_tree_or_no_case_is_refused() {
    let empty = tempfile::tempdir().unwrap();
    let refused = |tree: &Path, said: &str| {
        for command in [
            vec!["fidelity", "--tree"],
            vec!["run", "--dokku-tree"],
            vec!["check", "fixtures/plugins/hello", "--dokku-tree"],
        ] {
            let mut all = command.clone();
            let tree = tree.display().to_string();
            all.push(&tree);
            if command[0] == "run" {
                all.extend(["--", "true"]);
            }
            program(&all)
                .assert()
                .code(2)
                .stdout("")
                .stderr(contains(said).and(contains("panicked").not()));
        }
    };
    refused(Path::new("/nonexistent/tree"), "can't be read");
    refused(Path::new("Cargo.toml"), "can't be read");
    refused(empty.path(), "is empty");
    refused(Path::new("fixtures/plugins/hello"), "is no Dokku");

    let tree = empty.path();
    fs::create_dir_all(tree.join("plugins/common")).unwrap();
    fs::write(tree.join("plugins/common/functions"), "").unwrap();
    refused(tree, "but dokku is missing");
    fs::write(tree.join("dokku"), "").unwrap();
    refused(tree, "nothing in");
    fs::write(tree.join("VERSION"), "~master").unwrap();
    refused(tree, "names no release");

    for (text, said) in [
        ("", "no command line"),
        ("rm -rf /\n", ":1: a command line"),
    ] {
        let file = lines(text);
        fidelity(&["--cases", &file.path().display().to_string()])
            .assert()
            .code(2)
            .stderr(contains(said));
    }
    fidelity(&["--cases", "/nonexistent/lines"])
        .assert()
        .code(2);
    fidelity(&["--only-cases"]).assert().code(2);
}

#[test]
fn a_command_and_a_check_run_in_a_tree() {
    program(&[
        "run",
        "--dokku-tree",
        TINY,
        "--app",
        "foo",
        "--",
        "dokku",
        "--app",
        "foo",
        "greet:world",
    ])
    .assert()
    .code(0)
    .stdout("tiny greets foo: dokku\n")
    .stderr(contains("lent by dokku-conform"));
    program(&[
        "run",
        "--dokku-tree",
        TINY,
        "--",
        "bash",
        "-c",
        "dokku nobody; dokku config:get x Y",
    ])
    .assert()
    .code(20)
    .stderr(contains("tiny: nobody knows nobody"));
    program(&[
        "check",
        "fixtures/plugins/hello",
        "--dokku-tree",
        TINY,
        "--only",
        "help-command",
    ])
    .assert()
    .code(0)
    .stdout(contains("Dokku 0.38.27"));
    program(&[
        "check",
        "fixtures/plugins/hello",
        "--dokku-tree",
        TINY,
        "--dokku",
        "minors",
    ])
    .assert()
    .code(2)
    .stderr(contains("names several versions"));
}

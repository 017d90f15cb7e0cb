//! `dokku-conform run`: what a command gets inside a world, and what comes back out of it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use assert_cmd::assert::Assert;
use predicates::prelude::*;
use predicates::str::{contains, is_match};
use scratch::scratch;
use tempfile::TempDir;

mod scratch;

/// The program at the repository's top level, with a directory of its own for temporary files.
struct Bench(TempDir);

impl Bench {
    fn new() -> Self {
        Self(scratch())
    }

    /// `dokku-conform run` with these arguments.
    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dokku-conform"));
        command
            .arg("run")
            .args(args)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .env("TMPDIR", self.worlds());
        command
    }

    /// Runs it, and asserts that no world stays behind.
    fn run(&self, args: &[&str]) -> Assert {
        let assert = self.command(args).assert();
        assert_eq!(fs::read_dir(self.worlds()).unwrap().count(), 0, "{args:?}");
        assert
    }

    /// What a shell in a world prints.
    fn shell(&self, options: &[&str], script: &str) -> String {
        let args = [options, &["--", "bash", "-c", script]].concat();
        let assert = self.run(&args).success();
        String::from_utf8(assert.get_output().stdout.clone()).unwrap()
    }

    fn worlds(&self) -> PathBuf {
        let worlds = self.0.path().join("worlds");
        fs::create_dir_all(&worlds).unwrap();
        worlds
    }

    /// A plugin of one subcommand, `<name>:run`, which is this script.
    fn plugin(&self, name: &str, script: &str) -> String {
        let root = self.0.path().join("plugins").join(name);
        let executable = |path: &Path, script: &str| {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(
                path,
                format!("#!/usr/bin/env bash\nset -eo pipefail\n{script}\n"),
            )
            .unwrap();
            fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
        };
        executable(
            &root.join("commands"),
            "case \"$1\" in\n  *) exit \"$DOKKU_NOT_IMPLEMENTED_EXIT\" ;;\nesac",
        );
        executable(&root.join("subcommands/run"), script);
        let manifest =
            format!("[plugin]\ndescription = \"{name}\"\nversion = \"1.0.0\"\n[plugin.config]\n");
        fs::write(root.join("plugin.toml"), manifest).unwrap();
        root.to_str().unwrap().to_owned()
    }
}

#[test]
fn a_plugin_answers() {
    let bench = Bench::new();
    let hello = ["--plugin", "fixtures/plugins/hello"];
    bench
        .run(&[&hello[..], &["--", "dokku", "hello:world"]].concat())
        .code(0)
        .stdout("Hello world\n")
        .stderr("");
    let app = [&hello[..], &["--app", "one", "--app", "two"]].concat();
    bench
        .run(&[&app[..], &["--", "dokku", "hello", "two"]].concat())
        .code(0)
        .stdout("Hello two\n");
    bench
        .run(&[&app[..], &["--", "dokku", "hello", "three"]].concat())
        .failure()
        .stdout("")
        .stderr(contains("App three does not exist"));
}

#[test]
fn the_streams_pass_through() {
    let bench = Bench::new();
    let script = "cat; echo to the error stream >&2; printf 'no newline'";
    bench
        .command(&["--", "bash", "-c", script])
        .write_stdin("first\nsecond\n\u{1b}[31m")
        .assert()
        .code(0)
        .stdout("first\nsecond\n\u{1b}[31mno newline")
        .stderr("to the error stream\n");
}

#[test]
fn bytes_that_are_no_text_pass_through() {
    let bench = Bench::new();
    let bytes: Vec<u8> = (0..=255).cycle().take(300_000).collect();
    bench
        .command(&["--", "cat"])
        .write_stdin(bytes.clone())
        .assert()
        .code(0)
        .stdout(bytes);
}

#[test]
fn a_plugin_reads_what_its_user_writes() {
    let bench = Bench::new();
    let reader = bench.plugin("reader", "read -r LINE; echo \"read: $LINE\"");
    bench
        .command(&["--plugin", &reader, "--", "dokku", "reader:run"])
        .write_stdin("a line\n")
        .assert()
        .code(0)
        .stdout("read: a line\n");
}

#[test]
fn the_status_passes_through() {
    let bench = Bench::new();
    for status in [0, 1, 2, 3, 10, 42, 126, 127, 255] {
        let script = format!("exit {status}");
        bench.run(&["--", "bash", "-c", &script]).code(status);
    }
    for (signal, status) in [("KILL", 137), ("TERM", 143), ("INT", 130)] {
        let script = format!("kill -{signal} $$");
        bench.run(&["--", "bash", "-c", &script]).code(status);
    }
}

#[test]
fn a_command_that_is_not_there_ends_as_in_a_shell() {
    let bench = Bench::new();
    for name in ["no-such-command-at-all", "/no/such/file"] {
        bench
            .run(&["--", name])
            .code(127)
            .stdout("")
            .stderr(contains(name).and(contains("could not be run")));
    }
    let text = bench.0.path().join("text");
    fs::write(&text, "no program\n").unwrap();
    bench.run(&["--", text.to_str().unwrap()]).code(126);
}

#[test]
fn a_command_that_dokku_does_not_know_is_dokku_s_to_refuse() {
    let bench = Bench::new();
    bench
        .run(&["--", "dokku", "no-such:command"])
        .failure()
        .stderr(contains("no-such:command"));
}

#[test]
fn variables_are_set_and_no_others_come_in() {
    let bench = Bench::new();
    let env = ["--env", "ONE=1", "--env", "TWO=a=b c", "--env", "EMPTY="];
    let script = r#"echo "$ONE|$TWO|${EMPTY-unset}|${SECRET_OF_THE_CALLER-unset}""#;
    bench
        .command(&[&env[..], &["--", "bash", "-c", script]].concat())
        .env("SECRET_OF_THE_CALLER", "told")
        .assert()
        .code(0)
        .stdout("1|a=b c||unset\n");
    for wrong in ["", "NAME", "=value"] {
        bench
            .run(&["--env", wrong, "--", "true"])
            .code(2)
            .stderr(contains("NAME=value"));
    }
}

#[test]
fn apps_are_created() {
    let bench = Bench::new();
    let apps = ["--app", "one", "--app", "two"];
    let list = bench.shell(&apps, "dokku --quiet apps:list");
    assert_eq!(list, "one\ntwo\n");
    let folders = bench.shell(&apps, r#"test -d "$DOKKU_ROOT/one" && echo "$DOKKU_ROOT""#);
    assert!(!folders.starts_with("/home/dokku"), "{folders}");
    for wrong in ["", "a/b", "..", ".hidden"] {
        let given = format!("--app={wrong}");
        bench.run(&[&given, "--", "true"]).code(2).stdout("");
    }
}

#[test]
fn several_plugins_live_side_by_side() {
    let bench = Bench::new();
    let first = bench.plugin("first", "echo from the first");
    let second = bench.plugin("second", "echo from the second");
    let both = ["--plugin", &first, "--plugin", &second];
    let said = bench.shell(&both, "dokku first:run; dokku second:run");
    assert_eq!(said, "from the first\nfrom the second\n");
    bench
        .run(&["--plugin", &first, "--plugin", &first, "--", "true"])
        .code(2)
        .stderr(contains("two plugins are called `first`"));
    bench
        .run(&["--plugin", "/no/such/plugin", "--", "true"])
        .code(2)
        .stderr(contains("/no/such/plugin"));
}

#[test]
fn a_core_plugin_is_among_the_core_s() {
    let bench = Bench::new();
    let where_it_is = r#"for KIND in CORE_AVAILABLE AVAILABLE; do
        P="PLUGIN_${KIND}_PATH"; if test -d "${!P}/kernel"; then echo "$KIND"; fi
    done"#;
    let plugin = bench.plugin("kernel", where_it_is);
    let core = bench.shell(&["--core-plugin", &plugin], "dokku kernel:run");
    assert!(core.starts_with("CORE_AVAILABLE\n"), "{core}");
    let other = bench.shell(&["--plugin", &plugin], "dokku kernel:run");
    assert_eq!(other, "AVAILABLE\n");
}

#[test]
fn a_plugin_sees_dokku_as_its_parent() {
    let bench = Bench::new();
    if bench
        .command(&["--", "ps", "-o", "command=", "1"])
        .output()
        .is_ok_and(|ps| !ps.status.success())
    {
        eprintln!("not tested: there is no ps here");
        return;
    }
    let plugin = bench.plugin("child", "ps -o command= \"$PPID\"");
    bench
        .run(&["--plugin", &plugin, "--", "dokku", "child:run", "argument"])
        .code(0)
        .stdout(is_match(r"\bdokku child:run argument\s*$").unwrap());
}

#[test]
fn dokku_s_own_places_are_in_the_world() {
    let bench = Bench::new();
    let plugin = bench.plugin(
        "places",
        r#"for NAME in DOKKU_ROOT DOKKU_LIB_ROOT PLUGIN_PATH PLUGIN_AVAILABLE_PATH PLUGIN_ENABLED_PATH \
            PLUGIN_CORE_PATH PLUGIN_CORE_AVAILABLE_PATH; do
            test -d "${!NAME}" || echo "$NAME is no folder"
            echo "$NAME=${!NAME}"
        done"#,
    );
    let places = bench.shell(&["--plugin", &plugin], "dokku places:run");
    let worlds = bench.worlds();
    let worlds = worlds.canonicalize().unwrap();
    assert_eq!(places.lines().count(), 7, "{places}");
    for line in places.lines() {
        let (_, path) = line.split_once('=').unwrap_or_else(|| panic!("{line}"));
        assert!(Path::new(path).starts_with(&worlds), "{line}");
    }
}

#[test]
fn the_version_is_the_one_that_was_asked_for() {
    let bench = Bench::new();
    for (asked, version) in [
        ("0.38.27", "0.38.27"),
        ("0.24", "0.24.10"),
        ("0.5.3", "0.5.3"),
    ] {
        let said = bench.shell(&["--dokku", asked], "dokku version");
        assert!(said.contains(version), "{asked}: {said}");
    }
    bench
        .run(&["--dokku", "nonsense", "--", "true"])
        .code(2)
        .stderr(contains("names no single Dokku version"));
}

#[test]
fn isolation_is_a_choice() {
    let bench = Bench::new();
    for level in ["portable", "off"] {
        bench
            .run(&["--isolation", level, "--", "bash", "-c", "echo in; exit 7"])
            .code(7)
            .stdout("in\n");
    }
    bench
        .run(&["--isolation", "nonsense", "--", "true"])
        .code(2)
        .stderr(contains("portable"));
}

#[test]
fn what_a_command_leaves_running_is_ended() {
    let bench = Bench::new();
    // Neither a lost parent nor a session of its own nor a held stream keeps it.
    let said = bench.shell(
        &[],
        "(sleep 100000 & echo $!); setsid bash -c 'sleep 100000 & echo $!; wait' & sleep 0.5",
    );
    assert_eq!(said.lines().count(), 2, "{said}");
    for process in said.lines() {
        let process = nix::unistd::Pid::from_raw(process.parse().unwrap());
        assert!(nix::sys::signal::kill(process, None).is_err(), "{process}");
    }
}

#[test]
fn a_command_is_needed() {
    let bench = Bench::new();
    bench.run(&[]).code(2).stderr(contains("COMMAND"));
    bench.run(&["--"]).code(2).stderr(contains("COMMAND"));
}

#[test]
fn a_signal_is_for_the_command_and_its_status_comes_back() {
    use std::io::{BufRead, BufReader};
    use std::process::Stdio;

    use nix::sys::signal::{Signal, kill};
    use nix::unistd::Pid;

    let bench = Bench::new();
    let trap = "trap 'exit 5' TERM; echo $$; while :; do sleep 0.05; done";
    for (signal, script, status) in [
        (Signal::SIGHUP, "echo $$; exec sleep 100000", 129),
        (Signal::SIGTERM, "echo $$; exec sleep 100000", 143),
        (Signal::SIGINT, "echo $$; exec sleep 100000", 130),
        (Signal::SIGTERM, trap, 5),
    ] {
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_dokku-conform"))
            .args(["run", "--", "bash", "-c", script])
            .env("TMPDIR", bench.worlds())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let command = Pid::from_raw(line.trim().parse().unwrap());
        kill(Pid::from_raw(child.id().try_into().unwrap()), signal).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(status), "{signal}");
        assert!(kill(command, None).is_err(), "{signal}: still running");
        assert_eq!(fs::read_dir(bench.worlds()).unwrap().count(), 0, "{signal}");
    }
}

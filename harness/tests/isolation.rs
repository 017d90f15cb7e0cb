//! What each level of isolation keeps from a plugin, and what a run does where a level does not work.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use dokku_conform::sandbox::{Isolation, Machine};
use nix::sched::CloneFlags;
use own_namespace::start_in_own;
use serde_json::Value;
use tempfile::TempDir;

mod own_namespace;

const PROGRAM: &str = env!("CARGO_BIN_EXE_dokku-conform");
const HELLO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/plugins/hello");

/// A plugin that does something when it is asked for a command of nobody, and then declines it as it should.
struct Curious {
    place: TempDir,
}

impl Curious {
    fn new(body: &str) -> Self {
        let place = tempfile::tempdir().unwrap();
        fs::set_permissions(place.path(), Permissions::from_mode(0o755)).unwrap();
        let plugin = place.path().join("curious");
        fs::create_dir(&plugin).unwrap();
        let commands = plugin.join("commands");
        fs::write(&commands, format!("#!/usr/bin/env bash\n{body}\nexit 10\n")).unwrap();
        fs::set_permissions(&commands, Permissions::from_mode(0o755)).unwrap();
        fs::write(place.path().join("canary"), "a secret\n").unwrap();
        Self { place }
    }

    /// What it printed at a level, and the level that the record tells.
    fn says(&self, level: Isolation) -> (String, String) {
        let level = level.to_string();
        let output = Command::new(PROGRAM)
            .args([
                "check",
                "--format",
                "jsonl",
                "--only",
                "unknown-command-declined",
            ])
            .args(["--isolation", &level])
            .arg(self.place.path().join("curious"))
            .env("A_SECRET", "a secret")
            .output()
            .unwrap();
        let lines = lines(&output);
        let case = lines
            .iter()
            .find(|line| line["case"] == "a-command-of-nobody")
            .unwrap_or_else(|| panic!("{lines:#?}"));
        let step = &case["evidence"]["steps"][0];
        let text = |of: &Value| of.as_str().unwrap().to_owned();
        (
            text(&step["stdout"]) + &text(&step["stderr"]),
            text(&lines[0]["isolation"]),
        )
    }

    fn canary(place: &str) -> String {
        format!("cat \"{place}/canary\" 2>/dev/null && echo read")
    }
}

fn lines(output: &Output) -> Vec<Value> {
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn machine() -> &'static Machine {
    Machine::look(Path::new(PROGRAM))
}

/// Runs a test where a level works, and says why not where it does not.
fn where_it_works(level: Isolation, test: impl FnOnce()) {
    let machine = machine();
    match &machine.no_cell {
        Some(why) if level == Isolation::Strict => println!("skipped: {why}"),
        _ if level == Isolation::Portable && machine.landlock == 0 => {
            println!("skipped: this kernel has no Landlock");
        }
        _ => test(),
    }
}

/// A plugin knows no more of the folder that it came from than where it is installed, so its text tells it.
fn snoops(level: Isolation) -> String {
    let curious = Curious::new("");
    let body = Curious::canary(&curious.place.path().display().to_string());
    let commands = curious.place.path().join("curious/commands");
    fs::write(&commands, format!("#!/usr/bin/env bash\n{body}\nexit 10\n")).unwrap();
    let (said, told) = curious.says(level);
    assert_eq!(told, level.to_string());
    said
}

#[test]
fn a_file_beside_the_plugin_is_read_at_no_level_that_has_walls() {
    assert_eq!(snoops(Isolation::Off), "a secret\nread\n");
    for level in [Isolation::Portable, Isolation::Strict] {
        where_it_works(level, || assert_eq!(snoops(level), ""));
    }
}

#[test]
fn the_callers_environment_is_seen_at_no_level() {
    let curious =
        Curious::new("env | grep SECRET; tr '\\0' '\\n' </proc/$PPID/environ | grep SECRET");
    for level in [Isolation::Portable, Isolation::Strict] {
        where_it_works(level, || assert_eq!(curious.says(level).0, ""));
    }
}

#[test]
fn a_plugin_finds_the_step_in_its_parents_command_line() {
    let curious = Curious::new("ps -o command= $PPID; tr '\\0' '|' <\"/proc/$PPID/cmdline\"");
    for level in [Isolation::Off, Isolation::Portable, Isolation::Strict] {
        where_it_works(level, || {
            let (said, _) = curious.says(level);
            let lines: Vec<&str> = said.lines().collect();
            let [shown, raw] = lines[..] else {
                panic!("{said}")
            };
            let words: Vec<&str> = shown.split(' ').collect();
            assert!(words.len() > 1 && words[0] == "dokku", "{said}");
            assert!(raw.starts_with(&(words.join("|") + "|")), "{said}");
        });
    }
}

#[test]
fn a_strict_world_is_the_root_and_the_machine_is_read_only() {
    where_it_works(Isolation::Strict, || {
        let curious = Curious::new(
            "pwd; id -un; echo $DOKKU_ROOT; hostname\n\
             ls /home; ls /root; ls -d /sys/*; ls /var/lib\n\
             for place in /usr /etc / /stand-ins /dev; do touch $place/x 2>/dev/null && echo wrote $place; done\n\
             for place in /tmp /dev/shm $DOKKU_ROOT; do touch $place/x || echo did not write $place; done\n\
             cat <(echo fine); ps() { ls -d /proc/[0-9]* | wc -l; }; (( $(ps) < 8 )) && echo few",
        );
        let (said, _) = curious.says(Isolation::Strict);
        let expected =
            "[ROOT]/home/dokku\ndokku\n[ROOT]/home/dokku\ndokku.invalid\ndokku\ndokku\nfine\nfew\n";
        let is_of_sys = |line: &&str| !line.contains("/sys/");
        let said: Vec<&str> = said.lines().filter(is_of_sys).collect();
        assert_eq!(said, expected.lines().collect::<Vec<_>>());
    });
}

#[test]
fn a_strict_world_has_a_network_of_its_own() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let curious = Curious::new(&format!(
        "(exec 3<>/dev/tcp/127.0.0.1/{port}) 2>/dev/null && echo connected"
    ));
    assert_eq!(curious.says(Isolation::Off).0, "connected\n");
    where_it_works(Isolation::Strict, || {
        assert_eq!(curious.says(Isolation::Strict).0, "");
    });
    if machine().landlock < 4 {
        println!("skipped: this kernel's Landlock knows no sockets");
        return;
    }
    assert_eq!(curious.says(Isolation::Portable).0, "");
}

#[test]
fn a_strict_world_lets_a_plugin_do_what_a_host_does() {
    let curious = Curious::new(
        "{ renice -n 10 -p $$ && taskset -cp 0 $$ && prlimit --pid $$ --nofile=512; } >/dev/null && echo itself\n\
         for place in /run/lock /var/lock; do (exec 9>$place/x && flock -n 9) && echo locked; done\n\
         perl -MIO::Socket::INET -e '\n\
             my $here = IO::Socket::INET->new(Listen => 1, LocalAddr => \"127.0.0.1\") or die \"$!\";\n\
             IO::Socket::INET->new(PeerAddr => \"127.0.0.1\", PeerPort => $here->sockport) or die \"$!\";\n\
             print \"connected\\n\"'\n\
         prlimit --pid 1 --nofile=512 2>/dev/null && echo its supervisor",
    );
    where_it_works(Isolation::Strict, || {
        let (said, _) = curious.says(Isolation::Strict);
        assert_eq!(said, "itself\nlocked\nlocked\nconnected\n");
    });
}

#[test]
fn all_levels_come_to_the_same_for_a_plugin_that_keeps_the_rules() {
    let verdicts = |level: Isolation| {
        let level = level.to_string();
        let arguments = ["check", HELLO, "--format", "jsonl", "--isolation", &level];
        let output = Command::new(PROGRAM).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        let cases = lines(&output)
            .into_iter()
            .filter(|line| line["type"] == "case");
        cases
            .map(|case| {
                [&case["requirement"], &case["case"], &case["outcome"]].map(Value::to_string)
            })
            .collect::<Vec<_>>()
    };
    let off = verdicts(Isolation::Off);
    assert_eq!(off, verdicts(Isolation::Portable));
    where_it_works(Isolation::Strict, || {
        assert_eq!(off, verdicts(Isolation::Strict));
    });
}

#[test]
fn isolation_off_is_said_loudly() {
    let output = Command::new(PROGRAM)
        .args(["check", HELLO, "--only", "app-flag", "--isolation", "off"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        said.contains("isolation is off: the plugins' code may do"),
        "{said}"
    );
}

/// The program with these arguments, as a process that may not make a namespace; none where there are none to forbid.
fn without_namespaces(arguments: &[&str]) -> Option<Output> {
    let mut command = Command::new(PROGRAM);
    command.args(arguments);
    let forbid = || fs::write("/proc/sys/user/max_user_namespaces", "0");
    start_in_own(&mut command, CloneFlags::empty(), forbid);
    match command.output() {
        Ok(output) => Some(output),
        Err(error) => {
            println!("skipped: namespaces can't be forbidden here: {error}");
            None
        }
    }
}

#[test]
fn where_namespaces_are_forbidden_a_run_is_portable() {
    let Some(output) =
        without_namespaces(&["check", HELLO, "--only", "app-flag", "--format", "jsonl"])
    else {
        return;
    };
    assert_eq!(output.status.code(), Some(0));
    let header = &lines(&output)[0];
    assert_eq!(header["isolation"], "portable");
    let why = "making namespaces: the system allows no more of them";
    assert!(header["lacks"].as_str().unwrap().ends_with(why));
    let output = without_namespaces(&["check", HELLO, "--only", "app-flag"]).unwrap();
    let report = String::from_utf8_lossy(&output.stdout).into_owned();
    let told = report.lines().nth(1).unwrap();
    assert!(
        told.contains("isolation strict does not work here: "),
        "{report}"
    );
    assert!(told.ends_with(why), "{report}");
}

#[test]
fn what_is_required_and_not_there_is_refused() {
    for option in ["--isolation", "--require-isolation"] {
        let arguments = ["check", HELLO, "--format", "jsonl", option, "strict"];
        let Some(output) = without_namespaces(&arguments) else {
            return;
        };
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(
            (output.status.code(), &output.stdout[..]),
            (Some(3), &b""[..]),
            "{said}"
        );
        assert!(
            said.contains("making namespaces: the system allows no more of them"),
            "{said}"
        );
    }
}

#[test]
fn doctor_tells_how_to_get_more() {
    let Some(output) = without_namespaces(&["doctor"]) else {
        return;
    };
    let page = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        page.starts_with("strict: does not work here\n     because: "),
        "{page}"
    );
    assert!(
        page.contains("to get more: let users make namespaces"),
        "{page}"
    );
}

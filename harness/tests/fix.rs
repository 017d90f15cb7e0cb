//! `fix` on small plugins: what it changes, what it leaves, and that it does so once.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command as Process;

use assert_cmd::Command;
use plugin_text::{MANIFEST, PluginText};
use predicates::str::contains;
use scratch::scratch;
use tempfile::TempDir;

mod plugin_text;
mod scratch;

const PROGRAM: &str = env!("CARGO_BIN_EXE_dokku-conform");
const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// A `commands` that keeps the rules but for what a test changes.
const COMMANDS: &str = "#!/usr/bin/env bash
set -eo pipefail
[[ $DOKKU_TRACE ]] && set -x
case \"$1\" in
  help)
    echo \"    beacon:light, Lights the beacon\"
    ;;
  *)
    exit \"$DOKKU_NOT_IMPLEMENTED_EXIT\"
    ;;
esac
";

const TRACE: &str = "[[ $DOKKU_TRACE ]] && set -x\n";
const DECLINE: &str = "  *)\n    exit \"$DOKKU_NOT_IMPLEMENTED_EXIT\"\n    ;;\n";

/// A plugin in a folder of its own.
struct Patient {
    scratch: TempDir,
}

impl Patient {
    /// With these files; the others keep the rules.
    fn with(files: &[(&str, &str)]) -> Self {
        let mut text = PluginText::parse("".lines());
        assert!(text.head.is_empty());
        for (name, content) in files
            .iter()
            .chain(&[("plugin.toml", MANIFEST), ("commands", COMMANDS)])
        {
            text.or_else(name, content);
        }
        let scratch = scratch();
        text.build(&scratch.path().join("beacon"));
        Self { scratch }
    }

    fn root(&self) -> PathBuf {
        self.scratch.path().join("beacon")
    }

    fn fix(&self, args: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command.arg("fix").arg(self.root()).args(args);
        command
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.root().join(name)).unwrap()
    }

    fn mode(&self, name: &str) -> u32 {
        self.root().join(name).metadata().unwrap().mode() & 0o7777
    }

    /// Path → mode and bytes, of every file.
    fn state(&self) -> BTreeMap<PathBuf, (u32, Vec<u8>)> {
        state(&self.root())
    }
}

fn state(root: &Path) -> BTreeMap<PathBuf, (u32, Vec<u8>)> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(root).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if entry.file_type().unwrap().is_dir() {
            all.extend(state(&path));
        } else if let Ok(bytes) = fs::read(&path) {
            all.insert(path.clone(), (path.metadata().unwrap().mode(), bytes));
        }
    }
    all
}

/// Fixes a plugin of which one file is this, and asserts that it becomes that, that this passes, and that a second time
/// changes nothing.
fn becomes(name: &str, before: &str, after: &str) {
    let patient = Patient::with(&[(name, before)]);
    let fixed = patient.fix(&[]).assert();
    assert_eq!(patient.read(name), after, "{name}: {before}");
    fixed.code(0).stdout(contains("mended: "));
    let state = patient.state();
    patient
        .fix(&[])
        .assert()
        .code(0)
        .stdout(contains("nothing to mend"));
    assert_eq!(patient.state(), state);
}

/// Asserts that a plugin of which one file is this is left as it is, and that this is told.
fn is_left(name: &str, text: &str, why: &str) {
    let patient = Patient::with(&[(name, text)]);
    let before = patient.state();
    let told = patient.fix(&[]).assert().code(0);
    told.stdout(contains("left: "))
        .stdout(contains(why))
        .stdout(contains("nothing to mend"));
    assert_eq!(patient.state(), before);
}

#[test]
fn a_catch_all_is_added_before_the_esac() {
    let without = COMMANDS.replace(DECLINE, "");
    becomes("commands", &without, COMMANDS);
    becomes("commands", &without.replace("    ;;\n", ""), COMMANDS);
    let tabs = |text: &str| text.replace("    ", "\t\t").replace("  ", "\t");
    becomes("commands", &tabs(&without), &tabs(COMMANDS));
    let apart = |text: &str| text.replace("    ;;\n", "    ;;\n\n");
    becomes("commands", &apart(&without), &apart(COMMANDS));
    becomes(
        "commands",
        &format!("{without}exit 0\n"),
        &format!("{COMMANDS}exit 0\n"),
    );
}

#[test]
fn a_catch_all_that_does_nothing_declines() {
    let with = |arm: &str| COMMANDS.replace(DECLINE, arm);
    let declines = with("  *) exit \"$DOKKU_NOT_IMPLEMENTED_EXIT\" ;;\n");
    becomes("commands", &with("  *) ;;\n"), &declines);
    becomes("commands", &with("  *) exit 0 ;;\n"), &declines);
    becomes("commands", &with("  *) exit ;;\n"), &declines);
    becomes(
        "commands",
        &COMMANDS.replace("\"$DOKKU_NOT_IMPLEMENTED_EXIT\"", "1"),
        COMMANDS,
    );
}

#[test]
fn a_catch_all_of_which_the_place_is_not_sure_is_left() {
    let with = |arm: &str| COMMANDS.replace(DECLINE, arm);
    is_left(
        "commands",
        &with("  *) echo \"no such command\" ;;\n"),
        "does more than exit",
    );
    is_left(
        "commands",
        &with("  *) exit 0 > /dev/null ;;\n"),
        "does more than exit",
    );
    is_left(
        "commands",
        &with("  x | *) ;;\n"),
        "stands with other patterns",
    );
    is_left(
        "commands",
        &format!("{}echo done\n", with("")),
        "commands follow its `case`",
    );
    is_left(
        "commands",
        &with("").replace("    ;;\nesac", "    ;; esac"),
        "line of its own",
    );
    is_left(
        "commands",
        &with("")
            .replace("case", "if true; then case")
            .replace("esac", "esac; fi"),
        "left: ",
    );
    is_left(
        "commands",
        &COMMANDS.replace("case", "exit 0\ncase"),
        "what goes wrong is elsewhere",
    );
    is_left(
        "commands",
        &with("").replace('\n', "\r\n").replace("bash\r", "bash"),
        "left: ",
    );
    is_left(
        "commands",
        "#!/usr/bin/env python3\nprint('    beacon:light, x')\n",
        "not a shell script",
    );
}

#[test]
fn a_trace_line_is_added_below_the_first_lines() {
    becomes("commands", &COMMANDS.replace(TRACE, ""), COMMANDS);
    let bare = "#!/usr/bin/env bash\necho lit\n";
    becomes(
        "subcommands/light",
        bare,
        &bare.replace("bash\n", &format!("bash\n{TRACE}")),
    );
    let strict = "#!/usr/bin/env bash\n# Lights it.\n\nset -euo pipefail\necho lit\n";
    becomes(
        "subcommands/light",
        strict,
        &strict.replace("fail\n", "fail\n[[ ${DOKKU_TRACE:-} ]] && set -x\n"),
    );
    let plain = "if [ -n \"${DOKKU_TRACE:-}\" ]; then set -x; fi\n";
    becomes(
        "subcommands/light",
        "#!/bin/sh\necho lit\n",
        &format!("#!/bin/sh\n{plain}echo lit\n"),
    );
}

#[test]
fn a_trace_line_is_never_the_status_of_a_script() {
    for text in ["#!/bin/bash\n", "#!/bin/bash\nset -e\n# nothing yet\n"] {
        let patient = Patient::with(&[("post-delete", text)]);
        patient.fix(&[]).assert().code(0);
        assert!(patient.read("post-delete").contains("DOKKU_TRACE"));
        let run = Process::new(patient.root().join("post-delete"))
            .env_remove("DOKKU_TRACE")
            .status();
        assert!(run.unwrap().success(), "{}", patient.read("post-delete"));
    }
}

#[test]
fn arguments_are_quoted_where_they_are_put_in_order() {
    let with = |line: &str| {
        format!(
            "#!/usr/bin/env bash\nset -eo pipefail\n{TRACE}cmd=\"$1\"\nshift\n{line}\necho \"$@\"\n"
        )
    };
    for (before, after) in [
        ("set -- $cmd $@", "set -- $cmd \"$@\""),
        ("set -- $cmd ${@}", "set -- $cmd \"$@\""),
        ("set -- $*", "set -- \"$@\""),
        ("ARGS=($@)", "ARGS=(\"$@\")"),
        (
            "[[ -n $DOKKU_APP_NAME ]] && set -- $DOKKU_APP_NAME $@",
            "[[ -n $DOKKU_APP_NAME ]] && set -- \"$DOKKU_APP_NAME\" \"$@\"",
        ),
        (
            "[[ ! -z $DOKKU_APP_NAME ]] && set -- $cmd $DOKKU_APP_NAME $@",
            "[[ ! -z $DOKKU_APP_NAME ]] && set -- $cmd \"$DOKKU_APP_NAME\" \"$@\"",
        ),
        // Without a test, quotes would make an empty argument of no app.
        ("set -- $DOKKU_APP_NAME $@", "set -- $DOKKU_APP_NAME \"$@\""),
        (
            "order() { set -- x $@; echo \"$2\"; }; order \"$@\"",
            "order() { set -- x \"$@\"; echo \"$2\"; }; order \"$@\"",
        ),
    ] {
        becomes("subcommands/light", &with(before), &with(after));
    }
}

#[test]
fn arguments_that_may_be_split_on_purpose_are_left() {
    let with =
        |line: &str| format!("#!/usr/bin/env bash\nset -eo pipefail\n{TRACE}{line}\necho \"$@\"\n");
    is_left("subcommands/light", &with("IFS=,; set -- $@"), "sets IFS");
    is_left(
        "subcommands/light",
        &with("each() { set -- $@; echo \"$2\"; }; each \"$LIST\""),
        "a list to be split",
    );
    is_left(
        "subcommands/light",
        &with("set -- x$@"),
        "part of a longer word",
    );
}

#[test]
fn missing_keys_are_added_to_the_manifest() {
    becomes(
        "plugin.toml",
        "# mine\n[plugin]\nversion = \"2.0\" # two\n",
        "# mine\n[plugin]\nversion = \"2.0\" # two\ndescription = \"dokku beacon plugin\"\n\n[plugin.config]\n",
    );
    is_left(
        "plugin.toml",
        "[plugin]\ndescription = \"\"\nversion = \"1\"\n[plugin.config]\n",
        "is there, and is empty",
    );
    is_left("plugin.toml", "[plugin\n", "is not TOML");
    let patient = Patient::with(&[]);
    fs::remove_file(patient.root().join("plugin.toml")).unwrap();
    patient
        .fix(&[])
        .assert()
        .code(0)
        .stdout(contains("in words of your own"));
    assert!(
        patient
            .read("plugin.toml")
            .starts_with("[plugin]\ndescription = \"dokku beacon plugin\"\n")
    );
}

#[test]
fn what_dokku_runs_is_made_executable() {
    let script = format!("#!/usr/bin/env bash\n{TRACE}echo lit\n");
    let patient = Patient::with(&[
        ("subcommands/light (plain)", &script),
        ("post-delete (plain)", &script),
    ]);
    fs::set_permissions(
        patient.root().join("post-delete"),
        fs::Permissions::from_mode(0o640),
    )
    .unwrap();
    patient
        .fix(&[])
        .assert()
        .code(0)
        .stdout(contains("chmod +x subcommands/light"));
    assert_eq!(patient.mode("subcommands/light"), 0o755);
    assert_eq!(patient.mode("post-delete"), 0o750);
    assert_eq!(patient.read("post-delete"), script);
    is_left("post-delete (plain)", "notes\n", "may be no program");
    is_left(
        "post-delete (plain)",
        "#!/no/such/shell\n",
        "no interpreter that exists",
    );
}

#[test]
fn a_dry_run_shows_the_change_and_writes_nothing() {
    let light = "#!/usr/bin/env bash\necho lit\n";
    let patient = Patient::with(&[("commands (plain)", COMMANDS), ("subcommands/light", light)]);
    let before = patient.state();
    patient
        .fix(&["--dry-run"])
        .assert()
        .code(0)
        .stdout(contains("    chmod +x commands\n"))
        .stdout(contains("    + [[ $DOKKU_TRACE ]] && set -x\n"))
        .stdout(contains("nothing is written"));
    assert_eq!(patient.state(), before);
}

#[test]
fn a_dry_run_shows_what_the_first_change_brings_to_light_too() {
    // That it does not trace is seen when it can be run.
    let light = "#!/usr/bin/env bash\nset -e\necho lit\n";
    let patient = Patient::with(&[("subcommands/light (plain)", light)]);
    let before = patient.state();
    let told = |args: &[&str]| {
        let output = patient.fix(args).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let dry = told(&["--dry-run"]);
    assert_eq!(patient.state(), before);
    let wet = told(&[]);
    let changes = |text: &str| {
        let lines = text.lines().filter(|line| line.starts_with("    "));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(changes(&dry), changes(&wet));
    assert!(dry.contains("+ [[ $DOKKU_TRACE ]] && set -x"), "{dry}");
}

#[test]
fn only_mends_what_it_names() {
    let patient = Patient::with(&[("commands (plain)", &COMMANDS.replace(TRACE, ""))]);
    patient
        .fix(&["--only", "executable-files"])
        .assert()
        .code(0);
    assert_eq!(patient.mode("commands"), 0o755);
    assert!(!patient.read("commands").contains(TRACE));
    patient.fix(&["--only", "app-flag"]).assert().code(2);
}

#[test]
fn a_mode_stays_and_a_link_leads_to_its_file() {
    let text = COMMANDS.replace(TRACE, "");
    let patient = Patient::with(&[("lib/main", &text)]);
    let root = patient.root();
    fs::set_permissions(root.join("lib/main"), fs::Permissions::from_mode(0o750)).unwrap();
    fs::remove_file(root.join("commands")).unwrap();
    symlink("lib/main", root.join("commands")).unwrap();
    patient.fix(&[]).assert().code(0);
    assert_eq!(patient.read("lib/main"), COMMANDS);
    assert_eq!(patient.mode("lib/main"), 0o750);
    assert!(root.join("commands").is_symlink());
    assert_eq!(fs::read_dir(root.join("lib")).unwrap().count(), 1);
}

#[test]
fn nothing_outside_of_the_plugin_is_touched() {
    let patient = Patient::with(&[]);
    let outside = patient.scratch.path().join("outside");
    fs::write(&outside, "#!/bin/bash\necho\n").unwrap();
    symlink(&outside, patient.root().join("post-delete")).unwrap();
    patient.fix(&[]).assert().code(0);
    assert_eq!(fs::read_to_string(&outside).unwrap(), "#!/bin/bash\necho\n");
    assert_eq!(outside.metadata().unwrap().mode() & 0o111, 0);
}

#[test]
fn what_is_no_plugin_or_can_not_be_written_is_told() {
    let patient = Patient::with(&[("plugin.toml", "[plugin]\n")]);
    Command::new(PROGRAM)
        .args(["fix", "/nowhere"])
        .assert()
        .code(2)
        .stderr(contains("does not exist"));
    let root = patient.root();
    let locked = |mode| fs::set_permissions(&root, fs::Permissions::from_mode(mode)).unwrap();
    locked(0o555);
    // A mode keeps root out of nothing, but for one without capabilities.
    let is_root = fs::write(root.join("probe"), "").is_ok();
    let mut command = Command::new(if is_root { "setpriv" } else { PROGRAM });
    if is_root {
        fs::remove_file(root.join("probe")).unwrap();
        command.args(["--bounding-set", "-all", PROGRAM]);
    }
    let told = command.arg("fix").arg(&root).assert();
    locked(0o755);
    told.code(3)
        .stderr(contains("plugin.toml can't be written: "));
    assert_eq!(patient.read("plugin.toml"), "[plugin]\n");
}

/// Every plugin of the fixtures is fixed twice: the second time changes nothing, and no script that bash could read before
/// can't be read then.
#[test]
fn what_is_fixed_is_fixed_once_and_stays_shell() {
    let is_shell = |path: &Path| {
        Process::new("bash")
            .arg("-n")
            .arg(path)
            .output()
            .unwrap()
            .status
            .success()
    };
    let mut mended = 0;
    for entry in fs::read_dir(Path::new(ROOT).join("fixtures/plugins")).unwrap() {
        let from = entry.unwrap().path();
        let scratch = scratch();
        let copied = Process::new("cp")
            .arg("-a")
            .arg(&from)
            .arg(scratch.path())
            .status();
        assert!(copied.unwrap().success());
        let plugin = scratch.path().join(from.file_name().unwrap());
        let before = state(&plugin);
        let fix = || {
            Command::new(PROGRAM)
                .arg("fix")
                .arg(&plugin)
                .assert()
                .code(0)
        };
        fix();
        let once = state(&plugin);
        mended += usize::from(once != before);
        for (path, (_, bytes)) in &once {
            let was = before.get(path).is_some_and(|(_, before)| bytes != before);
            let old = from.join(path.strip_prefix(&plugin).unwrap());
            assert!(
                !was || !is_shell(&old) || is_shell(path),
                "{}",
                path.display()
            );
        }
        fix().stdout(contains("nothing to mend"));
        assert_eq!(state(&plugin), once, "{}", plugin.display());
    }
    assert!(mended > 5, "only {mended}");
}

//! `init` in the repository of a plugin: what it writes works, and what was there stays.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command as Process, Output};

use assert_cmd::Command;
use plugin_text::{MANIFEST, PluginText};
use predicates::str::contains;
use scratch::scratch;
use serde_yaml::Value;
use tempfile::TempDir;

mod plugin_text;
mod scratch;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const PROGRAM: &str = env!("CARGO_BIN_EXE_dokku-conform");

/// Every file that it writes.
const ALL: [&str; 6] = [
    "Cargo.toml",
    "tests/conformance.rs",
    ".gitignore",
    "reports/.gitignore",
    "conformance.yaml",
    ".github/workflows/conformance.yml",
];

/// A plugin that keeps the rules.
const KEEPS: &str = r#"
=== commands
#!/usr/bin/env bash
set -eo pipefail
[[ $DOKKU_TRACE ]] && set -x
case "$1" in
  help | beacon:help)
    echo "    beacon:light, Lights the beacon"
    ;;
  *)
    exit "$DOKKU_NOT_IMPLEMENTED_EXIT"
    ;;
esac
=== subcommands/light
#!/usr/bin/env bash
set -eo pipefail
[[ $DOKKU_TRACE ]] && set -x
echo "lit"
"#;

/// A plugin's repository in a folder of its own.
struct Repository {
    scratch: TempDir,
}

impl Repository {
    fn new() -> Self {
        let scratch = scratch();
        let mut plugin = PluginText::parse(KEEPS.lines());
        assert_eq!(plugin.head, [""]);
        plugin.or_else("plugin.toml", MANIFEST);
        plugin.build(&scratch.path().join("dokku-beacon"));
        Self { scratch }
    }

    fn root(&self) -> PathBuf {
        self.scratch.path().join("dokku-beacon")
    }

    fn init(&self, args: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command.arg("init").args(args).current_dir(self.root());
        command
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.root().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.root().join(name)).unwrap()
    }

    fn has(&self, name: &str) -> bool {
        self.root().join(name).symlink_metadata().is_ok()
    }

    /// `cargo test`, with this crate where the registry's would be.
    fn cargo_test(&self) -> Output {
        // A lock file that knows of all packages leaves nothing to be asked of a registry.
        fs::copy(
            Path::new(ROOT).join("Cargo.lock"),
            self.root().join("Cargo.lock"),
        )
        .unwrap();
        let profile = if cfg!(debug_assertions) {
            "dev"
        } else {
            "release"
        };
        Process::new(env!("CARGO"))
            .args(["test", "--offline", "--profile", profile, "--config"])
            .arg(format!("patch.crates-io.dokku-conform.path = {ROOT:?}"))
            .current_dir(self.root())
            .env(
                "CARGO_TARGET_DIR",
                Path::new(env!("CARGO_TARGET_TMPDIR")).join("plugin-repo"),
            )
            .env_remove("DOKKU_CONFORM_STRICT")
            .output()
            .unwrap()
    }

    /// Case → outcome, as `check` has them.
    fn outcomes(&self) -> BTreeMap<String, String> {
        let output = Process::new(PROGRAM)
            .args(["check", ".", "--format", "jsonl"])
            .current_dir(self.root())
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
        lines
            .filter(|line: &serde_json::Value| line["type"] == "case")
            .map(|line| {
                let text = |key: &str| line[key].as_str().unwrap().to_owned();
                let name = format!("{} {}", text("requirement"), text("case"));
                (name, text("outcome"))
            })
            .collect()
    }

    /// The scripts of the written workflow: the name of a step → what it runs.
    fn scripts(&self) -> BTreeMap<String, String> {
        let workflow: Value = serde_yaml::from_str(&self.read(ALL[5])).unwrap();
        let steps = workflow["jobs"]["conformance"]["steps"]
            .as_sequence()
            .unwrap();
        let text = |value: &Value| Some(value.as_str()?.to_owned());
        steps
            .iter()
            .filter_map(|step| Some((text(&step["name"])?, text(&step["run"])?)))
            .collect()
    }
}

#[test]
fn cargo_test_works_in_what_it_writes() {
    let repository = Repository::new();
    repository.init(&[]).assert().success();
    let output = repository.cargo_test();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{output:?}");
    let passed = "test plugin-toml::beacon::the-descriptor ";
    let is_it = |line: &str| line.starts_with(passed) && line.ends_with("... ok");
    assert!(said.lines().any(is_it), "{said}");
}

#[test]
fn all_is_written_and_told() {
    let repository = Repository::new();
    let told: String = ALL.iter().map(|name| format!("wrote {name}\n")).collect();
    repository
        .init(&[])
        .assert()
        .success()
        .stdout(told)
        .stderr("");
    for name in ALL {
        let mode = repository
            .root()
            .join(name)
            .metadata()
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o111, 0, "{name}");
        assert_ne!(mode & 0o044, 0, "{name}: {mode:o}");
    }
    assert!(
        repository
            .read("Cargo.toml")
            .contains("name = \"dokku-beacon\"")
    );
}

#[test]
fn what_it_writes_changes_no_outcome() {
    let repository = Repository::new();
    let before = repository.outcomes();
    assert!(before.values().any(|outcome| outcome == "pass"));
    repository.init(&[]).assert().success();
    assert_eq!(repository.outcomes(), before);
}

#[test]
fn what_is_there_is_left_as_it_is() {
    let repository = Repository::new();
    // It has to be one that can be read.
    const MINE: &str = "name: beacon\n";
    for name in ALL {
        repository.write(name, MINE);
    }
    repository
        .init(&[])
        .assert()
        .success()
        .stdout(contains("kept  conformance.yaml, which was there\n"))
        .stdout(contains(
            "kept  .gitignore, which was there: add the line `/target`",
        ))
        .stdout(contains(
            "kept  Cargo.toml, which was there: to have the test, add to it",
        ))
        .stderr("");
    for name in ALL {
        assert_eq!(repository.read(name), MINE);
    }
}

#[test]
fn a_second_time_writes_nothing_and_advises_nothing() {
    let repository = Repository::new();
    repository.init(&[]).assert().success();
    let told: String = ALL
        .iter()
        .map(|name| format!("kept  {name}, which was there\n"))
        .collect();
    repository.init(&[]).assert().success().stdout(told);
}

#[test]
fn only_writes_what_it_names() {
    let repository = Repository::new();
    let only = ["--only", "workflow,conformance"];
    repository.init(&only).assert().success();
    let written: Vec<_> = ALL
        .into_iter()
        .filter(|name| repository.has(name))
        .collect();
    assert_eq!(written, ["conformance.yaml", ALL[5]]);
    repository.init(&["--only", "workflows"]).assert().code(2);
}

#[test]
fn a_git_repository_may_take_the_place_of_the_registry() {
    let repository = Repository::new();
    let url = "https://example.com/dokku-conform.git";
    repository.init(&["--git", url]).assert().success();
    assert!(
        repository
            .read("Cargo.toml")
            .contains(&format!("git = \"{url}\""))
    );
    assert!(repository.read(ALL[5]).contains(&format!("--git {url} ")));
    for bad in ["", "x", "https://a\"b", "https://a b"] {
        repository.init(&["--git", bad]).assert().code(2);
    }
}

#[test]
fn no_plugin_is_refused() {
    let repository = Repository::new();
    fs::create_dir(repository.scratch.path().join("empty")).unwrap();
    repository
        .init(&["../empty"])
        .assert()
        .code(2)
        .stdout("")
        .stderr(contains("is empty"));
    repository
        .init(&["../none"])
        .assert()
        .code(2)
        .stdout("")
        .stderr(contains("does not exist"));
    repository
        .init(&["commands"])
        .assert()
        .code(2)
        .stderr(contains("is not a directory"));
    fs::write(repository.scratch.path().join("empty/notes"), "").unwrap();
    repository
        .init(&["../empty"])
        .assert()
        .code(2)
        .stderr(contains("is no Dokku plugin"));
    assert!(!repository.scratch.path().join("empty/Cargo.toml").exists());
}

#[test]
fn no_link_leads_out_of_the_plugin() {
    let repository = Repository::new();
    let outside = repository.scratch.path().join("outside");
    fs::create_dir(&outside).unwrap();
    let root = repository.root();
    symlink(&outside, root.join("tests")).unwrap();
    symlink("nowhere", root.join(".github")).unwrap();
    symlink(outside.join("Cargo.toml"), root.join("Cargo.toml")).unwrap();
    repository
        .init(&[])
        .assert()
        .code(2)
        .stdout(contains("kept  Cargo.toml, which was there\n"))
        .stdout(contains("wrote conformance.yaml\n"))
        .stderr(contains(
            "tests/conformance.rs is not written: `tests` leads out of the plugin",
        ))
        .stderr(contains("`.github` is a link that leads nowhere"));
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 0);
}

#[test]
fn a_link_within_the_plugin_is_followed() {
    let repository = Repository::new();
    fs::create_dir(repository.root().join("spec")).unwrap();
    symlink("spec", repository.root().join("tests")).unwrap();
    repository.init(&["--only", "test"]).assert().success();
    assert!(repository.has("spec/conformance.rs"));
}

#[test]
fn a_file_in_the_place_of_a_folder_is_told() {
    let repository = Repository::new();
    repository.write("tests", "");
    repository
        .init(&["--only", "test"])
        .assert()
        .code(2)
        .stderr(contains("`tests` is not a directory"));
}

#[test]
fn what_can_not_be_written_is_no_fault_of_the_plugin() {
    let repository = Repository::new();
    let folder = repository.root();
    let locked = |mode| fs::set_permissions(&folder, fs::Permissions::from_mode(mode)).unwrap();
    locked(0o555);
    // A mode keeps root out of nothing, but for one without capabilities.
    let mut command = match fs::write(folder.join("probe"), "") {
        Ok(()) => {
            fs::remove_file(folder.join("probe")).unwrap();
            let mut command = Command::new("setpriv");
            command.args(["--bounding-set", "-all", PROGRAM]);
            command
        }
        Err(_) => Command::new(PROGRAM),
    };
    command
        .arg("init")
        .arg(&folder)
        .assert()
        .code(3)
        .stdout("")
        .stderr(contains("Cargo.toml can't be written: "));
    locked(0o755);
    assert!(!repository.has("Cargo.toml"));
}

#[test]
fn a_workflow_below_the_top_level_is_told() {
    let repository = Repository::new();
    fs::create_dir(repository.scratch.path().join(".git")).unwrap();
    let only = ["--only", "workflow"];
    let told = repository.init(&only).assert().success();
    told.stdout(contains("GitHub reads workflows at the top level"));
}

#[test]
fn the_workflow_annotates_sums_up_and_keeps_the_record() {
    let repository = Repository::new();
    repository.init(&[]).assert().success();
    repository.write(
        "plugin.toml",
        "[plugin]\ndescription = \"no version\"\n[plugin.config]\n",
    );
    let scripts = repository.scripts();
    let runner = repository.scratch.path();
    let path = format!(
        "{}:{}",
        Path::new(PROGRAM).parent().unwrap().display(),
        std::env::var("PATH").unwrap()
    );
    let step = |name: &str| {
        let mut command = Command::new("bash");
        command
            .args(["-e", "-c", &scripts[name]])
            .current_dir(repository.root())
            .env("PATH", &path)
            .env("RUNNER_TEMP", runner)
            .env("GITHUB_STEP_SUMMARY", runner.join("summary"));
        command.assert()
    };
    step("Check the plugin")
        .code(1)
        .stdout(contains("FAIL must"));
    step("Annotate the pull request")
        .success()
        .stdout(contains("::error file=plugin.toml,"));
    let summary = fs::read_to_string(runner.join("summary")).unwrap();
    assert!(summary.contains("plugin-toml"), "{summary}");
    let record = fs::read_to_string(runner.join("conformance.jsonl")).unwrap();
    assert!(
        record.lines().last().unwrap().contains("footer"),
        "{record}"
    );
}

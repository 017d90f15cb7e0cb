//! Nights over a list of plugins: what each row comes to, what is not run again, and parts that make a whole.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process;

use assert_cmd::Command;
use assert_cmd::assert::Assert;
use predicates::prelude::PredicateBooleanExt as _;
use predicates::str::contains;
use scratch::scratch;
use serde_json::Value;
use tempfile::TempDir;

mod scratch;

/// A folder with a list, the plugins that it names, and the cache of its nights.
struct Night(TempDir);

const LIST: &str = "plugins:
  - {name: greeter, path: greeter, compatibility: 0.30.0+, section: Ours}
  - {name: taker, path: taker}
  - {name: gone, path: nowhere}
  - {name: empty, path: empty}
  - {name: typo, pth: greeter}
  - {name: off, path: greeter, disabled: it is not ready}
";

impl Night {
    fn new(list: &str) -> Self {
        let night = Self(scratch());
        fs::write(night.path("plugins.yaml"), list).unwrap();
        fs::create_dir(night.path("empty")).unwrap();
        fs::write(night.path("empty/README"), "nothing").unwrap();
        night.plugin("greeter", "fixtures/plugins/hello");
        night.plugin(
            "taker",
            "fixtures/plugins/unknown-command-declined-swallows",
        );
        night
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A copy of a fixture.
    fn plugin(&self, name: &str, fixture: &str) {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join(fixture);
        let mut copy = process::Command::new("cp");
        copy.arg("-r").arg(from).arg(self.path(name));
        assert!(copy.status().unwrap().success());
    }

    fn command(&self, subcommand: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dokku-conform"));
        command.current_dir(self.0.path());
        command.env("XDG_CACHE_HOME", self.path("cache"));
        command.arg(subcommand);
        command
    }

    /// A night of two rules.
    fn run(&self, args: &[&str]) -> Assert {
        let mut command = self.command("nightly");
        command.args([
            "plugins.yaml",
            "--only",
            "unknown-command-declined,plugin-toml",
        ]);
        command.args(args).assert()
    }

    /// The record of this name, without what is another in each run.
    fn record(&self, name: &str) -> Vec<Value> {
        let text = fs::read_to_string(self.path(name)).unwrap();
        let line = |line: &str| {
            let mut line: Value = serde_json::from_str(line).unwrap();
            for key in ["duration_ms", "run", "time"] {
                line.as_object_mut().unwrap().remove(key);
            }
            line
        };
        text.lines().map(line).collect()
    }

    /// The outcomes of the cases of a requirement in the record of this name, by plugin.
    fn outcomes(&self, name: &str, requirement: &str) -> BTreeMap<String, Vec<String>> {
        let mut outcomes: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for line in self.record(name) {
            if line["requirement"] == requirement {
                let word = |key: &str| line[key].as_str().unwrap().to_owned();
                outcomes
                    .entry(word("plugin"))
                    .or_default()
                    .push(word("outcome"));
            }
        }
        outcomes
    }

    /// How many results are remembered.
    fn remembered(&self) -> usize {
        let files = fs::read_dir(self.path("cache/dokku-conform/results")).unwrap();
        let lines = |path: PathBuf| fs::read_to_string(path).unwrap().lines().count();
        files.map(|file| lines(file.unwrap().path())).sum()
    }
}

#[test]
fn what_is_wrong_with_a_row_is_that_rows() {
    let night = Night::new(LIST);
    let told = night.run(&["--format", "jsonl=night.jsonl"]).code(1);
    told.stderr(contains("unknown key `pth`"));
    let sources = night.outcomes("night.jsonl", "source");
    let of = |name: &str| sources[name].join(" ");
    assert_eq!(of("greeter"), "pass");
    for missing in ["gone", "empty", "typo"] {
        assert_eq!(of(missing), "inconclusive", "{missing}");
    }
    assert!(!sources.contains_key("off"));
    let header = &night.record("night.jsonl")[0];
    assert_eq!(header["list"]["disabled"][0]["reason"], "it is not ready");
    let plugins = header["plugins"].as_array().unwrap();
    assert_eq!(plugins[0]["provenance"]["section"], "Ours");
    let why = plugins[3]["provenance"]["missing"].as_str().unwrap();
    assert!(why.contains("is no Dokku plugin"), "{why}");
}

#[test]
fn what_did_not_change_is_not_run_again_and_nothing_is_told_of_it() {
    let night = Night::new(LIST);
    night.run(&["--format", "jsonl=first.jsonl"]).code(1);
    let remembered = night.remembered();
    assert!(remembered > 0);
    let again = [
        "--format",
        "jsonl=second.jsonl",
        "--format",
        "text=told.txt",
    ];
    night
        .run(&[&again[..], &["--baseline", "first.jsonl"]].concat())
        .code(0);
    assert_eq!(night.remembered(), remembered);
    let told = fs::read_to_string(night.path("told.txt")).unwrap();
    assert!(!told.contains("again:"), "{told}");
    assert!(
        told.contains("0 regressed, 0 new, 0 gone, 0 changed, 0 indeterminate"),
        "{told}"
    );
    // One that changed is run.
    fs::write(night.path("greeter/plugin.toml"), "[plugin]\n").unwrap();
    night
        .run(&["--baseline", "first.jsonl"])
        .code(1)
        .stdout(contains("1 plugin: greeter"));
    assert!(night.remembered() > remembered);
}

#[test]
fn a_damaged_memory_is_none() {
    let night = Night::new(LIST);
    night.run(&["--format", "jsonl=first.jsonl"]).code(1);
    let results = fs::read_dir(night.path("cache/dokku-conform/results")).unwrap();
    for file in results {
        let path = file.unwrap().path();
        // A failure that turns into a pass, and a line that was torn.
        let text = fs::read_to_string(&path).unwrap();
        let forged = text.replace("\"outcome\":\"fail\"", "\"outcome\":\"pass\"");
        fs::write(path, format!("{forged}half a li")).unwrap();
    }
    night.run(&["--format", "jsonl=second.jsonl"]).code(1);
    assert_eq!(night.record("second.jsonl"), night.record("first.jsonl"));
}

#[test]
fn parts_make_the_whole() {
    let night = Night::new(LIST);
    night
        .run(&["--no-cache", "--format", "jsonl=whole.jsonl"])
        .code(1);
    // The last has one row, which is disabled.
    let names: Vec<String> = (1..=6).map(|index| format!("{index}.jsonl")).collect();
    for (index, name) in (1..).zip(&names) {
        let (shard, format) = (format!("{index}/6"), format!("jsonl={name}"));
        night.run(&["--shard", &shard, "--format", &format]);
    }
    let mut merge = night.command("merge");
    merge
        .args(names.iter().rev())
        .args(["--format", "jsonl=merged.jsonl"]);
    merge.assert().success();
    assert_eq!(night.record("merged.jsonl"), night.record("whole.jsonl"));
    let mut merge = night.command("merge");
    merge
        .args(["1.jsonl", "2.jsonl"])
        .assert()
        .code(2)
        .stderr(contains("shards 3/6, 4/6, 5/6, 6/6 are missing"));
    // A list that is another by now.
    fs::write(night.path("plugins.yaml"), LIST.replace("not ready", "old")).unwrap();
    night.run(&["--shard", "1/6", "--format", "jsonl=1.jsonl"]);
    let mut merge = night.command("merge");
    merge
        .args(&names)
        .assert()
        .code(2)
        .stderr(contains("record 2 is of another run than the first"));
}

#[test]
fn a_night_that_was_cut_off_goes_on() {
    let night = Night::new(LIST);
    night.run(&["--format", "jsonl=whole.jsonl"]).code(1);
    let text = fs::read_to_string(night.path("whole.jsonl")).unwrap();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    for kept in [1, 3, lines.len() - 1] {
        fs::write(
            night.path("cut.jsonl"),
            lines[..kept].concat() + "{\"type\":\"ca",
        )
        .unwrap();
        // What can be had by now could not be then: that is a matter of the next night.
        fs::create_dir_all(night.path("nowhere")).unwrap();
        night
            .run(&["--resume", "cut.jsonl", "--format", "jsonl=cut.jsonl"])
            .code(1);
        assert_eq!(
            night.record("cut.jsonl"),
            night.record("whole.jsonl"),
            "{kept}"
        );
    }
}

#[test]
fn the_set_is_written_with_the_table_of_claims_and_the_page_of_all() {
    let night = Night::new(LIST);
    night
        .run(&["--into", "set", "--dokku", "0.28,0.38"])
        .code(1);
    let read = |name: &str| fs::read_to_string(night.path("set").join(name)).unwrap();
    for name in ["record.jsonl", "changes.txt", "report.html", "summary.md"] {
        assert!(!read(name).is_empty(), "{name}");
    }
    let claims = read("compatibility.md");
    assert!(
        claims.contains("| greeter | 0.30.0+ | 0.28.4 to 0.38.27 |  | works with 0.28.4 too |"),
        "{claims}"
    );
    assert!(
        claims.contains("| gone |  |  |  | not checked: "),
        "{claims}"
    );
    assert!(claims.contains("- off: it is not ready"), "{claims}");
    let page = read("ecosystem.md");
    assert!(
        page.contains("| `unknown-command-declined` | 1 |"),
        "{page}"
    );
    assert!(page.contains("ends with exit 0"), "{page}");
}

#[test]
fn a_list_that_nothing_can_be_had_of_is_no_fine_night() {
    let night = Night::new("plugins: [{name: gone, path: nowhere}]\n");
    night
        .run(&["--format", "jsonl=night.jsonl"])
        .code(3)
        .stderr(contains("no plugin of the list could be had"));
    assert_eq!(
        night.outcomes("night.jsonl", "source")["gone"],
        ["inconclusive"]
    );
    let told = night.run(&["--plugin", "other"]).code(2);
    told.stderr(contains("has no plugin \"other\""));
    for wrong in ["0/2", "3/2", "x"] {
        night
            .run(&["--shard", wrong])
            .code(2)
            .stderr(contains("write it as I/N"));
    }
}

#[test]
fn a_repository_is_brought_and_its_commit_is_on_record() {
    if process::Command::new("git")
        .arg("--version")
        .output()
        .is_err()
    {
        println!("skipped: there is no git here");
        return;
    }
    let night = Night::new("x");
    let git = |args: &[&str]| {
        let mut command = process::Command::new("git");
        command
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin");
        command
            .env("HOME", night.0.path())
            .env("GIT_CONFIG_NOSYSTEM", "1");
        command.arg("-C").arg(night.path("greeter")).args([
            "-c",
            "user.name=x",
            "-c",
            "user.email=x@x",
        ]);
        let came = command.args(args).output().unwrap();
        assert!(came.status.success(), "{came:?}");
        String::from_utf8(came.stdout).unwrap().trim().to_owned()
    };
    git(&["init", "--quiet"]);
    git(&["add", "--all"]);
    git(&["commit", "--quiet", "--message", "one"]);
    let commit = git(&["rev-parse", "HEAD"]);
    let url = format!("file://{}", night.path("greeter").display());
    fs::write(
        night.path("plugins.yaml"),
        format!("plugins: [{{name: greeter, git: \"{url}\"}}]\n"),
    )
    .unwrap();
    night.run(&["--format", "jsonl=first.jsonl"]).code(0);
    let plugin = &night.record("first.jsonl")[0]["plugins"][0];
    assert_eq!(
        (&plugin["provenance"]["commit"], &plugin["path"]),
        (&commit.into(), &url.into())
    );
    // It is gone the next night: that is told, and is no regression; the cache has it for who asks for that.
    fs::rename(night.path("greeter"), night.path("elsewhere")).unwrap();
    night
        .run(&["--format", "jsonl=second.jsonl"])
        .code(3)
        .stderr(contains("no plugin of the list"));
    night
        .run(&[
            "--offline",
            "--format",
            "jsonl=third.jsonl",
            "--baseline",
            "first.jsonl",
        ])
        .code(0);
    assert_eq!(night.outcomes("third.jsonl", "source")["greeter"], ["pass"]);
    night
        .run(&["--baseline", "second.jsonl", "--offline"])
        .stdout(contains("regressed").and(contains("0 regressed")));
}

#[test]
fn a_case_is_played_once_for_all_versions_in_which_nothing_that_it_meets_is_different() {
    let list = "plugins:
  - {name: greeter, path: greeter}
  - {name: lister, path: lister}
  - {name: namer, path: namer}
";
    let night = Night::new(list);
    // From 0.38.21 on the apps can be listed as json: whoever lists them so meets that, who only could does not.
    let begins = |name: &str, line: &str| {
        night.plugin(name, "fixtures/plugins/hello");
        let commands = night.path(name).join("commands");
        let text = fs::read_to_string(&commands).unwrap();
        let (first, rest) = text.split_once('\n').unwrap();
        fs::write(&commands, format!("{first}\n{line}\n{rest}")).unwrap();
    };
    let lists = "dokku apps:list --format json > /dev/null 2>&1 || true";
    begins("lister", lists);
    begins("namer", &format!("[[ $1 == never ]] && {lists}"));
    let versions = ["--dokku", "0.38.20,0.38.22"];
    let only = ["unknown-command-declined", "help-command"].join(",");
    let run = |args: &[&str]| {
        let mut command = night.command("nightly");
        command
            .args(["plugins.yaml", "--only", &only])
            .args(versions);
        command.args(args).assert().success();
    };
    run(&["--format", "jsonl=shared.jsonl"]);
    run(&["--no-cache", "--format", "jsonl=played.jsonl"]);
    let cases = |name: &str| -> Vec<Value> {
        let lines = night.record(name).into_iter();
        lines.filter(|line| line["type"] == "case").collect()
    };
    let (shared, played) = (cases("shared.jsonl"), cases("played.jsonl"));
    let of = |line: &Value, key: &str| line[key].as_str().unwrap_or("-").to_owned();
    let seen = |plugin: &str, version: &str| -> Vec<String> {
        let cases = shared.iter();
        let these = cases.filter(|one| of(one, "plugin") == plugin && of(one, "dokku") == version);
        let run = these.filter(|one| of(one, "requirement") != "source");
        run.map(|one| of(one, "played_in")).collect()
    };
    assert!(!seen("greeter", "0.38.22").is_empty());
    assert!(
        seen("greeter", "0.38.20")
            .iter()
            .all(|played| played == "-")
    );
    for plugin in ["greeter", "namer"] {
        let played = seen(plugin, "0.38.22");
        assert!(played.iter().all(|in_| in_ == "0.38.20"), "{plugin}");
    }
    assert!(seen("lister", "0.38.22").iter().all(|played| played == "-"));
    let outcomes = |cases: &[Value]| -> Vec<String> {
        let words = ["plugin", "requirement", "case", "dokku", "outcome"];
        let line = |one: &Value| words.map(|key| of(one, key)).join(" ");
        cases.iter().map(line).collect()
    };
    assert_eq!(outcomes(&shared), outcomes(&played));
}

//! `dokku-conform suite`: a plugin's own bats tests as cases.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use predicates::prelude::*;
use predicates::str::contains;
use scratch::scratch;
use serde_json::Value;
use tempfile::TempDir;

mod scratch;

/// A bats that knows as much of the language as these tests need: a file is sourced for each test, `setup` and the test
/// are run, and what came is told as bats tells it.
const BATS: &str = r##"#!/usr/bin/env bash
[[ $1 == --version ]] && echo "Bats 1.1.0" && exit 0
file=${*: -1}
here=$(cd "$(dirname "$0")" && pwd)
[[ -f $here/../libexec/bats-exec-test ]] || exit 99
numbers=$(grep -c '^@test' "$file")
bash -n <(sed 's/^@test.*{/t() {/' "$file") 2>/tmp/syntax || {
  printf '1..1\nnot ok 1 bats-gather-tests\n'
  sed "s|/dev/fd/[0-9]*|/tmp/bats-run-1/1-$(basename "$file").src|; s/^/# /" /tmp/syntax
  exit 1
}
echo "1..$numbers"
status=0
for ((number = 1; number <= numbers; number++)); do
  "$here/../libexec/bats-exec-test" "$PWD/$file" "test_$number" "$number" || status=1
done
exit $status
"##;

/// What runs one test: it is what a real bats starts for each.
const EXEC_TEST: &str = r##"#!/usr/bin/env bash
file=$1 number=$3
title=$(grep '^@test' "$file" | sed -n "${number}p" | sed 's/^@test "//; s/" {$//')
skip() { echo "ok $number $title # skip $1"; exit 0; }
setup() { :; }
mapfile -t starts < <(grep -n '^@test' "$file" | cut -d: -f1)
line=${starts[number - 1]}
source <(awk '/^@test/ { n++; print "conform_test_" n "() {"; next } { print }' "$file")
title=$(eval "echo \"$title\"")
set -e
trap 'code=$?; if [[ $code != 0 && -z $told ]]; then told=1; exec 1>&4; echo "not ok $number $title"; echo "# (in test file ${file#*/suite/*/}, line $((line + 1)))"; echo "#   \`$BASH_COMMAND'"'"' failed with status $code"; sed "s/^/# /" /tmp/said; fi' EXIT
exec 4>&1 >/tmp/said 2>&1
skip() { exec 1>&4; trap - EXIT; echo "ok $number $title # skip $1"; exit 0; }
setup
conform_test_"$number"
exec 1>&4
trap - EXIT
echo "ok $number $title"
"##;

/// A folder with plugins and a bats, at the repository's top level.
struct Bench(TempDir);

impl Bench {
    fn new() -> Self {
        let bench = Self(scratch());
        bench.write("bats/bin/bats", BATS, 0o755);
        bench.write("bats/libexec/bats-exec-test", EXEC_TEST, 0o755);
        bench
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str, mode: u32) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    /// A plugin `probe` with a command that prints what it is told, and these bats files.
    fn plugin(&self, files: &[(&str, &str)]) {
        self.write(
            "probe/plugin.toml",
            "[plugin]\ndescription = \"a probe\"\nversion = \"1.0.0\"\n[plugin.config]\n",
            0o644,
        );
        let say = "#!/usr/bin/env bash\nset -eo pipefail\nshift\n\"$@\"\n";
        self.write("probe/subcommands/run", say, 0o755);
        self.write(
            "probe/install",
            "#!/usr/bin/env bash\necho made >/etc/probe\n",
            0o755,
        );
        for (name, text) in files {
            self.write(&format!("probe/{name}"), text, 0o644);
        }
    }

    /// `dokku-conform suite` with these arguments, from the folder.
    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dokku-conform"));
        let worlds = self.path("worlds");
        fs::create_dir_all(&worlds).unwrap();
        let bats = self.path("bats/bin");
        command
            .arg("suite")
            .args(args)
            .current_dir(self.0.path())
            .env("PATH", format!("{}:/usr/bin:/bin", bats.display()))
            .env("TMPDIR", worlds);
        command
    }

    /// The cases of a run: name, outcome and reason.
    fn cases(&self, args: &[&str]) -> Vec<(String, String, String)> {
        let words = [args, &["--format", "jsonl"]].concat();
        let output = self.command(&words).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let lines = text
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        let cases = lines.filter(|line| line["type"] == "case");
        let word = |case: &Value, key: &str| case[key].as_str().unwrap_or_default().to_owned();
        let cases = cases.map(|case| {
            (
                word(&case, "case"),
                word(&case, "outcome"),
                word(&case, "reason"),
            )
        });
        let cases: Vec<_> = cases.collect();
        assert!(
            !cases.is_empty(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        cases
    }
}

/// The outcomes of cases, in their order.
fn outcomes(cases: &[(String, String, String)]) -> Vec<&str> {
    cases.iter().map(|case| case.1.as_str()).collect()
}

/// True if worlds can be the root of their processes here: suites use a host's own paths.
fn is_strict(bench: &Bench) -> bool {
    let mut doctor = Command::new(env!("CARGO_BIN_EXE_dokku-conform"));
    let said = doctor
        .arg("doctor")
        .env("TMPDIR", bench.0.path())
        .output()
        .unwrap();
    let strict = String::from_utf8_lossy(&said.stdout).contains("strict");
    if !strict {
        eprintln!("skipped: isolation strict does not work here");
    }
    strict
}

const SUITE: &str = r#"setup() { dokku apps:create my-app; }
@test "it works" {
  [[ $(dokku probe:run echo said) == said ]]
}
@test "it fails" {
  dokku probe:run false
}
@test "it is left out" {
  skip "not today"
}
"#;

#[test]
fn each_test_is_a_case_with_its_place_and_its_reason() {
    let bench = Bench::new();
    bench.plugin(&[("tests/a.bats", SUITE)]);
    let cases = bench.cases(&["probe"]);
    let told: Vec<(&str, &str)> = cases
        .iter()
        .map(|(case, outcome, _)| (case.as_str(), outcome.as_str()))
        .collect();
    // The second and third tests meet the app of the first, which has a world of the file and not of its own.
    assert_eq!(
        told,
        [
            ("file[tests/a.bats]", "pass"),
            ("test[tests/a.bats: it works]", "pass"),
            ("test[tests/a.bats: it fails]", "fail"),
            ("test[tests/a.bats: it is left out]", "fail"),
        ]
    );
}

#[test]
fn a_failure_is_told_with_the_line_and_the_command_to_run_again() {
    let bench = Bench::new();
    let text = "@test \"it fails\" {\n  dokku probe:run false\n}\n";
    bench.plugin(&[
        ("tests/a.bats", text),
        ("tests/b.bats", "@test \"b\" {\n  true\n}\n"),
    ]);
    bench
        .command(&["probe"])
        .assert()
        .code(1)
        .stdout(contains("tests/a.bats:2"))
        .stdout(contains("`dokku probe:run false` failed with status 1"))
        .stdout(contains(
            "again: dokku-conform suite probe --only tests/a.bats",
        ));
    bench
        .command(&["probe", "--only", "b.bats"])
        .assert()
        .success()
        .stdout(contains("2 passed, 0 failed"));
}

#[test]
fn a_failure_that_is_expected_fails_no_run() {
    let bench = Bench::new();
    let text = "@test \"it fails\" {\n  false\n}\n";
    let expected =
        "expectations:\n  - {id: suite, case: \"test[tests/a.bats: it fails]\", reason: known}\n";
    bench.plugin(&[("tests/a.bats", text), ("conformance.yaml", expected)]);
    bench.command(&["probe"]).assert().success();
    bench.plugin(&[("tests/a.bats", "@test \"it fails\" {\n  true\n}\n")]);
    bench.command(&["probe"]).assert().code(1);
}

#[test]
fn what_asks_for_more_than_there_is_is_inconclusive() {
    let bench = Bench::new();
    let text = r#"@test "before" {
  false
}
@test "it asks" {
  curl http://example.invalid
}
@test "after" {
  false
}
@test "it asks and does not care" {
  curl http://example.invalid || true
}
@test "it asks and passes for it" {
  ! curl http://example.invalid
}
"#;
    bench.plugin(&[("tests/a.bats", text)]);
    let cases = bench.cases(&["probe"]);
    assert_eq!(
        outcomes(&cases)[1..],
        [
            "fail",
            "inconclusive",
            "inconclusive",
            "pass",
            "inconclusive"
        ]
    );
    assert!(cases[2].2.contains("`curl` is not modelled"), "{cases:?}");
    assert!(
        cases[3]
            .2
            .starts_with("something before it in its file asked"),
        "{cases:?}"
    );
}

#[test]
fn what_fails_for_want_of_a_terminal_is_inconclusive() {
    let bench = Bench::new();
    if !is_strict(&bench) {
        return;
    }
    let text = r#"@test "it has one" {
  [[ -t 0 ]]
}
@test "it fails" {
  false
}
@test "it has one and asks for more" {
  [[ -t 0 ]]
  curl http://example.invalid
}
"#;
    bench.plugin(&[("tests/a.bats", text)]);
    let without = bench.cases(&["probe"]);
    assert_eq!(
        outcomes(&without)[1..],
        ["inconclusive", "fail", "inconclusive"]
    );
    assert!(without[1].2.contains("--tty"), "{without:?}");
    assert!(without[3].2.contains("`curl`"), "{without:?}");
    let with = bench.cases(&["probe", "--tty"]);
    assert_eq!(outcomes(&with)[1..], ["pass", "fail", "inconclusive"]);
}

#[test]
fn what_apt_get_would_bring_is_not_there_and_named() {
    let bench = Bench::new();
    let text = r#"@test "it needs nothing of it" {
  [[ $(dokku probe:run echo said) == said ]]
}
@test "it installs more" {
  apt-get update -qq
  apt-get install -y --no-install-recommends no-such-tool
}
@test "it may need it" {
  no-such-tool
}
@test "who is not root installs nothing" {
  sudo -u dokku apt-get install -y no-such-tool && false
  [[ $(sudo -u dokku apt-get update 2>&1) == *"Permission denied"* ]]
}
"#;
    bench.plugin(&[("tests/a.bats", text)]);
    let cases = bench.cases(&["probe"]);
    assert_eq!(
        outcomes(&cases),
        ["pass", "pass", "pass", "inconclusive", "pass"],
        "{cases:?}"
    );
    let why = "what `apt-get` brings of the package `no-such-tool` is not modelled";
    assert!(cases[3].2.contains(why), "{cases:?}");
}

#[test]
fn keys_are_real_and_differ_within_a_test() {
    let bench = Bench::new();
    if !Path::new("/usr/bin/openssl").exists() {
        eprintln!("skipped: there is no openssl");
        return;
    }
    let text = r#"certificate() {
  openssl req -new -newkey rsa:2048 -x509 -days 10 -nodes -batch -subj "/CN=$1" -out "$1.crt" -keyout "$1.key"
}
@test "they are real" {
  certificate a
  certificate b
  [[ $(stat -c %a a.key) == 600 ]]
  openssl rsa -in a.key -check -noout
  [[ $(openssl x509 -in a.crt -noout -modulus) == "$(openssl rsa -in a.key -noout -modulus)" ]]
  [[ $(openssl x509 -in a.crt -noout -subject) == *a ]]
  openssl rsa -in a.key -text -noout | grep -q "2048 bit"
  ! cmp a.key b.key
}
@test "they are handed out again" {
  certificate c
  certificate d
  cmp a.key c.key
  cmp b.key d.key
  ! cmp a.crt c.crt
}
@test "others are as ever" {
  openssl genrsa -out e.key 2048
  ! cmp a.key e.key
  openssl req -newkey rsa:2048 -passout pass:secret -subj /CN=f -out f.csr -keyout f.key
  grep ENCRYPTED f.key
  [[ $(printf x | openssl dgst -sha256 -) == *2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881 ]]
  ! openssl bogus
}
"#;
    bench.plugin(&[("tests/a.bats", text)]);
    bench
        .command(&["probe", "-v"])
        .assert()
        .success()
        .stdout(contains("4 passed, 0 failed"));
}

#[test]
fn each_file_has_a_world_of_its_own_with_the_plugin_installed() {
    let bench = Bench::new();
    if !is_strict(&bench) {
        return;
    }
    let text = "@test \"it is new\" {\n  [[ ! -e /tmp/mark ]]; touch /tmp/mark\n  [[ $(cat /etc/probe) == made ]]; [[ -x /var/lib/dokku/plugins/enabled/probe/subcommands/run ]]\n}\n";
    bench.plugin(&[("tests/a.bats", text), ("tests/b.bats", text)]);
    bench
        .command(&["probe"])
        .assert()
        .success()
        .stdout(contains("4 passed, 0 failed"));
}

#[test]
fn the_host_around_it_is_the_worlds_own() {
    let bench = Bench::new();
    if !is_strict(&bench) {
        return;
    }
    let text = r#"@test "who one is" {
  [[ $(id -un) == root && $(sudo -u dokku id -un) == dokku && $(sudo -u dokku sudo id -un) == root ]]
  [[ $(sudo -Hu dokku bash -c 'echo $HOME') == /home/dokku ]]
  [[ $(getent passwd dokku | cut -d: -f6) == /home/dokku ]]
}
@test "what su and its like become" {
  [[ $(su dokku -c 'id -un') == dokku && $(su - dokku -c pwd) == /home/dokku ]]
  [[ $(runuser -u dokku -- id -un) == dokku ]]
  echo "* * * * * false" | su dokku -c 'crontab -'
  [[ $(su dokku -c 'crontab -l') == "* * * * * false" ]]
  ! sudo -u dokku runuser -u root true
  crontab -r -u dokku
}
@test "the groups of users" {
  [[ $(id -Gn dokku) == "dokku adm docker" && $(sudo -u dokku groups) == "dokku adm docker" ]]
  [[ $(id -u www-data) == 33 ]]
  ! id nobody-here
  echo 'probe:x:1001:1001::/home/probe:/bin/sh' >>/etc/passwd
  [[ $(id -u probe) == 1001 ]]
}
@test "what root may do" {
  echo x | sudo tee /etc/cron.d/probe >/dev/null
  sudo /bin/rm -f /etc/cron.d/probe
  [[ ! -e /etc/cron.d/probe ]]
}
@test "what is given to who runs it" {
  [[ $(echo "echo said" | sudo -i) == said ]]
  [[ $(sigil -i '{{ range .A | split "," }}<{{ . }}>{{ end }}' A=b,c) == "<b><c>" ]]
}
@test "what runs" {
  sudo nginx -t
  sudo systemctl reload nginx
  sudo service nginx reload
  sudo systemctl is-active cron
}
@test "tables of cron" {
  echo "* * * * * true" | crontab -u dokku -
  [[ $(crontab -l -u dokku) == "* * * * * true" ]]
  [[ $(sudo -u dokku crontab -l) == "* * * * * true" ]]
  crontab -r -u dokku
  ! crontab -l -u dokku
}
"#;
    bench.plugin(&[("tests/a.bats", text)]);
    bench
        .command(&["probe", "-v"])
        .assert()
        .success()
        .stdout(contains("8 passed, 0 failed"));
}

#[test]
fn what_a_program_of_the_host_answers_its_author_can_say() {
    let bench = Bench::new();
    if !is_strict(&bench) {
        return;
    }
    let text = r#"@test "a download" {
  curl -o /tmp/deep/fake.rdb https://example.invalid/dictionary.rdb
  [[ $(< /tmp/deep/fake.rdb) == REDIS ]]
}
@test "a login" {
  said=$(docker login --username me --password-stdin registry.invalid <<<secret)
  [[ $said == "Login Succeeded" ]]
}
@test "what no rule is for" {
  curl https://other.invalid
}
"#;
    let said = "answers:
  - {program: curl, args: {ends_with: dictionary.rdb}, files: {tmp/deep/fake.rdb: \"REDIS\\n\"}}
  - {program: docker, args: [login], stdout: \"Login Succeeded\\n\"}
";
    bench.plugin(&[("tests/a.bats", text), ("conformance.yaml", said)]);
    let cases = bench.cases(&["probe"]);
    assert_eq!(
        outcomes(&cases),
        ["pass", "pass", "pass", "inconclusive"],
        "{cases:?}"
    );
    assert!(cases[3].2.contains("curl"), "{cases:?}");
    let wrong = "answers: [{program: conform-unmodelled}, {program: curl, files: {usr/x: y}}]\n";
    bench.plugin(&[("tests/a.bats", text), ("conformance.yaml", wrong)]);
    bench
        .command(&["probe"])
        .assert()
        .code(2)
        .stderr(contains("is the harness's own program").and(contains("`usr/x`")));
}

#[test]
fn a_title_has_the_values_that_the_plugin_gives_its_variables() {
    let bench = Bench::new();
    let text =
        "source \"${file%/*}/../config\"\n@test \"($PREFIX:run) it works $UNKNOWN\" {\n  true\n}\n";
    bench.plugin(&[
        ("tests/a.bats", text),
        ("config", "#!/usr/bin/env bash\nexport PREFIX=\"probe\"\n"),
    ]);
    let cases = bench.cases(&["probe"]);
    assert_eq!(
        cases[1].0,
        "test[tests/a.bats: (probe:run) it works $UNKNOWN]"
    );
    assert_eq!(cases[1].1, "pass");
}

#[test]
fn a_file_that_can_not_be_read_is_told_with_its_line() {
    let bench = Bench::new();
    bench.plugin(&[("tests/a.bats", "@test \"x\" {\n  if\n}\n")]);
    bench
        .command(&["probe"])
        .assert()
        .code(1)
        .stdout(contains("tests/a.bats:3"))
        .stdout(contains("syntax error"));
}

#[test]
fn a_run_is_held_against_an_older_one() {
    let bench = Bench::new();
    bench.plugin(&[("tests/a.bats", "@test \"x\" {\n  true\n}\n")]);
    bench
        .command(&["probe", "--format", "jsonl=old.jsonl"])
        .assert()
        .success();
    bench.plugin(&[("tests/a.bats", "@test \"x\" {\n  false\n}\n")]);
    bench
        .command(&["probe", "--baseline", "old.jsonl"])
        .assert()
        .code(1)
        .stdout(contains("regressed"));
}

#[test]
fn a_flaky_test_is_told_as_such() {
    let bench = Bench::new();
    let text = "@test \"x\" {\n  (( RANDOM % 2 ))\n}\n";
    bench.plugin(&[("tests/a.bats", text)]);
    let cases = bench.cases(&["probe", "--repeat", "20"]);
    assert_eq!(
        (cases[0].1.as_str(), cases[1].1.as_str()),
        ("pass", "inconclusive"),
        "{cases:?}"
    );
}

#[test]
fn what_is_no_suite_is_no_pass() {
    let bench = Bench::new();
    bench.plugin(&[]);
    bench
        .command(&["probe"])
        .assert()
        .code(2)
        .stderr(contains("probe has no suite"));
    bench.plugin(&[("tests/a.bats", "# nothing yet\n")]);
    bench
        .command(&["probe"])
        .assert()
        .code(2)
        .stderr(contains("there is no test in tests/a.bats"));
    bench.plugin(&[("tests/a.bats", SUITE)]);
    bench
        .command(&["probe", "--only", "other"])
        .assert()
        .code(2)
        .stderr(contains(
            "no bats file of probe is `other`: there are tests/a.bats",
        ));
}

#[test]
fn without_bats_it_is_told_where_to_get_one() {
    let bench = Bench::new();
    bench.plugin(&[("tests/a.bats", SUITE)]);
    bench
        .command(&["probe"])
        .env("PATH", "/no/such/folder")
        .assert()
        .code(3)
        .stderr(contains("apt-get install bats").and(contains("npm install")));
}

#[test]
fn a_file_that_does_not_end_is_ended() {
    let bench = Bench::new();
    let text = "@test \"a\" {\n  true\n}\n@test \"b\" {\n  sleep 60\n}\n@test \"c\" {\n  true\n}\n";
    bench.plugin(&[("tests/a.bats", text)]);
    let cases = bench.cases(&["probe", "--timeout", "3"]);
    assert_eq!(
        outcomes(&cases),
        ["fail", "pass", "fail", "skip"],
        "{cases:?}"
    );
}

#[test]
fn a_real_bats_is_understood_too() {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let real = std::env::split_paths(&path).map(|folder| folder.join("bats"));
    let Some(real) = real.into_iter().find(|file| Path::is_file(file)) else {
        eprintln!("skipped: there is no bats on PATH");
        return;
    };
    let bench = Bench::new();
    let helper = "flunk() { echo \"$1\"; return 1; }\nassert_equal() { [[ $1 == \"$2\" ]] || { echo \"expected: $1\"; echo \"actual:   $2\"; return 1; }; }\n";
    let text = r#"load test_helper
setup() { dokku apps:create "app-$BATS_TEST_NUMBER"; }
@test "it works" {
  run dokku probe:run echo said
  assert_equal said "$output"
}
@test "it is not what it should be" {
  run dokku probe:run echo other
  assert_equal said "$output"
}
@test "it is left out" {
  skip "not today"
}
@test "it asks" {
  curl http://example.invalid
}
"#;
    bench.plugin(&[("tests/a.bats", text), ("tests/test_helper.bash", helper)]);
    let mut command = bench.command(&["probe", "--format", "jsonl"]);
    let folder = real.parent().unwrap();
    command.env("PATH", format!("{}:/usr/bin:/bin", folder.display()));
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let cases: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter(|line| line["type"] == "case")
        .collect();
    let outcomes: Vec<&str> = cases
        .iter()
        .map(|case| case["outcome"].as_str().unwrap())
        .collect();
    assert_eq!(
        outcomes,
        ["pass", "pass", "fail", "skip", "inconclusive"],
        "{text}"
    );
    assert_eq!(cases[2]["evidence"]["place"]["line"], 9);
    let difference = &cases[2]["evidence"]["differences"][0];
    assert_eq!(
        (&difference["expected"], &difference["actual"]),
        (&"said".into(), &"other".into())
    );
}

//! What nobody should give the program, and what nobody's plugin should do: each gets a clear message or a stated
//! outcome, never a panic, never a green run, and nothing stays behind.

use std::ffi::OsStr;
use std::fs::{self, Permissions};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use scratch::scratch;
use tempfile::TempDir;

mod scratch;

/// What the tests of one kind play with.
struct Desk {
    dir: TempDir,
}

/// What a run said.
struct Said {
    status: Option<i32>,
    text: String,
}

impl Said {
    #[track_caller]
    fn has(&self, status: i32, words: &[&str]) -> &Self {
        assert_eq!(self.status, Some(status), "{}", self.text);
        for word in words {
            assert!(self.text.contains(word), "no `{word}` in: {}", self.text);
        }
        self
    }
}

impl Desk {
    fn new() -> Self {
        let dir = scratch();
        fs::create_dir(dir.path().join("worlds")).unwrap();
        Self { dir }
    }

    fn path(&self, name: impl AsRef<OsStr>) -> PathBuf {
        self.dir.path().join(name.as_ref())
    }

    /// A folder of this name with a copy of the plugin that keeps every rule.
    fn hello(&self, name: impl AsRef<OsStr>) -> PathBuf {
        let to = self.path(name);
        let from = hello();
        fs::create_dir_all(to.join("subcommands")).unwrap();
        for file in [
            "commands",
            "plugin.toml",
            "subcommands/default",
            "subcommands/world",
        ] {
            fs::copy(from.join(file), to.join(file)).unwrap();
        }
        to
    }

    /// A plugin that does this when it is asked for what is not its own.
    fn plugin(&self, name: &str, body: &str) -> PathBuf {
        let plugin = self.path(name);
        fs::create_dir(&plugin).unwrap();
        fs::copy(hello().join("plugin.toml"), plugin.join("plugin.toml")).unwrap();
        let script = format!(
            "#!/usr/bin/env bash\nset -eo pipefail\ncase \"$1\" in\n  help) echo '    {name}:go, Goes' ;;\n  *) {body} ;;\nesac\n"
        );
        executable(&plugin.join("commands"), script.as_bytes());
        plugin
    }

    /// Runs the program with a folder of temporary files that must be empty again when it has ended.
    #[track_caller]
    fn run(&self, args: &[&OsStr]) -> Said {
        let worlds = self.path("worlds");
        let said = said(program(args).env("TMPDIR", &worlds));
        let left: Vec<_> = fs::read_dir(&worlds).unwrap().collect();
        assert!(left.is_empty(), "left behind: {left:?}");
        said
    }

    #[track_caller]
    fn check(&self, path: &Path, more: &[&str]) -> Said {
        let mut args = vec![OsStr::new("check"), path.as_os_str()];
        args.extend(more.iter().map(OsStr::new));
        self.run(&args)
    }

    /// Checks a plugin that does this with every command but `help`, under a deadline of a second.
    #[track_caller]
    fn hostile(&self, name: &str, body: &str, only: &str) -> Said {
        self.hostile_with(&[], name, body, only)
    }

    /// Where nothing but the supervisor stands between the plugin and what it does.
    fn unwalled(&self, name: &str, body: &str, only: &str) -> Said {
        self.hostile_with(&["--isolation", "off"], name, body, only)
    }

    fn hostile_with(&self, options: &[&str], name: &str, body: &str, only: &str) -> Said {
        let plugin = self.plugin(name, body);
        let own = ["-v", "--timeout", "1", "--only", only];
        let said = self.check(&plugin, &[options, &own].concat());
        assert_nothing_runs(&self.dir.path().display().to_string());
        said
    }
}

fn hello() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/plugins/hello")
}

fn executable(path: &Path, text: &[u8]) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, Permissions::from_mode(0o755)).unwrap();
}

fn program<S: AsRef<OsStr>>(args: &[S]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dokku-conform"));
    command.args(args);
    command
}

/// Runs a command, and holds what is so of every run.
#[track_caller]
fn said(command: &mut Command) -> Said {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().unwrap();
    let text = String::from_utf8_lossy(&[stdout, stderr].concat()).into_owned();
    assert!(!text.contains("panicked"), "{text}");
    assert!(
        !text.contains('\x1B'),
        "an escape reaches the terminal: {text}"
    );
    Said {
        status: status.code(),
        text,
    }
}

/// No process has this in its command line: what the worlds of a test start has the test's own folder there, or in its
/// environment.
#[track_caller]
fn assert_nothing_runs(marker: &str) {
    let found = || {
        fs::read_dir("/proc").unwrap().flatten().find_map(|entry| {
            let words = fs::read(entry.path().join("cmdline")).ok()?;
            let variables = fs::read(entry.path().join("environ")).unwrap_or_default();
            let text = String::from_utf8_lossy(&[words, variables].concat()).into_owned();
            text.contains(marker).then_some(text)
        })
    };
    // The kernel may take a moment to strike off what was killed.
    for _ in 0..20 {
        if found().is_none() {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("still running: {:?}", found());
}

const DECLINED: &str = "unknown-command-declined";

#[test]
fn what_is_no_plugin_is_refused() {
    let desk = Desk::new();
    fs::write(desk.path("file"), "").unwrap();
    fs::create_dir(desk.path("empty")).unwrap();
    fs::create_dir_all(desk.path("above/plugin")).unwrap();
    fs::write(desk.path("above/plugin/commands"), "").unwrap();
    symlink("loop", desk.path("loop")).unwrap();
    for (path, why) in [
        ("nowhere", "does not exist"),
        ("file", "is not a directory"),
        ("file/below", "is not a directory"),
        ("empty", "is empty"),
        ("above", "`plugin` below it looks like one"),
        ("loop", "can't be read"),
    ] {
        desk.check(&desk.path(path), &[]).has(2, &[why]);
    }
    let odd = OsStr::from_bytes(b"no\xFF\x1B[31mwhere\n");
    let said = desk.check(&desk.path(odd), &[]);
    said.has(2, &[r"no\xFF\x1B[31mwhere\x0A does not exist"]);
}

#[test]
fn a_path_may_hold_anything() {
    let desk = Desk::new();
    for name in [
        &b"with blank\nnew'\"line"[..],
        b"dokku-\xFF\x1B[31mx",
        b"-v",
        b"$(touch x)",
    ] {
        let plugin = desk.hello(OsStr::from_bytes(name));
        desk.check(&plugin, &["--only", "help-command,app-flag"])
            .has(0, &["0 failed", "0 inconclusive"]);
    }
}

#[test]
fn what_can_not_be_run_is_said() {
    let desk = Desk::new();
    let cases: [(&str, &[u8], &str); 5] = [
        (
            "junk",
            b"\xDE\xAD\x00\xBE\xEF\n\x00",
            "is neither a script nor a program",
        ),
        ("nul", b"\0\0\0", "is neither a script nor a program"),
        (
            "crlf",
            b"#!/usr/bin/env bash\r\nexit 0\r\n",
            "ends with a carriage return",
        ),
        (
            "missing",
            b"#!/no/such/shell\n",
            "`/no/such/shell` does not exist",
        ),
        ("elf", b"\x7fELF junk", "help-command"),
    ];
    for (name, text, why) in cases {
        let plugin = desk.hello(name);
        executable(&plugin.join("commands"), text);
        desk.check(&plugin, &["--only", "executable-files,help-command"])
            .has(1, &[why, "FAIL must   help-command"]);
    }
    let plugin = desk.hello("dangling");
    symlink("nowhere", plugin.join("install")).unwrap();
    desk.check(&plugin, &["--only", "executable-files"])
        .has(1, &["is a link that leads nowhere"]);
}

#[test]
fn a_file_without_a_first_line_is_run_by_bash() {
    let desk = Desk::new();
    let plugin = desk.hello("bare");
    for file in ["commands", "subcommands/world"] {
        let text = fs::read_to_string(plugin.join(file)).unwrap();
        let (_, rest) = text.split_once('\n').unwrap();
        fs::write(plugin.join(file), rest).unwrap();
    }
    desk.check(&plugin, &["--skip", "executable-files"])
        .has(0, &["0 failed, 0 warned", "0 inconclusive"]);
}

#[test]
fn ten_thousand_files_hide_nothing() {
    let desk = Desk::new();
    let plugin = desk.hello("many");
    fs::create_dir(plugin.join("aaa")).unwrap();
    for number in 0..10_100 {
        fs::write(plugin.join(format!("aaa/{number}")), "").unwrap();
    }
    desk.check(&plugin, &["--only", "help-command,executable-files"])
        .has(0, &["3 passed"]);
}

#[test]
fn a_broken_descriptor_is_no_success() {
    let desk = Desk::new();
    for (name, text) in [
        ("broken", b"[plugin\n\x1B[31mx = \0".to_vec()),
        ("deep", [b"a=".to_vec(), vec![b'['; 100_000]].concat()),
        ("binary", vec![0xFF; 100]),
    ] {
        let plugin = desk.hello(name);
        fs::write(plugin.join("plugin.toml"), text).unwrap();
        desk.check(&plugin, &["--only", "plugin-toml"])
            .has(1, &["plugin.toml"]);
    }
    let plugin = desk.hello("huge");
    fs::write(plugin.join("plugin.toml"), vec![b'#'; 2 << 20]).unwrap();
    desk.check(
        &plugin,
        &["--only", "plugin-toml", "--deny", "inconclusive"],
    )
    .has(1, &["larger than 1 MiB"]);
}

#[test]
fn plugins_of_one_name_are_told_apart_and_one_named_twice_is_one() {
    let desk = Desk::new();
    let (one, other) = (desk.hello("a/hello"), desk.hello("b/hello"));
    let other_path = other.display().to_string();
    desk.check(&one, &[&other_path, "--only", "help-command"])
        .has(0, &[&format!("hello ({other_path}): 2 passed")]);
    let same = one.join("..").join("hello").display().to_string();
    desk.check(&one, &[&same, "--only", "help-command"])
        .has(0, &["\nhello: 2 passed"]);
}

#[test]
fn broken_specs_are_refused() {
    let desk = Desk::new();
    let specs = desk.path("specs");
    fs::create_dir(&specs).unwrap();
    let path = specs.display().to_string();
    desk.check(&hello(), &["--specs", &path])
        .has(2, &["holds no spec"]);
    fs::write(specs.join("a.yaml"), "id: [\x1B[31m").unwrap();
    desk.check(&hello(), &["--specs", &path])
        .has(2, &["a.yaml:1:6: a control character"]);
    fs::write(specs.join("a.yaml"), vec![b'#'; 2 << 20]).unwrap();
    desk.check(&hello(), &["--specs", &path])
        .has(2, &["larger than 1 MiB"]);
    desk.check(&hello(), &["--specs", "/no/such/folder"])
        .has(2, &["can't be read"]);
    let own = desk.hello("own");
    fs::create_dir(own.join("conformance")).unwrap();
    fs::write(own.join("conformance/a.yaml"), "id: own\n").unwrap();
    desk.check(&own, &[])
        .has(2, &["a.yaml:1:1: the key `title` is missing"]);
}

#[test]
fn a_broken_conformance_file_is_refused() {
    let desk = Desk::new();
    let plugin = desk.hello("own");
    let file = plugin.join("conformance.yaml");
    fs::write(&file, "nonsense: 1\n").unwrap();
    desk.check(&plugin, &[])
        .has(2, &["conformance.yaml:1:1: unknown key `nonsense`"]);
    fs::remove_file(&file).unwrap();
    for (target, why) in [
        ("/dev/zero", "it is a link out of the plugin"),
        ("nowhere", "No such file"),
        ("subcommands", "it is a directory"),
    ] {
        symlink(target, &file).unwrap();
        desk.check(&plugin, &[])
            .has(2, &["conformance.yaml: can't be read", why]);
        fs::remove_file(&file).unwrap();
    }
    // A pipe that nobody writes to must not be waited for.
    nix::unistd::mkfifo(&file, nix::sys::stat::Mode::S_IRWXU).unwrap();
    desk.check(&plugin, &[]).has(2, &["it is no regular file"]);
}

#[test]
fn no_place_for_worlds_is_said() {
    let desk = Desk::new();
    fs::write(desk.path("file"), "").unwrap();
    fs::create_dir(desk.path(OsStr::from_bytes(b"\xFF"))).unwrap();
    for (name, why) in [
        (&b"nowhere"[..], "No such file"),
        (b"file", "Not a directory"),
        (b"\xFF", "its name is not UTF-8"),
    ] {
        let place = desk.path(OsStr::from_bytes(name));
        let hello = hello();
        for args in [
            ["check".as_ref(), hello.as_os_str()],
            ["run".as_ref(), "--".as_ref()],
        ] {
            let mut command = program(&args);
            if args[0] == "run" {
                command.arg("true");
            }
            said(command.env("TMPDIR", &place)).has(3, &[why, "set TMPDIR"]);
        }
    }
}

#[test]
fn what_hangs_or_goes_on_is_ended() {
    let desk = Desk::new();
    for (name, body, said) in [
        (
            "hangs",
            "exec -a \"$DOKKU_ROOT\" sleep 300",
            "still running after 1.000 s",
        ),
        (
            "deaf",
            "trap '' TERM; (exec -a \"$DOKKU_ROOT\" sleep 300); sleep 300",
            "still running after 1.000 s",
        ),
        ("stops", "kill -STOP $$", "still running after 1.000 s"),
        ("signalled", "kill -SEGV $$", "ended by signal 11"),
    ] {
        desk.hostile(name, body, DECLINED)
            .has(1, &[said, "2 failed"]);
    }
}

#[test]
fn what_is_left_running_is_ended_and_named() {
    let desk = Desk::new();
    for (name, body) in [
        ("background", "(exec -a marked sleep 300) & exit 10"),
        (
            "daemon",
            "(setsid bash -c 'exec >/dev/null 2>&1 </dev/null; exec -a marked sleep 300' &); exit 10",
        ),
    ] {
        desk.hostile(name, body, DECLINED)
            .has(0, &["left running | marked 300"]);
    }
    desk.hostile("closes", "exec <&- >&- 2>&-; exit 10", DECLINED)
        .has(0, &["2 passed"]);
}

#[test]
fn what_is_left_running_is_ended_though_proc_shows_it_under_other_numbers() {
    let desk = Desk::new();
    let daemon =
        "(setsid bash -c 'exec >/dev/null 2>&1 </dev/null; exec -a marked sleep 300' &); exit 10";
    let plugin = desk.plugin("daemon", daemon);
    for level in ["portable", "off"] {
        let mut command = Command::new("unshare");
        command.args([
            "--user",
            "--map-root-user",
            "--pid",
            "--fork",
            "--kill-child",
        ]);
        command
            .arg(env!("CARGO_BIN_EXE_dokku-conform"))
            .arg("check")
            .arg(&plugin);
        command.args(["-v", "--isolation", level, "--only", DECLINED]);
        command.env("TMPDIR", desk.path("worlds"));
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let refused = String::from_utf8_lossy(&output.stderr).into_owned();
        if refused.contains("unshare:") {
            eprintln!("skipped: {refused}");
            return;
        }
        assert_eq!(output.status.code(), Some(0), "{said}{refused}");
        assert!(said.contains("left running | marked 300"), "{said}");
    }
}

#[test]
fn output_is_capped_and_shown_harmlessly() {
    let desk = Desk::new();
    for (name, body) in [
        ("out", "yes marked"),
        ("err", "yes marked >&2"),
        ("quick", "head -c 2000000 /dev/zero; exit 10"),
    ] {
        desk.hostile(name, body, DECLINED)
            .has(1, &["ended because it wrote more than 1 MiB"]);
    }
    let line = desk.hostile(
        "line",
        "head -c 900000 /dev/zero | tr '\\0' a; exit 10",
        DECLINED,
    );
    line.has(1, &["bytes more]"]);
    let body = "printf 'a\\0b\\xff\\033[31mred\\r\\033]0;title\\007'; exit 10";
    desk.hostile("escapes", body, DECLINED)
        .has(1, &[r"a\0b\xFF\x1B[31mred\r\x1B]0;title\x07"]);
    let record = desk.check(&desk.path("escapes"), &["--format", "jsonl"]);
    for line in record.text.lines() {
        serde_json::from_str::<serde_json::Value>(line)
            .unwrap_or_else(|why| panic!("{why}: {line}"));
    }
}

#[test]
fn that_a_program_is_missing_is_believed_of_one_that_is_called() {
    let desk = Desk::new();
    let needs = "it needs the program `no-such-program`, which this machine does not have";
    let calls = [
        "no-such-program; exit 0",
        "env no-such-program; exit 0",
        "PATH=/usr/bin:/bin no-such-program; exit 0",
    ];
    for (number, call) in calls.into_iter().enumerate() {
        desk.hostile(&format!("calls{number}"), call, DECLINED)
            .has(0, &[needs]);
    }
    for (number, name) in ["no-such-program", "conform", "docker", ".", "bash"]
        .into_iter()
        .enumerate()
    {
        let says = format!("echo \"commands: line 1: {name}: command not found\" >&2; exit 0");
        desk.hostile(&format!("says{number}"), &says, DECLINED)
            .has(1, &["exit 0 where exit 10"]);
    }
}

#[test]
fn a_shell_file_of_any_name_is_checked_and_shown_as_it_is() {
    let desk = Desk::new();
    for (number, name) in ["lib\u{1}x", "lib\nFAIL must", "lib\u{1b}[2J", "lib x"]
        .iter()
        .enumerate()
    {
        let plugin = desk.hello(format!("named{number}"));
        executable(&plugin.join(name), b"#!/usr/bin/env bash\nif true; then\n");
        let said = desk.check(&plugin, &["--only", "shell-syntax"]);
        let shown = name
            .replace('\u{1}', "\\x01")
            .replace('\n', "\\x0A")
            .replace('\u{1b}', "\\x1B");
        said.has(1, &[&shown, "1 failed"]);
    }
    let plugin = desk.hello("no-text");
    let name = OsStr::from_bytes(b"lib\xFF");
    executable(&plugin.join(name), b"#!/usr/bin/env bash\nif true; then\n");
    desk.check(&plugin, &["--only", "shell-syntax"])
        .has(0, &["1 skipped"]);
}

#[test]
fn a_plugin_s_own_spec_writes_nothing_outside_of_its_world() {
    let desk = Desk::new();
    let outside = desk.path("outside");
    fs::create_dir(&outside).unwrap();
    let canary = outside.join("canary");
    fs::write(&canary, "secret: 1\n").unwrap();
    let case = |given: &str| {
        format!(
            "id: attempt\ntitle: t\nlevel: must\nsource: {{doc: plugin-creation, section: s}}\nwhy: w\nfix: f\ncases:\n  \
             - {{name: n, given: {given}, run: dokku hello, expect: {{exit: {{not: 99}}}}}}\n"
        )
    };
    let up = "../../../../../../../../../..".to_owned() + outside.to_str().unwrap();
    for given in [
        format!("{{properties: {{{up}: {{a: {{k: v}}}}}}}}"),
        format!("{{properties: {{p: {{{up}: {{k: v}}}}}}}}"),
        format!("{{properties: {{p: {{a: {{{up}/new: v}}}}}}}}"),
        format!("{{answers: [{{program: {up}/new}}]}}"),
        "{neighbour: {name: hello/sub, files: {a: b}}}".to_owned(),
    ] {
        let plugin = desk.hello("names");
        fs::create_dir(plugin.join("conformance")).unwrap();
        fs::write(plugin.join("conformance/a.yaml"), case(&given)).unwrap();
        desk.check(&plugin, &["--only", "attempt"])
            .has(2, &["is no name here"]);
        fs::remove_dir_all(&plugin).unwrap();
    }
    let plugin = desk.hello("links");
    fs::create_dir(plugin.join("conformance")).unwrap();
    symlink(&outside, plugin.join("out")).unwrap();
    for given in [
        "{files: {var/lib/dokku/plugins/available/hello/out/canary: forged}}",
        "{files: {var/lib/dokku/plugins/available/hello/out/new/file: forged}}",
        "{files: {dev/fd/1: forged}}",
        "{neighbour: {name: hello, files: {out/canary: forged}}}",
    ] {
        fs::write(plugin.join("conformance/a.yaml"), case(given)).unwrap();
        let checked = desk.check(&plugin, &["--only", "attempt"]);
        assert!(
            !checked.text.contains("1 passed"),
            "{given}: {}",
            checked.text
        );
    }
    assert_eq!(fs::read_to_string(&canary).unwrap(), "secret: 1\n");
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 1);
    fs::remove_file(plugin.join("conformance/a.yaml")).unwrap();
    for name in ["conformance/a.yaml", "conformance.yaml"] {
        symlink(&canary, plugin.join(name)).unwrap();
        let checked = desk.check(&plugin, &[]);
        assert!(!checked.text.contains("secret"), "{}", checked.text);
        checked.has(2, &["it is a link out of the plugin"]);
        fs::remove_file(plugin.join(name)).unwrap();
        let _ = fs::remove_dir(plugin.join("conformance"));
    }
}

#[test]
fn no_words_of_a_stranger_make_a_line_of_a_message() {
    let desk = Desk::new();
    let plugin = desk.hello("specs");
    fs::create_dir(plugin.join("conformance")).unwrap();
    let forged = "dokku-conform: all is well";
    let spec = format!("id: x\n\"a\\n{forged}\": 1\n");
    fs::write(plugin.join("conformance/a.yaml"), &spec).unwrap();
    let own = "conformance/b\ndokku-conform: all is well\n.yaml";
    fs::write(plugin.join(own), "x: 1\n").unwrap();
    let missing = desk.path("no\ndokku-conform: all is well");
    let unread = desk.hello("unread");
    nix::unistd::mkfifo(
        &unread.join(format!("subcommands/a\n{forged}")),
        nix::sys::stat::Mode::S_IRWXU,
    )
    .unwrap();
    for path in [&plugin, &missing, &unread] {
        let said = desk.check(path, &[]);
        assert!(said.text.contains(forged), "{}", said.text);
        assert!(
            said.text.lines().all(|line| !line.starts_with(forged)),
            "{}",
            said.text
        );
    }
}

/// Gives a plugin a rule of its own under the id `own`, with this title and fix, and a case that says so much besides its
/// name.
fn give_rule(plugin: &Path, (title, fix): (&str, &str), case: &str) {
    let text = format!(
        "id: own\ntitle: {title:?}\nlevel: must\nfix: {fix:?}\ncases:\n  - name: a\n    {case}\n"
    );
    fs::create_dir_all(plugin.join("conformance")).unwrap();
    fs::write(plugin.join("conformance/own.yaml"), text).unwrap();
}

#[test]
fn the_rules_of_two_plugins_are_told_each_in_its_own_words() {
    let desk = Desk::new();
    let (one, other) = (
        desk.plugin("one", "exit 10"),
        desk.plugin("other", "exit 10"),
    );
    let case = "run: {file: commands, args: [help]}\n    expect: {exit: 3}";
    give_rule(&one, ("of one", "mend one"), case);
    give_rule(&other, ("of the other", "mend the other"), case);
    let path = other.display().to_string();
    for form in ["text", "markdown", "html"] {
        let said = desk.check(&one, &[&path, "--only", "own", "--format", form]);
        for fix in ["mend one", "mend the other"] {
            assert!(said.text.contains(fix), "{form}: {}", said.text);
        }
    }
    let said = desk.check(&one, &[&path, "--only", "own", "--format", "sarif"]);
    assert!(said.text.contains("\"id\": \"other/own\""), "{}", said.text);
    let said = desk.check(&one, &[&path, "--only", "own", "--format", "html"]);
    for title in ["of one", "of the other"] {
        assert!(said.text.contains(title), "{}", said.text);
    }
}

#[test]
fn a_rule_that_can_not_be_run_ends_nobody_s_run() {
    let desk = Desk::new();
    let plugin = desk.plugin("unable", "exit 10");
    let sibling = desk.plugin("sibling", "exit 10");
    let case = "run: dokku help\n    expect: {exit: 0}";
    give_rule(&sibling, ("x", "x"), case);
    let sibling = sibling.display().to_string();
    for given in [
        "neighbour: {name: unable, files: {commands: x}}",
        "apps: [a], files: {home/dokku/a: x}",
    ] {
        let case = format!("given: {{{given}}}\n    run: dokku help\n    expect: {{exit: 0}}");
        give_rule(&plugin, ("x", "x"), &case);
        desk.check(&plugin, &[&sibling, "--only", "own"])
            .has(0, &["the case can't be run: ", "sibling: 1 passed"]);
    }
}

#[test]
fn a_plugin_s_own_rule_has_no_more_time_than_a_person_gives() {
    let desk = Desk::new();
    let plugin = desk.plugin("patient", "sleep 300");
    let case = "deadline: 3600\n    run: dokku patient:go\n    expect: {exit: 0}";
    give_rule(&plugin, ("x", "x"), case);
    desk.check(&plugin, &["--only", "own", "--timeout", "1"])
        .has(1, &["still running after 1."]);
}

#[test]
fn an_install_before_a_plugin_s_own_rule_has_no_more_time_either() {
    let desk = Desk::new();
    let plugin = desk.plugin(
        "unready",
        "echo 'run dokku plugin:install first' >&2; exit 1",
    );
    let install = plugin.join("install");
    fs::write(&install, "#!/usr/bin/env bash\nsleep 300\n").unwrap();
    fs::set_permissions(&install, Permissions::from_mode(0o755)).unwrap();
    let case = "run: dokku unready:go\n    expect: {exit: 0}";
    give_rule(&plugin, ("x", "x"), case);
    let began = std::time::Instant::now();
    desk.check(&plugin, &["--only", "own", "--timeout", "1"])
        .has(
            0,
            &["unready: 0 passed, 0 failed, 0 warned, 0 skipped, 1 inconclusive"],
        );
    assert!(began.elapsed() < Duration::from_secs(60));
}

#[test]
fn what_is_read_as_a_record_is_a_file() {
    let desk = Desk::new();
    let pipe = desk.path("pipe");
    let made = Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    let pipe = pipe.display();
    let run = |line: &str| {
        let output = Command::new("timeout")
            .args(["20", "bash", "-c", line])
            .env("PROGRAM", env!("CARGO_BIN_EXE_dokku-conform"))
            .output();
        let output = output.unwrap();
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code(), text)
    };
    for line in [
        format!("\"$PROGRAM\" render {pipe}"),
        format!("\"$PROGRAM\" compare {pipe} {pipe}"),
        format!("\"$PROGRAM\" compare a b --renames {pipe}"),
        format!("\"$PROGRAM\" check fixtures/plugins/hello --baseline {pipe}"),
        "\"$PROGRAM\" render /dev/zero".to_owned(),
    ] {
        let (status, text) = run(&line);
        assert_eq!(status, Some(2), "{line}: {text}");
        assert!(text.contains("it is a pipe or a device"), "{line}: {text}");
    }
    for line in [
        "echo x | \"$PROGRAM\" render /dev/stdin",
        "\"$PROGRAM\" render <(echo x)",
    ] {
        let (status, text) = run(line);
        assert_eq!(status, Some(2), "{line}: {text}");
        assert!(
            text.contains("can't be read as a record: "),
            "{line}: {text}"
        );
        assert!(!text.contains("a pipe or a device"), "{line}: {text}");
    }
}

#[test]
fn a_plugin_may_be_called_as_the_neighbour_of_others_is() {
    let desk = Desk::new();
    let plugin = desk.plugin("bystander", "exit 10");
    desk.check(&plugin, &["--only", DECLINED])
        .has(0, &["bystander: 2 passed"]);
}

#[test]
fn no_words_of_a_plugin_are_a_command_to_github() {
    let desk = Desk::new();
    let plugin = desk.plugin(
        "commanding",
        "echo '::error::x'; echo '##[error]x'; exit 10",
    );
    let case =
        "run: {file: commands, args: [x]}\n    expect: {stdout: {lines: ['::error::x', 'y']}}";
    let words = "f\n::error file=a::x\n ##[error]x";
    give_rule(&plugin, ("x", words), case);
    for form in ["text", "markdown"] {
        let said = desk.check(&plugin, &["-v", "--only", "own", "--format", form]);
        let is_command = |line: &str| line.trim_start().starts_with("::") || line.contains("##[");
        assert!(said.text.contains("::error file=a::x"), "{}", said.text);
        assert!(!said.text.lines().any(is_command), "{}", said.text);
    }
    let said = desk.check(&plugin, &["--only", "own", "--format", "html"]);
    let is_command = |line: &str| line.trim_start().starts_with("::") || line.contains("##[");
    assert!(said.text.contains("error file=a::x"), "{}", said.text);
    assert!(!said.text.lines().any(is_command), "{}", said.text);
}

#[test]
fn a_step_that_turns_on_its_supervisor_is_ended_with_all_it_started() {
    let desk = Desk::new();
    let killed = "(exec -a marked sleep 300) & kill -KILL $PPID; sleep 300";
    desk.unwalled("kills", killed, DECLINED)
        .has(3, &["as by a plugin that stops or kills its parent"]);
}

#[test]
#[ignore = "takes the half minute after which a supervisor that was stopped is given up"]
fn a_step_that_stops_its_supervisor_is_ended_too() {
    let desk = Desk::new();
    desk.unwalled("stops", "kill -STOP $PPID; exec sleep 300", DECLINED)
        .has(3, &["as by a plugin that stops or kills its parent"]);
}

#[test]
fn a_world_that_was_spoilt_is_neither_judged_nor_used_again() {
    let desk = Desk::new();
    let removes = "rm -rf \"$(dirname \"$(dirname \"$DOKKU_ROOT\")\")\"; exit 10";
    desk.unwalled("removes", removes, DECLINED)
        .has(0, &["the world of `commands nobody-owns-this` was removed"]);
    let closes = "mkdir -p $DOKKU_ROOT/a/b; chmod 000 $DOKKU_ROOT/a/b $DOKKU_ROOT/a; exit 10";
    desk.hostile("closes", closes, DECLINED)
        .has(0, &["2 passed"]);
    let fills = "seq 300 | (cd ${TMPDIR:-/tmp} && xargs touch); exit 10";
    desk.hostile("fills", fills, "help-command,unknown-command-declined")
        .has(0, &["4 passed"]);
    // Each edit alone would fail every later case if it were still there: nothing but the edits' own case sees them.
    let edits = "for file in $PLUGIN_PATH/available/edits/commands $PLUGIN_CORE_AVAILABLE_PATH/common/functions; do \
                 echo 'exit 3' >$file; done; exit 10";
    let plugin = desk.plugin("edits", edits);
    let one = "unknown-command-declined,help-command,help-columns,help-one-comma,trace-clean";
    let said = desk.check(&plugin, &["-v", "--jobs", "1", "--only", one]);
    assert!(!said.text.contains("exit 3"), "{}", said.text);
    assert!(said.text.contains("0 inconclusive"), "{}", said.text);
}

#[test]
fn what_may_not_be_read_is_said() {
    if !nix::unistd::geteuid().is_root() {
        eprintln!(
            "skipped: only root can become the user that a file is closed to and be sure of it"
        );
        return;
    }
    let desk = Desk::new();
    fs::set_permissions(desk.dir.path(), Permissions::from_mode(0o755)).unwrap();
    let worlds = desk.path("worlds");
    fs::set_permissions(&worlds, Permissions::from_mode(0o777)).unwrap();
    let nobody = |plugin: &Path, worlds: &Path| {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]);
        command
            .arg(env!("CARGO_BIN_EXE_dokku-conform"))
            .arg("check")
            .arg(plugin);
        said(command.env("TMPDIR", worlds))
    };
    if nobody(Path::new("/no/such"), &worlds).status != Some(2) {
        eprintln!(
            "skipped: the program lies where another user can't run it, or there is no setpriv"
        );
        return;
    }
    for (name, closed, status, words) in [
        ("itself", "", 2, "itself can't be read: Permission denied"),
        (
            "part",
            "subcommands",
            2,
            "subcommands can't be read: Permission denied",
        ),
        ("file", "commands", 2, "commands: Permission denied"),
    ] {
        let plugin = desk.hello(name);
        fs::set_permissions(plugin.join(closed), Permissions::from_mode(0o000)).unwrap();
        nobody(&plugin, &worlds).has(status, &[words]);
    }
    let plugin = desk.hello("open");
    nobody(&plugin, &worlds).has(0, &["0 failed, 0 warned", "0 inconclusive"]);
    fs::set_permissions(&worlds, Permissions::from_mode(0o555)).unwrap();
    nobody(&plugin, &worlds).has(3, &["Permission denied", "set TMPDIR"]);
}

#[test]
fn a_requirement_of_dokku_can_not_be_replaced_by_the_plugin_it_judges() {
    let desk = Desk::new();
    let plugin = desk.hello("own");
    fs::create_dir(plugin.join("conformance")).unwrap();
    let builtin = Path::new(env!("CARGO_MANIFEST_DIR")).join("specs/app-flag.yaml");
    fs::copy(builtin, plugin.join("conformance/mine.yaml")).unwrap();
    desk.check(&plugin, &[]).has(
        2,
        &[
            "conformance/mine.yaml: a requirement of Dokku itself",
            "`app-flag`",
        ],
    );
}

#[test]
fn a_conformance_file_of_another_name_is_not_passed_over() {
    let desk = Desk::new();
    let plugin = desk.hello("own");
    fs::write(plugin.join("conformance.yml"), "name: other\n").unwrap();
    desk.check(&plugin, &[])
        .has(2, &["conformance.yml", "call it conformance.yaml"]);
}

#[test]
fn what_would_make_its_reader_wait_is_refused() {
    let desk = Desk::new();
    let plugin = desk.hello("pipe");
    fs::remove_file(plugin.join("commands")).unwrap();
    nix::unistd::mkfifo(&plugin.join("commands"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    desk.check(&plugin, &[])
        .has(2, &["commands: it is neither a file nor a folder"]);
}

#[test]
fn a_file_that_no_command_line_can_name_is_left_out_with_a_word() {
    let desk = Desk::new();
    let plugin = desk.hello("odd");
    for name in [&b"new\nline"[..], b"no\xFFtext"] {
        let name = OsStr::from_bytes(name);
        executable(
            &plugin.join("subcommands").join(name),
            b"#!/usr/bin/env bash\nset -eo pipefail; [[ $DOKKU_TRACE ]] && set -x\necho hi\n",
        );
    }
    desk.check(&plugin, &["-v"])
        .has(0, &["0 failed, 0 warned", "rename the file"]);
}

#[test]
fn an_interpreter_that_another_machine_may_have_decides_nothing() {
    let desk = Desk::new();
    for (name, line) in [
        ("looked-up", "#!/usr/bin/env no-such-shell\n"),
        ("by-path", "#!/usr/local/bin/no-such-shell\n"),
    ] {
        let plugin = desk.hello(name);
        executable(&plugin.join("commands"), line.as_bytes());
        desk.check(&plugin, &["--only", "executable-files,help-command"])
            .has(
                0,
                &["0 passed, 0 failed", "2 inconclusive", "no-such-shell"],
            );
    }
}

#[test]
fn a_world_is_the_same_under_every_umask() {
    let desk = Desk::new();
    for umask in ["000", "022", "077"] {
        let mut command = Command::new("bash");
        command
            .args(["-c", "umask $0; exec \"$@\"", umask])
            .arg(env!("CARGO_BIN_EXE_dokku-conform"))
            .arg("check")
            .arg(hello())
            .env("TMPDIR", desk.path("worlds"));
        said(&mut command).has(0, &["0 failed, 0 warned", "0 inconclusive"]);
    }
}

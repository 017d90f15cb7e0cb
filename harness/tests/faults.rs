//! The harness itself under faults: killed, without space, without descriptors, with a step that kills its supervisor.
//! The record is whole or seen to be unfinished, the status tells, and the next run clears up and goes on.

use std::ffi::OsStr;
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::str::FromStr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime};

use nix::errno::Errno;
use nix::mount::{MsFlags, mount};
use nix::sched::CloneFlags;
use nix::sys::resource::{Resource, setrlimit};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use own_namespace::start_in_own;
use scratch::scratch;
use serde_json::Value;
use tempfile::TempDir;

mod own_namespace;
mod scratch;

const PROGRAM: &str = env!("CARGO_BIN_EXE_dokku-conform");
const HELLO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/plugins/hello");
/// A few requirements, so that a run is short.
const ONLY: &str = "app-verified,help-command,plugin-toml,triggers-known,unknown-command-declined";

/// How long what ought to end soon may take on a machine that has other things to do.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long runs are killed at each level, and how many at least and at most: with the number in this variable of the
/// environment so many, whatever time it takes.
const KILLING: Duration = Duration::from_secs(7);
const KILLED: (u32, u32) = (5, 100);
const KILLS: &str = "DOKKU_CONFORM_KILLS";

/// Tests take turns, so that whatever process becomes a child of this one is of the test whose turn it is.
static TURN: Mutex<()> = Mutex::new(());

/// Where one test runs the program.
struct Bench {
    scratch: TempDir,
    _turn: MutexGuard<'static, ()>,
}

impl Bench {
    fn new() -> Self {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        nix::sys::prctl::set_child_subreaper(true).unwrap();
        let scratch = scratch();
        fs::set_permissions(scratch.path(), Permissions::from_mode(0o755)).unwrap();
        fs::create_dir(scratch.path().join("worlds")).unwrap();
        Self {
            scratch,
            _turn: turn,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.scratch.path().join(name)
    }

    /// A command that has its temporary files on this bench.
    fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env("TMPDIR", self.path("worlds"))
            .stdin(Stdio::null());
        command
    }

    /// The check of a short run that is to write its record.
    fn check(&self, further: &[&OsStr]) -> Command {
        let mut command = self.command(PROGRAM);
        let args = ["check", HELLO, "--only", ONLY, "--format", "jsonl"];
        command.args(args).args(further);
        command
    }

    /// What an unbroken run writes.
    fn unbroken(&self, further: &[&OsStr]) -> String {
        let output = self.check(further).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        String::from_utf8(output.stdout).unwrap()
    }

    /// The folders of worlds that are there.
    fn worlds(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.path("worlds")).unwrap();
        entries.map(|entry| entry.unwrap().path()).collect()
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A record's lines but for the times in them.
fn timeless(record: &str) -> Vec<Value> {
    let timeless = |line: &str| {
        let mut line: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"));
        for time in ["run", "time", "duration_ms"] {
            line.as_object_mut().unwrap().remove(time);
        }
        line
    };
    record.lines().map(timeless).collect()
}

/// The whole lines of a record.
fn whole(record: &str) -> &str {
    record.rfind('\n').map_or("", |end| &record[..=end])
}

/// Waits for everything that a run has left to end; its processes become children of this one.
fn all_end() {
    let start = Instant::now();
    loop {
        match waitpid(None, Some(WaitPidFlag::WNOHANG)) {
            Err(Errno::ECHILD) => return,
            Ok(WaitStatus::StillAlive) => sleep(Duration::from_millis(5)),
            Ok(_) | Err(Errno::EINTR) => {}
            Err(error) => panic!("{error}"),
        }
        assert!(
            start.elapsed() < PATIENCE,
            "processes outlive the run that started them"
        );
    }
}

fn from_environment<T: FromStr>(name: &str) -> Option<T> {
    std::env::var(name).ok()?.parse().ok()
}

/// Numbers from 0 to 1 that look random; the seed is printed, and taken from the environment for another try.
struct Dice(u64);

impl Dice {
    fn new() -> Self {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let seed = from_environment("DOKKU_CONFORM_SEED")
            .unwrap_or_else(|| now.unwrap().as_micros() as u64);
        println!("DOKKU_CONFORM_SEED={seed}");
        Self(seed | 1)
    }

    fn roll(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 as f64 / u64::MAX as f64
    }
}

/// Kills runs at random moments; looks at what they leave, and at what the next run makes of it.
fn kill_and_resume(level: &str) {
    let bench = Bench::new();
    let isolation = ["--isolation".as_ref(), level.as_ref()];
    let started = Instant::now();
    let unbroken = timeless(&bench.unbroken(&isolation));
    let duration = started.elapsed();
    let (record, mut dice) = (bench.path("record"), Dice::new());
    let asked = from_environment(KILLS);
    let (least, most) = asked.map_or(KILLED, |kills| (kills, kills));
    let (mut tried, mut cut) = (0, 0);
    let started = Instant::now();
    while tried < least || tried < most && (cut == 0 || started.elapsed() < KILLING) {
        tried += 1;
        let _ = fs::remove_file(&record);
        let args = [&isolation[..], &["--output".as_ref(), record.as_ref()]].concat();
        let run = bench.check(&args);
        let lines = killed(run, &record, duration.mul_f64(dice.roll()), &unbroken);
        cut += u32::from(lines < unbroken.len());
        if record.exists() {
            let mut again = bench.check(&args);
            again.arg("--resume").arg(&record);
            let kept = killed(again, &record, duration.mul_f64(dice.roll()), &unbroken);
            assert!(kept >= lines, "{kept} lines are left of {lines}");
        }
        assert_eq!(
            resumed(&bench, &isolation, &record, tried % 2 == 0),
            unbroken
        );
        assert_eq!(bench.worlds(), Vec::<PathBuf>::new());
    }
    println!("{level}: {tried} runs were killed, {cut} of them before their end");
    assert!(cut > 0);
}

/// Kills a run that writes a record in a moment; how many lines of an unbroken one it leaves there.
fn killed(mut run: Command, record: &Path, moment: Duration, unbroken: &[Value]) -> usize {
    let mut child = run.stderr(Stdio::null()).spawn().unwrap();
    sleep(moment);
    child.kill().unwrap();
    let status = child.wait().unwrap();
    all_end();
    let text = fs::read_to_string(record).unwrap_or_default();
    let lines = timeless(whole(&text));
    assert_eq!(lines, unbroken[..lines.len()]);
    assert!(lines.len() == unbroken.len() || status.code() != Some(0));
    lines.len()
}

/// The record that the next run makes of one, in place or elsewhere.
fn resumed(bench: &Bench, isolation: &[&OsStr], record: &Path, in_place: bool) -> Vec<Value> {
    let mut command = bench.check(isolation);
    if record.exists() {
        command.arg("--resume").arg(record);
    }
    if in_place {
        command.arg("--output").arg(record);
    }
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    match in_place {
        true => timeless(&fs::read_to_string(record).unwrap()),
        false => timeless(&String::from_utf8(output.stdout).unwrap()),
    }
}

#[test]
fn a_portable_run_that_was_killed_is_gone_on_with() {
    kill_and_resume("portable");
}

#[test]
fn a_strict_run_that_was_killed_is_gone_on_with() {
    let machine = dokku_conform::sandbox::Machine::look(Path::new(PROGRAM));
    match &machine.no_cell {
        Some(why) => println!("skipped: {why}"),
        None => kill_and_resume("strict"),
    }
}

#[test]
fn a_record_goes_on_from_every_line_and_byte_in_it() {
    let bench = Bench::new();
    let whole_record = bench.unbroken(&[]);
    let unbroken = timeless(&whole_record);
    let record = bench.path("record");
    let ends = whole_record
        .match_indices('\n')
        .map(|(end, _)| end)
        .step_by(4);
    for end in [0, 20]
        .into_iter()
        .chain(ends.flat_map(|end| [end, end + 1]))
    {
        fs::write(&record, &whole_record[..end]).unwrap();
        assert_eq!(resumed(&bench, &[], &record, true), unbroken, "{end}");
    }
}

#[test]
fn what_is_on_record_is_kept_to_the_byte_and_a_finished_one_is_only_told_of() {
    let bench = Bench::new();
    let whole_record = bench.unbroken(&[]);
    let record = bench.path("record");
    let resume = ["--resume".as_ref(), record.as_os_str()];
    let in_place = [&resume[..], &["--output".as_ref(), record.as_ref()]].concat();
    let half = whole_record.match_indices('\n').nth(4).unwrap().0 + 1;
    fs::write(&record, &whole_record[..half + 10]).unwrap();
    let output = bench.check(&resume).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).starts_with(&whole_record[..half]));
    assert_eq!(fs::read_to_string(&record).unwrap().len(), half + 10);
    fs::write(&record, &whole_record).unwrap();
    for args in [&resume[..], &in_place] {
        let output = bench.check(args).output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        assert!(
            said(&output).contains("is finished: nothing is left to run"),
            "{}",
            said(&output)
        );
        assert_eq!(fs::read_to_string(&record).unwrap(), whole_record);
    }
    let mut text = bench.command(PROGRAM);
    text.args(["check", HELLO, "--only", ONLY]).args(resume);
    let output = text.output().unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).contains("0 failed"));
}

#[test]
fn a_finished_record_has_the_status_of_its_verdict() {
    let bench = Bench::new();
    let broken = HELLO.replace("hello", "plugin-toml-missing");
    let record = bench.path("record");
    for further in [&[][..], &["--resume"]] {
        let mut command = bench.command(PROGRAM);
        let args = [
            "check",
            &broken,
            "--only",
            "plugin-toml",
            "--format",
            "jsonl",
        ];
        command.args(args).arg("--output").arg(&record);
        command.args(further);
        if !further.is_empty() {
            command.arg(&record);
        }
        assert_eq!(command.output().unwrap().status.code(), Some(1));
    }
}

#[test]
fn a_record_that_is_not_of_this_run_is_refused_and_kept() {
    let bench = Bench::new();
    let whole_record = bench.unbroken(&["--isolation".as_ref(), "portable".as_ref()]);
    let begun = whole(whole_record.trim_end());
    let other = |what: &str, with: &str| begun.replacen(what, with, 1);
    let record = bench.path("record");
    let in_the_middle = {
        let mut lines: Vec<&str> = begun.lines().collect();
        lines[3] = &lines[3][..30];
        lines.join("\n") + "\n"
    };
    let swapped = {
        let mut lines: Vec<&str> = begun.lines().collect();
        lines.swap(1, 2);
        lines.join("\n") + "\n"
    };
    let program = format!("\"program\":\"{}\"", env!("CARGO_PKG_VERSION"));
    for (text, expected) in [
        (in_the_middle, "line 4: it is damaged at byte 30"),
        (swapped, "line 2: it has"),
        (
            other("\"format\":1", "\"format\":99"),
            "wrote it in form 99",
        ),
        (
            other(&program, "\"program\":\"0.0.1\""),
            "line 1: version of dokku-conform: the record has 0.0.1",
        ),
        (
            other("0.38.27", "0.38.26"),
            "Dokku: the record has 0.38.26 where this run has 0.38.27",
        ),
        (
            other("\"name\":\"hello\"", "\"name\":\"other\""),
            "plugins: the record has other at",
        ),
        (
            other("\"id\":\"plugin-toml\"", "\"id\":\"app-flag\""),
            "requirements: the record has app-flag where this run has plugin-toml",
        ),
        (
            other("\"isolation\":\"portable\"", "\"isolation\":\"off\""),
            "isolation: the record has off where this run has portable",
        ),
        (
            other("environment closed", "nothing"),
            "enforced: the record has nothing where",
        ),
        (
            "some text\n".to_owned(),
            "line 1: it does not begin with the header of a record",
        ),
    ] {
        fs::write(&record, &text).unwrap();
        let mut command = bench.check(&["--isolation".as_ref(), "portable".as_ref()]);
        command.arg("--resume").arg(&record);
        let output = command.arg("--output").arg(&record).output().unwrap();
        let said = said(&output);
        assert_eq!(output.status.code(), Some(2), "{said}");
        for part in [expected, "record can't be resumed: ", "leave out --resume"] {
            assert!(said.contains(part), "no {part:?} in {said}");
        }
        assert_eq!(fs::read_to_string(&record).unwrap(), text);
    }
}

#[test]
fn a_plugin_that_was_edited_is_not_gone_on_with() {
    let bench = Bench::new();
    let plugin = bench.path("edited");
    let status = Command::new("cp").args(["-r", HELLO]).arg(&plugin).status();
    assert!(status.unwrap().success());
    // The record lies in the plugin, as with `check .`.
    let record = plugin.join("record");
    let run = |further: &[&str]| {
        let mut command = bench.command(PROGRAM);
        command
            .arg("check")
            .arg(&plugin)
            .args(["--only", ONLY, "--format", "jsonl"]);
        command.arg("--output").arg(&record).args(further);
        if !further.is_empty() {
            command.arg(&record);
        }
        command.output().unwrap()
    };
    assert_eq!(run(&[]).status.code(), Some(0));
    let whole_record = fs::read_to_string(&record).unwrap();
    let cut = &whole_record[..whole_record.match_indices('\n').nth(3).unwrap().0 + 1];
    fs::write(&record, cut).unwrap();
    assert_eq!(run(&["--resume"]).status.code(), Some(0));
    assert_eq!(
        timeless(&fs::read_to_string(&record).unwrap()),
        timeless(&whole_record)
    );
    fs::write(&record, cut).unwrap();
    let commands = fs::read_to_string(plugin.join("commands")).unwrap();
    fs::write(plugin.join("commands"), commands + "# edited\n").unwrap();
    let output = run(&["--resume"]);
    assert_eq!(output.status.code(), Some(2));
    let told = format!(
        "line 1: the files of the plugin hello at {} have changed since",
        plugin.display()
    );
    assert!(said(&output).contains(&told), "{}", said(&output));
    assert_eq!(fs::read_to_string(&record).unwrap(), cut);
}

#[test]
fn what_was_an_error_is_run_again_and_the_time_is_of_all() {
    let bench = Bench::new();
    let whole_record = bench.unbroken(&[]);
    let unbroken = timeless(&whole_record);
    let with_errors = |lines: &[usize]| {
        let text = whole_record.lines().enumerate().map(|(number, line)| {
            let mut line: Value = serde_json::from_str(line).unwrap();
            if lines.contains(&number) {
                line["outcome"] = "error".into();
                line["reason"] = "a full disk".into();
            }
            match line["type"].as_str() {
                Some("footer") => {
                    line["counts"]["error"] = lines.len().into();
                    let passed = line["counts"]["pass"].as_u64().unwrap();
                    line["counts"]["pass"] = (passed - lines.len() as u64).into();
                    line["duration_ms"] = 100_000.into();
                }
                Some("case") => line["duration_ms"] = 50_000.into(),
                _ => {}
            }
            format!("{line}\n")
        });
        text.collect::<String>()
    };
    let record = bench.path("record");
    let passes: Vec<usize> = (1..unbroken.len())
        .filter(|number| unbroken[*number]["outcome"] == "pass")
        .collect();
    let errors = [passes[0], passes[2]];
    let finished = with_errors(&errors);
    let cut = finished.match_indices('\n').nth(errors[1] + 1).unwrap().0 + 1;
    for (text, in_place) in [
        (&finished[..], true),
        (&finished[..], false),
        (&finished[..cut], true),
    ] {
        fs::write(&record, text).unwrap();
        assert_eq!(resumed(&bench, &[], &record, in_place), unbroken);
    }
    fs::write(&record, &finished).unwrap();
    let mut again = bench.check(&["--resume".as_ref(), record.as_ref()]);
    let output = again.output().unwrap();
    assert!(said(&output).contains("errors in place of 2, which are run again"));
    let record = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<Value> = record
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(lines.last().unwrap()["duration_ms"].as_u64() > Some(100_000));
    // What was no error is as it was.
    assert_eq!(lines[passes[1]]["duration_ms"], 50_000);
    assert!(lines[passes[0]]["duration_ms"].as_u64() < Some(50_000));
}

#[test]
fn a_record_that_is_being_written_or_would_be_repeated_is_refused() {
    let bench = Bench::new();
    let whole_record = bench.unbroken(&[]);
    let (record, link) = (bench.path("record"), bench.path("link"));
    fs::write(&record, &whole_record[..whole_record.len() / 2]).unwrap();
    symlink(&record, &link).unwrap();
    let before = fs::read(&record).unwrap();
    let refused = |command: &mut Command, expected: &str| {
        let output = command.output().unwrap();
        let said = said(&output);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(expected), "{said}");
        assert_eq!(fs::read(&record).unwrap(), before);
    };
    let resume = ["--resume".as_ref(), record.as_os_str()];
    let appended = fs::File::options().append(true).open(&record).unwrap();
    let mut command = bench.check(&resume);
    refused(command.stdout(appended), "write --output in its place");
    let mut text = bench.command(PROGRAM);
    text.args(["check", HELLO, "--only", ONLY]).args(resume);
    refused(text.arg("--output").arg(&link), "add --format jsonl");
    let held = fs::File::open(&record).unwrap();
    held.lock().unwrap();
    refused(&mut bench.check(&resume), "another run is still writing it");
    let mut over = bench.check(&[]);
    refused(over.arg("--output").arg(&link), "another run is writing it");
    drop(held);
    let in_place = bench
        .check(&resume)
        .arg("--output")
        .arg(&link)
        .output()
        .unwrap();
    assert_eq!(in_place.status.code(), Some(0), "{}", said(&in_place));
    assert_eq!(
        timeless(&fs::read_to_string(&record).unwrap()),
        timeless(&whole_record)
    );
}

/// Gives a command a small file system in memory at a folder, which only it sees.
fn with_small_disk(command: &mut Command, folder: &Path, size: &str) {
    let (folder, size) = (folder.to_owned(), format!("size={size},mode=755"));
    let make = move || {
        let data = Some(size.as_str());
        Ok(mount(
            Some("none"),
            &folder,
            Some("tmpfs"),
            MsFlags::empty(),
            data,
        )?)
    };
    start_in_own(command, CloneFlags::CLONE_NEWNS, make);
}

/// The output of a command; none, with the reason printed, where the system refuses what it is to be given.
fn where_it_can(command: &mut Command) -> Option<Output> {
    match command.output() {
        Ok(output) => Some(output),
        Err(error) => {
            println!("skipped: {error}");
            None
        }
    }
}

#[test]
fn a_record_on_a_full_disk_is_seen_to_be_unfinished() {
    let bench = Bench::new();
    let full = bench.path("full");
    fs::create_dir(&full).unwrap();
    let mut command = bench.command("sh");
    let script = "\"$@\"; status=$?; cat \"$OUTPUT\"; exit $status";
    command.env("OUTPUT", full.join("record"));
    command.args(["-c", script, "sh", PROGRAM, "check", HELLO]);
    command
        .args(["--format", "jsonl", "--output"])
        .arg(full.join("record"));
    with_small_disk(&mut command, &full, "16k");
    let Some(output) = where_it_can(&mut command) else {
        return;
    };
    let (record, said) = (String::from_utf8_lossy(&output.stdout), said(&output));
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(
        said.contains("full/record can't be written: No space left"),
        "{said}"
    );
    let lines = timeless(whole(&record));
    assert!(lines.iter().skip(1).all(|line| line["type"] == "case"));
}

#[test]
fn worlds_on_a_full_disk_are_errors_with_that_reason() {
    let bench = Bench::new();
    // With less than the worlds of a run need, and with hardly more.
    for size in ["4k", "64k", "512k", "1200k", "1600k", "2m"] {
        let mut command = bench.check(&["--jobs".as_ref(), "4".as_ref()]);
        with_small_disk(&mut command, &bench.path("worlds"), size);
        let Some(output) = where_it_can(&mut command) else {
            return;
        };
        let told = format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            said(&output)
        );
        assert_eq!(output.status.code(), Some(3), "{size}: {told}");
        let why = [
            "it has no room left; set TMPDIR",
            "worlds has no room left",
            "worlds: No space left",
        ];
        assert!(why.iter().any(|why| told.contains(why)), "{size}: {told}");
        assert!(!told.contains("panicked"), "{size}: {told}");
    }
}

#[test]
fn worlds_are_tried_where_they_will_be() {
    let bench = Bench::new();
    // In memory, though the folder of temporary files is full.
    let mut command = bench.command(PROGRAM);
    command.arg("doctor").env_remove("TMPDIR");
    let unhindered = command.output().unwrap().stdout;
    let mut command = bench.command(PROGRAM);
    command.arg("doctor").env_remove("TMPDIR");
    with_small_disk(&mut command, Path::new("/tmp"), "4k");
    let Some(output) = where_it_can(&mut command) else {
        return;
    };
    let in_memory = bench.scratch.path().starts_with("/dev/shm");
    if in_memory {
        assert_eq!(output.stdout, unhindered);
    }
    let mut command = bench.command(PROGRAM);
    command.arg("doctor");
    with_small_disk(&mut command, &bench.path("worlds"), "4k");
    let page = String::from_utf8(where_it_can(&mut command).unwrap().stdout).unwrap();
    let told = page.matches("it has no room left; set TMPDIR to another folder");
    assert_eq!(told.count(), 3, "{page}");
}

#[test]
fn a_folder_for_worlds_by_which_a_plugin_would_fail_is_refused() {
    let bench = Bench::new();
    let folder = |name: &[u8]| {
        let path = bench.scratch.path().join(OsStr::from_bytes(name));
        fs::create_dir_all(&path).unwrap();
        path
    };
    let at = |path: &Path, level: &str| {
        let mut command = bench.check(&["--isolation".as_ref(), level.as_ref()]);
        command.env("TMPDIR", path).output().unwrap()
    };
    for name in [&b"a:b"[..], b"a b", b"a\nb", b"a*"] {
        for level in ["portable", "off"] {
            let output = at(&folder(name), level);
            assert_eq!(output.status.code(), Some(3));
            assert!(output.stdout.is_empty());
            let said = said(&output);
            assert!(
                said.contains("at which a shell or PATH would part it")
                    && said.contains("; set TMPDIR to another folder"),
                "{said}"
            );
        }
    }
    let output = at(&folder(b"\xFF"), "portable");
    assert_eq!(output.status.code(), Some(3));
    assert!(said(&output).contains("its name is not UTF-8; set TMPDIR to another folder"));
    // Where the world is the root, nobody sees the name.
    let machine = dokku_conform::sandbox::Machine::look(Path::new(PROGRAM));
    if machine.no_cell.is_none() {
        let output = at(&folder(b"a:b"), "strict");
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    }
}

#[test]
fn a_report_that_can_t_be_written_is_no_success() {
    let bench = Bench::new();
    let script = |script: &str, args: &[&str]| {
        let mut command = bench.command("sh");
        command.args(["-c", script, "sh", PROGRAM]).args(args);
        command.output().unwrap()
    };
    let check = ["check", HELLO, "--only", "help-command"];
    let pages = [
        &check[..],
        &["list"],
        &["schema"],
        &["explain", "app-flag"],
        &["doctor"],
        &["--help"],
        &["--version"],
        &["check", "--help"],
    ];
    for args in pages {
        for (place, why) in [(">&-", "it is closed"), (">/dev/full", "No space left")] {
            let output = script(&format!("\"$@\" {place}"), args);
            let said = said(&output);
            assert_eq!(output.status.code(), Some(3), "{args:?} {place}: {said}");
            let told = format!("standard output can't be written: {why}");
            assert!(said.contains(&told), "{args:?} {place}: {said}");
        }
        let output = script("\"$@\" >/dev/null", args);
        assert_eq!(output.status.code(), Some(0), "{args:?}: {}", said(&output));
    }
    let args = [
        "check",
        HELLO,
        "--only",
        "help-command",
        "--output",
        "/dev/null",
    ];
    assert_eq!(script("\"$@\" >&-", &args).status.code(), Some(0));
    // A command's own streams are its own.
    assert_eq!(
        script("\"$@\" >&-", &["run", "--", "true"]).status.code(),
        Some(0)
    );
}

#[test]
fn a_run_without_descriptors_never_looks_well() {
    let bench = Bench::new();
    let unbroken = timeless(&bench.unbroken(&[]));
    for limit in [4, 5, 6, 8, 10, 13, 16, 20, 24] {
        let mut command = bench.check(&[]);
        let lower = move || Ok(setrlimit(Resource::RLIMIT_NOFILE, limit, limit)?);
        // SAFETY: it makes one call of the system.
        unsafe { command.pre_exec(lower) };
        let output = command.output().unwrap();
        let (record, said) = (String::from_utf8_lossy(&output.stdout), said(&output));
        if output.status.code() == Some(0) {
            assert_eq!(timeless(&record)[1..], unbroken[1..], "{limit}");
        } else {
            assert!(!said.is_empty() || record.contains("\"error\":"), "{limit}");
        }
        assert!(!said.contains("panicked"), "{limit}: {said}");
        all_end();
    }
    bench.unbroken(&[]);
    assert_eq!(bench.worlds(), Vec::<PathBuf>::new());
}

#[test]
fn a_working_directory_that_can_t_be_written_or_is_gone_changes_nothing() {
    let bench = Bench::new();
    let unbroken = timeless(&bench.unbroken(&[]));
    let output = bench.check(&[]).current_dir("/proc").output().unwrap();
    assert_eq!(timeless(&String::from_utf8_lossy(&output.stdout)), unbroken);
    let output = bench
        .check(&["--output".as_ref(), "record".as_ref()])
        .current_dir("/proc")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        said(&output).contains("record can't be written"),
        "{}",
        said(&output)
    );
    let gone = bench.path("gone");
    fs::create_dir(&gone).unwrap();
    let mut command = bench.check(&[]);
    command.current_dir(&gone);
    let remove = move || -> io::Result<()> { fs::remove_dir(&gone) };
    // SAFETY: the process forks to call this, and has one thread then; what it allocates is given back by its end.
    unsafe { command.pre_exec(remove) };
    let output = command.output().unwrap();
    assert_eq!(
        timeless(&String::from_utf8_lossy(&output.stdout)),
        unbroken,
        "{}",
        said(&output)
    );
}

#[test]
fn a_step_that_kills_its_supervisor_is_told_and_leaves_nothing() {
    let bench = Bench::new();
    let plugin = bench.path("killer");
    fs::create_dir(&plugin).unwrap();
    let commands = plugin.join("commands");
    let script = "#!/usr/bin/env bash\nsetsid sleep 100000 &\nkill -KILL $PPID\nsleep 100000\n";
    fs::write(&commands, script).unwrap();
    fs::set_permissions(&commands, Permissions::from_mode(0o755)).unwrap();
    let mut command = bench.command(PROGRAM);
    let args = ["--isolation", "off", "--format", "jsonl"];
    command.arg("check").arg(&plugin).args(args);
    let output = command
        .args(["--only", "unknown-command-declined"])
        .output()
        .unwrap();
    all_end();
    let record = timeless(&String::from_utf8_lossy(&output.stdout));
    assert_ne!(output.status.code(), Some(0));
    assert_eq!(record.last().unwrap()["type"], "footer");
    let reason = record[1]["reason"].as_str().unwrap();
    assert!(reason.contains("supervisor was killed"), "{reason}");
    assert_eq!(bench.worlds(), Vec::<PathBuf>::new());
}

//! Plugins that try to do harm, in every level of isolation that this machine has.
//!
//! Each `fixtures/hostile/*.txt` is one such plugin, called by what it tries. The head of the text is the result that is
//! expected, as `fixtures/hostile/README.md` explains; without a line that says otherwise every promise holds in every
//! level. None is ever run but inside the sandbox that `fixtures/hostile/sandbox.sh` makes for each run anew.
//!
//! `UPDATE_EXPECTED=1 cargo test --test hostile` writes the tables of that README.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs::{self, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::str::FromStr;
use std::sync::{Mutex, RwLock};
use std::thread;

use plugin_text::{MANIFEST, PluginText};
use serde_json::Value;
use tempfile::TempDir;

mod plugin_text;

/// How many sandboxes there are at the same time. Much of a run is waiting for a deadline.
const AT_ONCE: usize = 6;
/// The seconds that a run may take. The longest waits for two deadlines of three seconds, and for what ignores them.
const PATIENCE: u64 = 20;
/// The seconds that a step may take: few, since much of a run is waiting for them.
const DEADLINE: u64 = 2;
/// The same where a run was too late with the few, and nothing else of this test runs beside it.
const LONGER_DEADLINE: u64 = 6;
/// What the program says of a case that had too little time: of one that never has enough, and of one that once had.
const LATE: [&str; 2] = [
    "still running after",
    "came out differently when it was run again",
];
/// Who a run is, outside of its sandbox, if the test is run by root: nobody that owns anything.
const NOBODY: &str = "64753";
/// What every place that a plugin must not read holds.
const SECRET: &str = "the-secret-of-whoever-started-the-program";
/// The status of a sandbox that could not be made.
const NO_SANDBOX: i32 = 125;
/// The requirement that runs a fixture's attempt, and those that its sibling is held against too.
const ATTEMPT: &str = "hostile-attempt";
/// The spec of the same requirement that runs the plugin's `install` before.
const AFTER_INSTALL: &str = "after-install";
const OTHERS: [&str; 2] = ["help-command", "unknown-command-declined"];

const COMMANDS: &str = r#"#!/usr/bin/env bash
case "$1" in
  help) echo "    hostile:attempt, Tries something" ;;
  *) exit "$DOKKU_NOT_IMPLEMENTED_EXIT" ;;
esac
"#;
const SIBLING: &str = "=== commands
#!/usr/bin/env bash
sleep 0.1 # so that a plugin that looks for it can find it
case \"$1\" in
  help) echo '    sibling:greet, Greets' ;;
  sibling:greet) echo hello ;;
  *) exit \"$DOKKU_NOT_IMPLEMENTED_EXIT\" ;;
esac
";

/// Declares an enum whose values are words of the fixtures' heads.
macro_rules! words {
    ($(#[$outer:meta])* $name:ident { $($(#[$inner:meta])* $value:ident = $word:literal,)+ }) => {
        $(#[$outer])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        enum $name { $($(#[$inner])* $value,)+ }

        impl $name {
            const ALL: &[Self] = &[$(Self::$value),+];

            fn word(self) -> &'static str {
                match self { $(Self::$value => $word,)+ }
            }
        }

        impl FromStr for $name {
            type Err = String;

            fn from_str(word: &str) -> Result<Self, String> {
                let found = Self::ALL.iter().find(|value| value.word() == word);
                found.copied().ok_or_else(|| format!("{word:?} is none of {:?}", Self::ALL))
            }
        }
    };
}

words! {
    /// A level of isolation.
    Level {
        Strict = "strict",
        Portable = "portable",
        Off = "off",
    }
}

words! {
    /// What the program promises about a plugin that it checks.
    Promise {
        /// The run ends in time.
        Time = "time",
        /// No process lives on.
        Processes = "processes",
        /// No file and no mount outside the world is made, changed or left.
        Outside = "outside",
        /// What the host keeps secret is in no record and sent to nobody.
        Secrets = "secrets",
        /// No socket of the host is reached.
        Network = "network",
        /// The plugin did not succeed, as far as it can tell by itself.
        Rights = "rights",
        /// The record is whole, and what the plugin printed is text in it.
        Record = "record",
        /// Another plugin of the same run has its usual verdicts.
        Sibling = "sibling",
        /// The plugin's own verdict, and the exit status, are the expected ones.
        Outcome = "outcome",
    }
}

impl Promise {
    /// What happens where it is not kept.
    fn breach(self) -> &'static str {
        match self {
            Self::Time => "the run hangs",
            Self::Processes => "a process lives on",
            Self::Outside => "files of the host are changed or left behind",
            Self::Secrets => "secrets of the host are read",
            Self::Network => "sockets of the host are reached",
            Self::Rights => "it gets what it tries to get",
            Self::Record => "the record is not whole",
            Self::Sibling => "another plugin's verdicts suffer",
            Self::Outcome => "its own verdict is another",
        }
    }
}

/// Where a level does not keep promises.
#[derive(Debug)]
struct Gap {
    level: Level,
    /// The gap is closed if the record says that something was enforced of which it uses all these words.
    without: Vec<String>,
    /// Whether it shows every time.
    certain: bool,
    promises: BTreeSet<Promise>,
    reason: String,
}

/// One hostile plugin.
#[derive(Debug)]
struct Hostile {
    name: String,
    title: String,
    plugin: PluginText,
    gaps: Vec<Gap>,
    /// The outcome of its attempt, and words of the reason.
    outcome: String,
    reason: String,
    /// Whether the program is a copy that the plugin may write to as far as the level lets it.
    needs_own_copy: bool,
    /// Whether its `install` is run before, by root of the same world.
    needs_install: bool,
    /// Whether the program runs without capabilities: one that has them is out of reach of a process that has none.
    needs_normal_user: bool,
}

impl Hostile {
    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap();
        let mut plugin = PluginText::parse(text.lines());
        plugin.or_else("plugin.toml", MANIFEST);
        plugin.or_else("commands", COMMANDS);
        let mut hostile = Self {
            name: path.file_stem().unwrap().to_str().unwrap().to_owned(),
            title: String::new(),
            gaps: Vec::new(),
            outcome: String::new(),
            reason: String::new(),
            needs_own_copy: false,
            needs_install: false,
            needs_normal_user: false,
            plugin,
        };
        for line in hostile.plugin.head.clone() {
            hostile
                .head(&line)
                .unwrap_or_else(|error| panic!("{path:?}: {line}: {error}"));
        }
        assert!(
            !hostile.title.is_empty() && !hostile.outcome.is_empty(),
            "{path:?}"
        );
        hostile
    }

    fn head(&mut self, line: &str) -> Result<(), String> {
        let (word, rest) = line.split_once(' ').ok_or("one word alone")?;
        match word {
            "#" => rest.clone_into(&mut self.title),
            "ends" => {
                let (outcome, reason) = rest.split_once(' ').unwrap_or((rest, ""));
                (self.outcome, self.reason) = (outcome.to_owned(), reason.to_owned());
            }
            "needs" if rest == "own-copy" => self.needs_own_copy = true,
            "needs" if rest == "install" => self.needs_install = true,
            "needs" if rest == "normal-user" => self.needs_normal_user = true,
            "lets" => self.gaps.push(Gap::read(rest, true)?),
            "may" => {
                let rest = rest.strip_prefix("let ").ok_or("`may let` is meant")?;
                self.gaps.push(Gap::read(rest, false)?);
            }
            _ => return Err("no such word".to_owned()),
        }
        Ok(())
    }

    /// What may and what must break here, by what the level says of itself.
    fn gap(&self, ground: &Ground) -> Option<&Gap> {
        self.gaps.iter().find(|gap| gap.is_open(ground))
    }

    /// Runs the attempt beside the sibling, and looks at what came of it. What took too long is run again when nothing else
    /// of this test is, and with more time: a loaded or a slow machine is no breach. What did harm is not, however seldom it does.
    fn run(&self, ground: &Ground, quiet: &RwLock<()>) -> Result<Found, String> {
        let found = {
            let _among_others = quiet.read();
            self.attempt(ground, DEADLINE)?
        };
        match found.result {
            Came::Escaped if found.is_late() => {
                let _alone = quiet.write();
                self.attempt(ground, LONGER_DEADLINE)
            }
            _ => Ok(found),
        }
    }

    fn attempt(&self, ground: &Ground, deadline: u64) -> Result<Found, String> {
        let stage = Stage::new();
        let srv = stage.path("srv");
        self.plugin.build(&srv.join("plugins/hostile"));
        if self.needs_own_copy {
            fs::write(stage.path("bin/own-copy"), "").unwrap();
        }
        if self.needs_install {
            stage.hold_to(AFTER_INSTALL);
        }
        let seen = stage.run(ground.asked, self.needs_normal_user, deadline)?;
        let broken = seen.broken(self);
        let result = match self.gap(ground) {
            None if broken.is_empty() => Came::Held,
            None => Came::Escaped,
            Some(gap) if !broken.keys().all(|one| gap.promises.contains(one)) => Came::Escaped,
            Some(gap) if gap.certain && broken.is_empty() => Came::Unexpectedly,
            Some(_) if broken.is_empty() => Came::Held,
            Some(_) => Came::NotPrevented,
        };
        let reason = self
            .gap(ground)
            .map(|gap| gap.reason.clone())
            .unwrap_or_default();
        Ok(Found {
            result,
            broken,
            reason,
            seconds: seen.seconds.unwrap_or(PATIENCE),
        })
    }
}

impl Gap {
    /// Reads `LEVEL [without WORDS]: PROMISE, PROMISE: REASON`.
    fn read(text: &str, certain: bool) -> Result<Self, String> {
        let mut parts = text.splitn(3, ": ");
        let (Some(place), Some(promises), Some(reason)) =
            (parts.next(), parts.next(), parts.next())
        else {
            return Err("`LEVEL [without WORDS]: PROMISE, ...: REASON` is meant".to_owned());
        };
        let (level, without) = place.split_once(" without ").unwrap_or((place, ""));
        Ok(Self {
            level: level.parse()?,
            without: without.split_whitespace().map(str::to_lowercase).collect(),
            certain,
            promises: promises
                .split(", ")
                .map(str::parse)
                .collect::<Result<_, _>>()?,
            reason: reason.to_owned(),
        })
    }

    fn is_open(&self, ground: &Ground) -> bool {
        let closes = |line: &String| self.without.iter().all(|word| line.contains(word));
        let is_closed = !self.without.is_empty() && ground.enforced.iter().any(closes);
        self.level == ground.level && !is_closed
    }
}

/// What came of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Came {
    Held,
    /// As the fixture says.
    NotPrevented,
    /// Although the fixture says that it is not prevented: it tries nothing, or says what is true no longer.
    Unexpectedly,
    Escaped,
}

struct Found {
    result: Came,
    broken: BTreeMap<Promise, String>,
    reason: String,
    seconds: u64,
}

impl Found {
    /// True if nothing is wrong but that something took too long.
    fn is_late(&self) -> bool {
        self.broken.iter().all(|(promise, how)| match promise {
            Promise::Time => true,
            Promise::Outcome => LATE.iter().any(|words| how.contains(words)),
            _ => false,
        })
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.result {
            Came::Held => "held",
            Came::NotPrevented => "not prevented",
            Came::Unexpectedly => "HELD, though it is listed as not prevented",
            Came::Escaped => "ESCAPED",
        })?;
        if self.seconds >= PATIENCE {
            write!(f, " ({} s)", self.seconds)?;
        }
        let words: Vec<&str> = self.broken.keys().map(|one| one.word()).collect();
        match self.result {
            Came::Held => Ok(()),
            Came::NotPrevented => write!(f, " ({}): {}", words.join(", "), self.reason),
            Came::Unexpectedly | Came::Escaped => write!(f, ": {:#?}", self.broken),
        }
    }
}

/// A level as this machine has it.
struct Ground {
    level: Level,
    /// The option that asks for it; none where the program has but one level.
    asked: Option<Level>,
    /// What the record says was enforced, in lower case.
    enforced: Vec<String>,
}

impl Ground {
    /// Checks the sibling alone; why the level can't be had.
    fn try_out(level: Level) -> Result<Self, String> {
        let help = Command::new(env!("CARGO_BIN_EXE_dokku-conform"))
            .args(["check", "--help"])
            .output()
            .unwrap();
        let has_levels = String::from_utf8_lossy(&help.stdout).contains("--isolation");
        if !has_levels && level != Level::Portable {
            return Err("`check` has no --isolation yet".to_owned());
        }
        let asked = has_levels.then_some(level);
        let seen = Stage::new().run(asked, false, DEADLINE)?;
        if matches!(seen.status, Some(2 | 3)) && seen.record.is_empty() {
            return Err(seen.said.trim().to_owned());
        }
        let lines = seen
            .lines()
            .map_err(|error| format!("the sibling alone: {error}: {}", seen.said))
            .unwrap();
        let header = &lines[0];
        assert_eq!(header["isolation"], level.word(), "it was asked for");
        assert_eq!(seen.siblings_trouble(&lines), None);
        let enforced = header["enforced"].as_array().unwrap();
        let enforced = enforced
            .iter()
            .map(|line| line.as_str().unwrap().to_lowercase())
            .collect();
        Ok(Self {
            level,
            asked,
            enforced,
        })
    }
}

/// The folder that a sandbox is made in and from.
struct Stage(TempDir);

impl Stage {
    fn new() -> Self {
        let stage = Self(TempDir::new().unwrap());
        let open =
            |path: &Path, mode| fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
        open(stage.0.path(), 0o755);
        for name in ["bin", "log", "out", "root", "srv/specs", "srv/plugins"] {
            fs::create_dir_all(stage.path(name)).unwrap();
        }
        open(&stage.path("out"), 0o777);
        for name in ["sandbox.sh", "listeners.pl"] {
            fs::copy(folder().join(name), stage.path(name)).unwrap();
        }
        let program = Path::new(env!("CARGO_BIN_EXE_dokku-conform"));
        let staged = stage.path("bin/dokku-conform");
        // A link where it can be one: the program is large.
        if fs::hard_link(program, &staged).is_err() {
            fs::copy(program, &staged).unwrap();
        }
        stage.hold_to(ATTEMPT);
        fs::write(stage.path("canary"), SECRET).unwrap();
        let mut sibling = PluginText::parse(SIBLING.lines());
        sibling.or_else("plugin.toml", MANIFEST);
        sibling.build(&stage.path("srv/plugins/sibling"));
        stage
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Takes this spec for the requirement that runs the attempt.
    fn hold_to(&self, spec: &str) {
        let from = folder().join(format!("specs/{spec}.yaml"));
        fs::copy(from, self.path(&format!("srv/specs/{ATTEMPT}.yaml"))).unwrap();
    }

    /// Checks the plugins that lie in the stage, inside a sandbox; why there is none.
    fn run(
        &self,
        level: Option<Level>,
        as_normal_user: bool,
        deadline: u64,
    ) -> Result<Seen, String> {
        let output = self
            .command(level, as_normal_user, deadline)
            .output()
            .map_err(|error| error.to_string())?;
        let has_ended = self.path("out/inside").exists();
        if output.status.code() == Some(NO_SANDBOX) || !has_ended {
            return Err(why_not(&output));
        }
        Ok(Seen::read(&self.path("out")))
    }

    fn command(&self, level: Option<Level>, as_normal_user: bool, deadline: u64) -> Command {
        let mut command = Command::new("timeout");
        // The sandbox has a shorter limit of its own; this one is for what is wrong with the sandbox.
        command.args(["-k", "2", "30"]);
        if nix::unistd::geteuid().is_root() {
            command.args(["setpriv", "--clear-groups"]);
            command.args(["--reuid", NOBODY, "--regid", NOBODY]);
        }
        command.args([
            "unshare",
            "--user",
            "--map-root-user",
            "--mount",
            "--pid",
            "--net",
            "--ipc",
        ]);
        command.args([
            "--uts",
            "--propagation",
            "private",
            "--fork",
            "--kill-child",
            "bash",
        ]);
        command
            .arg(self.path("sandbox.sh"))
            .arg("outer")
            .arg(self.0.path());
        command.args([
            "/usr/bin/env",
            "-i",
            "PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
        ]);
        command.args([
            "HOME=/home/keeper",
            "TMPDIR=/srv/worlds",
            "SSH_AUTH_SOCK=/run/agent.sock",
        ]);
        command.arg(format!("CALLERS_TOKEN={SECRET}"));
        // Namespaces are made by a normal user, but not by a root that has lost its capabilities.
        if as_normal_user && level != Some(Level::Strict) {
            command.args(["setpriv", "--inh-caps", "-all", "--bounding-set", "-all"]);
        }
        command.args([
            "/srv/bin/dokku-conform",
            "check",
            "--specs",
            "/srv/specs",
            "--jobs",
            "2",
        ]);
        command.args(["--timeout", &deadline.to_string()]);
        command.args(["--format", "jsonl", "--output", "/srv/record.jsonl"]);
        command.args(["--only", &format!("{ATTEMPT},{}", OTHERS.join(","))]);
        if let Some(level) = level {
            command.args(["--isolation", level.word()]);
        }
        for name in ["hostile", "sibling"] {
            if self.path("srv/plugins").join(name).exists() {
                command.arg(format!("/srv/plugins/{name}"));
            }
        }
        command
            .env_clear()
            .env("PATH", "/usr/bin:/bin:/usr/sbin:/sbin")
            .env("LC_ALL", "C");
        command.current_dir("/");
        command
    }
}

fn why_not(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.trim_end().replace('\n', "; ");
    format!("the sandbox can't be made here: {said} ({})", output.status)
}

/// What the sandbox saw of a run.
#[derive(Debug)]
struct Seen {
    /// The exit status of the program; none if the run had to be ended from outside.
    status: Option<i32>,
    seconds: Option<u64>,
    lives: Vec<String>,
    changed: String,
    heard: String,
    record: Vec<u8>,
    said: String,
}

impl Seen {
    fn read(out: &Path) -> Self {
        let bytes = |name: &str| fs::read(out.join(name)).unwrap_or_default();
        let text = |name: &str| String::from_utf8_lossy(&bytes(name)).into_owned();
        let inside = text("inside");
        let values = |word: &str| -> Vec<String> {
            let of = |line: &str| Some(line.strip_prefix(word)?.trim().to_owned());
            inside.lines().filter_map(of).collect()
        };
        let number = |word: &str| values(word).first().and_then(|text| text.parse().ok());
        let has_ended = inside.lines().last() == Some("end");
        let mut changed = text("changed");
        if !values("mounts").is_empty() {
            changed.push_str("other mounts\n");
        }
        Self {
            status: number("status").filter(|_| has_ended),
            seconds: number("seconds")
                .filter(|_| has_ended)
                .and_then(|all| u64::try_from(all).ok()),
            lives: values("lives"),
            changed,
            heard: text("heard")
                .lines()
                .skip(1)
                .map(|line| format!("{line}\n"))
                .collect(),
            record: bytes("record"),
            said: text("stdout") + &text("stderr"),
        }
    }

    /// The lines of a record that is whole; what is wrong with one that is not.
    fn lines(&self) -> Result<Vec<Value>, String> {
        let text = std::str::from_utf8(&self.record).map_err(|error| error.to_string())?;
        if text.contains(|letter: char| letter.is_control() && letter != '\n') {
            return Err("it has control characters".to_owned());
        }
        let lines: Result<Vec<Value>, _> = text.lines().map(serde_json::from_str).collect();
        let lines = lines.map_err(|error| error.to_string())?;
        let types: Vec<&str> = lines
            .iter()
            .filter_map(|line| line["type"].as_str())
            .collect();
        let ["header", cases @ .., "footer"] = types.as_slice() else {
            return Err(format!("its lines are {types:?}"));
        };
        let is_planned = lines[0]["cases"] == cases.len();
        if cases.iter().any(|one| *one != "case") || !is_planned || types.len() != lines.len() {
            return Err(format!("its lines are {types:?}"));
        }
        Ok(lines)
    }

    /// The promises that were not kept, and how that shows.
    fn broken(&self, hostile: &Hostile) -> BTreeMap<Promise, String> {
        let lines = self.lines();
        let cases = lines.as_ref().map_or(&[][..], Vec::as_slice);
        let record = String::from_utf8_lossy(&self.record);
        let has_secret = [&record, self.said.as_str(), &self.heard]
            .iter()
            .any(|text| text.contains(SECRET));
        let escaped = record
            .split("ESCAPED")
            .nth(1)
            .map(|text| text.chars().take(200).collect());
        let in_time = self.seconds.is_some_and(|seconds| seconds <= PATIENCE);
        let found = |is_so: bool, text: &str| is_so.then(|| text.to_owned());
        let has_record = lines.is_ok();
        [
            (
                Promise::Time,
                found(!in_time, &format!("{:?} s", self.seconds)),
            ),
            (
                Promise::Processes,
                found(!self.lives.is_empty(), &self.lives.join("\n")),
            ),
            (
                Promise::Outside,
                found(!self.changed.is_empty(), &self.changed),
            ),
            (
                Promise::Secrets,
                found(has_secret, "it is in the record, or was sent"),
            ),
            (Promise::Network, found(!self.heard.is_empty(), &self.heard)),
            (Promise::Rights, escaped),
            (
                Promise::Sibling,
                self.siblings_trouble(cases).filter(|_| has_record),
            ),
            (
                Promise::Outcome,
                self.other_outcome(hostile, cases).filter(|_| has_record),
            ),
            (
                Promise::Record,
                lines
                    .as_ref()
                    .err()
                    .map(|error| format!("{error}: {}", self.said)),
            ),
        ]
        .into_iter()
        .filter_map(|(promise, how)| Some((promise, how?)))
        .collect()
    }

    fn siblings_trouble(&self, lines: &[Value]) -> Option<String> {
        let cases: Vec<&Value> = lines
            .iter()
            .filter(|line| line["plugin"] == "sibling")
            .collect();
        let verdicts: Vec<String> = cases
            .iter()
            .map(|case| {
                format!(
                    "{} {} {}",
                    case["requirement"], case["outcome"], case["reason"]
                )
            })
            .collect();
        let is_held_to = |rule: &str| {
            cases
                .iter()
                .any(|case| case["requirement"] == *rule && case["outcome"] == "pass")
        };
        let may_be = |case: &&Value| case["outcome"] == "pass" || case["requirement"] == ATTEMPT;
        let all_well = OTHERS.iter().all(|rule| is_held_to(rule)) && cases.iter().all(may_be);
        (!all_well).then(|| verdicts.join("\n"))
    }

    fn other_outcome(&self, hostile: &Hostile, lines: &[Value]) -> Option<String> {
        let is_its = |line: &&Value| line["plugin"] == "hostile" && line["requirement"] == ATTEMPT;
        let cases: Vec<&Value> = lines.iter().filter(is_its).collect();
        let as_expected = |case: &&&Value| {
            let reason = case["reason"].as_str().unwrap_or_default();
            case["outcome"] == hostile.outcome.as_str() && reason.contains(&hostile.reason)
        };
        let count = |outcome: &str| {
            lines
                .iter()
                .filter(|line| line["outcome"] == outcome)
                .count()
        };
        let status = if count("error") > 0 {
            3
        } else {
            i32::from(count("fail") > 0)
        };
        let fits = cases.len() == 1
            && cases.iter().all(|case| as_expected(&case))
            && self.status == Some(status);
        let told = || {
            cases
                .iter()
                .map(|case| format!("{} {}", case["outcome"], case["reason"]))
        };
        (!fits).then(|| format!("status {:?}; {}", self.status, told().collect::<String>()))
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/hostile")
}

fn all() -> Vec<Hostile> {
    let entries = fs::read_dir(folder()).unwrap();
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "txt"))
        .collect();
    paths.sort();
    paths.iter().map(|path| Hostile::read(path)).collect()
}

/// Says something to whoever runs the tests, though the test may pass.
fn tell(text: &str) {
    let _ = writeln!(io::stdout(), "{text}");
}

/// A plugin that is to be run in a level.
type Run<'a> = (&'a Ground, &'a Hostile);

/// What came of each run, in the order of the runs.
fn try_all<'a>(runs: &[Run<'a>]) -> Vec<(Run<'a>, Found)> {
    // What waits for deadlines begins first: nobody has to wait for it at the end.
    let mut order: Vec<usize> = (0..runs.len()).collect();
    order.sort_by_key(|index| runs[*index].1.outcome == "pass");
    let waiting = Mutex::new(order.into_iter());
    let found = Mutex::new(BTreeMap::new());
    let quiet = RwLock::new(());
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let next = waiting.lock().unwrap().next();
                    let Some(index) = next else { return };
                    let (ground, hostile) = runs[index];
                    let result = hostile.run(ground, &quiet);
                    let result = result.unwrap_or_else(|error| panic!("{}: {error}", hostile.name));
                    found.lock().unwrap().insert(index, (runs[index], result));
                }
            });
        }
    });
    found.into_inner().unwrap().into_values().collect()
}

/// The levels that there are here; says why the others are left out.
fn grounds() -> Vec<Ground> {
    let try_out = |level: &Level| {
        let ground = Ground::try_out(*level);
        ground.map_err(|reason| tell(&format!("skipped: isolation {}: {reason}", level.word())))
    };
    Level::ALL
        .iter()
        .filter_map(|level| try_out(level).ok())
        .collect()
}

/// Those that `HOSTILE` in the environment names, for who works on one.
fn only_named(all: Vec<Hostile>) -> Vec<Hostile> {
    let Ok(names) = std::env::var("HOSTILE") else {
        return all;
    };
    let is_named = |one: &Hostile| names.split(',').any(|name| name == one.name);
    all.into_iter().filter(is_named).collect()
}

#[test]
fn a_hostile_plugin_does_no_harm_that_its_level_prevents() {
    let hostile = only_named(all());
    let grounds = grounds();
    let of = |ground| hostile.iter().map(move |one| (ground, one));
    let runs: Vec<Run<'_>> = grounds.iter().flat_map(of).collect();
    let mut wrong = Vec::new();
    for ((ground, hostile), found) in try_all(&runs) {
        let name = format!("{:8} {:24}", ground.level.word(), hostile.name);
        tell(&format!("{name} {found}"));
        if matches!(found.result, Came::Escaped | Came::Unexpectedly) {
            wrong.push(format!("{name} {found}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "otherwise than expected:\n{}",
        wrong.join("\n")
    );
}

/// What is not prevented in a level, as its users read it.
fn table(level: Level, all: &[Hostile]) -> String {
    let mut lines = vec![
        format!("## Not prevented in `{}`", level.word()),
        String::new(),
        "| attempt | what may happen | when | why |".to_owned(),
        "|---|---|---|---|".to_owned(),
    ];
    let empty = lines.len();
    for hostile in all {
        for gap in hostile.gaps.iter().filter(|gap| gap.level == level) {
            let promises: Vec<&str> = gap.promises.iter().map(|one| one.breach()).collect();
            let condition = match (gap.without.join(" "), gap.certain) {
                (words, true) if words.is_empty() => "always".to_owned(),
                (words, false) if words.is_empty() => "at times".to_owned(),
                (words, true) => format!("unless the record says `{words}`"),
                (words, false) => format!("at times, unless the record says `{words}`"),
            };
            let (name, title) = (&hostile.name, &hostile.title);
            let promises = promises.join(", ");
            lines.push(format!(
                "| {name}: {title} | {promises} | {condition} | {} |",
                gap.reason
            ));
        }
    }
    if lines.len() == empty {
        lines.truncate(2);
        lines.push(format!("Nothing, of {} attempts.", all.len()));
    }
    lines.join("\n") + "\n"
}

#[test]
fn what_is_not_prevented_is_written_down() {
    let all = all();
    assert!(all.len() >= 40, "{} hostile plugins", all.len());
    let path = folder().join("README.md");
    let written = fs::read_to_string(&path).unwrap();
    let (text, _) = written.split_once("\n## Not prevented in").unwrap();
    let tables: Vec<String> = Level::ALL.iter().map(|level| table(*level, &all)).collect();
    let expected = format!("{text}\n{}", tables.join("\n"));
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        fs::write(&path, &expected).unwrap();
    } else {
        assert_eq!(written, expected, "UPDATE_EXPECTED=1 writes it");
    }
}

//! Replays the recorded command lines through the dispatcher of every version, cell by cell.
//!
//! The record was made on an installation of which much was left out; what that shows is rebuilt here, and not in the
//! program:
//! - of the core only `common` and the help of `00_dokku-standard`, so that nobody has the trigger `app-list`, and in
//!   0.4 the help fails for want of another core plugin;
//! - a stand-in for the core's compiled helper, and one for docker that always fails;
//! - two community plugins that trace themselves (`hello`, installed twice);
//! - no terminal, so that the lines around the help are hidden since 0.12.6.
//!
//! The order in which `dokku help` finds the community plugins is the file system's own. Where it was recorded, one
//! that greets came first and one that declines `help` second, which ended it. A single plugin (`greeter`) does both
//! here, and stands alone.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use dokku_conform::dokku::Version;
use dokku_conform::dokku::core::{Content, VERSION_FILE, files};
use scratch::scratch;
use tempfile::TempDir;

mod scratch;

/// What a command line came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Outcome {
    exit: i32,
    stdout: String,
    stderr: String,
}

/// The record: the versions, and for each command line its outcome since each version where it changed.
#[derive(Default)]
struct Record {
    versions: Vec<Version>,
    lines: Vec<(String, BTreeMap<Version, Outcome>)>,
}

impl Record {
    fn read() -> Self {
        let text = fs::read_to_string(fixtures().join("outcomes.txt")).unwrap();
        let mut record = Self::default();
        for line in text
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
        {
            record.take(line);
        }
        record
    }

    fn take(&mut self, line: &str) {
        let (mark, rest) = line.split_once(' ').unwrap_or((line, ""));
        match mark {
            "versions" => self.versions.extend(rest.split(' ').map(version)),
            "$" => self.lines.push((rest.to_owned(), BTreeMap::new())),
            "since" => {
                let (since, exit) = rest.split_once(" exit ").unwrap();
                let exit = exit.parse().unwrap();
                let outcome = Outcome {
                    exit,
                    ..Outcome::default()
                };
                self.lines
                    .last_mut()
                    .unwrap()
                    .1
                    .insert(version(since), outcome);
            }
            "|" | "!" => {
                let outcomes = &mut self.lines.last_mut().unwrap().1;
                let mut newest = outcomes.last_entry().unwrap();
                let stream = match mark {
                    "|" => &mut newest.get_mut().stdout,
                    _ => &mut newest.get_mut().stderr,
                };
                stream.push_str(rest);
                stream.push('\n');
            }
            other => panic!("the record has a line that begins with `{other}`"),
        }
    }
}

fn version(text: &str) -> Version {
    text.parse().unwrap()
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/replay")
}

/// The recorded installation of one version, rebuilt.
struct Rig {
    version: Version,
    root: TempDir,
}

impl Rig {
    fn new(version: Version) -> Self {
        let rig = Self {
            version,
            root: scratch(),
        };
        for app in ["foo", "Bad_dir", "under_score"] {
            fs::create_dir_all(rig.path("root").join(app)).unwrap();
        }
        fs::create_dir_all(rig.path("src")).unwrap();
        for name in ["conform", "stand-ins"] {
            fs::create_dir_all(rig.path(name)).unwrap();
        }
        let program = env!("CARGO_BIN_EXE_dokku-conform");
        // The program takes itself for the dispatcher of a world only where a world's own file lies.
        write(&rig.path("manner.json"), "{}", 0o644);
        symlink(program, rig.path("conform/dokku")).unwrap();
        symlink(program, rig.path("stand-ins/plugn")).unwrap();
        for name in ["docker", "id", "conform-unmodelled"] {
            symlink(
                fixtures().join("programs").join(name),
                rig.path("stand-ins").join(name),
            )
            .unwrap();
        }
        rig.install_core();
        let installed = [
            ("argdump", "argdump"),
            ("hello", "hello"),
            ("hello", "ohello"),
            ("logt", "logt"),
            ("vapp", "vapp"),
        ];
        for (plugin, name) in installed {
            rig.install(plugin, name);
        }
        rig
    }

    fn path(&self, below: &str) -> PathBuf {
        self.root.path().join(below)
    }

    fn install_core(&self) {
        let core = self.path("lib/core-plugins/available");
        for file in files(self.version)
            .iter()
            .filter(|file| file.path.starts_with("common"))
        {
            if let Content::Text(text) = &file.content {
                write(&core.join(&file.path), text, file.mode);
            }
        }
        let helper = core.join("common/common");
        let _ = fs::remove_file(&helper);
        symlink(fixtures().join("programs/common"), helper).unwrap();
        write(
            &self.path("lib").join(VERSION_FILE),
            &self.version.to_string(),
            0o644,
        );

        copy("00_dokku-standard", &core.join("00_dokku-standard"));
        copy("argdump", &core.join("coredump"));
        if let Some(help) = standard_help(self.version) {
            write(&core.join("00_dokku-standard/help"), &help, 0o644);
        }
        for file in ["root/VERSION", "lib/STABLE_VERSION"] {
            write(&self.path(file), "recorded\n", 0o644);
        }
        for name in ["00_dokku-standard", "common", "coredump"] {
            self.link(
                &format!("core-plugins/available/{name}"),
                &format!("core-plugins/enabled/{name}"),
            );
            self.link(
                &format!("core-plugins/available/{name}"),
                &format!("plugins/available/{name}"),
            );
            self.link(
                &format!("plugins/available/{name}"),
                &format!("plugins/enabled/{name}"),
            );
        }
        for plugins in ["lib/plugins", "lib/core-plugins"] {
            write(&self.path(plugins).join("config.toml"), "", 0o644);
        }
    }

    fn install(&self, plugin: &str, name: &str) {
        copy(plugin, &self.path("lib/plugins/available").join(name));
        self.link(
            &format!("plugins/available/{name}"),
            &format!("plugins/enabled/{name}"),
        );
    }

    fn link(&self, target: &str, link: &str) {
        let link = self.path("lib").join(link);
        fs::create_dir_all(link.parent().unwrap()).unwrap();
        symlink(self.path("lib").join(target), link).unwrap();
    }

    /// Leaves `greeter` alone among the community's plugins.
    fn leave_greeter(&self) {
        for name in ["argdump", "hello", "logt", "ohello", "vapp"] {
            fs::remove_file(self.path("lib/plugins/enabled").join(name)).unwrap();
        }
        self.install("greeter", "greeter");
    }

    fn run(&self, line: &str) -> Outcome {
        let words: Vec<&str> = line.split(' ').collect();
        let is_variable = |word: &&str| word.starts_with("DOKKU_") && word.contains('=');
        let (variables, arguments): (Vec<&str>, Vec<&str>) =
            words.into_iter().partition(is_variable);
        let search = format!(
            "{}:{}:/usr/local/bin:/usr/bin:/bin",
            self.path("stand-ins").display(),
            self.path("src").display()
        );
        let output = Command::new(self.path("conform/dokku"))
            .args(arguments)
            .env_clear()
            .env("PATH", search)
            .env("HOME", self.path("root"))
            .env("USER", "dokku")
            .env("LC_ALL", "C")
            .env("DOKKU_ROOT", self.path("root"))
            .env("DOKKU_LIB_PATH", self.path("lib"))
            .envs(variables.iter().filter_map(|word| word.split_once('=')))
            .current_dir(self.root.path())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let text = |bytes: &[u8]| {
            let text = String::from_utf8_lossy(bytes);
            text.replace(&self.root.path().display().to_string(), "$E")
        };
        Outcome {
            exit: output.status.code().unwrap_or(-1),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        }
    }
}

/// The lines of help that the core's own plugin had; none in the versions where it failed.
fn standard_help(version: Version) -> Option<String> {
    if version < Version::new(0, 5, 0) {
        return None;
    }
    let run = match version < Version::new(0, 11, 4) {
        true => "Run a command in the environment of an application",
        false => "Run a command in a new container using the current application image",
    };
    let mut lines = vec![
        format!("run <app> <cmd>, {run}"),
        "trace [on/off], Enable dokku tracing".to_owned(),
        "url <app>, Show the first URL for an application (compatibility)".to_owned(),
        "urls <app>, Show all URLs for an application".to_owned(),
        "version , Print dokku's version".to_owned(),
        "help , Print the list of commands".to_owned(),
    ];
    if version < Version::new(0, 12, 3) {
        lines.push("ls , Pretty listing of deployed applications and containers".to_owned());
    }
    Some(lines.iter().map(|line| format!("    {line}\n")).collect())
}

fn write(path: &Path, text: &str, mode: u32) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// Copies one of the fixture's plugins.
fn copy(plugin: &str, to: &Path) {
    let from = fixtures().join("plugins").join(plugin);
    let manifest = "[plugin]\ndescription = \"x\"\nversion = \"0.1.0\"\n[plugin.config]\n";
    write(&to.join("plugin.toml"), manifest, 0o644);
    for entry in walkdir::WalkDir::new(&from) {
        let entry = entry.unwrap();
        let target = to.join(entry.path().strip_prefix(&from).unwrap());
        match entry.file_type().is_dir() {
            true => fs::create_dir_all(target).unwrap(),
            false => drop(fs::copy(entry.path(), target).unwrap()),
        }
    }
}

/// The outcome without what does not count in bash's own messages: which script says it, and in which line.
fn essence(outcome: &Outcome) -> Outcome {
    let says = regex::Regex::new(r"(?m)^\$E/(\S+: line \d+|(?:src|conform)/dokku): ").unwrap();
    let stderr = says.replace_all(&outcome.stderr, "").into_owned();
    Outcome {
        stderr,
        ..outcome.clone()
    }
}

/// The outcome with the words of each line of output in order.
fn with_sorted_words(outcome: Outcome) -> Outcome {
    let sorted = |line: &str| {
        let mut words: Vec<&str> = line.split(' ').collect();
        words.sort_unstable();
        words.join(" ") + "\n"
    };
    Outcome {
        stdout: outcome.stdout.lines().map(sorted).collect(),
        ..outcome
    }
}

/// The cells of one version that differ from the record, and how many were compared.
fn replay(record: &Record, version: Version) -> (usize, Vec<String>) {
    let rig = Rig::new(version);
    let mut differing = Vec::new();
    let mut cells = 0;
    // The command line that may show the help wants other plugins, and so comes last.
    let (last, others): (Vec<_>, Vec<_>) = record
        .lines
        .iter()
        .partition(|(line, _)| line == "--version");
    for (line, outcomes) in others.into_iter().chain(last) {
        match line.as_str() {
            "--version" => rig.leave_greeter(),
            // All lines were recorded on one installation, where another came before this one that is not in the
            // record. In some versions it removes the app.
            "logt dokku_apps" => drop(rig.run("vapp under_score")),
            _ => {}
        }
        let Some((_, recorded)) = outcomes.range(..=version).next_back() else {
            panic!("nothing is recorded of `{line}` in {version}");
        };
        let seen = rig.run(line);
        cells += 1;
        // Until 0.5.0 the apps came in the order of their folder, which is the file system's own.
        let unordered = line == "logt dokku_apps" && version < Version::new(0, 5, 0);
        let order = |outcome: Outcome| match unordered {
            true => with_sorted_words(outcome),
            false => outcome,
        };
        if order(essence(&seen)) != order(essence(recorded)) {
            differing.push(format!(
                "{version} dokku {line}\n  recorded {recorded:?}\n  seen     {seen:?}"
            ));
        }
    }
    (cells, differing)
}

#[test]
fn every_recorded_cell_comes_out_as_recorded() {
    let record = Record::read();
    assert_eq!(record.lines.len(), 33);
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::new());
    let work = || {
        while let Some(version) = record.versions.get(next.fetch_add(1, Ordering::Relaxed)) {
            let result = replay(&record, *version);
            results.lock().unwrap().push(result);
        }
    };
    let workers = thread::available_parallelism().map_or(2, usize::from);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(work);
        }
    });
    let results = results.into_inner().unwrap();
    let cells: usize = results.iter().map(|(cells, _)| cells).sum();
    let mut differing: Vec<&String> = results.iter().flat_map(|(_, cells)| cells).collect();
    differing.sort();
    println!(
        "{cells} cells of {} versions compared, {} differ",
        record.versions.len(),
        differing.len()
    );
    assert_eq!(cells, record.versions.len() * record.lines.len());
    assert!(
        differing.is_empty(),
        "{}",
        differing
            .into_iter()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join("\n")
    );
}

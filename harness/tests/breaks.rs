//! Plugins in forms that a Dokku release broke: the forecast names the version and the cause, and of the same plugin in
//! the form that works says nothing.
//!
//! Each `*.txt` of `fixtures/breaks` is one small plugin, called by the number of the break. Its head says what to expect:
//!
//! ```text
//! # 43: what broke, in a sentence
//! look 0.23.9 0.24.0            the versions that the forecast is about
//! broken since 0.24.0           or `until 0.4.14`, `since 0.22.3 until 0.22.7`, or `always` for what 0.4.0 had lost already
//! says ps_stop                  words of the cause
//! rule api-exists               the requirement that shows it
//! name dokku-pack               the plugin's directory; `dokku-old` if there is no such line
//! lacks plugin.toml             the file that every other plugin here has
//! ```
//!
//! Its files follow, as [`plugin_text`] tells. Lines that begin with `-|` are of the old form alone, those with `+|` of the form that works.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;

use assert_cmd::Command;
use plugin_text::{MANIFEST, PluginText};
use scratch::scratch;
use serde_json::Value;

mod plugin_text;
mod scratch;

/// How many forecasts are made at the same time, each of which uses all cores at times and none at others.
const AT_ONCE: usize = 4;

/// The two forms of a plugin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Old,
    Working,
}

/// What the forecast is expected to say of the versions.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Broken {
    Always,
    Between {
        since: Option<String>,
        until: Option<String>,
    },
}

/// One file of `fixtures/breaks` in one of its forms.
#[derive(Debug)]
struct Case {
    name: String,
    look: [String; 2],
    broken: Broken,
    says: Vec<String>,
    rule: String,
    directory: String,
    has_manifest: bool,
    plugin: PluginText,
}

impl Case {
    fn read(path: &Path, form: Form) -> Self {
        let text = fs::read_to_string(path).unwrap();
        let of_the_form = |line: &'_ str| match (line.get(..2), form) {
            (Some("-|"), Form::Old) | (Some("+|"), Form::Working) => Some(line[2..].to_owned()),
            (Some("-|" | "+|"), _) => None,
            _ => Some(line.to_owned()),
        };
        let lines: Vec<String> = text.lines().filter_map(of_the_form).collect();
        let mut case = Self {
            name: path.file_stem().unwrap().to_string_lossy().into_owned(),
            look: Default::default(),
            broken: Broken::Always,
            says: Vec::new(),
            rule: String::new(),
            directory: "dokku-old".to_owned(),
            has_manifest: true,
            plugin: PluginText::parse(lines.iter().map(String::as_str)),
        };
        for line in case.plugin.head.clone() {
            case.head(&line);
        }
        if case.has_manifest {
            case.plugin.or_else("plugin.toml", MANIFEST);
        }
        assert!(!case.says.is_empty() && !case.rule.is_empty(), "{path:?}");
        case
    }

    fn head(&mut self, line: &str) {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "#" => {}
            "look" => {
                let (from, to) = rest.split_once(' ').unwrap();
                self.look = [from.to_owned(), to.to_owned()];
            }
            "broken" => self.broken = broken(rest),
            "says" => self.says.push(rest.to_owned()),
            "rule" => rest.clone_into(&mut self.rule),
            "name" => rest.clone_into(&mut self.directory),
            "lacks" if rest == "plugin.toml" => self.has_manifest = false,
            _ => panic!("{}: {line}", self.name),
        }
    }

    /// Lays the plugin out as a directory.
    fn build(&self, place: &Path) -> PathBuf {
        let plugin = place.join(&self.directory);
        self.plugin.build(&plugin);
        plugin
    }

    /// What the forecast for the old form says that is not what is expected.
    fn told_otherwise(&self) -> Option<String> {
        let [from, to] = &self.look;
        let arguments = ["forecast", "--format", "jsonl", "--from", from, "--to", to];
        let (lines, error) = self.run(&arguments);
        let Some(forecast) = lines.first() else {
            return Some(format!("no forecast: {error}"));
        };
        let told = match self.broken {
            Broken::Always => "always",
            Broken::Between { .. } => "changes",
        };
        let causes = forecast[told].as_array().unwrap();
        let told = causes.iter().find(|cause| self.is_told_by(cause));
        let fits = told.is_some_and(|cause| self.bounds_rightly(cause, &forecast["works"]));
        (!fits).then(|| {
            format!(
                "range: {}\nchanges: {:#}\nalways: {:#}\nunclear: {}",
                forecast["range"], forecast["changes"], forecast["always"], forecast["unclear"]
            )
        })
    }

    fn is_told_by(&self, cause: &Value) -> bool {
        let message = cause["message"].as_str().unwrap();
        cause["requirement"] == self.rule.as_str()
            && self.spans_fit(&cause["versions"])
            && self.says.iter().all(|words| message.contains(words))
    }

    /// True if what must not break, or what nobody reaches any more, leaves versions in which the plugin does not work.
    fn bounds_rightly(&self, cause: &Value, works: &Value) -> bool {
        let varies = matches!(self.broken, Broken::Between { .. });
        let counts = cause["level"] == "must" || self.rule == "commands-namespaced";
        let everywhere = serde_json::json!([{ "since": null, "until": null }]);
        !(varies && counts) || *works != everywhere
    }

    fn spans_fit(&self, spans: &Value) -> bool {
        let Broken::Between { since, until } = &self.broken else {
            return true;
        };
        let end = |version: &Option<String>| version.clone().map_or(Value::Null, Value::String);
        let spans = spans.as_array().unwrap();
        spans
            .iter()
            .any(|span| span["since"] == end(since) && span["until"] == end(until))
    }

    /// What the requirement finds in the form that works, in a version that broke the old one.
    fn found_wrongly(&self) -> Option<String> {
        let version = match &self.broken {
            Broken::Always => &self.look[0],
            Broken::Between {
                since: Some(since), ..
            } => since,
            Broken::Between { until, .. } => until.as_ref().unwrap(),
        };
        let only = ["--only", self.rule.as_str(), "--dokku", version];
        let (lines, error) = self.run(&[&["check", "--format", "jsonl"], &only[..]].concat());
        let cases: Vec<&Value> = lines.iter().filter(|line| line["type"] == "case").collect();
        let has_passed = |case: &&Value| case["outcome"] == "pass";
        let passes = !cases.is_empty() && cases.iter().all(has_passed);
        (!passes).then(|| format!("the form that works: {error} {cases:#?}"))
    }

    /// The lines that the program prints about the plugin, and what it says on standard error.
    fn run(&self, arguments: &[&str]) -> (Vec<Value>, String) {
        let place = scratch();
        let output = Command::cargo_bin("dokku-conform")
            .unwrap()
            .args(arguments)
            .arg(self.build(place.path()))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let lines = said
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok());
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        (lines.collect(), error)
    }
}

fn broken(text: &str) -> Broken {
    let words: Vec<&str> = text.split(' ').collect();
    let after = |name: &str| {
        let at = words.iter().position(|word| *word == name)?;
        words.get(at + 1).map(|version| (*version).to_owned())
    };
    let (since, until) = (after("since"), after("until"));
    match (&since, &until, text) {
        (None, None, "always") => Broken::Always,
        (None, None, _) => panic!("broken {text}"),
        _ => Broken::Between { since, until },
    }
}

fn complaint(path: &Path) -> Option<String> {
    let case = Case::read(path, Form::Old);
    let working = Case::read(path, Form::Working);
    let found = case.told_otherwise().or_else(|| working.found_wrongly())?;
    Some(format!("{}: {found}", case.name))
}

fn paths() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/breaks");
    let entries = fs::read_dir(folder).unwrap();
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "txt"))
        .collect();
    paths.sort();
    paths
}

#[test]
fn a_forecast_names_the_version_and_the_cause_of_each_break() {
    let paths = paths();
    let waiting = Mutex::new(paths.iter());
    let complaints = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let next = waiting.lock().unwrap().next();
                    let Some(path) = next else { return };
                    if let Some(complaint) = complaint(path) {
                        complaints.lock().unwrap().push(complaint);
                    }
                }
            });
        }
    });
    let complaints = complaints.into_inner().unwrap();
    println!(
        "{} breaks, {} told otherwise",
        paths.len(),
        complaints.len()
    );
    assert!(complaints.is_empty(), "{}", complaints.join("\n\n"));
}

//! Plugins in forms that a Dokku release broke: the forecast names the version and the cause.
//!
//! Each file of `fixtures/breaks` is one small plugin. Its head says what to expect:
//!
//! ```text
//! # 43: what broke, in a sentence
//! look 0.23.9 0.24.0            the versions that the forecast is about
//! broken since 0.24.0           or `until 0.4.14`, or `since 0.22.3 until 0.22.7`, or `never` for the old form itself
//! says ps_stop                  words of the cause
//! rule api-exists               the requirement that shows it
//! === commands                  a file of the plugin, executable but for `*.toml`, `*.yaml` and `functions`
//! ```

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

/// One file of `fixtures/breaks`.
#[derive(Debug, Default)]
struct Case {
    name: String,
    look: [String; 2],
    since: Option<String>,
    until: Option<String>,
    says: Vec<String>,
    rule: String,
    files: Vec<(String, String)>,
}

impl Case {
    fn read(path: &Path) -> Self {
        let mut case = Self {
            name: path.file_stem().unwrap().to_string_lossy().into_owned(),
            ..Self::default()
        };
        for line in fs::read_to_string(path).unwrap().lines() {
            if let Some(file) = line.strip_prefix("=== ") {
                case.files.push((file.to_owned(), String::new()));
            } else if let Some((_, text)) = case.files.last_mut() {
                text.push_str(line);
                text.push('\n');
            } else {
                case.head(line);
            }
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
            "broken" => {
                let words: Vec<&str> = rest.split(' ').collect();
                for pair in words.chunks(2) {
                    match pair {
                        ["since", version] => self.since = Some((*version).to_owned()),
                        ["until", version] => self.until = Some((*version).to_owned()),
                        _ => panic!("{}: {line}", self.name),
                    }
                }
            }
            "says" => self.says.push(rest.to_owned()),
            "rule" => rest.clone_into(&mut self.rule),
            _ => panic!("{}: {line}", self.name),
        }
    }

    /// Lays the plugin out as a directory.
    fn build(&self, place: &Path) -> PathBuf {
        let plugin = place.join("dokku-old");
        for (name, text) in &self.files {
            let path = plugin.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, text).unwrap();
            let is_data = name.ends_with(".toml") || name.ends_with(".yaml") || name == "functions";
            let mode = if is_data { 0o644 } else { 0o755 };
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        }
        plugin
    }

    /// What the forecast says that is not what is expected.
    fn complaint(&self) -> Option<String> {
        let place = TempDir::new().unwrap();
        let plugin = self.build(place.path());
        let output = Command::cargo_bin("dokku-conform")
            .unwrap()
            .args(["forecast", "--format", "jsonl"])
            .args(["--from", &self.look[0], "--to", &self.look[1]])
            .arg(&plugin)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let Ok(forecast) = serde_json::from_str::<Value>(&said) else {
            let error = String::from_utf8_lossy(&output.stderr).into_owned();
            return Some(format!("{}: no forecast: {error}", self.name));
        };
        let changes = forecast["changes"].as_array().unwrap();
        let fits = changes.iter().any(|change| self.is_told_by(change));
        (!fits).then(|| format!("{}: {:#}", self.name, forecast["changes"]))
    }

    fn is_told_by(&self, change: &Value) -> bool {
        let end = |version: &Option<String>| version.clone().map_or(Value::Null, Value::String);
        let spans = change["versions"].as_array().unwrap();
        let span_fits = spans
            .iter()
            .any(|span| span["since"] == end(&self.since) && span["until"] == end(&self.until));
        let message = change["message"].as_str().unwrap();
        change["requirement"] == self.rule.as_str()
            && span_fits
            && self.says.iter().all(|words| message.contains(words))
    }
}

#[test]
fn a_forecast_names_the_version_and_the_cause_of_each_break() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/breaks");
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    let complaints: Vec<String> = paths
        .iter()
        .filter_map(|path| Case::read(path).complaint())
        .collect();
    println!(
        "{} breaks, {} told otherwise",
        paths.len(),
        complaints.len()
    );
    assert!(complaints.is_empty(), "{}", complaints.join("\n\n"));
}

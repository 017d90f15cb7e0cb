//! Finding a text in a plugin's files.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use super::file::PluginFile;
use super::open::Plugin;
use super::place::Place;

/// A path to or into the folder of a plugin: `"$PLUGIN_AVAILABLE_PATH/<name>"`.
static PLUGIN_PATH: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"\$\{?PLUGIN_(?:AVAILABLE_|ENABLED_)?PATH\}?"?/([a-z0-9][a-z0-9_-]*)[/"]"#).ok()
});

/// A value that is never used, since Dokku sets the variable: `${DOKKU_ROOT:-/home/dokku}`.
static DEFAULT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"\$\{(?:DOKKU_(?:ROOT|LIB_ROOT|LIB_PATH|LOGS_DIR)|PLUGIN_(?:CORE_)?(?:AVAILABLE_|ENABLED_)?PATH):?[-=][^}]*\}").ok()
});

/// The folders of plugn's own, where plugins of before 0.4.0 lay themselves.
const PLUGN_FOLDERS: [&str; 2] = ["available", "enabled"];

impl Plugin {
    /// The names of the plugins whose folders its shell files name outside of comment lines, in alphabetical order.
    #[must_use]
    pub fn named_plugins(&self) -> BTreeSet<String> {
        let lines = self.shell_texts().flat_map(code_lines);
        let Some(pattern) = PLUGIN_PATH.as_ref() else {
            return BTreeSet::new();
        };
        let found =
            lines.flat_map(|line| pattern.captures_iter(line).filter_map(|found| found.get(1)));
        let names = found
            .map(|name| name.as_str())
            .filter(|name| !PLUGN_FOLDERS.contains(name));
        names.map(str::to_owned).collect()
    }

    /// The place of the first line of a file that a pattern matches, or of the file alone if no line does or there is no
    /// pattern; none if the plugin has no such file.
    #[must_use]
    pub fn find(&self, file: &str, line: Option<&Regex>) -> Option<Place> {
        let found = self.files().iter().find(|known| known.name == file)?;
        let number = line.and_then(|pattern| {
            let text = found.text().ok()?;
            let index = text.lines().position(|line| pattern.is_match(line))?;
            u32::try_from(index + 1).ok()
        });
        Some(Place {
            file: file.to_owned(),
            line: number,
        })
    }

    /// True if a file that Dokku runs or that the plugin sources has this text outside of a comment line.
    #[must_use]
    pub fn mentions(&self, text: &str) -> bool {
        self.shell_texts()
            .flat_map(code_lines)
            .any(|line| line.contains(text))
    }

    /// True if a file that Dokku runs or that the plugin sources gives this variable a value, or a program that it runs.
    #[must_use]
    pub fn sets(&self, variable: &str) -> bool {
        let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
        let sets = |line: &str| {
            let mut found = line.match_indices(variable);
            found.any(|(at, _)| {
                let (before, from) = line.split_at(at);
                let after = from.get(variable.len()..).unwrap_or_default();
                !before.ends_with(is_part) && after.starts_with(['=', '+'])
            })
        };
        self.shell_texts().flat_map(code_lines).any(sets)
    }

    /// True if the code of one of these files of the plugin names this path: not in a comment, and not as what stands in for
    /// a variable that Dokku sets.
    #[must_use]
    pub fn names_path(&self, files: &[&PluginFile], path: &str) -> bool {
        files
            .iter()
            .any(|file| code(file).is_some_and(|text| text.contains(path)))
    }

    fn shell_texts(&self) -> impl Iterator<Item = &str> {
        let files = self
            .files()
            .iter()
            .filter(|file| file.is_entry() || file.is_shell());
        files.filter_map(|file| file.text().ok())
    }
}

/// The text of a file without its comments and without the defaults of variables that Dokku sets.
fn code(file: &PluginFile) -> Option<String> {
    let mut text = file.text().ok()?.to_owned();
    match file.script() {
        Ok(script) => {
            for comment in script.comments.iter().rev() {
                let end = comment.at + comment.text.len();
                if text.get(comment.at..end) == Some(comment.text.as_str()) {
                    text.replace_range(comment.at..end, "");
                }
            }
        }
        Err(_) => text = code_lines(&text).collect::<Vec<_>>().join("\n"),
    }
    Some(DEFAULT.as_ref()?.replace_all(&text, "").into_owned())
}

fn code_lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .filter(|line| !line.trim_start().starts_with('#'))
}

//! Whether the plugin's files name one of them.

use super::file::PluginFile;
use super::open::Plugin;

/// How many files are searched for a helper's name.
const MOST: usize = 500;

impl Plugin {
    /// True if another file of the plugin names this one: then it is a helper. A file that says what the plugin is does
    /// not count.
    pub(super) fn is_referenced(&self, file: &PluginFile) -> bool {
        self.files
            .iter()
            .filter(|other| other.path != file.path)
            .filter(|other| {
                other.path.extension().is_none_or(|extension| {
                    extension != "md" && extension != "toml" && extension != "txt"
                })
            })
            .filter(|other| other.is_entry() || other.in_root() || other.interpreter().is_some())
            .take(MOST)
            .any(|other| match &other.link {
                Some(super::Link::Inside(target)) => *target == file.path,
                Some(_) => false,
                None => other.text().is_ok_and(|text| names(text, &file.name)),
            })
    }
}

/// True if the text has the name as a word of its own.
fn names(text: &str, name: &str) -> bool {
    let inner = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    text.match_indices(name).any(|(at, _)| {
        let before = text.get(..at).and_then(|text| text.chars().next_back());
        let after = text
            .get(at + name.len()..)
            .and_then(|text| text.chars().next());
        !before.is_some_and(inner) && !after.is_some_and(inner)
    })
}

//! Finding a text in a plugin's files.

use regex::Regex;

use super::open::Plugin;
use super::place::Place;

impl Plugin {
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
        let says = |content: &str| {
            content
                .lines()
                .any(|line| !line.trim_start().starts_with('#') && line.contains(text))
        };
        let files = self
            .files()
            .iter()
            .filter(|file| file.is_entry() || file.is_shell());
        files.filter_map(|file| file.text().ok()).any(says)
    }
}

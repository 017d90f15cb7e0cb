//! Making what was seen the same on every machine and in every run.

use std::path::{Path, PathBuf};

use regex::bytes::Regex;

use crate::world::{Change, Layout};

/// What stands for the world's own folder.
const ROOT: &str = "[ROOT]";

/// Writes the paths of a world in texts so that they begin with `[ROOT]`.
#[derive(Clone, Debug)]
pub(super) struct Redactor(Option<Regex>);

impl Redactor {
    /// For the world of this layout.
    pub(super) fn new(layout: &Layout) -> Self {
        let seen = layout.seen();
        let pattern = match seen.root() == Path::new("/") {
            // The world's own folders, where no longer path ends with their names.
            true => {
                let own = Layout::new(PathBuf::new());
                let folders = [
                    own.bin(),
                    own.control(),
                    own.dokku_root(),
                    own.lib_root(),
                    own.logs(),
                    own.tmp(),
                    own.etc_default(),
                ];
                let names = folders.map(|folder| regex::escape(&folder.to_string_lossy()));
                format!(
                    r"(?-u)(?P<before>^|[^\w./\]-])(?P<path>/(?:{})\b)",
                    names.join("|")
                )
            }
            false => {
                let root = regex::escape(&layout.root().to_string_lossy());
                format!("(?P<before>)(?P<path>){root}")
            }
        };
        Self(Regex::new(&pattern).ok())
    }

    /// The text with the paths rewritten.
    pub(super) fn text(&self, text: &str) -> String {
        String::from_utf8_lossy(&self.bytes(text.as_bytes())).into_owned()
    }

    /// The same for bytes: what is no UTF-8 stays as it is.
    pub(super) fn bytes(&self, bytes: &[u8]) -> Vec<u8> {
        match &self.0 {
            Some(pattern) => pattern
                .replace_all(bytes, format!("${{before}}{ROOT}${{path}}").as_bytes())
                .into_owned(),
            None => bytes.to_owned(),
        }
    }

    /// What changed, with the root replaced in what is in the files.
    pub(super) fn changes(&self, mut changes: Vec<Change>) -> Vec<Change> {
        for change in &mut changes {
            let states = [&mut change.before, &mut change.after];
            for state in states.into_iter().flatten() {
                state.content = state.content.as_deref().map(|text| self.text(text));
            }
        }
        changes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_is_replaced_and_other_bytes_stay() {
        let redactor = Redactor::new(&Layout::new("/tmp/w+1".into()));
        assert_eq!(redactor.text("cd /tmp/w+1/home"), "cd [ROOT]/home");
        assert_eq!(redactor.bytes(b"\xFF/tmp/w+1/x\0"), b"\xFF[ROOT]/x\0");
    }

    #[test]
    fn where_the_world_is_the_root_its_own_folders_are_told() {
        let redactor = Redactor::new(&Layout::rooted("/tmp/w".into()));
        for (text, shown) in [
            ("cd /home/dokku/app", "cd [ROOT]/home/dokku/app"),
            ("/home/dokku: no", "[ROOT]/home/dokku: no"),
            (
                "'/tmp/x'=/var/lib/dokku/",
                "'[ROOT]/tmp/x'=[ROOT]/var/lib/dokku/",
            ),
            ("/mnt/home/dokku /tmpfs", "/mnt/home/dokku /tmpfs"),
            ("[ROOT]/tmp", "[ROOT]/tmp"),
        ] {
            assert_eq!(redactor.text(text), shown);
        }
    }
}

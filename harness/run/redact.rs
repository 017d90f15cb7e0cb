//! Making what was seen the same on every machine and in every run.

use std::path::Path;

use crate::world::Change;

/// What stands for the world's own folder.
const ROOT: &str = "[ROOT]";

/// Replaces the path of a world in texts by `[ROOT]`.
#[derive(Clone, Debug)]
pub(super) struct Redactor(String);

impl Redactor {
    /// For the world with this root.
    pub(super) fn new(root: &Path) -> Self {
        Self(root.to_string_lossy().into_owned())
    }

    /// The text with the root replaced.
    pub(super) fn text(&self, text: &str) -> String {
        text.replace(&self.0, ROOT)
    }

    /// The same for bytes: what is no UTF-8 stays as it is.
    pub(super) fn bytes(&self, bytes: &[u8]) -> Vec<u8> {
        let pattern = regex::bytes::Regex::new(&regex::escape(&self.0));
        match pattern {
            Ok(pattern) => pattern.replace_all(bytes, ROOT.as_bytes()).into_owned(),
            Err(_) => bytes.to_owned(),
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
        let redactor = Redactor::new(Path::new("/tmp/w+1"));
        assert_eq!(redactor.text("cd /tmp/w+1/home"), "cd [ROOT]/home");
        assert_eq!(redactor.bytes(b"\xFF/tmp/w+1/x\0"), b"\xFF[ROOT]/x\0");
    }
}

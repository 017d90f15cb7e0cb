//! Which release of Dokku a tree is of, by what its files say.

use std::fs;
use std::io;
use std::path::Path;

use super::TreeError;
use crate::dokku::{Version, Versions};

/// A file that may tell the version, by its path below the directory.
#[derive(Clone, Copy)]
pub(super) enum Teller {
    /// It says nothing else.
    Whole(&'static str),
    /// One of its lines begins with this word.
    Field(&'static str, &'static str),
}

impl Teller {
    fn file(self) -> &'static str {
        match self {
            Self::Whole(file) | Self::Field(file, _) => file,
        }
    }

    /// The version as the text of the file has it; none if the file is about something else.
    fn said(self, text: &str) -> Option<&str> {
        match self {
            Self::Whole(_) => Some(text.trim()),
            Self::Field(_, word) => {
                let value = text.lines().find_map(|line| line.strip_prefix(word))?;
                let value = value.trim_start_matches([' ', '\t', '?', ':', '=']).trim();
                // A branch is what the Makefile of a checkout names until somebody asks for a release.
                value
                    .starts_with(|first: char| first == 'v' || first.is_ascii_digit())
                    .then_some(value)
            }
        }
    }
}

/// The version that the first file tells that is there.
pub(super) fn told(root: &Path, tellers: &[Teller]) -> Result<Version, TreeError> {
    for teller in tellers {
        let file = root.join(teller.file());
        let text = match fs::read(&file) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(source) => return Err(TreeError::Unreadable { path: file, source }),
        };
        let Some(said) = teller.said(&text) else {
            continue;
        };
        return match release(said) {
            None => Err(TreeError::BrokenVersion {
                file,
                text: said
                    .lines()
                    .next()
                    .unwrap_or_default()
                    .chars()
                    .take(80)
                    .collect(),
            }),
            Some(release) => Versions::one(release).map_err(|source| TreeError::UnknownVersion {
                told_by: file,
                source,
            }),
        };
    }
    let looked: Vec<&str> = tellers.iter().map(|teller| teller.file()).collect();
    Err(TreeError::NoVersion {
        path: root.to_owned(),
        looked: looked.join(", "),
    })
}

/// The release in what `git describe --tags` says, such as `v0.38.27-3-g0123abc`; none if it names none.
fn release(said: &str) -> Option<&str> {
    let bare = said.strip_prefix('v').unwrap_or(said);
    let end = bare
        .find(|letter: char| !letter.is_ascii_digit() && letter != '.')
        .unwrap_or(bare.len());
    let (release, rest) = bare.split_at_checked(end)?;
    let is_whole = rest.is_empty() || rest.starts_with(['-', '+', '~', ' ', '\n']);
    (is_whole && release.parse::<Version>().is_ok()).then_some(release)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_is_what_describes_a_commit() {
        assert_eq!(release("v0.38.27-3-g0123abc"), Some("0.38.27"));
        assert_eq!(release("0.4.14"), Some("0.4.14"));
        assert_eq!(release("0.4.14\nbuilt"), Some("0.4.14"));
        for none in [
            "",
            "v",
            "0.38",
            "0.38.27rc1",
            "~master",
            "0..1",
            "é",
            "99999.0.0",
        ] {
            assert_eq!(release(none), None, "{none}");
        }
    }
}

//! What of a repository is meant.

use std::fmt;

use crate::visible::is_hidden;

/// The name of a branch or tag, or a full commit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference(String);

/// A text that names no branch, tag or commit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no name of a branch or tag, and no commit")]
pub struct BadReference(String);

/// What git has in no name, since it means something in what names revisions.
const MEANING: &str = " ~^:?*[\\\t";

impl Reference {
    /// Reads one, after the rules of `git check-ref-format`.
    ///
    /// # Errors
    /// If git would take it for an option or for an expression, or allows it nowhere.
    pub fn parse(text: &str) -> Result<Self, BadReference> {
        let is_part = |part: &str| {
            !part.is_empty()
                && !part.starts_with('.')
                && !part.ends_with('.')
                && !part.ends_with(".lock")
        };
        let is_letter = |letter: char| !MEANING.contains(letter) && !is_hidden(letter);
        let fits = text.split('/').all(is_part)
            && text.chars().all(is_letter)
            && !text.contains("..")
            && !text.contains("@{")
            && !text.starts_with(['-', '+'])
            && text != "@"
            && text.len() <= 250;
        match fits {
            true => Ok(Self(text.to_owned())),
            false => Err(BadReference(text.to_owned())),
        }
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// True for the full name of a commit.
    #[must_use]
    pub fn is_commit(&self) -> bool {
        matches!(self.0.len(), 40 | 64) && self.0.bytes().all(|byte| byte.is_ascii_hexdigit())
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_git_would_take_for_something_else_is_no_name() {
        for good in [
            "main",
            "1.41.0",
            "feature/a-b",
            "refs/tags/v1",
            "ünter",
            "a@b",
            "v1+2",
        ] {
            assert_eq!(Reference::parse(good).unwrap().as_str(), good);
        }
        for bad in [
            "",
            "-x",
            "--upload-pack=x",
            "+main",
            "a b",
            "a..b",
            "a:b",
            "a^",
            "a~1",
            "@",
            "a@{1}",
            "/a",
            "a/",
            "a//b",
            ".a",
            "a/.b",
            "a.lock",
            "a.",
            "a\0b",
            "a\nb",
            "a\u{202E}b",
            "a*",
            "[a",
        ] {
            assert!(Reference::parse(bad).is_err(), "{bad}");
        }
        assert!(Reference::parse(&"0a".repeat(20)).unwrap().is_commit());
        assert!(!Reference::parse("0a").unwrap().is_commit());
    }
}

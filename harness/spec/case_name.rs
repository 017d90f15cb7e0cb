//! The names by which reports know cases.

use std::fmt;

/// The name of a case, or of all that one case is repeated for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CaseName {
    word: String,
    target: Option<String>,
}

impl CaseName {
    /// Reads a name as a report or a spec writes it: `the-flag[hello:world]`, `the-flag`, or `The flag`.
    pub(super) fn read(text: &str) -> Self {
        let text = text.trim();
        let parts = text.strip_suffix(']').and_then(|text| text.split_once('['));
        match parts {
            Some((phrase, target)) => Self {
                word: slug(phrase),
                target: Some(target.to_owned()),
            },
            None => Self {
                word: slug(text),
                target: None,
            },
        }
    }

    /// The words of the case, joined by hyphens.
    pub(super) fn word(&self) -> &str {
        &self.word
    }

    /// What the case is repeated for, where it is meant for that alone.
    pub(super) fn target(&self) -> Option<&str> {
        self.target.as_deref()
    }

    /// True if a case that a report calls so is meant.
    #[must_use]
    pub fn covers(&self, name: &str) -> bool {
        let Some(rest) = name.strip_prefix(&self.word) else {
            return false;
        };
        let inner = rest.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
        match (&self.target, inner) {
            (Some(target), Some(inner)) => target == inner,
            (Some(_), None) => false,
            (None, inner) => inner.is_some() || rest.is_empty(),
        }
    }
}

impl fmt::Display for CaseName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.word)?;
        match &self.target {
            Some(target) => write!(f, "[{target}]"),
            None => Ok(()),
        }
    }
}

/// A phrase as one word: letters and digits in lower case, all else a hyphen.
pub(super) fn slug(phrase: &str) -> String {
    let words = phrase
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_name_becomes_one_word() {
        assert_eq!(
            slug("A neighbour still gets `its` turn!"),
            "a-neighbour-still-gets-its-turn"
        );
    }

    #[test]
    fn a_name_covers_what_it_is_repeated_for_unless_it_says_for_what() {
        let covers = |text: &str, name: &str| CaseName::read(text).covers(name);
        assert!(covers("The flag", "the-flag") && covers("the-flag", "the-flag[a:b]"));
        assert!(covers("the flag[a:b[c]]", "the-flag[a:b[c]]"));
        assert!(!covers("the flag", "the-flag-too") && !covers("the-flag[a]", "the-flag"));
        assert!(!covers("the-flag[a]", "the-flag[b]") && !covers("other", "the-flag"));
    }
}

//! Texts with placeholders, and the values that fill them.

use std::collections::BTreeMap;
use std::fmt;

use super::Placeholder;

/// A text of a spec, in which placeholders such as `{app}` may stand.
///
/// `{{app}}` is the literal text `{app}`; braces around anything that is no lower-case word, and those after a `$`, stay as
/// they are.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Template {
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Piece {
    Text(String),
    Hole(Placeholder),
}

/// A word in braces that is no placeholder.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown placeholder `{{{0}}}`")]
pub struct UnknownPlaceholder(pub(super) String);

/// A placeholder without a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{{{0}}}` has no value here")]
pub struct Unfilled(pub Placeholder);

/// The values of placeholders for one case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Values(BTreeMap<Placeholder, Vec<String>>);

impl Values {
    /// No values at all.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with this value for a placeholder.
    #[must_use]
    pub fn with(mut self, placeholder: Placeholder, value: impl Into<String>) -> Self {
        self.0.insert(placeholder, vec![value.into()]);
        self
    }

    /// The same with these words for `{arguments}`.
    #[must_use]
    pub fn with_arguments(mut self, words: Vec<String>) -> Self {
        self.0.insert(Placeholder::Arguments, words);
        self
    }

    /// The trigger that the case is about, if it is about one.
    #[must_use]
    pub fn trigger(&self) -> Option<&str> {
        self.0
            .get(&Placeholder::Trigger)?
            .first()
            .map(String::as_str)
    }

    fn get(&self, placeholder: Placeholder) -> Result<&[String], Unfilled> {
        self.0
            .get(&placeholder)
            .map(Vec::as_slice)
            .ok_or(Unfilled(placeholder))
    }
}

impl Template {
    /// The text, split at its placeholders.
    ///
    /// # Errors
    /// If a word in braces is no placeholder.
    pub fn parse(text: &str) -> Result<Self, UnknownPlaceholder> {
        let mut pieces = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('{') {
            let (before, from) = rest.split_at(at);
            literal.push_str(before);
            let shell = literal.ends_with('$');
            rest = match Brace::at(from) {
                Some(Brace::Escaped { word, rest }) => {
                    literal.push_str(word);
                    rest
                }
                Some(Brace::Word { word, rest }) if !shell => {
                    let hole = word
                        .parse()
                        .map_err(|_| UnknownPlaceholder(word.to_owned()))?;
                    if !literal.is_empty() {
                        pieces.push(Piece::Text(std::mem::take(&mut literal)));
                    }
                    pieces.push(Piece::Hole(hole));
                    rest
                }
                _ => {
                    literal.push('{');
                    from.strip_prefix('{').unwrap_or_default()
                }
            };
        }
        literal.push_str(rest);
        if !literal.is_empty() {
            pieces.push(Piece::Text(literal));
        }
        Ok(Self { pieces })
    }

    /// A text without placeholders.
    #[must_use]
    pub fn literal(text: impl Into<String>) -> Self {
        let text = text.into();
        let pieces = if text.is_empty() {
            Vec::new()
        } else {
            vec![Piece::Text(text)]
        };
        Self { pieces }
    }

    /// True if nothing stands in it, not even a placeholder.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// The placeholders in it, in order.
    pub fn placeholders(&self) -> impl Iterator<Item = Placeholder> + '_ {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Hole(hole) => Some(*hole),
            Piece::Text(_) => None,
        })
    }

    /// True if it is one placeholder and nothing else.
    #[must_use]
    pub fn is_only(&self, placeholder: Placeholder) -> bool {
        self.pieces == [Piece::Hole(placeholder)]
    }

    /// The text with every placeholder filled; several words are joined by blanks.
    ///
    /// # Errors
    /// If a placeholder has no value.
    pub fn fill(&self, values: &Values) -> Result<String, Unfilled> {
        let mut text = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(literal) => text.push_str(literal),
                Piece::Hole(hole) => text.push_str(&values.get(*hole)?.join(" ")),
            }
        }
        Ok(text)
    }

    /// The words that it stands for on a command line: `{arguments}` alone is as many as there are, all else is one.
    ///
    /// # Errors
    /// If a placeholder has no value.
    pub fn words(&self, values: &Values) -> Result<Vec<String>, Unfilled> {
        if self.is_only(Placeholder::Arguments) {
            return values.get(Placeholder::Arguments).map(<[_]>::to_vec);
        }
        self.fill(values).map(|word| vec![word])
    }
}

/// What an opening brace begins.
enum Brace<'t> {
    Word { word: &'t str, rest: &'t str },
    Escaped { word: &'t str, rest: &'t str },
}

impl<'t> Brace<'t> {
    /// Reads at a text that begins with `{`.
    fn at(text: &'t str) -> Option<Self> {
        let inner = text.strip_prefix('{')?;
        if let Some(inner) = inner.strip_prefix('{') {
            let (word, rest) = braced(inner)?;
            let rest = rest.strip_prefix('}')?;
            let escaped = text.get(1..word.len() + 3)?;
            return Some(Self::Escaped {
                word: escaped,
                rest,
            });
        }
        let (word, rest) = braced(inner)?;
        Some(Self::Word { word, rest })
    }
}

fn braced(text: &str) -> Option<(&str, &str)> {
    let (word, rest) = text.split_once('}')?;
    let is_word = !word.is_empty()
        && word
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'-' || byte == b'_');
    is_word.then_some((word, rest))
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pieces.iter().try_for_each(|piece| match piece {
            Piece::Text(text) => f.write_str(text),
            Piece::Hole(hole) => write!(f, "{{{hole}}}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values() -> Values {
        Values::new()
            .with(Placeholder::App, "my app")
            .with_arguments(vec!["a b".into(), "c".into()])
    }

    fn words(text: &str) -> Vec<String> {
        Template::parse(text).unwrap().words(&values()).unwrap()
    }

    #[test]
    fn a_value_with_a_blank_stays_one_word_and_arguments_are_several() {
        assert_eq!(words("--app={app}!"), ["--app=my app!"]);
        assert_eq!(words("{arguments}"), ["a b", "c"]);
        assert_eq!(words(""), [""]);
    }

    #[test]
    fn other_braces_stay() {
        for text in [
            "{}", "{a,b}", "${app}", "{{.Id}}", "{", "}", "a{1}", "{App}", "{{a", "é{",
        ] {
            assert_eq!(words(text), [text]);
        }
        assert_eq!(words("{{app}} {{nobody}}"), ["{app} {nobody}"]);
    }

    #[test]
    fn an_unknown_word_in_braces_and_a_missing_value_are_told() {
        let error = Template::parse("x {ap}").unwrap_err();
        assert_eq!(error.to_string(), "unknown placeholder `{ap}`");
        let error = Template::parse("{file}").unwrap().fill(&values());
        assert_eq!(error, Err(Unfilled(Placeholder::File)));
    }
}

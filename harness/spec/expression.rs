//! Regular expressions of specs, which take no more time than a text is worth.

use std::fmt;

use regex::{Regex, RegexBuilder};

/// How large an expression may become, in bytes, for any text; and in which steps larger ones are told apart. To look for
/// one takes at most as many steps as its size times that of the text.
const LIGHT: usize = 6 << 10;
const SIZES: [usize; 6] = [LIGHT, 16 << 10, 32 << 10, 64 << 10, 128 << 10, 256 << 10];

/// How many of those steps an expression that is not light may take: half a second at worst.
const MOST_STEPS: usize = 1 << 31;

/// A regular expression, in which `^` and `$` are the ends of a line.
#[derive(Clone, Debug)]
pub struct Expression {
    regex: Regex,
    /// How large it is, in bytes, at most; 0 if it is light.
    weight: usize,
}

impl Expression {
    /// The expression that a text is.
    ///
    /// # Errors
    /// If it is none, or larger than any may become.
    pub fn parse(pattern: &str) -> Result<Self, regex::Error> {
        let build = |size: usize| {
            let mut builder = RegexBuilder::new(pattern);
            builder.multi_line(true).size_limit(size).build()
        };
        let mut built = build(LIGHT);
        let mut weight = 0;
        for size in SIZES {
            if !matches!(built, Err(regex::Error::CompiledTooBig(_))) {
                break;
            }
            built = build(size);
            weight = size;
        }
        built.map(|regex| Self { regex, weight })
    }

    /// True if it is found in a text.
    #[must_use]
    pub fn is_match(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }

    /// The expression itself, if it is light enough for any text.
    #[must_use]
    pub fn light(&self) -> Option<&Regex> {
        (self.weight == 0).then_some(&self.regex)
    }

    /// How much it weighs: the size of an expression that is not light.
    #[must_use]
    pub fn weight(&self) -> usize {
        self.weight
    }

    /// As it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.regex.as_str()
    }
}

/// True if expressions that weigh so much together can be looked for in a text of so many bytes.
pub(super) fn is_bearable(weight: usize, bytes: usize) -> bool {
    weight.saturating_mul(bytes) <= MOST_STEPS
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.regex.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_repeats_itself_often_is_heavy_or_refused() {
        let weight = |pattern: &str| Expression::parse(pattern).map(|one| one.weight()).ok();
        assert_eq!(weight(r"\S\s*,\s*\S"), Some(0));
        assert_eq!(weight("[ab]*a[ab]{9000}c"), None);
        assert_eq!(weight("("), None);
        let heavy = weight("[ab]*a[ab]{1000}c").unwrap();
        assert!(is_bearable(heavy, 1000) && !is_bearable(heavy, 1 << 20));
    }
}

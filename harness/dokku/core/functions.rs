//! Which shell functions each core file held, in which versions: `data/functions.tsv`.

use std::sync::OnceLock;

use super::table;
use crate::dokku::{Span, Version};

const TABLE: &str = include_str!("../data/functions.tsv");

/// One shell function of a core file, over one unbroken span of versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CoreFunction {
    /// The file that defines it, below the core plugins' directory, such as `common/functions`.
    pub file: &'static str,
    /// Its name.
    pub name: &'static str,
    /// The versions in which the file defines it.
    pub span: Span,
    /// Whom it is for.
    pub audience: Audience,
}

/// Whom a core function is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Plugins may call it.
    Plugins,
    /// Its own core plugin calls it.
    Core,
    /// The help of its own core plugin is made with it.
    Help,
}

/// Every shell function of the core files from 0.4.0 on, ordered by file. A function that went and came back is there
/// once for each span.
#[must_use]
pub fn functions() -> &'static [CoreFunction] {
    static FUNCTIONS: OnceLock<Vec<CoreFunction>> = OnceLock::new();
    FUNCTIONS.get_or_init(|| table::rows(TABLE).filter_map(parse).collect())
}

/// The functions that core files defined in one version.
pub fn functions_in(version: Version) -> impl Iterator<Item = &'static CoreFunction> {
    functions()
        .iter()
        .filter(move |function| function.span.contains(version))
}

/// The words of a shell text, each as often as it is there: what may be the name of a function or a variable.
pub fn words_in(text: &str) -> impl Iterator<Item = &str> {
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
    text.split(move |letter| !is_letter(letter))
        .filter(|word| !word.is_empty())
}

fn parse(row: &'static str) -> Option<CoreFunction> {
    let [file, name, first, last, kind] = table::cells(row)?;
    Some(CoreFunction {
        file,
        name,
        span: table::span(first, last)?,
        audience: match kind {
            "public" => Audience::Plugins,
            "internal" => Audience::Core,
            "help" => Audience::Help,
            _ => return None,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_table_is_read() {
        assert_eq!(functions().len(), table::rows(TABLE).count());
    }

    #[test]
    fn a_word_ends_with_its_last_letter() {
        let words: Vec<&str> = words_in("x=\"$(get_app_scheme \"$APP\")\"; fn-a-b;").collect();
        assert_eq!(words, ["x", "get_app_scheme", "APP", "fn-a-b"]);
    }

    #[test]
    fn the_spans_of_one_function_are_apart() {
        for (index, one) in functions().iter().enumerate() {
            for other in functions().iter().skip(index + 1) {
                if (one.file, one.name) == (other.file, other.name) {
                    assert!(one.span.until < other.span.since, "{one:?} and {other:?}");
                }
            }
        }
    }

    #[test]
    fn a_function_exists_from_its_first_to_its_last_version() {
        let exists = |name: &str, version: &str| {
            functions_in(version.parse().unwrap()).any(|function| function.name == name)
        };
        assert!(!exists("dokku_log_quiet", "0.12.5") && exists("dokku_log_quiet", "0.12.6"));
        assert!(exists("get_app_urls", "0.28.4") && !exists("get_app_urls", "0.29.0"));
        assert!(!exists("domains_set_global", "0.7.0") && exists("domains_set_global", "0.8.0"));
    }
}

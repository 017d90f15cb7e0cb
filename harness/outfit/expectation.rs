//! An expectation as it is written for its author to give the reason.

use std::fmt::Write as _;

use crate::dokku::{Version, releases, stretches};
use crate::spec::quoted;
use crate::visible::visible;

/// What stands above the first expectations of a file.
pub const PREFACE: &str = "\
# What fails and is accepted. No file is read in which a `reason` is empty: fill them in. `issue`, a link, and `expires`, a
# day such as \"2030-12-31\", may be added to each.
";

/// How much of what was seen is quoted, in letters.
const SEEN: usize = 160;

/// A case that fails, in some versions of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failing {
    /// The requirement.
    pub requirement: String,
    /// The case, as reports call it.
    pub case: String,
    /// The versions, oldest first.
    pub versions: Vec<Version>,
    /// What was seen, in a sentence.
    pub seen: String,
}

impl Failing {
    /// An item of a list in YAML, without a reason; with its versions if a person named some.
    #[must_use]
    pub fn item(&self, has_versions: bool) -> String {
        let seen: String = visible(&self.seen.replace('\n', " "))
            .chars()
            .take(SEEN)
            .collect();
        let mut item = format!("# {}\n- id: {}\n", seen.trim(), self.requirement);
        let _ = writeln!(item, "  case: {}", quoted(&self.case));
        if has_versions {
            let _ = writeln!(item, "  dokku: {}", quoted(&words(&self.versions)));
        }
        item.push_str("  reason: \"\"\n");
        item
    }
}

/// Versions in the words of an expectation, in which a range is each release between: one is written where each was seen. Of
/// a range up to the newest release it is taken that what comes after fails too.
fn words(versions: &[Version]) -> String {
    let stretches = stretches(versions, releases());
    let word = |(first, last): &(Version, Version)| match last {
        last if last == first => first.to_string(),
        last if *last == Version::NEWEST => format!("{first}..newest"),
        last => format!("{first}..{last}"),
    };
    stretches.iter().map(word).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dokku::{Spans, Versions};

    fn of(text: &str) -> Vec<Version> {
        let words = text
            .split(',')
            .map(|word| word.parse::<Versions>().unwrap());
        words.flat_map(|versions| versions.all().to_vec()).collect()
    }

    #[test]
    fn only_versions_in_which_it_was_seen_are_named() {
        assert_eq!(
            words(&of("0.24,0.38")),
            format!("0.24.10,{}", Version::NEWEST)
        );
        assert_eq!(words(&of("0.20,0.21,0.22")), "0.20.4,0.21.4,0.22.9");
        assert_eq!(
            words(&of("0.20.4,0.37.8..0.37.10")),
            "0.20.4,0.37.8..0.37.10"
        );
        assert_eq!(words(&of("0.37.9..newest")), "0.37.9..newest");
        assert_eq!(words(&of("newest")), Version::NEWEST.to_string());
        // They are read back as the same.
        for text in ["0.24,0.38", "0.37.8..0.37.10", "all"] {
            let words = words(&of(text));
            let spans: Spans = words
                .split(',')
                .map(|word| Spans::read(word).unwrap())
                .collect();
            let read = releases().iter().filter(|one| spans.contains(**one));
            assert_eq!(read.copied().collect::<Vec<_>>(), of(text), "{text}");
        }
    }

    #[test]
    fn what_was_seen_stays_a_comment() {
        let failing = Failing {
            requirement: "app-flag".to_owned(),
            case: "the-flag[a\"\n]".to_owned(),
            versions: of("0.24"),
            seen: "a\n- id: b\u{85}\u{2028}c".to_owned(),
        };
        assert_eq!(
            failing.item(false),
            "# a - id: b\\u{85}\\u{2028}c\n- id: app-flag\n  case: \"the-flag[a\\\"\\U0000000A]\"\n  reason: \"\"\n"
        );
    }
}

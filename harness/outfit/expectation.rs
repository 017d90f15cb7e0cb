//! An expectation as it is written for its author to give the reason.

use std::fmt::Write as _;

use crate::dokku::{Version, stretches};
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
    /// The versions, in the order of the run.
    pub versions: Vec<Version>,
    /// What was seen, in a sentence.
    pub seen: String,
}

impl Failing {
    /// An item of a list in YAML, without a reason; `all` are the versions of the run, none where a person named none.
    #[must_use]
    pub fn item(&self, all: Option<&[Version]>) -> String {
        let seen: String = visible(&self.seen.replace('\n', " "))
            .chars()
            .take(SEEN)
            .collect();
        let mut item = format!("# {}\n- id: {}\n", seen.trim(), self.requirement);
        let _ = writeln!(item, "  case: {}", quoted(&self.case));
        if let Some(all) = all {
            let _ = writeln!(item, "  dokku: {}", quoted(&words(&self.versions, all)));
        }
        item.push_str("  reason: \"\"\n");
        item
    }
}

/// Some of the versions of a run in the words of `--dokku`: those that follow each other in it are one range, and what
/// fails in the newest is taken to fail in what comes after it.
fn words(some: &[Version], all: &[Version]) -> String {
    let stretches = stretches(some, all);
    let word = |(first, last): &(Version, Version)| match last {
        last if *last == Version::NEWEST => format!("{first}..newest"),
        last if last == first => first.to_string(),
        last => format!("{first}..{last}"),
    };
    stretches.iter().map(word).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dokku::Versions;

    fn of(text: &str) -> Vec<Version> {
        let words = text
            .split(',')
            .map(|word| word.parse::<Versions>().unwrap());
        words.flat_map(|versions| versions.all().to_vec()).collect()
    }

    #[test]
    fn versions_that_follow_each_other_are_one_range() {
        let all = of("0.20..0.38");
        assert_eq!(
            words(&of("0.20,0.22..0.24"), &all),
            "0.20.4,0.22.9..0.24.10"
        );
        assert_eq!(words(&of("0.37..0.38"), &all), "0.37.10..newest");
        assert_eq!(
            words(&of("newest"), &of("newest")),
            format!("{}..newest", Version::NEWEST)
        );
        assert_eq!(words(&of("0.24"), &of("0.24")), "0.24.10");
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
            failing.item(None),
            "# a - id: b\\u{85}\\u{2028}c\n- id: app-flag\n  case: \"the-flag[a\\\"\\U0000000A]\"\n  reason: \"\"\n"
        );
    }
}

//! What an author says of the Dokku versions that a plugin works with.

use std::fmt;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::dokku::Version;

/// What an author says of the Dokku versions that a plugin works with, in the words of Dokku's list of plugins: `0.4.0+`,
/// `0.3.x`, `< 0.4.0`, `0.3.14, 0.4.0+`, `Compatible with 0.2.0`. What says something else is kept as a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    text: String,
    meaning: Meaning,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Meaning {
    /// It says nothing of Dokku's versions that could be read.
    Unknown,
    /// It works with these.
    With(Vec<Stretch>),
    /// It does not work with these.
    Without(Vec<Stretch>),
}

/// Versions from one on, up to but without another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stretch {
    from: Version,
    below: Option<Version>,
    /// True for a single version: of the others nothing is said.
    is_one: bool,
}

const BEGINNING: Version = Version::new(0, 0, 0);

/// One or several versions, after words that lead up to them. What follows must not speak of versions.
static CLAIM: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let version = r"v?[0-9]+\.[0-9]+(?:\.(?:[0-9]+|x|\*))?";
    let part = format!(r"(?:(?:>=|<=|<|>)\s*)?{version}(?:\+*|\s+to\s+{version})");
    let lead = r"(?:(?P<not>(?:not\s+|in)compatible\s+with\s+)|(?:(?:works|compatible)\s+with|requires)\s+)?(?:dokku\s+)?";
    let all =
        format!(r"(?i)^{lead}(?P<parts>{part}(?:\s*,\s*{part})*)\s*(?P<rest>[.,;](?:\s.*)?)?$");
    Regex::new(&all).ok()
});

static PART: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let version = |name: &str| {
        format!(
            r"v?(?P<{name}major>[0-9]+)\.(?P<{name}minor>[0-9]+)(?:\.(?P<{name}patch>[0-9]+|x|\*))?"
        )
    };
    let (from, to) = (version(""), version("to"));
    Regex::new(&format!(
        r"(?i)^(?P<sign>>=|<=|<|>)?\s*{from}(?:(?P<plus>\++)|\s+to\s+{to})?$"
    ))
    .ok()
});

/// What may not come after a claim that is understood: it would be about versions too.
static VERSION: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"[0-9]\.[0-9]").ok());

/// What stands in brackets, and says more.
static ASIDE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\s*\([^()]*\)").ok());

impl Claim {
    /// Reads a claim. Every text is one; of a text that is not understood nothing is known.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            meaning: meaning(text.trim()).unwrap_or(Meaning::Unknown),
        }
    }

    /// The claim as its author wrote it.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it says that the plugin works with a version; none if it does not say.
    #[must_use]
    pub fn covers(&self, version: Version) -> Option<bool> {
        let lies_in = |all: &[Stretch]| all.iter().any(|stretch| stretch.contains(version));
        match &self.meaning {
            Meaning::Unknown => None,
            Meaning::With(all) if lies_in(all) => Some(true),
            Meaning::With(all) if all.iter().all(|stretch| stretch.is_one) => None,
            Meaning::With(_) => Some(false),
            Meaning::Without(all) => lies_in(all).then_some(false),
        }
    }
}

impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Stretch {
    fn contains(self, version: Version) -> bool {
        self.from <= version && self.below.is_none_or(|below| version < below)
    }
}

fn meaning(text: &str) -> Option<Meaning> {
    let bare = ASIDE.as_ref()?.replace_all(text, "");
    let found = CLAIM.as_ref()?.captures(bare.trim())?;
    if let Some(rest) = found.name("rest")
        && VERSION.as_ref()?.is_match(rest.as_str())
    {
        return None;
    }
    let stretches: Option<Vec<Stretch>> = found
        .name("parts")?
        .as_str()
        .split(',')
        .map(|part| stretch(&PART.as_ref()?.captures(part.trim())?))
        .collect();
    Some(match found.name("not") {
        None => Meaning::With(stretches?),
        Some(_) => Meaning::Without(stretches?),
    })
}

fn stretch(part: &Captures<'_>) -> Option<Stretch> {
    let number = |name: &str| part.name(name)?.as_str().parse::<u16>().ok();
    // The first version that is meant, and the first that is no longer.
    let bounds = |name: &str| {
        let (major, minor) = (
            number(&format!("{name}major"))?,
            number(&format!("{name}minor"))?,
        );
        let after_minor = Version::new(major, minor.checked_add(1)?, 0);
        let digits = part
            .name(&format!("{name}patch"))
            .map(|patch| patch.as_str());
        Some(match digits {
            None | Some("x" | "X" | "*") => (Version::new(major, minor, 0), after_minor, false),
            Some(digits) => {
                let patch: u16 = digits.parse().ok()?;
                let after = patch.checked_add(1)?;
                (
                    Version::new(major, minor, patch),
                    Version::new(major, minor, after),
                    true,
                )
            }
        })
    };
    let (from, after, is_patch) = bounds("")?;
    let stretch = |from, below| Stretch {
        from,
        below,
        is_one: false,
    };
    let has_plus = part.name("plus").is_some();
    Some(match part.name("sign").map(|sign| sign.as_str()) {
        Some(">=") => stretch(from, None),
        Some(">") => stretch(after, None),
        Some("<=") => stretch(BEGINNING, Some(after)),
        Some(_) => stretch(BEGINNING, Some(from)),
        None if has_plus => stretch(from, None),
        None if part.name("tomajor").is_some() => stretch(from, Some(bounds("to")?.1)),
        None => Stretch {
            is_one: is_patch,
            ..stretch(from, Some(after))
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a claim says of 0.2.0, 0.3.14, 0.3.20, 0.4.0 and 0.38.27: yes, no, or nothing.
    fn said(text: &str) -> String {
        let versions = ["0.2.0", "0.3.14", "0.3.20", "0.4.0", "0.38.27"];
        let claim = Claim::parse(text);
        assert_eq!(claim.text(), text);
        let letter = |version: &str| match claim.covers(version.parse().unwrap()) {
            Some(true) => 'y',
            Some(false) => 'n',
            None => '-',
        };
        versions.into_iter().map(letter).collect()
    }

    #[test]
    fn the_forms_of_dokkus_list_are_read() {
        for (text, says) in [
            ("0.4.0+", "nnnyy"),
            ("0.4.0++", "nnnyy"),
            ("0.4+", "nnnyy"),
            ("0.18.x+", "nnnny"),
            ("0.3.x", "nyynn"),
            ("0.3", "nyynn"),
            ("Compatible with 0.2.*", "ynnnn"),
            ("Works with 0.2.0", "y----"),
            ("Works with v0.2.0", "y----"),
            ("0.3.14, 0.4.0+", "nynyy"),
            ("Compatible with 0.3.17+", "nnyyy"),
            ("Compatible with 0.2.0 to 0.3.14", "yynnn"),
            ("< 0.4.0", "yyynn"),
            ("<0.4.0", "yyynn"),
            ("dokku >= v0.3.15", "nnyyy"),
            ("Requires dokku >= 0.3.15", "nnyyy"),
            ("Incompatible with 0.2.0", "n----"),
            (
                "Not compatible with >= 0.3.0 (still uses /home/git)",
                "-nnnn",
            ),
            ("0.2.0+ (tag 0.2.0), 0.3.0+ (tag 0.3.0), 0.4.0+", "yyyyy"),
            ("0.3.15+, Dockerfile support", "nnyyy"),
            ("0.3.15+. Single container with an image", "nnyyy"),
            (" 0.4.0+ ", "nnnyy"),
        ] {
            assert_eq!(said(text), says, "{text}");
        }
    }

    #[test]
    fn of_other_words_nothing_is_known() {
        for text in [
            "",
            "N/A",
            "dokku-alt only",
            "unknown",
            "Docker 1.8+",
            "Compatible with dokku master branch",
            "Requires https://github.com/rlaneve/dokku-link; compatible with 0.2.0",
            "Works with dokku @ [c77cbf1][] - no 0.2.0 compatibility",
            "0.4.0+, but 0.5.0 breaks it",
            "Compatible with 0.2.* and master",
            "0.99999.0+",
            "v0.3.14/0.7.0",
            "1",
            "2014-01-17: compatible with upstream/master",
        ] {
            assert_eq!(said(text), "-----", "{text}");
        }
    }
}

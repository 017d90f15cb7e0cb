//! The versions in which the imitated Dokku changed.

use super::core;
use super::{
    Version, arguments, auth, command, dispatch, early, environment, help, host_settings, messages,
    plugn, ssh, statuses, user,
};

/// A version in which something changed, and who can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// The version.
    pub at: Version,
    /// The texts of which a script must have one to meet what changed; none where every plugin meets it.
    seen_by: Option<&'static [&'static str]>,
    /// Whether a program of the world is asked for it, and notes that ([`Timeline::asked`](super::Timeline)): who could
    /// meet it by its text has met it only then.
    pub is_asked: bool,
}

impl Turn {
    /// Turns that every plugin meets.
    pub(super) fn of_all(
        versions: impl IntoIterator<Item = Version>,
    ) -> impl Iterator<Item = Self> {
        let of = |at| Self {
            at,
            seen_by: None,
            is_asked: false,
        };
        versions.into_iter().map(of)
    }

    /// Turns that a script meets which has one of these texts.
    pub(super) fn seen_by(
        texts: &'static [&'static str],
        versions: impl IntoIterator<Item = Version>,
    ) -> impl Iterator<Item = Self> {
        let of = |at| Self {
            at,
            seen_by: Some(texts),
            is_asked: false,
        };
        versions.into_iter().map(of)
    }

    /// The same, of what nothing but the programs of the world asks, which note it.
    pub(super) fn asked(self) -> Self {
        Self {
            is_asked: true,
            ..self
        }
    }

    /// True if what has this text can meet what changed.
    #[must_use]
    pub fn is_seen_in(&self, text: &str) -> bool {
        self.seen_by
            .is_none_or(|texts| texts.iter().any(|one| text.contains(one)))
    }
}

/// The versions in which something changed that plugins meet without naming it: how a command is dispatched, what its
/// environment is, where Dokku keeps its files. In no order.
#[must_use]
pub fn turns() -> Vec<Turn> {
    let of_all = arguments::turns()
        .chain(auth::turns())
        .chain(early::turns())
        .chain(help::turns())
        .chain(host_settings::turns())
        .chain(messages::turns())
        .chain(statuses::turns());
    Turn::of_all(of_all)
        .chain(user::turns())
        .chain(core::turns())
        .chain(command::turns())
        .chain(dispatch::turns())
        .chain(environment::turns())
        .chain(plugn::turns())
        .chain(ssh::turns())
        .collect()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use regex::Regex;
    use walkdir::WalkDir;

    use super::*;

    /// The files that say what it is to compare versions; everything else asks them.
    const COMPARING: [&str; 7] = [
        "timeline.rs",
        "era.rs",
        "spans.rs",
        "version.rs",
        "versions.rs",
        "release.rs",
        "api/life.rs",
    ];

    /// The sources of the imitated Dokku.
    fn sources() -> impl Iterator<Item = (PathBuf, String)> {
        let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("harness/dokku");
        let paths = WalkDir::new(&place).into_iter();
        paths
            .map(|entry| entry.unwrap().into_path())
            .filter(|path| path.extension().is_some_and(|end| end == "rs"))
            .map(move |path| {
                let text = fs::read_to_string(&path).unwrap();
                (path.strip_prefix(&place).unwrap().to_owned(), text)
            })
    }

    /// Where a source, its comments and tests aside, holds one version against another.
    fn comparisons(source: &str) -> Vec<String> {
        let code = source.split("#[cfg(test)]\nmod tests {").next().unwrap();
        let lines = code.lines().map(str::trim);
        let code: Vec<&str> = lines.filter(|line| !line.starts_with("//")).collect();
        let written = Regex::new(r"Version::new\([^()]*\)").unwrap();
        let code = written
            .replace_all(&code.join(" "), "Version::NEW")
            .into_owned();
        let words: Vec<&str> = code.split_whitespace().collect();
        let is_version = |word: &str| {
            let last = word.rsplit(['.', '(', '*', '&', '!', '|']).next().unwrap();
            ["version", "since", "until"].contains(&last) || last.starts_with("Version::")
        };
        // What ends with the bracket of a call is what the call gives.
        let is_left = |word: &str| is_version(word.trim_end_matches("()"));
        let is_right =
            |word: &str| is_version(word.trim_end_matches([')', '{', '}', ',', ';', '(']));
        let compares = |words: &&[&str]| match words {
            [left, "<" | ">" | "<=" | ">=" | "==" | "!=", right] => {
                is_left(left) || is_right(right)
            }
            [arm, "=>" | "|" | "if", _] => arm.starts_with("Version::"),
            _ => false,
        };
        let called =
            r"\.(contains|cmp|partial_cmp|max|min|eq|ne|lt|le|gt|ge)\(&\*?([\w]+\.)*version\b";
        let called = Regex::new(called).unwrap();
        let constant = Regex::new(r"const \w+: Version =").unwrap();
        let by_name = [called, constant].into_iter().flat_map(|pattern| {
            let found = pattern.find_iter(&code).map(|found| found.as_str());
            found.map(str::to_owned).collect::<Vec<_>>()
        });
        let by_sign = words.windows(3).filter(compares);
        by_sign
            .map(|words| words.join(" "))
            .chain(by_name)
            .collect()
    }

    #[test]
    fn every_version_is_a_release() {
        let releases = crate::dokku::releases();
        for turn in turns().iter().map(|turn| turn.at) {
            assert!(
                turn < Version::OLDEST || releases.contains(&turn),
                "{turn} was never released"
            );
        }
    }

    #[test]
    fn what_changed_for_some_is_met_by_their_words_alone() {
        let met = |text: &str| -> Vec<Version> {
            let turns = turns().into_iter().filter(|turn| turn.is_seen_in(text));
            turns.map(|turn| turn.at).collect()
        };
        let lists_as_json = Version::new(0, 38, 21);
        assert!(met("dokku apps:list").contains(&lists_as_json));
        assert!(!met("echo hello").contains(&lists_as_json));
        assert!(met("echo hello").len() < turns().len());
    }

    /// What one forgets here is a change that no forecast sees.
    #[test]
    fn no_timeline_is_forgotten() {
        for (path, text) in sources().filter(|(path, _)| path != Path::new("timeline.rs")) {
            for line in text.lines().filter(|line| line.contains(": Timeline<")) {
                let Some(name) = line
                    .strip_prefix("const ")
                    .or_else(|| line.strip_prefix("pub(super) const "))
                else {
                    continue;
                };
                let name = name.split(':').next().unwrap();
                let turns = format!("{name}.turns()");
                assert!(text.contains(&turns), "{} of {}", name, path.display());
            }
        }
    }

    /// What is read without being noted is taken to be the same where it is not.
    #[test]
    fn what_is_noted_where_it_is_asked_is_read_in_no_other_way() {
        let names = |pattern: &str, code: &str| -> Vec<String> {
            let pattern = Regex::new(&format!(r"\b([A-Z_]+)\s*\.{pattern}\(")).unwrap();
            let found = pattern.captures_iter(code);
            found.map(|one| one[1].to_owned()).collect()
        };
        for (path, text) in sources() {
            let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
            let (_, asked) = code.split_once("fn asked_turns()").unwrap_or((code, ""));
            let promised = names("turns", asked.split("\n}\n").next().unwrap());
            let read = names("at", code);
            for name in &promised {
                assert!(!read.contains(name), "{name} of {}", path.display());
            }
            for name in names("asked", code) {
                assert!(promised.contains(&name), "{name} of {}", path.display());
            }
        }
    }

    /// What one decides by hand is a change that no forecast sees either.
    #[test]
    fn versions_are_compared_in_one_place() {
        for (path, text) in sources() {
            if !COMPARING.iter().any(|known| path == Path::new(known)) {
                let found = comparisons(&text);
                assert!(
                    found.is_empty(),
                    "{} compares versions itself, where a `Timeline` is to be asked: {found:?}",
                    path.display()
                );
            }
        }
    }

    #[test]
    fn a_comparison_is_seen_in_whatever_form() {
        for source in [
            "if host.version >= KEPT {",
            "if host.version\n    >= KEPT",
            "if Version::new(0, 38, 0) <= *version {",
            "_ if one.is_some() && version() != other => 1,",
            "since.is_none_or(|since| since <= it)",
            "(Version::new(0, 4, 0)..NEWER).contains(&host.version)",
            "match version { Version::NEWEST => 1, _ => 2 }",
            "const KEPT: Version = Version::new(0, 38, 0);",
            "host.version.cmp(&other.version)",
        ] {
            assert_eq!(comparisons(source).len(), 1, "{source}");
        }
        for source in [
            "if *KEPT.at(host.version) {",
            "Some(version) => version,",
            "// version >= KEPT",
            "const KEPT: Timeline<bool> = Timeline::new(false, &[(Version::new(0, 5, 0), true)]);",
            "const fn at(minor: u16) -> Version { Version::new(0, minor, 0) }",
            "span.contains(version) && index > 0",
            "Offer::of(plugin, version) == Offer::Own",
            "#[cfg(test)]\nmod tests {\n    version < it\n}",
        ] {
            assert_eq!(comparisons(source), Vec::<String>::new(), "{source}");
        }
    }
}

//! The names of apps: which are allowed, and whether there is an app of that name.

use std::fs;

use super::common_helper::visible;
use super::failure::Failure;
use super::host::Host;
use crate::dokku::{Timeline, Version, statuses};

/// What the core programs of a time say of a name.
#[derive(Clone, Copy)]
struct Manners {
    /// What is said where there is no name.
    unnamed: &'static str,
    /// What is said before and behind the name of an app that is not there.
    missing: (&'static str, &'static str),
    /// Whether that is said even of a name that no app may have.
    missing_first: bool,
    /// What a new app may be called.
    rule: Rule,
    /// What an app may be called that is there already; where there is no such rule, that for a new one.
    old_rule: Option<Rule>,
    /// Whether the directory of an app with a forbidden name is removed.
    removes: bool,
}

/// What may stand in a name after its first letter, and what a name that breaks the rule is told, `{}` in it being the
/// name.
#[derive(Clone, Copy)]
struct Rule {
    allows: fn(char) -> bool,
    text: &'static str,
}

const FIRST_LETTER_ALONE: Rule = Rule {
    allows: |_| true,
    text: "app name ({}) must begin with lowercase alphanumeric character",
};

const NO_COLONS: Rule = Rule {
    allows: |letter| !matches!(letter, ':' | 'A'..='Z'),
    text: "App name must begin with lowercase alphanumeric character, and cannot include uppercase characters or colons",
};

const NO_SLASHES: Rule = Rule {
    allows: |letter| !matches!(letter, '/' | ':' | 'A'..='Z'),
    ..NO_COLONS
};

const NO_UNDERSCORES: Rule = Rule {
    allows: |letter| !matches!(letter, '/' | ':' | '_' | 'A'..='Z'),
    text: "App name must begin with lowercase alphanumeric character, and cannot include uppercase characters, colons, or underscores",
};

const OLD: Rule = Rule {
    text: "App name must begin with lowercase alphanumeric character, and cannot include uppercase characters, or colons",
    ..NO_SLASHES
};

const FIRST: Manners = Manners {
    unnamed: "App name must not be null",
    missing: ("app ", " does not exist: <nil>"),
    missing_first: true,
    rule: FIRST_LETTER_ALONE,
    old_rule: None,
    removes: false,
};

const ADOPTED: Manners = Manners {
    unnamed: "APP must not be null",
    missing: ("App ", " does not exist"),
    missing_first: false,
    rule: NO_COLONS,
    old_rule: None,
    removes: true,
};

const TWO_RULES: Manners = Manners {
    unnamed: "Please specify an app to run the command on",
    rule: NO_UNDERSCORES,
    old_rule: Some(OLD),
    removes: false,
    ..ADOPTED
};

const MANNERS: Timeline<Manners> = Timeline::new(
    FIRST,
    &[
        (
            Version::new(0, 15, 0),
            Manners {
                missing: ("app ", " does not exist"),
                ..FIRST
            },
        ),
        (Version::new(0, 20, 0), ADOPTED),
        (
            Version::new(0, 21, 0),
            Manners {
                rule: NO_SLASHES,
                ..ADOPTED
            },
        ),
        (
            Version::new(0, 22, 0),
            Manners {
                rule: NO_UNDERSCORES,
                ..ADOPTED
            },
        ),
        (
            Version::new(0, 22, 2),
            Manners {
                rule: NO_UNDERSCORES,
                removes: false,
                ..ADOPTED
            },
        ),
        (Version::new(0, 22, 3), TWO_RULES),
        (
            Version::new(0, 38, 2),
            Manners {
                rule: Rule {
                    allows: |letter| matches!(letter, 'a'..='z' | '0'..='9' | '.' | '-'),
                    text: "App name must begin with lowercase alphanumeric character, and may only contain lowercase alphanumerics, dots, and hyphens",
                },
                old_rule: Some(Rule {
                    allows: |letter| matches!(letter, 'a'..='z' | '0'..='9' | '.' | '-' | '_'),
                    text: "App name must begin with lowercase alphanumeric character, and may only contain lowercase alphanumerics, dots, hyphens, and underscores",
                }),
                ..TWO_RULES
            },
        ),
    ],
);

impl Rule {
    fn check(&self, manners: &Manners, name: &str) -> Result<(), Failure> {
        let mut letters = name.chars();
        match letters.next() {
            None => Err(Failure::new(manners.unnamed)),
            Some('a'..='z' | '0'..='9') if letters.all(self.allows) => Ok(()),
            Some(_) => Err(Failure::new(self.text.replace("{}", name))),
        }
    }
}

/// Fails unless this is the name of an app that the caller may see.
pub(super) fn verify(host: &Host, name: &str) -> Result<(), Failure> {
    let manners = MANNERS.asked(host.version);
    if manners.missing_first && !name.is_empty() {
        exists(host, name)?;
    }
    if manners.old_rule.is_none() || check_old(host, name).is_err() {
        check(host, name)?;
    }
    exists(host, name)
}

/// Fails unless there is an app of this name that the caller may see.
fn exists(host: &Host, name: &str) -> Result<(), Failure> {
    if host.app(name).is_dir() && visible(host, &[name.to_owned()])?.len() == 1 {
        return Ok(());
    }
    let (before, behind) = MANNERS.asked(host.version).missing;
    Err(Failure::Said {
        text: format!("{before}{name}{behind}"),
        status: statuses::app_missing(host.version),
    })
}

/// Fails unless a new app may have this name.
pub(super) fn check(host: &Host, name: &str) -> Result<(), Failure> {
    let manners = MANNERS.asked(host.version);
    let checked = manners.rule.check(manners, name);
    if checked.is_err() && manners.removes && is_plain(name) {
        // What is not there needs no removing.
        let _ = fs::remove_dir_all(host.app(name));
    }
    checked
}

/// Fails unless an app that is there already may have this name.
pub(super) fn check_old(host: &Host, name: &str) -> Result<(), Failure> {
    let manners = MANNERS.asked(host.version);
    manners
        .old_rule
        .unwrap_or(manners.rule)
        .check(manners, name)
}

/// True if the name is that of one directory below the host's, and leads nowhere else.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && ![".", ".."].contains(&name) && !name.contains('/')
}

/// The versions in which something changed here that the programs ask.
pub(super) fn asked_turns() -> impl Iterator<Item = Version> {
    MANNERS.turns().into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A host of a version with these apps, which lasts as long as the directory.
    fn host(version: &str, apps: &[&str]) -> (tempfile::TempDir, Host) {
        let place = tempfile::tempdir().unwrap();
        let host = Host {
            home: place.path().to_owned(),
            lib: place.path().join("lib"),
            version: version.parse().unwrap(),
            quiet: false,
            exported: Vec::new(),
        };
        for app in apps {
            fs::create_dir(host.app(app)).unwrap();
        }
        (place, host)
    }

    #[test]
    fn names_follow_the_rule_of_their_time() {
        let allows = |version, name| check(&host(version, &[]).1, name).is_ok();
        let (old, new) = ("0.38.1", "0.38.27");
        for name in ["app", "9ok", "a.b-c"] {
            assert!(allows(old, name) && allows(new, name));
        }
        assert!(allows(old, "a b") && !allows(new, "a b"));
        assert!(!allows(new, "a_b") && check_old(&host(new, &[]).1, "a_b").is_ok());
        assert!(allows("0.21.4", "a_b") && !allows("0.22.0", "a_b"));
        for name in ["", "App", "-a", "a:b", "a/b", "aB"] {
            assert!(check_old(&host(old, &[]).1, name).is_err(), "{name}");
        }
    }

    #[test]
    fn an_app_that_is_not_there_is_told_in_the_words_and_the_status_of_the_time() {
        for (version, text, status) in [
            ("0.11.0", "app x does not exist: <nil>", 1),
            ("0.19.13", "app x does not exist", 1),
            ("0.20.0", "App x does not exist", 1),
            ("0.23.9", "App x does not exist", 1),
            ("0.24.0", "App x does not exist", 20),
            ("0.38.27", "App x does not exist", 20),
        ] {
            let came = verify(&host(version, &[]).1, "x");
            let text = text.to_owned();
            assert_eq!(came, Err(Failure::Said { text, status }), "{version}");
        }
    }

    #[test]
    fn a_forbidden_name_costs_the_directory_for_a_time() {
        for (version, kept) in [
            ("0.19.13", true),
            ("0.20.0", false),
            ("0.22.1", false),
            ("0.22.2", true),
            ("0.38.27", true),
        ] {
            let (_place, host) = host(version, &["Bad"]);
            assert!(check(&host, "Bad").is_err(), "{version}");
            assert_eq!(host.app("Bad").is_dir(), kept, "{version}");
            assert!(check(&host, "../Bad").is_err() && host.home.is_dir());
        }
    }
}

//! `apt-get` and `apt` in a world: what is asked for is said to be installed, and what it would bring is not there.

use super::super::User;
use super::Reply;

/// What is said before anything is done.
const READING: &str = "Reading package lists...\n";
const BUILDING: &str = "Building dependency tree...\nReading state information...\n";

/// What `apt` says to who is no terminal.
const UNSTABLE: &str =
    "\nWARNING: apt does not have a stable CLI interface. Use with caution in scripts.\n\n";

/// The status of a call that fails.
const FAILED: u8 = 100;

/// A call that is understood.
#[derive(Debug, Default, PartialEq, Eq)]
struct Ask<'w> {
    verb: &'w str,
    packages: Vec<&'w str>,
    /// Whether nobody is asked before something is done.
    assumes_yes: bool,
    /// Whether nothing is told but errors.
    is_quiet: bool,
}

/// What `apt-get` or `apt` answers to this user.
pub(super) fn reply(program: &str, args: &[String], user: User) -> Reply {
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let Some(ask) = Ask::read(&words) else {
        return Reply::Unknown;
    };
    if user != User::Root {
        return ask.refused();
    }
    let stderr = match program {
        "apt" => UNSTABLE.to_owned(),
        _ => String::new(),
    };
    let text = match (ask.verb, ask.is_quiet) {
        (_, true) | ("clean" | "autoclean", _) => String::new(),
        ("install", false) => format!("{READING}{BUILDING}"),
        (_, false) => READING.to_owned(),
    };
    match (ask.verb, ask.packages.as_slice()) {
        ("install" | "update" | "clean" | "autoclean", []) => Reply::Known {
            status: 0,
            stdout: text,
            stderr,
        },
        ("install", packages) if ask.assumes_yes => Reply::Partly {
            stdout: text,
            stderr,
            lacks: named(packages),
        },
        _ => Reply::Unknown,
    }
}

impl<'w> Ask<'w> {
    /// Reads it; none for what is not understood.
    fn read(words: &[&'w str]) -> Option<Self> {
        let mut ask = Self::default();
        let mut words = words.iter().copied();
        while let Some(word) = words.next() {
            match word {
                "-y" | "--yes" | "--assume-yes" => ask.assumes_yes = true,
                "-qq" | "-qqy" | "-yqq" => (ask.is_quiet, ask.assumes_yes) = (true, true),
                "-qy" | "-yq" => ask.assumes_yes = true,
                "-q" | "--quiet" | "--no-install-recommends" | "--no-install-suggests" => {}
                "-o" | "-t" | "--option" | "--target-release" => drop(words.next()?),
                option if option.starts_with("-o") || option.starts_with("--option=") => {}
                option if option.starts_with('-') => return None,
                verb if ask.verb.is_empty() => ask.verb = verb,
                // The files of packages are on the machine or not, and of one that is taken away something may stay.
                file if file.contains('/') || file.ends_with(['-', '+']) => return None,
                package => ask.packages.push(package),
            }
        }
        Some(ask)
    }

    /// What is said to who is not root.
    fn refused(&self) -> Reply {
        match self.verb {
            "update" => Reply::Known {
                status: FAILED,
                stdout: READING.to_owned(),
                stderr: "E: Could not open lock file /var/lib/apt/lists/lock - open (13: Permission denied)\n\
                     E: Unable to lock directory /var/lib/apt/lists/\n"
                    .to_owned(),
            },
            "install" => Reply::fails(
                FAILED,
                "E: Could not open lock file /var/lib/dpkg/lock-frontend - open (13: Permission denied)\n\
                 E: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), are you root?\n",
            ),
            _ => Reply::Unknown,
        }
    }
}

/// What these packages are called in a sentence.
fn named(packages: &[&str]) -> String {
    let names: Vec<String> = packages.iter().map(|name| format!("`{name}`")).collect();
    let noun = match packages.len() {
        1 => "the package",
        _ => "the packages",
    };
    format!("what `apt-get` brings of {noun} {}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(line: &str, user: User) -> Reply {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        reply("apt-get", &words, user)
    }

    #[test]
    fn what_is_installed_is_named_as_what_is_not_there() {
        let lacks = |line: &str| match ask(line, User::Root) {
            Reply::Partly { lacks, .. } => lacks,
            other => panic!("{line}: {other:?}"),
        };
        assert_eq!(
            lacks("install -y whois"),
            "what `apt-get` brings of the package `whois`"
        );
        assert_eq!(
            lacks("-o Dpkg::Use-Pty=0 install -qq --no-install-recommends jq moreutils=0.5"),
            "what `apt-get` brings of the packages `jq`, `moreutils=0.5`"
        );
    }

    #[test]
    fn a_list_that_is_renewed_lacks_nothing() {
        assert_eq!(ask("update", User::Root), Reply::says(READING));
        assert_eq!(ask("update -qq", User::Root), Reply::silent(0));
        assert_eq!(ask("clean", User::Root), Reply::silent(0));
    }

    #[test]
    fn nobody_but_root_installs() {
        for line in ["update", "install -y jq"] {
            let said = ask(line, User::Dokku);
            assert!(
                matches!(said, Reply::Known { status: FAILED, .. }),
                "{line}: {said:?}"
            );
        }
    }

    #[test]
    fn what_is_not_understood_is_said_to_be_unknown() {
        for line in [
            "",
            "install jq",
            "remove -y jq",
            "install -y ./a.deb",
            "install -y jq-",
            "install -y --reinstall jq",
            "upgrade -y",
        ] {
            assert_eq!(ask(line, User::Root), Reply::Unknown, "{line}");
        }
    }
}

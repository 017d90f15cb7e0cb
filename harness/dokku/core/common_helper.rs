//! `common/common [--quiet] VERB ...`: what common/functions leaves to a program.

use std::io::Write;

use super::config_program;
use super::failure::Failure;
use super::host::{Host, Scope};
use super::properties::Properties;
use crate::dokku::{Timeline, Version};

/// Answers one call. The flags before the verb have been taken away.
pub(super) fn run(host: &Host, arguments: &[String], out: &mut dyn Write) -> Result<(), Failure> {
    let word = |index: usize| arguments.get(index).map_or("", String::as_str);
    match word(0) {
        "verify-app-name" => verify_app_name(host, word(1)),
        "is-valid-app-name" => is_valid_app_name(host.version, word(1)),
        "is-valid-app-name-old" => is_valid_app_name_old(host.version, word(1)),
        "is-deployed" => match is_deployed(host, word(1))? {
            true => Ok(()),
            false => Err(Failure::new(format!("App {} not deployed", word(1)))),
        },
        "scheduler-detect" => {
            let _ = write!(out, "{}", scheduler(host, word(1)));
            Ok(())
        }
        "plugn-trigger-exists" => {
            let _ = write!(out, "{}", host.has_trigger(word(1))?);
            Ok(())
        }
        verb @ ("compose-up"
        | "compose-down"
        | "copy-from-image"
        | "copy-dir-from-image"
        | "docker-cleanup"
        | "image-is-cnb-based"
        | "image-is-herokuish-based") => {
            Err(Failure::unmodelled(format!("`common/common {verb}`")))
        }
        verb => Err(Failure::new(format!("Invalid common command call: {verb}"))),
    }
}

/// Fails unless this is the name of an app that the caller may see.
pub(super) fn verify_app_name(host: &Host, name: &str) -> Result<(), Failure> {
    if is_valid_app_name_old(host.version, name).is_err() {
        is_valid_app_name(host.version, name)?;
    }
    if host.app(name).is_dir() && visible(host, &[name.to_owned()])?.len() == 1 {
        return Ok(());
    }
    Err(Failure::Said {
        text: format!("App {name} does not exist"),
        status: 20,
    })
}

/// Which of the apps the caller may see, by what the plugins with the trigger `user-auth-app` print.
pub(super) fn visible(host: &Host, apps: &[String]) -> Result<Vec<String>, Failure> {
    if !host.has_trigger("user-auth-app")? {
        return Ok(apps.to_vec());
    }
    let variable = |names: &[&str], default: &str| {
        let found = names.iter().filter_map(|name| std::env::var(name).ok());
        found
            .into_iter()
            .find(|value| !value.is_empty())
            .unwrap_or_else(|| default.to_owned())
    };
    let user = variable(&["SSH_USER", "USER"], "");
    let name = variable(&["SSH_NAME", "NAME"], "default");
    let mut arguments = vec![user.as_str(), name.as_str()];
    arguments.extend(apps.iter().map(String::as_str));
    let answer = host.ask("user-auth-app", &arguments);
    Ok(answer
        .text
        .lines()
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect())
}

/// Whether the answer can be kept of an app that exists alone.
const KEEPS_OF_APPS_ALONE: Timeline<bool> = Timeline::new(true, &[(Version::new(0, 36, 7), false)]);

/// True if an app has been deployed. The answer of its scheduler is kept as a property.
pub(super) fn is_deployed(host: &Host, app: &str) -> Result<bool, Failure> {
    let kept = Properties::new(&host.lib, "common", app);
    let known = kept.get("deployed").filter(|deployed| !deployed.is_empty());
    if let Some(deployed) = known {
        return Ok(deployed == "true");
    }
    let scheduler = scheduler(host, app);
    let deployed = host
        .ask("scheduler-is-deployed", &[&scheduler, app])
        .succeeded;
    if *KEEPS_OF_APPS_ALONE.at(host.version) && !host.app(app).is_dir() {
        // Said in spite of `--quiet`.
        eprintln!(" !     App {app} does not exist");
        return Err(Failure::Silent(20));
    }
    kept.set("deployed", if deployed { "true" } else { "false" })?;
    Ok(deployed)
}

/// Where the choice of a scheduler is kept.
#[derive(Clone, Copy)]
enum SchedulerChoice {
    Variable,
    Trigger,
}

const SCHEDULER_CHOICE: Timeline<SchedulerChoice> = Timeline::new(
    SchedulerChoice::Variable,
    &[(Version::new(0, 26, 0), SchedulerChoice::Trigger)],
);

/// The scheduler of an app, or else the host's.
pub(super) fn scheduler(host: &Host, app: &str) -> String {
    let asked = if app == "--global" {
        &["--global"][..]
    } else {
        &[app, "--global"]
    };
    asked
        .iter()
        .map(|scope| match SCHEDULER_CHOICE.at(host.version) {
            SchedulerChoice::Variable => {
                config_program::value(host, &Scope::of(scope), "DOKKU_SCHEDULER")
                    .unwrap_or_default()
            }
            SchedulerChoice::Trigger => host.ask("scheduler-detect", &[scope]).text,
        })
        .find(|scheduler| !scheduler.is_empty())
        .unwrap_or_else(|| "docker-local".to_owned())
}

/// What may stand in the name of an app after its first letter.
#[derive(Clone, Copy)]
struct Alphabet {
    new: fn(char) -> bool,
    old: fn(char) -> bool,
    /// What a name that breaks the new rule is told.
    new_rule: &'static str,
    /// What one that breaks the old rule is told.
    old_rule: &'static str,
}

const ALPHABET: Timeline<Alphabet> = Timeline::new(
    Alphabet {
        new: |letter| !matches!(letter, '/' | ':' | '_' | 'A'..='Z'),
        old: |letter| !matches!(letter, '/' | ':' | 'A'..='Z'),
        new_rule: "App name must begin with lowercase alphanumeric character, and cannot include uppercase characters, colons, or underscores",
        old_rule: "App name must begin with lowercase alphanumeric character, and cannot include uppercase characters, or colons",
    },
    &[(
        Version::new(0, 38, 2),
        Alphabet {
            new: |letter| matches!(letter, 'a'..='z' | '0'..='9' | '.' | '-'),
            old: |letter| matches!(letter, 'a'..='z' | '0'..='9' | '.' | '-' | '_'),
            new_rule: "App name must begin with lowercase alphanumeric character, and may only contain lowercase alphanumerics, dots, and hyphens",
            old_rule: "App name must begin with lowercase alphanumeric character, and may only contain lowercase alphanumerics, dots, hyphens, and underscores",
        },
    )],
);

/// Fails unless an app may have this name.
pub(super) fn is_valid_app_name(version: Version, name: &str) -> Result<(), Failure> {
    let alphabet = ALPHABET.at(version);
    named_by(name, alphabet.new, alphabet.new_rule)
}

fn is_valid_app_name_old(version: Version, name: &str) -> Result<(), Failure> {
    let alphabet = ALPHABET.at(version);
    named_by(name, alphabet.old, alphabet.old_rule)
}

fn named_by(name: &str, allowed: fn(char) -> bool, rule: &str) -> Result<(), Failure> {
    let mut letters = name.chars();
    match letters.next() {
        None => Err(Failure::new("Please specify an app to run the command on")),
        Some('a'..='z' | '0'..='9') if letters.all(allowed) => Ok(()),
        Some(_) => Err(Failure::new(rule)),
    }
}

/// The versions in which something changed here.
pub(super) fn turns() -> impl Iterator<Item = Version> {
    [
        SCHEDULER_CHOICE.turns(),
        ALPHABET.turns(),
        KEEPS_OF_APPS_ALONE.turns(),
    ]
    .into_iter()
    .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_rule_of_their_time() {
        let (old, new) = (Version::new(0, 38, 1), Version::NEWEST);
        for name in ["app", "9ok", "a.b-c"] {
            assert!(is_valid_app_name(old, name).is_ok() && is_valid_app_name(new, name).is_ok());
        }
        assert!(is_valid_app_name(old, "a b").is_ok() && is_valid_app_name(new, "a b").is_err());
        assert!(
            is_valid_app_name(new, "a_b").is_err() && is_valid_app_name_old(new, "a_b").is_ok()
        );
        for name in ["", "App", "-a", "a:b", "a/b", "aB"] {
            assert!(is_valid_app_name_old(old, name).is_err(), "{name}");
        }
    }
}

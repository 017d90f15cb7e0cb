//! `common/common [--quiet] VERB ...`: what common/functions leaves to a program.

use std::io::Write;

use super::failure::Failure;
use super::host::{Host, Scope};
use super::properties::Properties;
use super::{app_name, config_program};
use crate::dokku::{Timeline, Version, triggers};

/// Answers one call. The flags before the verb have been taken away.
pub(super) fn run(host: &Host, arguments: &[String], out: &mut dyn Write) -> Result<(), Failure> {
    let word = |index: usize| arguments.get(index).map_or("", String::as_str);
    match word(0) {
        "verify-app-name" => app_name::verify(host, word(1)),
        "is-valid-app-name" => app_name::check(host, word(1)),
        "is-valid-app-name-old" => app_name::check_old(host, word(1)),
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

/// Which of the apps the caller may see, by what the plugins with the trigger `user-auth-app` print.
pub(super) fn visible(host: &Host, apps: &[String]) -> Result<Vec<String>, Failure> {
    if !triggers::exists("user-auth-app", host.version) || !host.has_trigger("user-auth-app")? {
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
    if !host.app(app).is_dir() && *KEEPS_OF_APPS_ALONE.asked(host.version) {
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
        .map(|scope| match SCHEDULER_CHOICE.asked(host.version) {
            SchedulerChoice::Variable => {
                config_program::value(host, &Scope::of(scope), "DOKKU_SCHEDULER")
                    .unwrap_or_default()
            }
            SchedulerChoice::Trigger => host.ask("scheduler-detect", &[scope]).text,
        })
        .find(|scheduler| !scheduler.is_empty())
        .unwrap_or_else(|| "docker-local".to_owned())
}

/// The versions in which something changed here that the programs ask.
pub(super) fn asked_turns() -> impl Iterator<Item = Version> {
    [SCHEDULER_CHOICE.turns(), KEEPS_OF_APPS_ALONE.turns()]
        .into_iter()
        .flatten()
}

//! What core plugins keep of apps, and what becomes of it as apps come, go and change their names.
//!
//! Upstream some plugins do more here once an app is deployed: they write the proxy's configuration. That is left out.

use std::fs;
use std::path::Path;

use super::builder;
use super::containers;
use super::docker_local;
use super::env_file;
use super::failure::Failure;
use super::git;
use super::host::{Host, Scope};
use super::properties::Properties;
use super::ps;
use crate::dokku::{Timeline, Version};

/// Core plugins with a directory for each app, below `data` of DOKKU_LIB_ROOT.
const WITH_DATA: &[&str] = &["app-json", "apps", "builds", "logs", "ps", "scheduler-k3s"];

/// Whether ps is among them.
const PS_HAS_DATA: Timeline<bool> = Timeline::new(false, &[(Version::new(0, 22, 0), true)]);

/// Answers a trigger that tells of an app's life; none if it is no such trigger.
pub(super) fn run(
    host: &Host,
    plugin: &str,
    trigger: &str,
    first: &str,
    second: &str,
) -> Option<Result<(), Failure>> {
    let came = match trigger {
        "post-create" => create(host, plugin, first),
        "post-delete" => delete(host, plugin, first),
        "post-app-rename-setup" => copy(host, plugin, first, second)
            .map(|()| Properties::new(&host.lib, kept_as(plugin), first).destroy()),
        "post-app-clone-setup" => copy(host, plugin, first, second).map(|()| match plugin {
            "network" => containers::forget_all(host, second, &["IP.", "PORT."]),
            "scheduler-docker-local" => containers::forget_all(host, second, &["CONTAINER."]),
            _ => {}
        }),
        "post-app-rename" => {
            if WITH_DATA.contains(&plugin) {
                remove(&host.lib.join("data").join(plugin).join(first));
            }
            rebuilt(host, plugin, second)
        }
        "post-app-clone" if plugin == "ps" => {
            return Some(rebuilt(host, plugin, second));
        }
        _ => return None,
    };
    Some(came)
}

/// The name under which a plugin keeps its properties.
fn kept_as(plugin: &str) -> &str {
    plugin.strip_suffix("-vhosts").unwrap_or(plugin)
}

/// Builds an app that has taken the place of another, or is its copy, unless that is left out.
fn rebuilt(host: &Host, plugin: &str, app: &str) -> Result<(), Failure> {
    if plugin != "ps" || host.variable("SKIP_REBUILD").as_deref() == Some("true") {
        return Ok(());
    }
    host.tell("receive-app", &[app])
}

fn create(host: &Host, plugin: &str, app: &str) -> Result<(), Failure> {
    match plugin {
        "config" => {
            Properties::new(&host.lib, plugin, app).set_up()?;
            made(host.env_file(&Scope::App(app.to_owned())).parent())
        }
        "nginx-vhosts" => Properties::new(&host.lib, "nginx", app).set_up(),
        "ps" => {
            if *PS_HAS_DATA.asked(host.version) {
                made(Some(&host.lib.join("data/ps").join(app)))?;
            }
            ps::create(host, app)
        }
        _ if WITH_DATA.contains(&plugin) => {
            made(Some(&host.lib.join("data").join(plugin).join(app)))
        }
        _ => Ok(()),
    }
}

fn delete(host: &Host, plugin: &str, app: &str) -> Result<(), Failure> {
    if app.is_empty() {
        return Ok(());
    }
    if plugin == "config"
        && let Some(place) = host.env_file(&Scope::App(app.to_owned())).parent()
    {
        remove(place);
    }
    if WITH_DATA.contains(&plugin) {
        remove(&host.lib.join("data").join(plugin).join(app));
    }
    Properties::new(&host.lib, kept_as(plugin), app).destroy();
    match plugin {
        _ if !host.has_container(app) => Ok(()),
        "builder" => builder::remove_images(app),
        "scheduler-docker-local" => docker_local::remove_all(app),
        _ => Ok(()),
    }
}

fn copy(host: &Host, plugin: &str, old: &str, new: &str) -> Result<(), Failure> {
    if plugin == "config" {
        let file = |app: &str| host.env_file(&Scope::App(app.to_owned()));
        let mut variables = env_file::read(&file(new));
        variables.extend(env_file::read(&file(old)));
        env_file::write(&file(new), &variables, host.version)
            .map_err(|error| Failure::new(format!("Unable to write new environment: {error}")))?;
    }
    let copies = Properties::new(&host.lib, kept_as(plugin), new);
    for (name, value) in Properties::new(&host.lib, kept_as(plugin), old).all("") {
        copies.set(&name, &value)?;
    }
    if WITH_DATA.contains(&plugin) {
        made(Some(&host.lib.join("data").join(plugin).join(new)))?;
    }
    if plugin == "git" {
        git::copy_repository(host, old, new)?;
    }
    Ok(())
}

fn made(place: Option<&Path>) -> Result<(), Failure> {
    match place {
        Some(place) => fs::create_dir_all(place).map_err(|error| Failure::new(error.to_string())),
        None => Ok(()),
    }
}

/// What is not there needs no removing.
fn remove(place: &Path) {
    let _ = fs::remove_dir_all(place);
}

/// The versions in which something changed here that the programs ask.
pub(super) fn asked_turns() -> impl Iterator<Item = Version> {
    PS_HAS_DATA.turns().into_iter()
}

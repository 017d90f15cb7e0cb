//! The triggers of core plugins that have an answer on a host where nothing is built.

use std::fs;
use std::io::Write;

use super::apps;
use super::common_helper::{verify_app_name, visible};
use super::config_program::{self, App};
use super::failure::Failure;
use super::host::{Host, Scope};
use super::properties::Properties;
use crate::dokku::Version;

/// Answers one trigger of one core plugin.
pub(super) fn run(
    host: &Host,
    plugin: &str,
    trigger: &str,
    arguments: &[String],
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let word = |index: usize| arguments.get(index).map_or("", String::as_str);
    // Who closed the stream wants no more of it.
    let mut say = |text: &str| {
        let _ = writeln!(out, "{text}");
        Ok(())
    };
    let property = |name: &str| {
        Properties::new(&host.lib, plugin, word(0))
            .get(name)
            .filter(|value| !value.is_empty())
    };
    let unmodelled = || {
        Err(Failure::unmodelled(format!(
            "trigger {trigger} of the core plugin {plugin}"
        )))
    };
    match (plugin, trigger) {
        ("common" | "apps", "app-list") => {
            let all = host.apps();
            let apps = if word(0) == "false" {
                all
            } else {
                visible(host, &all)?
            };
            apps.iter().try_for_each(|app| say(app))
        }
        ("apps", "app-exists") => verify_app_name(host, word(0)),
        ("apps", "app-create") => apps::create(host, word(0), out),
        ("config", "config-get") if word(0) == "--global" => {
            value(host, &Scope::Global, word(1), out)
        }
        ("config", "config-get") => value(host, &Scope::of(word(0)), word(1), out),
        ("config", "config-get-global") => value(host, &Scope::Global, word(0), out),
        ("config", "config-set") => config_program::run(host, "set", arguments, App::Trusted, out),
        ("config", "config-export") => {
            let mut words = vec![format!("--format={}", word(3)), word(0).to_owned()];
            words.extend((word(1) == "true").then(|| "--global".to_owned()));
            words.extend((word(2) == "true").then(|| "--merged".to_owned()));
            config_program::run(host, "export", &words, App::Verified, out)
        }
        ("scheduler", "scheduler-detect") => {
            let global = Properties::new(&host.lib, plugin, "--global").get("selected");
            let chosen = property("selected").or(global.filter(|value| !value.is_empty()));
            say(chosen.as_deref().unwrap_or("docker-local"))
        }
        ("scheduler-docker-local", "scheduler-is-deployed") => {
            if word(0) != "docker-local" || host.has_container(word(1)) {
                Ok(())
            } else {
                Err(Failure::Silent(1))
            }
        }
        ("scheduler-null", "scheduler-is-deployed") => Ok(()),
        ("scheduler-k3s", "scheduler-is-deployed") if word(0) != "k3s" => Ok(()),
        ("registry", "deployed-app-image-tag") if property("push-on-release").is_none() => Ok(()),
        ("registry", "deployed-app-image-repo") if property("image-repo-template").is_none() => {
            let own = format!("dokku/{}", word(0));
            say(property("image-repo")
                .as_deref()
                .map_or(own.as_str(), str::trim))
        }
        ("registry", "deployed-app-repository") if property("server").is_none() => say(""),
        ("network", "network-get-listeners") if property("static-web-listener").is_none() => {
            say(&listeners(host, word(0), word(1)).join(" "))
        }
        ("network", "network-get-static-listeners") => say(property("static-web-listener")
            .as_deref()
            .unwrap_or_default()),
        ("proxy", "proxy-is-enabled") if host.version >= Version::new(0, 38, 0) => {
            say(if property("disabled").as_deref() == Some("true") {
                "false"
            } else {
                "true"
            })
        }
        ("ssh-keys", "user-auth") => {
            let guarded = ["ssh-keys:add", "ssh-keys:remove"]
                .iter()
                .any(|name| word(2).contains(name));
            if guarded && word(0) != "root" && !word(1).contains("admin") {
                let text = "You must be root, or a dokku admin, to execute this command";
                return Err(Failure::Plain(text.to_owned()));
            }
            Ok(())
        }
        ("certs", "certs-exists") => {
            let tls = host.app(word(0)).join("tls");
            let both = ["server.crt", "server.key"]
                .iter()
                .all(|file| tls.join(file).is_file());
            say(if both { "true" } else { "false" })
        }
        _ => unmodelled(),
    }
}

/// The value of a variable, without a newline; nothing if it is not set.
fn value(host: &Host, scope: &Scope, name: &str, out: &mut dyn Write) -> Result<(), Failure> {
    let value = config_program::value(host, scope, name).unwrap_or_default();
    let _ = write!(out, "{value}");
    Ok(())
}

/// Where the containers of one process type listen, by the files IP.<type>.<n> and PORT.<type>.<n>.
fn listeners(host: &Host, app: &str, process_type: &str) -> Vec<String> {
    let process_type = if process_type.is_empty() {
        "web"
    } else {
        process_type
    };
    let prefix = format!("IP.{process_type}.");
    let line = |name: &str| {
        let text = fs::read_to_string(host.app(app).join(name)).unwrap_or_default();
        text.lines().next().unwrap_or_default().to_owned()
    };
    let entries = fs::read_dir(host.app(app)).into_iter().flatten().flatten();
    let mut numbers: Vec<String> = entries
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter_map(|name| name.strip_prefix(&prefix).map(str::to_owned))
        .collect();
    numbers.sort();
    numbers
        .iter()
        .map(|number| {
            let port = line(&format!("PORT.{process_type}.{number}"));
            let port = if port.is_empty() { "5000" } else { &port };
            format!("{}:{port}", line(&format!("{prefix}{number}")))
        })
        .collect()
}

//! The commands of the core plugin network: docker's networks, and the properties of apps in them.

use std::collections::BTreeMap;
use std::env;
use std::io::Write;

use serde::Serialize;

use super::app_name;
use super::common_helper::{is_deployed, visible};
use super::confirm::confirm;
use super::failure::Failure;
use super::host::Host;
use super::network;
use super::report::go_json;
use super::request::{Known, Request};
use super::setting::Settings;
use super::{docker, say};
use crate::dokku::{Timeline, Version};

/// The label of a network that was made by `network:create`.
const LABEL: &str = "com.dokku.network-name";

const SETTINGS: Settings = Settings {
    plugin: "network",
    own: &[
        "attach-post-create",
        "attach-post-deploy",
        "bind-all-interfaces",
        "initial-network",
        "static-web-listener",
        "tld",
    ],
    shared: &[
        "attach-post-create",
        "attach-post-deploy",
        "bind-all-interfaces",
        "initial-network",
        "tld",
    ],
};

/// Whether what docker says is introduced by what it was to do.
const INTRODUCES: Timeline<bool> = Timeline::new(false, &[(Version::new(0, 33, 7), true)]);

/// How docker is asked which networks there are.
#[derive(Clone, Copy)]
enum Asked {
    /// `network list` for their names.
    ListNames,
    /// `network ls` for their names.
    LsNames,
    /// `network ls` for all of them that docker tells in JSON.
    Json,
}

const ASKED: Timeline<Asked> = Timeline::new(
    Asked::ListNames,
    &[
        (Version::new(0, 33, 7), Asked::LsNames),
        (Version::new(0, 35, 3), Asked::Json),
    ],
);

/// Whether it is told which networks are Dokku's own.
const TELLS_OWN: Timeline<bool> = Timeline::new(false, &[(Version::new(0, 38, 22), true)]);

/// Whether `bind-all-interfaces` is set to false where it is to be unset.
const BINDS_EXPLICITLY: Timeline<bool> = Timeline::new(true, &[(Version::new(0, 38, 22), false)]);

/// A network, as `network:list --format json` tells it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Network {
    created_at: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    dokku_managed: Option<bool>,
    driver: String,
    #[serde(rename = "ID")]
    id: String,
    internal: bool,
    #[serde(rename = "IPv6")]
    ipv6: bool,
    labels: BTreeMap<String, String>,
    name: String,
    scope: String,
}

/// The time at which every network is said to have been made: upstream reads this one whatever docker says.
const CREATED: &str = "2024-02-25T01:55:24.275184461Z";

impl Network {
    /// A network of a line of docker's JSON; none if it lacks something.
    fn parse(line: &str, tells_own: bool) -> Option<Self> {
        let value: serde_json::Value = serde_json::from_str(line).ok()?;
        let text = |key| Some(value.get(key)?.as_str()?.to_owned());
        let labels: BTreeMap<String, String> = text("Labels")?
            .split(',')
            .filter_map(|label| label.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        Some(Self {
            created_at: CREATED,
            dokku_managed: tells_own.then(|| labels.contains_key(LABEL)),
            driver: text("Driver")?,
            id: text("ID")?,
            internal: text("Internal")? == "true",
            ipv6: text("IPv6")? == "true",
            labels,
            name: text("Name")?,
            scope: text("Scope")?,
        })
    }

    fn is_own(&self) -> bool {
        self.dokku_managed == Some(true)
    }
}

/// Answers `network:NAME` with the arguments after it.
pub(super) fn run(
    host: &Host,
    name: &str,
    arguments: &[String],
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let command = format!("network:{name}");
    let request = |flags, valued| {
        let known = Known {
            flags,
            valued,
            ends_with_words: false,
        };
        Request::parse(&command, arguments, known)
    };
    match name {
        "create" => create(host, request(&[], &[])?.word(0), out),
        "destroy" => destroy(host, &request(&["--force"], &[])?, out),
        "exists" => exists(host, request(&[], &[])?.word(0), out),
        "info" if !matches!(ASKED.asked(host.version), Asked::Json) => Ok(()),
        "info" => info(host, &request(&[], &["--format"])?, out),
        "list" => match ASKED.asked(host.version) {
            Asked::Json => list(host, &request(&["--dokku-managed"], &["--format"])?, out),
            Asked::ListNames | Asked::LsNames => {
                let names = names(host)?;
                say::head_unless_quiet(host, out, "Networks");
                names.iter().for_each(|name| say::line(out, name));
                Ok(())
            }
        },
        "rebuild" => rebuild(host, request(&[], &[])?.word(0)),
        "rebuildall" => {
            let apps = visible(host, &host.apps())?;
            if apps.is_empty() {
                say::warn("You haven't deployed any applications yet");
            }
            apps.iter().try_for_each(|app| rebuild(host, app))
        }
        "set" => set(host, &request(&["--global"], &[])?, out),
        _ => Err(Failure::unmodelled(format!("`dokku {command}`"))),
    }
}

/// Why docker did not do it.
fn refused(host: &Host, task: &str, reason: &str) -> Failure {
    Failure::new(if *INTRODUCES.asked(host.version) {
        format!("Unable to {task} network: {reason}")
    } else {
        reason.trim().to_owned()
    })
}

fn create(host: &Host, name: &str, out: &mut dyn Write) -> Result<(), Failure> {
    say::step_unless_quiet(host, out, &format!("Creating network {name}"));
    let label = format!("{LABEL}={name}");
    let words = ["network", "create", "--attachable", "--label", &label, name];
    let ran = docker::run(&words)?;
    if ran.succeeded {
        return Ok(());
    }
    Err(refused(host, "create", &ran.stderr))
}

fn destroy(host: &Host, request: &Request<'_>, out: &mut dyn Write) -> Result<(), Failure> {
    let name = request.word(0);
    let is_forced = env::var_os("DOKKU_APPS_FORCE_DELETE").is_some_and(|force| force == "1");
    if !is_forced && !request.has("--force") {
        confirm("network", name, out)?;
    }
    say::step_unless_quiet(host, out, &format!("Destroying network {name}"));
    let ran = docker::run(&["network", "rm", name])?;
    if ran.succeeded {
        return Ok(());
    }
    Err(refused(host, "destroy", &ran.stderr))
}

fn named(name: &str) -> Result<(), Failure> {
    match name {
        "" => Err(Failure::new("No network name specified")),
        _ => Ok(()),
    }
}

fn exists(host: &Host, name: &str, out: &mut dyn Write) -> Result<(), Failure> {
    named(name)?;
    if !names(host)?.iter().any(|known| known == name) {
        return Err(Failure::new("Network does not exist"));
    }
    say::step_unless_quiet(host, out, "Network exists");
    Ok(())
}

/// The names of docker's networks.
fn names(host: &Host) -> Result<Vec<String>, Failure> {
    let verb = match ASKED.asked(host.version) {
        Asked::Json => {
            let networks = networks(host)?;
            return Ok(networks.into_iter().map(|network| network.name).collect());
        }
        Asked::LsNames => "ls",
        Asked::ListNames => "list",
    };
    let text = asked(host, &["network", verb, "--format", "{{ .Name }}"])?;
    Ok(text.split('\n').map(str::to_owned).collect())
}

/// Docker's networks, in its own order; upstream tells them in any.
fn networks(host: &Host) -> Result<Vec<Network>, Failure> {
    let text = asked(host, &["network", "ls", "--format", "json"])?;
    let tells_own = *TELLS_OWN.asked(host.version);
    let networks = text.lines().map(|line| Network::parse(line, tells_own));
    networks
        .collect::<Option<_>>()
        .ok_or_else(|| Failure::unmodelled("networks that docker does not tell in JSON"))
}

fn asked(host: &Host, words: &[&str]) -> Result<String, Failure> {
    let ran = docker::run(words)?;
    if ran.succeeded {
        return Ok(ran.stdout);
    }
    if !host.quiet {
        println!("       {}", ran.stderr.trim());
    }
    Err(Failure::new(match ASKED.asked(host.version) {
        Asked::ListNames => "exit status 1",
        Asked::LsNames | Asked::Json => &ran.stderr,
    }))
}

fn info(host: &Host, request: &Request<'_>, out: &mut dyn Write) -> Result<(), Failure> {
    let name = request.word(0);
    named(name)?;
    let format = request.value("--format").unwrap_or("text");
    if !["json", "text"].contains(&format) {
        let text = "Invalid format specified, use either text or json";
        return Err(Failure::new(text));
    }
    let networks = networks(host)?;
    let network = networks
        .iter()
        .find(|network| network.name == name)
        .ok_or_else(|| Failure::new("Network does not exist"))?;
    if format == "json" {
        say::line(out, &go_json(network));
        return Ok(());
    }
    say::head_unless_quiet(host, out, &format!("{name} network information"));
    let own = network.dokku_managed.map(|own| own.to_string());
    let rows = [
        ("ID:", Some(&network.id)),
        ("Name:", Some(&network.name)),
        ("Driver:", Some(&network.driver)),
        ("Scope:", Some(&network.scope)),
        ("Dokku managed:", own.as_ref()),
    ];
    let width = if own.is_some() { 16 } else { 10 };
    for (name, value) in rows {
        if let Some(value) = value {
            say::detail(out, &format!("{name:width$}{value}"));
        }
    }
    Ok(())
}

fn list(host: &Host, request: &Request<'_>, out: &mut dyn Write) -> Result<(), Failure> {
    let mut networks = networks(host)?;
    if request.has("--dokku-managed") {
        networks.retain(Network::is_own);
    }
    if request.value("--format") == Some("json") {
        say::line(out, &go_json(&networks));
        return Ok(());
    }
    say::head_unless_quiet(host, out, "Networks");
    networks
        .iter()
        .for_each(|network| say::line(out, &network.name));
    Ok(())
}

/// Writes down anew where the containers of an app listen, of which there are none before it is deployed.
fn rebuild(host: &Host, app: &str) -> Result<(), Failure> {
    if is_deployed(host, app)? && host.has_container(app) {
        return Err(Failure::unmodelled(
            "`dokku network:rebuild` of a deployed app",
        ));
    }
    Ok(())
}

fn set(host: &Host, request: &Request<'_>, out: &mut dyn Write) -> Result<(), Failure> {
    let (app, rest) = if request.has("--global") {
        ("--global", 0)
    } else {
        app_name::verify(host, request.word(0))?;
        (request.word(0), 1)
    };
    let (name, values) = (request.word(rest), request.words_from(rest + 1));
    let mut value = request.word(rest + 1).to_owned();
    if name == "bind-all-interfaces" && value.is_empty() && *BINDS_EXPLICITLY.asked(host.version) {
        "false".clone_into(&mut value);
    }
    let other = match name {
        "attach-post-create" => Some("attach-post-deploy"),
        "attach-post-deploy" => Some("attach-post-create"),
        _ => None,
    };
    if let Some(other) = other {
        let other = network::computed(host, app, other)?;
        for value in values {
            if ["host", "bridge"].contains(value) {
                let text = format!("Invalid network name specified for attach: {value}");
                return Err(Failure::new(text));
            }
            if !value.is_empty() && *value == other {
                let text = format!("Network name already associated with this app: {value}");
                return Err(Failure::new(text));
            }
        }
        value = values.join(",");
    }
    SETTINGS.set(host, app, name, &value, out)
}

/// The versions in which something changed here that the programs ask.
pub(super) fn asked_turns() -> impl Iterator<Item = Version> {
    [
        INTRODUCES.turns(),
        ASKED.turns(),
        TELLS_OWN.turns(),
        BINDS_EXPLICITLY.turns(),
    ]
    .into_iter()
    .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"CreatedAt":"2026-01-01 00:00:00 +0000 UTC","Driver":"bridge","ID":"0a","IPv6":"false","Internal":"false","Labels":"com.dokku.network-name=n","Name":"n","Scope":"local"}"#;

    #[test]
    fn a_network_is_told_with_its_label() {
        let network = Network::parse(LINE, true).unwrap();
        assert!(network.is_own());
        let text = "{\"CreatedAt\":\"2024-02-25T01:55:24.275184461Z\",\"DokkuManaged\":true,\"Driver\":\"bridge\",\
            \"ID\":\"0a\",\"Internal\":false,\"IPv6\":false,\"Labels\":{\"com.dokku.network-name\":\"n\"},\
            \"Name\":\"n\",\"Scope\":\"local\"}";
        assert_eq!(go_json(&network), text);
        assert!(Network::parse("{}", true).is_none());
    }
}

//! What the core plugin network knows of apps.

use std::fs;
use std::io::Write;
use std::net::IpAddr;

use super::failure::Failure;
use super::host::Host;
use super::properties::Properties;
use super::report::Values;
use super::{common_helper, containers, docker, say};

/// The properties that the host can have for all apps, and what stands where it has not.
const SHARED: &[(&str, &str)] = &[
    ("attach-post-create", ""),
    ("attach-post-deploy", ""),
    ("bind-all-interfaces", "false"),
    ("initial-network", ""),
    ("tld", ""),
];

fn property(host: &Host, scope: &str, name: &str) -> String {
    Properties::new(&host.lib, "network", scope)
        .get(name)
        .unwrap_or_default()
}

/// A property as it holds for an app: its own, or the host's, or the default.
pub(super) fn computed(host: &Host, app: &str, name: &str) -> Result<String, Failure> {
    let default = SHARED
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, default)| *default);
    let default = default
        .ok_or_else(|| Failure::new(format!("Invalid network property specified: {name}")))?;
    let found = [property(host, app, name), property(host, "--global", name)];
    Ok(found
        .into_iter()
        .find(|value| !value.is_empty())
        .unwrap_or_else(|| default.to_owned()))
}

/// What `network:report` shows.
pub(super) fn values(host: &Host, scope: &str) -> Values {
    let mut values = Values::new();
    for (name, _) in SHARED {
        let all = computed(host, scope, name).unwrap_or_default();
        values.insert(format!("--network-computed-{name}"), all);
        values.insert(
            format!("--network-global-{name}"),
            property(host, "--global", name),
        );
        if scope != "--global" {
            values.insert(format!("--network-{name}"), property(host, scope, name));
        }
    }
    if scope != "--global" {
        values.insert(
            "--network-static-web-listener".into(),
            property(host, scope, "static-web-listener"),
        );
        values.insert(
            "--network-web-listeners".into(),
            listeners(host, scope, "web").join(" "),
        );
    }
    values
}

/// Where the containers of one process type listen: what is set for the whole app, or else what the files
/// IP.<type>.<n> and PORT.<type>.<n> say.
pub(super) fn listeners(host: &Host, app: &str, process_type: &str) -> Vec<String> {
    let fixed = property(host, app, "static-web-listener");
    if process_type == "web" && !fixed.is_empty() {
        return vec![fixed];
    }
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

/// True if it is known where an app listens.
pub(super) fn has_config(host: &Host, app: &str) -> bool {
    let files = ["IP.web.1", "PORT.web.1"];
    files.iter().all(|name| host.app(app).join(name).is_file())
        || !property(host, app, "static-web-listener").is_empty()
}

/// Where a container of an app is reached, as far as docker says so.
pub(super) fn address(
    host: &Host,
    app: &str,
    process_type: &str,
    container: &str,
) -> Result<String, Failure> {
    if let Some(address) = fixed_address(host, app, process_type) {
        return Ok(address);
    }
    if docker::shown(container, "{{ .HostConfig.NetworkMode }}")? == "host" {
        return Ok("127.0.0.1".to_owned());
    }
    let initial = computed(host, app, "initial-network")?;
    let network = if initial.is_empty() {
        "bridge"
    } else {
        &initial
    };
    let template = format!(
        "{{{{ $network := index .NetworkSettings.Networks \"{network}\" }}}}{{{{ $network.IPAddress}}}}"
    );
    docker::shown(container, &template)
}

/// Answers `network-build-config`: writes down where the containers of a deployed app are reached.
pub(super) fn build_config(host: &Host, app: &str, out: &mut dyn Write) -> Result<(), Failure> {
    let is_fixed = !property(host, app, "static-web-listener").is_empty();
    if !common_helper::is_deployed(host, app)? || is_fixed {
        return Ok(());
    }
    let scale = host.ask("ps-current-scale", &[app]).text;
    if scale.is_empty() || common_helper::scheduler(host, app) != "docker-local" {
        return Ok(());
    }
    say::step(
        out,
        &format!("Ensuring network configuration is in sync for {app}"),
    );
    for one in containers::of(host, app) {
        if !containers::runs(&one.id)? {
            continue;
        }
        let address = address(host, app, &one.process, &one.id)?;
        if !address.is_empty() {
            let number = one.number.to_string();
            let told = [app, &one.process, &number, &address];
            host.tell("network-write-ipaddr", &told)?;
        }
    }
    Ok(())
}

/// Fails unless there is nothing that an app is to be attached to once it is deployed or has a container.
pub(super) fn attach(host: &Host, app: &str, when: &str) -> Result<(), Failure> {
    match computed(host, app, when)?.as_str() {
        "" => Ok(()),
        _ => Err(Failure::unmodelled(format!(
            "the property {when} of network"
        ))),
    }
}

/// The network that the containers of an app begin in, as an option of docker's.
pub(super) fn option(host: &Host, app: &str) -> Result<String, Failure> {
    Ok(match computed(host, app, "initial-network")?.as_str() {
        "" => String::new(),
        network => format!(" --network={network} "),
    })
}

/// The address that is set for the whole app, if it is meant; a container's own only docker knows.
fn fixed_address(host: &Host, app: &str, process_type: &str) -> Option<String> {
    let listener = property(host, app, "static-web-listener");
    if process_type != "web" || listener.is_empty() {
        return None;
    }
    let before_port = listener.rsplit_once(':').map(|(address, _)| address);
    let bare = |text: &str| !text.contains(':') || (text.starts_with('[') && text.ends_with(']'));
    Some(match before_port {
        Some(address) if bare(address) => address.trim_matches(['[', ']']).to_owned(),
        _ => match listener.parse::<IpAddr>() {
            Ok(address) => address.to_string(),
            Err(_) => "127.0.0.1".to_owned(),
        },
    })
}

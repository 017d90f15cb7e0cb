//! The commands of the core plugin proxy, as they were from 0.38.0 on.

use std::io::Write;

use super::app_name;
use super::failure::Failure;
use super::host::Host;
use super::properties::Properties;
use super::request::{Known, Request};
use super::setting::Settings;
use super::{proxy, say};

const SETTINGS: Settings = Settings {
    plugin: "proxy",
    own: &["disabled", "proxy-port", "proxy-ssl-port", "type"],
    shared: &["proxy-port", "proxy-ssl-port", "type"],
};

/// Answers `proxy:NAME` with the arguments after it.
pub(super) fn run(
    host: &Host,
    name: &str,
    arguments: &[String],
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let command = format!("proxy:{name}");
    let known = Known {
        flags: if name == "set" {
            &["--global"]
        } else {
            &["--all"]
        },
        ..Known::default()
    };
    let request = Request::parse(&command, arguments, known)?;
    if name == "set" {
        return set(host, &request, out);
    }
    let app = if request.has("--all") {
        "--all"
    } else {
        app_name::verify(host, request.word(0))?;
        request.word(0)
    };
    match (name, app) {
        ("clear-config", app) => host.tell("proxy-clear-config", &[app]),
        (_, "--all") => Err(Failure::unmodelled(format!("`dokku {command} --all`"))),
        ("build-config", app) => host.tell("proxy-build-config", &[app]),
        ("disable", app) => disable(host, app, out),
        ("enable", app) => enable(host, app, out),
        _ => Err(Failure::unmodelled(format!("`dokku {command}`"))),
    }
}

fn disable(host: &Host, app: &str, out: &mut dyn Write) -> Result<(), Failure> {
    if !proxy::is_enabled(host, app) {
        say::step(out, "Proxy is already disable for app");
        return Ok(());
    }
    say::step(out, "Disabling proxy for app");
    Properties::new(&host.lib, "proxy", app).set("disabled", "true")?;
    host.tell("proxy-disable", &[app])
}

fn enable(host: &Host, app: &str, out: &mut dyn Write) -> Result<(), Failure> {
    if proxy::is_enabled(host, app) {
        say::step(out, "Proxy is already enabled for app");
        return Ok(());
    }
    say::step(out, "Enabling proxy for app");
    Properties::new(&host.lib, "proxy", app).delete("disabled")?;
    host.tell("proxy-enable", &[app])
}

/// Sets a property. A word that is none and has no value is the type of the proxy, as it was once said.
fn set(host: &Host, request: &Request<'_>, out: &mut dyn Write) -> Result<(), Failure> {
    let (scope, rest) = match request.has("--global") {
        true => ("--global", 0),
        false => (request.word(0), 1),
    };
    let (name, value) = (request.word(rest), request.word(rest + 1));
    if !value.is_empty() || SETTINGS.own.contains(&name) {
        return SETTINGS.set(host, scope, name, value, out);
    }
    if name.contains(':') {
        say::warn("Detected potential port mapping instead of proxy type");
        let text = "Consider using ports:set command or specifying a valid proxy";
        return Err(Failure::new(text));
    }
    SETTINGS.set(host, scope, "type", name, out)
}

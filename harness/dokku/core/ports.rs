//! The port mappings of apps, as the core plugin ports kept them from 0.38.0 on.

use std::collections::BTreeSet;
use std::fmt;
use std::io::Write;
use std::net::TcpListener;

use super::failure::Failure;
use super::host::Host;
use super::properties::Properties;
use super::proxy;
use super::report::go_json;

/// A port of the host that leads to one of a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mapping {
    pub(super) scheme: String,
    pub(super) host: u16,
    pub(super) container: u16,
}

impl fmt::Display for Mapping {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{}:{}:{}",
            self.scheme, self.host, self.container
        )
    }
}

impl Mapping {
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, ':');
        let scheme = parts.next()?.to_owned();
        let mut port = || parts.next()?.parse().ok().filter(|port| *port != 0);
        Some(Self {
            scheme,
            host: port()?,
            container: port()?,
        })
    }
}

/// The mappings of a text, up to one that is none. A lone port is passed over: it is never kept.
fn parse(text: &str) -> Vec<Mapping> {
    let is_port = |word: &str| word.parse::<u16>().is_ok_and(|port| port != 0);
    let words = text.split_whitespace().filter(|word| !is_port(word));
    words.map_while(Mapping::parse).collect()
}

/// The mappings that a property of an app holds.
pub(super) fn kept(host: &Host, app: &str, property: &str) -> Vec<Mapping> {
    parse(
        &Properties::new(&host.lib, "ports", app)
            .items(property)
            .join(" "),
    )
}

/// One mapping for each scheme and port of the host, the first.
fn unique(mappings: Vec<Mapping>) -> Vec<Mapping> {
    let mut seen = BTreeSet::new();
    mappings
        .into_iter()
        .filter(|mapping| seen.insert((mapping.scheme.clone(), mapping.host)))
        .collect()
}

/// The port that the proxy listens at, 0 if none was chosen.
fn proxy_port(host: &Host, app: &str, name: &str) -> u16 {
    proxy::computed(host, app, name).parse().unwrap_or(0)
}

fn or(port: u16, default: u16) -> u16 {
    if port == 0 { default } else { port }
}

fn has_certificate(host: &Host, app: &str) -> bool {
    ["certs-exists", "certs-force"]
        .iter()
        .any(|trigger| host.ask(trigger, &[app]).text == "true")
}

/// What was found out about an app, or else what is assumed of it.
pub(super) fn detected(host: &Host, app: &str) -> Vec<Mapping> {
    let mut mappings = kept(host, app, "map-detected");
    if mappings.is_empty() {
        let port = or(proxy_port(host, app, "proxy-port"), 80);
        mappings.push(Mapping {
            scheme: "http".to_owned(),
            host: port,
            container: 5000,
        });
    }
    if has_certificate(host, app) {
        secure(
            &mut mappings,
            or(proxy_port(host, app, "proxy-ssl-port"), 443),
        );
    }
    mappings
}

/// Adds a mapping of https for each of http at port 80; without such a one all of http turn to https.
fn secure(mappings: &mut Vec<Mapping>, port: u16) {
    let plain = mappings
        .iter()
        .filter(|mapping| mapping.scheme == "http" && mapping.host == 80);
    let secured: Vec<Mapping> = plain
        .map(|mapping| Mapping {
            scheme: "https".to_owned(),
            host: port,
            container: mapping.container,
        })
        .collect();
    if secured.is_empty() {
        for mapping in mappings
            .iter_mut()
            .filter(|mapping| mapping.scheme == "http")
        {
            "https".clone_into(&mut mapping.scheme);
        }
    }
    mappings.extend(secured);
}

/// Mappings as JSON.
pub(super) fn json(mappings: &[Mapping]) -> String {
    let shape = |mapping: &Mapping| {
        serde_json::json!({
            "container_port": mapping.container,
            "host_port": mapping.host,
            "scheme": mapping.scheme,
        })
    };
    go_json(&mappings.iter().map(shape).collect::<Vec<_>>())
}

/// Answers `ports-get`.
pub(super) fn get(
    host: &Host,
    app: &str,
    format: &str,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let mut mappings = kept(host, app, "map");
    if mappings.is_empty() {
        mappings = detected(host, app);
    }
    let mappings = unique(mappings);
    let text = match format {
        "" | "stdout" => mappings
            .iter()
            .map(|mapping| format!("{mapping}\n"))
            .collect(),
        "json" => json(&mappings) + "\n",
        other => return Err(Failure::new(format!("Invalid format specified: {other}"))),
    };
    // Who closed the stream wants no more of it.
    let _ = out.write_all(text.as_bytes());
    Ok(())
}

/// Answers `ports-get-property`.
pub(super) fn property(host: &Host, app: &str, name: &str) -> String {
    match name {
        "proxy-port" | "proxy-ssl-port" => proxy_port(host, app, name).to_string(),
        _ => Properties::new(&host.lib, "ports", app)
            .get(name)
            .unwrap_or_default(),
    }
}

/// Answers `ports-clear`.
pub(super) fn clear(host: &Host, app: &str) -> Result<(), Failure> {
    let properties = Properties::new(&host.lib, "ports", app);
    properties.delete("map")?;
    properties.delete("map-detected")
}

/// Answers `ports-set-detected`.
pub(super) fn set_detected(host: &Host, app: &str, text: &str) -> Result<(), Failure> {
    let mut lines: Vec<String> = unique(parse(text))
        .iter()
        .map(ToString::to_string)
        .collect();
    lines.sort();
    Properties::new(&host.lib, "ports", app).set_items("map-detected", &lines)
}

/// A port that nobody listens at; none if there is none.
pub(super) fn available() -> Option<u16> {
    let listener = TcpListener::bind(("localhost", 0)).ok()?;
    Some(listener.local_addr().ok()?.port()).filter(|port| *port > 1024)
}

/// Answers `ports-configure`: chooses the ports that the proxy listens at for an app, unless they are chosen.
pub(super) fn configure(host: &Host, app: &str, out: &mut dyn Write) -> Result<(), Failure> {
    let properties = Properties::new(&host.lib, "proxy", app);
    let number = |scope: &str, name: &str| {
        let text = Properties::new(&host.lib, "proxy", scope).get(name);
        text.and_then(|text| text.parse::<u16>().ok()).unwrap_or(0)
    };
    let mut say = |text: &str| {
        // Who closed the stream wants no more of it.
        let _ = writeln!(out, "-----> {text}");
        let _ = out.flush();
    };
    let has_names = || host.tell("domains-vhost-enabled", &[app]).is_ok();
    if number(app, "proxy-port") == 0 {
        let port = if has_names() {
            number("--global", "proxy-port")
        } else {
            say("No port set, setting to random open high port");
            let port = available().unwrap_or(0);
            say(&format!("Random port {port}"));
            port
        };
        properties.set("proxy-port", &or(port, 80).to_string())?;
    }
    if number(app, "proxy-ssl-port") == 0 && has_certificate(host, app) {
        let mut port = or(number("--global", "proxy-ssl-port"), 443);
        if !has_names() {
            say("No ssl port set, setting to random open high port");
            port = available().unwrap_or(0);
        }
        properties.set("proxy-ssl-port", &port.to_string())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(mappings: &[Mapping]) -> Vec<String> {
        mappings.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn mappings_are_read_up_to_one_that_is_none() {
        assert_eq!(
            shown(&parse("http:80:5000 443 https:443:5000 http:x:1 http:81:1")),
            ["http:80:5000", "https:443:5000"]
        );
        assert_eq!(shown(&parse("http:0:1")), [""; 0]);
        assert_eq!(
            shown(&unique(parse("http:80:1 http:80:2 https:80:3"))),
            ["http:80:1", "https:80:3"]
        );
    }

    #[test]
    fn a_certificate_adds_https_beside_port_80_and_replaces_http_elsewhere() {
        let secured = |text: &str| {
            let mut mappings = parse(text);
            secure(&mut mappings, 443);
            shown(&mappings)
        };
        assert_eq!(secured("http:80:5000"), ["http:80:5000", "https:443:5000"]);
        assert_eq!(secured("http:8080:5000"), ["https:8080:5000"]);
    }
}

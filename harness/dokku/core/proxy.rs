//! What the core plugin proxy knows of apps, as it was from 0.38.0 on.

use super::host::Host;
use super::properties::Properties;
use super::report::Values;

/// A property of an app or of `--global`, empty if it is not set.
fn property(host: &Host, scope: &str, name: &str) -> String {
    Properties::new(&host.lib, "proxy", scope)
        .get(name)
        .unwrap_or_default()
}

/// A property of an app, or else the host's; empty if neither is set.
pub(super) fn computed(host: &Host, app: &str, name: &str) -> String {
    let own = property(host, app, name);
    if own.is_empty() {
        property(host, "--global", name)
    } else {
        own
    }
}

/// The proxy that serves an app.
pub(super) fn kind(host: &Host, app: &str) -> String {
    let chosen = computed(host, app, "type");
    if chosen.is_empty() {
        "nginx".to_owned()
    } else {
        chosen
    }
}

/// True unless an app's proxy is switched off.
pub(super) fn is_enabled(host: &Host, app: &str) -> bool {
    property(host, app, "disabled") != "true"
}

/// What `proxy:report` shows.
pub(super) fn values(host: &Host, scope: &str) -> Values {
    let mut values = Values::new();
    for name in ["proxy-port", "proxy-ssl-port", "type"] {
        let all = match name {
            "type" => kind(host, scope),
            _ => computed(host, scope, name),
        };
        values.insert(format!("--proxy-computed-{name}"), all);
        values.insert(
            format!("--proxy-global-{name}"),
            property(host, "--global", name),
        );
        if scope != "--global" {
            values.insert(format!("--proxy-{name}"), property(host, scope, name));
        }
    }
    if scope != "--global" {
        let disabled = property(host, scope, "disabled");
        let computed = if disabled.is_empty() {
            "false"
        } else {
            &disabled
        };
        values.insert("--proxy-computed-disabled".into(), computed.to_owned());
        values.insert(
            "--proxy-enabled".into(),
            is_enabled(host, scope).to_string(),
        );
        values.insert("--proxy-disabled".into(), disabled);
    }
    values
}

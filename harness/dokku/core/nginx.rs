//! `nginx-vhosts/nginx-property --app APP [--computed|--global] PROPERTY`: the properties of the proxy nginx.

use std::io::Write;
use std::path::Path;

use super::failure::Failure;
use super::host::Host;
use super::properties::Properties;

/// What holds for a property that neither the app nor the host has.
fn default(app: &str, name: &str) -> Option<String> {
    let logs = if Path::new("/usr/bin/openresty").is_file() {
        "/var/log/openresty"
    } else {
        "/var/log/nginx"
    };
    Some(match name {
        "access-log-path" => format!("{logs}/{app}-access.log"),
        "error-log-path" => format!("{logs}/{app}-error.log"),
        "access-log-format"
        | "bind-address-ipv4"
        | "nginx-service-command"
        | "proxy-keepalive"
        | "x-forwarded-ssl" => String::new(),
        "bind-address-ipv6" => "::".to_owned(),
        "client-body-timeout"
        | "client-header-timeout"
        | "proxy-connect-timeout"
        | "proxy-read-timeout"
        | "proxy-send-timeout"
        | "send-timeout" => "60s".to_owned(),
        "client-max-body-size" => "1m".to_owned(),
        "disable-custom-config" | "hsts-preload" => "false".to_owned(),
        "hsts" | "hsts-include-subdomains" => "true".to_owned(),
        "hsts-max-age" => "15724800".to_owned(),
        "keepalive-timeout" => "75s".to_owned(),
        "lingering-timeout" => "5s".to_owned(),
        "nginx-conf-sigil-path" => "nginx.conf.sigil".to_owned(),
        "proxy-buffer-size" => format!("{}k", page()),
        "proxy-buffering" => "on".to_owned(),
        "proxy-buffers" => format!("8 {}k", page()),
        "proxy-busy-buffers-size" => format!("{}k", 2 * page()),
        "underscore-in-headers" => "off".to_owned(),
        "x-forwarded-for-value" => "$remote_addr".to_owned(),
        "x-forwarded-port-value" => "$server_port".to_owned(),
        "x-forwarded-proto-value" => "$scheme".to_owned(),
        _ => return None,
    })
}

/// The size of a page of memory in KiB.
fn page() -> usize {
    rustix::param::page_size() / 1024
}

/// Answers one call. A property that there is none of has no value.
pub(super) fn run(host: &Host, arguments: &[String], out: &mut dyn Write) -> Result<(), Failure> {
    let (mut app, mut computed, mut global, mut name) = ("", false, false, None);
    let mut words = arguments.iter().map(String::as_str);
    while let Some(word) = words.next() {
        match word {
            "--app" => app = words.next().unwrap_or_default(),
            "--computed" => computed = true,
            "--global" => global = true,
            word if word.starts_with('-') => {
                return Err(Failure::unmodelled(format!(
                    "flag `{word}` of nginx-vhosts/nginx-property"
                )));
            }
            word => name = name.or(Some(word)),
        }
    }
    let Some((name, default)) = name.and_then(|name| Some((name, default(app, name)?))) else {
        return Ok(());
    };
    let of = |scope| {
        Properties::new(&host.lib, "nginx", scope)
            .get(name)
            .filter(|value| !value.is_empty())
    };
    let value = if computed {
        of(app).or_else(|| of("--global")).unwrap_or(default)
    } else {
        of(if global { "--global" } else { app }).unwrap_or_default()
    };
    // Who closed the stream wants no more of it.
    let _ = write!(out, "{value}");
    Ok(())
}

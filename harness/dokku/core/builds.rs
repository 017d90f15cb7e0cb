//! The triggers of the core plugin builds: a file tells of each deployment of an app.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use nix::unistd::dup2_stderr;
use serde::{Deserialize, Serialize};

use super::failure::Failure;
use super::host::Host;
use super::say;

/// From where a deployment was started, and whether the app is built for it.
const SOURCES: &[(&str, bool)] = &[
    ("git-hook", true),
    ("ps:rebuild", true),
    ("ps:restart", false),
    ("ps:start", false),
    ("deploy", false),
    ("config-redeploy", false),
    ("git:sync", true),
    ("git:from-archive", true),
    ("git:from-image", true),
    ("git:load-image", true),
    ("unknown", false),
];

/// What is told of a deployment.
#[derive(Debug, Serialize, Deserialize)]
struct Build {
    id: String,
    app: String,
    kind: String,
    pid: i64,
    started_at: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    finished_at: Option<String>,
    status: String,
    source: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    exit_code: Option<i64>,
}

fn file(host: &Host, app: &str, id: &str) -> PathBuf {
    let folder = host.lib.join("data/builds").join(app);
    folder.join(format!("{id}.json"))
}

fn write(host: &Host, build: &Build) -> Result<(), Failure> {
    let file = file(host, &build.app, &build.id);
    let written = || -> io::Result<()> {
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&file, serde_json::to_string_pretty(build)?)
    };
    written().map_err(|error| Failure::new(error.to_string()))
}

/// The time since 1970.
fn now() -> std::time::Duration {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap_or_default()
}

/// The time now as Go writes it.
fn stamp() -> String {
    let now = now();
    let timestamp = jiff::Timestamp::from_second(i64::try_from(now.as_secs()).unwrap_or_default());
    timestamp.unwrap_or_default().to_string()
}

/// An id that no other deployment has: 14 digits of base 36, which begin with the time.
pub(super) fn new_id() -> String {
    let noise = now().subsec_nanos() ^ std::process::id().rotate_left(12);
    let time = u64::try_from(now().as_millis()).unwrap_or_default();
    format!("{}{}", base36(time, 8), base36(u64::from(noise), 6))
}

/// The last digits of a number in base 36.
fn base36(mut number: u64, digits: usize) -> String {
    let mut text = Vec::new();
    for _ in 0..digits {
        let digit = u32::try_from(number % 36).unwrap_or_default();
        text.extend(char::from_digit(digit, 36));
        number /= 36;
    }
    text.iter().rev().collect()
}

/// The variable that tells of which build it is.
pub(super) const ID: &str = "DOKKU_BUILD_ID";

/// The same host, on which the build has an id.
pub(super) fn named(host: &Host) -> Host {
    if host.variable(ID).is_some() {
        return host.clone();
    }
    host.with(ID, host.ask("builds-generate-id", &[]).text)
}

/// The host on which a build is told of, unless one is already: what it says on standard error comes to standard output
/// from now on. Upstream writes all of it into a log too, which a world does not keep.
pub(super) fn captured(host: &Host, app: &str, source: &str) -> Result<Host, Failure> {
    const CAPTURED: &str = "DOKKU_REDIRECT_OUTPUT";
    if host.variable(CAPTURED).as_deref() == Some("true") {
        return Ok(host.clone());
    }
    let host = named(&host.with(CAPTURED, "true")).with("DOKKU_BUILD_SOURCE", source);
    let id = host.variable(ID).unwrap_or_default();
    let pid = std::process::id().to_string();
    // A build that is not told of is one all the same.
    let _ = host.call("builds-record-start", &[app, &id, &pid, source]);
    dup2_stderr(io::stdout()).map_err(|error| Failure::new(error.to_string()))?;
    Ok(host)
}

/// Tells how a build ended, if it has an id.
pub(super) fn ended(host: &Host, app: &str, failure: Option<&Failure>) {
    let Some(id) = host.variable(ID) else {
        return;
    };
    let status = failure.map_or(0, Failure::status).to_string();
    // A build that is not told of has ended all the same.
    let _ = host.call("builds-record-finalize", &[app, &id, &status]);
}

/// Answers `builds-record-start`.
pub(super) fn start(
    host: &Host,
    app: &str,
    id: &str,
    pid: &str,
    source: &str,
) -> Result<(), Failure> {
    identified("builds-record-start", app, id)?;
    let pid = number("builds-record-start: invalid pid", pid)?;
    let known = SOURCES.iter().find(|(known, _)| *known == source);
    if known.is_none() {
        say::warn(&format!(
            "builds-record-start: unknown source {source:?} for app {app}, recording as \"unknown\""
        ));
    }
    let (source, is_built) = known.copied().unwrap_or(("unknown", false));
    write(
        host,
        &Build {
            id: id.to_owned(),
            app: app.to_owned(),
            kind: if is_built { "build" } else { "deploy" }.to_owned(),
            pid,
            started_at: stamp(),
            finished_at: None,
            status: "running".to_owned(),
            source: source.to_owned(),
            exit_code: None,
        },
    )
}

/// Answers `builds-record-finalize`. That old builds are thrown away is left out: a world has none.
pub(super) fn finish(host: &Host, app: &str, id: &str, status: &str) -> Result<(), Failure> {
    identified("builds-record-finalize", app, id)?;
    let status = number("builds-record-finalize: invalid exit code", status)?;
    let text = fs::read_to_string(file(host, app, id)).unwrap_or_default();
    let Ok(mut build) = serde_json::from_str::<Build>(&text) else {
        say::warn(&format!(
            "builds-record-finalize: no record for {app}/{id}, skipping"
        ));
        return Ok(());
    };
    if build.status != "running" {
        return Ok(());
    }
    build.finished_at = Some(stamp());
    build.exit_code = Some(status);
    build.status = if status == 0 { "succeeded" } else { "failed" }.to_owned();
    write(host, &build)
}

fn identified(trigger: &str, app: &str, id: &str) -> Result<(), Failure> {
    match (app, id) {
        ("", _) => Err(Failure::new(format!("{trigger}: missing app name"))),
        (_, "") => Err(Failure::new(format!("{trigger}: missing build id"))),
        _ => Ok(()),
    }
}

fn number(what: &str, text: &str) -> Result<i64, Failure> {
    text.parse().map_err(|_| {
        Failure::new(format!(
            "{what} {text:?}: strconv.Atoi: parsing {text:?}: invalid syntax"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_keeps_its_last_digits() {
        assert_eq!(base36(35, 2), "0z");
        assert_eq!(base36(36 * 36 + 1, 2), "01");
        assert_eq!(new_id().len(), 14);
    }
}

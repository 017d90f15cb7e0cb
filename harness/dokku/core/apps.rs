//! The commands and triggers of the core plugin apps, as they were from 0.20.0 on.

use std::fs;
use std::io::Write;

use super::common_helper::{is_valid_app_name, verify_app_name, visible};
use super::failure::Failure;
use super::host::Host;

/// Answers `apps:NAME` with the arguments after it.
pub(super) fn run(
    host: &Host,
    name: &str,
    arguments: &[String],
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let app = arguments.first().map_or("", String::as_str);
    match (name, arguments) {
        ("list", []) => list(host, out),
        ("exists", _) => verify_app_name(host, app),
        ("create", [_]) => create(host, app, out),
        _ => Err(Failure::unmodelled(format!(
            "`dokku apps:{name}` with these arguments"
        ))),
    }
}

/// Makes an app and tells the plugins.
pub(super) fn create(host: &Host, app: &str, out: &mut dyn Write) -> Result<(), Failure> {
    if app.is_empty() {
        return Err(Failure::new("Please specify an app to run the command on"));
    }
    if verify_app_name(host, app).is_ok() {
        return Err(Failure::new("Name is already taken"));
    }
    is_valid_app_name(host.version, app)?;
    if !host.quiet {
        // Who closed the stream wants no more of it.
        let _ = writeln!(out, "-----> Creating {app}...");
    }
    fs::create_dir_all(host.app(app)).map_err(|error| Failure::new(error.to_string()))?;
    let _ = out.flush();
    if host.tell("post-create", &[app]) {
        Ok(())
    } else {
        Err(Failure::Silent(1))
    }
}

fn list(host: &Host, out: &mut dyn Write) -> Result<(), Failure> {
    if !host.quiet {
        let _ = writeln!(out, "=====> My Apps");
    }
    let apps = visible(host, &host.apps())?;
    if apps.is_empty() {
        eprintln!(" !     You haven't deployed any applications yet");
    }
    for app in apps {
        let _ = writeln!(out, "{app}");
    }
    Ok(())
}

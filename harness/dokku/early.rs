//! The commands that the dispatcher of 0.4 had in itself, before they became subcommands of a plugin.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

use super::child::say;
use super::dispatch::Dispatcher;
use super::ended::Ended;
use super::messages;
use super::timeline::Timeline;
use super::version::Version;

/// True in the versions that had them.
const OWN: Timeline<bool> = Timeline::new(true, &[(Version::new(0, 5, 0), false)]);

/// Answers the command if it is one of these; none if it is not.
pub(super) fn answer(dispatcher: &Dispatcher<'_>) -> Option<Result<(), Ended>> {
    if !OWN.at(dispatcher.version) {
        return None;
    }
    match dispatcher.command().as_bytes() {
        b"cleanup" => Some(core_function(dispatcher, "docker_cleanup")),
        b"deploy:all" => Some(deploy_all(dispatcher)),
        b"deploy" => Some(deploy(dispatcher)),
        b"receive" => Some(Err(unmodelled(dispatcher))),
        _ => None,
    }
}

fn deploy_all(dispatcher: &Dispatcher<'_>) -> Result<(), Ended> {
    say(b"*DEPRECATED* in v0.3.14: deploy:all will be removed in future versions");
    let restart = [OsString::from("ps:restartall")];
    Ended::unless_zero(dispatcher.script().run(OsStr::new("dokku"), &restart))
}

fn deploy(dispatcher: &Dispatcher<'_>) -> Result<(), Ended> {
    if dispatcher.arguments.get(1).is_none_or(|app| app.is_empty()) {
        let text = "Please specify an app to deploy";
        return Err(messages::fail(
            dispatcher.version,
            &dispatcher.variables,
            text,
        ));
    }
    Err(unmodelled(dispatcher))
}

fn unmodelled(dispatcher: &Dispatcher<'_>) -> Ended {
    let command = dispatcher.command().to_string_lossy();
    Ended(dispatcher.script().unmodelled(&format!("dokku {command}")))
}

/// Runs a function of the core's `common/functions`.
fn core_function(dispatcher: &Dispatcher<'_>, function: &str) -> Result<(), Ended> {
    const CALL: &str = r#"source "$PLUGIN_CORE_AVAILABLE_PATH/common/functions"; "$@""#;
    let arguments = ["-c", CALL, "dokku", function].map(OsString::from);
    Ended::unless_zero(dispatcher.script().run(OsStr::new("bash"), &arguments))
}

/// The versions in which something changed here.
pub(super) fn turns() -> impl Iterator<Item = Version> {
    [OWN.turns()].into_iter().flatten()
}

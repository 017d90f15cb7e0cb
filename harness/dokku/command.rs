//! Finding the plugin that answers a command.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use super::child::is_executable;
use super::dispatch::Dispatcher;
use super::ended::Ended;
use super::glob::{in_each, real_path};
use super::own_program::OwnProgram;
use super::timeline::Timeline;
use super::turns::Turn;
use super::user::contains;
use super::version::Version;
use super::{build_log, core, messages};

const fn v(minor: u16, patch: u16) -> Version {
    Version::new(0, minor, patch)
}

/// Commands without a colon that the plugin `00_dokku-standard` answers. Its presence since 0.5.0 marks the versions
/// that look for subcommands.
pub(super) const STANDARD: Timeline<Option<&[&str]>> = Timeline::new(
    None,
    &[
        (
            v(5, 0),
            Some(&[
                "receive", "deploy", "build", "release", "trace", "delete", "ls", "run", "cleanup",
                "url", "urls", "report", "version",
            ]),
        ),
        (
            v(6, 0),
            Some(&[
                "deploy", "delete", "ls", "run", "cleanup", "trace", "url", "urls", "report",
                "version",
            ]),
        ),
        (
            v(15, 0),
            Some(&[
                "deploy", "delete", "ls", "run", "cleanup", "trace", "url", "urls", "report",
            ]),
        ),
        (
            v(18, 0),
            Some(&[
                "deploy", "delete", "ls", "run", "cleanup", "url", "urls", "report",
            ]),
        ),
        (
            v(20, 0),
            Some(&["deploy", "run", "cleanup", "url", "urls", "report"]),
        ),
        (
            v(25, 0),
            Some(&["deploy", "cleanup", "url", "urls", "report"]),
        ),
    ],
);

/// Proxies whose plugin is called like the command, with `-vhosts`.
pub(super) const PROXIES: Timeline<&[&str]> = Timeline::new(
    &[],
    &[
        (v(5, 0), &["nginx"]),
        (v(28, 0), &["caddy", "nginx", "traefik"]),
        (v(30, 0), &["caddy", "haproxy", "nginx", "traefik"]),
        (
            v(31, 0),
            &["caddy", "haproxy", "nginx", "openresty", "traefik"],
        ),
    ],
);

/// Plugins that have a second, shorter name.
pub(super) const ALIASES: Timeline<&[(&str, &str)]> = Timeline::new(
    &[],
    &[(
        v(37, 0),
        &[
            ("docker-local", "scheduler-docker-local"),
            ("dockerfile", "builder-dockerfile"),
            ("herokuish", "builder-herokuish"),
            ("k3s", "scheduler-k3s"),
            ("lambda", "builder-lambda"),
            ("nixpacks", "builder-nixpacks"),
            ("pack", "builder-pack"),
            ("rails", "builder-railpack"),
        ],
    )],
);

/// The flag that stays before the app in the core commands that begin with `config`.
const BEFORE_APP: Timeline<Option<&str>> =
    Timeline::new(None, &[(v(5, 0), Some("--no-restart")), (v(22, 3), None)]);

/// True in the versions in which `plugin:` names no subcommand, and not the folder of all of them.
const EMPTY_IS_NONE: Timeline<bool> = Timeline::new(false, &[(v(10, 4), true)]);

/// Commands whose output is kept as a build's log.
const CAPTURED: Timeline<&[&str]> = Timeline::new(
    &[],
    &[(v(38, 0), &["git-hook", "ps:rebuild", "ps:restart"])],
);

/// Runs the command, by the first of: the plugin's `subcommands/default`, its subcommand of that name, and every
/// plugin's `commands`.
///
/// # Errors
/// The status of the one that failed, or that of a command which nobody knows.
pub(super) fn run(dispatcher: &mut Dispatcher<'_>) -> Result<(), Ended> {
    let Some(standard) = STANDARD.at(dispatcher.version) else {
        return offer_to_all(dispatcher);
    };
    resolve_alias(dispatcher)?;
    let command = dispatcher.command().to_owned();
    let plugin = plugin_of(&command, dispatcher.version, standard);
    if is_core(dispatcher, &plugin) {
        put_app_first(dispatcher, &command);
    }
    let is_captured = |captured: &&[&str]| captured.iter().any(|name| plugin == *name);
    if CAPTURED.ask(dispatcher.version, is_captured) {
        let app = dispatcher.arguments.get(1).cloned().unwrap_or_default();
        return build_log::keep(dispatcher, &app, &plugin, |dispatcher| {
            answer(dispatcher, &plugin, &command)
        });
    }
    answer(dispatcher, &plugin, &command)
}

fn answer(dispatcher: &Dispatcher<'_>, plugin: &OsStr, command: &OsStr) -> Result<(), Ended> {
    match subcommand(dispatcher, plugin, command) {
        Some(path) => {
            let status = dispatcher
                .script()
                .run(path.as_os_str(), &dispatcher.arguments);
            Ended::unless_zero(status)
        }
        None => offer_to_all(dispatcher),
    }
}

/// Rewrites the command if its plugin is named by an alias.
fn resolve_alias(dispatcher: &mut Dispatcher<'_>) -> Result<(), Ended> {
    let aliases = ALIASES.at(dispatcher.version);
    if aliases.is_empty() {
        return Ok(());
    }
    let command = dispatcher.command().to_owned();
    let name = before_colon(&command);
    if name.is_empty() {
        // The script looks the empty name up in its table, which bash refuses.
        let complaint = "bad array subscript";
        dispatcher
            .script()
            .complain(OsStr::new("PLUGIN_ALIASES"), complaint);
        return Err(Ended(1));
    }
    if let Some((alias, target)) = aliases.iter().find(|(alias, _)| name == *alias)
        && let Some(first) = dispatcher.arguments.first_mut()
    {
        *first = replace_start(&command, alias, target);
    }
    Ok(())
}

/// The name of the plugin that a command is of, with the rest of the command behind it.
fn plugin_of(command: &OsStr, version: Version, standard: &[&str]) -> OsString {
    if standard.iter().any(|name| command == *name) {
        return "00_dokku-standard".into();
    }
    let name = before_colon(command);
    if name == "events" {
        return replace_start(command, "events", "20_events");
    }
    let meant = |proxies: &&[&'static str]| proxies.iter().copied().find(|proxy| name == *proxy);
    match PROXIES.ask(version, meant) {
        Some(proxy) => replace_start(command, proxy, &format!("{proxy}-vhosts")),
        None => command.to_owned(),
    }
}

/// `${command/start/replacement}` where the command is known to begin so.
fn replace_start(command: &OsStr, start: &str, replacement: &str) -> OsString {
    let rest = command.as_bytes().get(start.len()..).unwrap_or_default();
    let mut name = OsString::from(replacement);
    name.push(OsStr::from_bytes(rest));
    name
}

/// `${text%%:*}`
fn before_colon(text: &OsStr) -> &OsStr {
    let end = text.as_bytes().split(|byte| *byte == b':').next();
    OsStr::from_bytes(end.unwrap_or_default())
}

/// `${text#*:}`
fn after_colon(text: &OsStr) -> &OsStr {
    let bytes = text.as_bytes();
    let colon = bytes.iter().position(|byte| *byte == b':');
    OsStr::from_bytes(colon.and_then(|at| bytes.get(at + 1..)).unwrap_or(bytes))
}

/// A path below the folder of the enabled plugins, put together as text: a part may be empty or begin with a slash.
fn enabled(dispatcher: &Dispatcher<'_>, parts: &[&OsStr]) -> PathBuf {
    let mut path = dispatcher.variables.get("PLUGIN_ENABLED_PATH").to_owned();
    for part in parts {
        path.push("/");
        path.push(part);
    }
    PathBuf::from(path)
}

fn is_core(dispatcher: &Dispatcher<'_>, plugin: &OsStr) -> bool {
    real_path(&enabled(dispatcher, &[before_colon(plugin)]))
        .is_some_and(|path| contains(path.as_os_str().as_bytes(), "core-plugins"))
}

/// Puts the app of `--app` before the arguments of a core command.
fn put_app_first(dispatcher: &mut Dispatcher<'_>, command: &OsStr) {
    let app = dispatcher.variables.get("DOKKU_APP_NAME").to_owned();
    if app.is_empty() {
        return;
    }
    let flag = BEFORE_APP.at(dispatcher.version);
    let stays = command.as_bytes().starts_with(b"config")
        && flag.is_some_and(|flag| {
            dispatcher
                .arguments
                .get(1)
                .is_some_and(|first| first == flag)
        });
    let place = if stays { 2 } else { 1 };
    let place = place.min(dispatcher.arguments.len());
    dispatcher.arguments.insert(place, app);
}

/// The subcommand's file, if there is one that can be executed: a folder can, to the test that the script makes.
fn subcommand(dispatcher: &Dispatcher<'_>, plugin: &OsStr, command: &OsStr) -> Option<PathBuf> {
    let folder = OsStr::new("subcommands");
    let rest = after_colon(dispatcher.command());
    let third = enabled(dispatcher, &[before_colon(plugin), folder, rest]);
    let candidates = [
        enabled(dispatcher, &[plugin, folder, OsStr::new("default")]),
        enabled(dispatcher, &[plugin, folder, command]),
    ];
    let looked = [
        (plugin, OsStr::new("default")),
        (before_colon(plugin), rest),
    ];
    for (plugin, name) in looked {
        let name = format!("subcommands/{}", name.to_string_lossy());
        core::note_looked(Some(&plugin.to_string_lossy()), &name, dispatcher.version);
    }
    let no_third = rest.is_empty() && *EMPTY_IS_NONE.at(dispatcher.version);
    candidates
        .into_iter()
        .chain((!no_third).then_some(third))
        .find(|path| is_executable(path))
}

/// Offers the command to the `commands` of every plugin: one that ends with 10 declines, one that ends with 0 has
/// answered and the next is asked all the same, and any other status is the end.
pub(super) fn offer_to_all(dispatcher: &Dispatcher<'_>) -> Result<(), Ended> {
    const DECLINED: u8 = 10;
    let mut answered = false;
    let own = OwnProgram::find();
    for commands in in_each(&enabled(dispatcher, &[]), "commands") {
        if own.is(&commands) && core::declines(&commands, dispatcher.command(), dispatcher.version)
        {
            continue;
        }
        match dispatcher
            .script()
            .run(commands.as_os_str(), &dispatcher.arguments)
        {
            DECLINED => {}
            0 => answered = true,
            status => return Err(Ended(status)),
        }
    }
    if answered {
        return Ok(());
    }
    let line = dispatcher.arguments.join(OsStr::new(" "));
    let unknown = [b"`", line.as_bytes(), b"` is not a dokku command."].concat();
    messages::warn(dispatcher.version, &unknown);
    let advice = b"See `dokku help` for a list of available commands.";
    messages::warn(dispatcher.version, advice);
    Err(Ended(1))
}

/// The versions in which something changed here.
pub(super) fn turns() -> impl Iterator<Item = Turn> {
    let of_all = [STANDARD.turns(), BEFORE_APP.turns(), EMPTY_IS_NONE.turns()];
    Turn::of_all(of_all.into_iter().flatten())
        .chain(
            Turn::seen_by(
                &["caddy", "haproxy", "nginx", "openresty", "traefik"],
                PROXIES.turns(),
            )
            .map(Turn::asked),
        )
        .chain(Turn::seen_by(
            &[
                "docker-local:",
                "dockerfile:",
                "herokuish:",
                "k3s:",
                "lambda:",
                "nixpacks:",
                "pack:",
                "rails:",
            ],
            ALIASES.turns(),
        ))
        .chain(
            Turn::seen_by(&["git-hook", "ps:rebuild", "ps:restart"], CAPTURED.turns())
                .map(Turn::asked),
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plugin(command: &str, version: Version) -> OsString {
        plugin_of(OsStr::new(command), version, STANDARD.at(version).unwrap())
    }

    #[test]
    fn a_command_leads_to_the_plugin_of_its_version() {
        assert_eq!(plugin("run", v(24, 10)), "00_dokku-standard");
        assert_eq!(plugin("run", v(25, 0)), "run");
        assert_eq!(plugin("events:on", v(5, 0)), "20_events:on");
        assert_eq!(plugin("eventsx", v(5, 0)), "eventsx");
        assert_eq!(plugin("caddy:show", v(27, 10)), "caddy:show");
        assert_eq!(plugin("caddy:show", v(28, 0)), "caddy-vhosts:show");
    }

    #[test]
    fn names_are_cut_at_the_first_colon() {
        let cut = |text: &'static str| {
            let text = OsStr::new(text);
            (before_colon(text).to_owned(), after_colon(text).to_owned())
        };
        assert_eq!(cut("a:b:c"), ("a".into(), "b:c".into()));
        assert_eq!(cut("a"), ("a".into(), "a".into()));
        assert_eq!(cut("a:"), ("a".into(), "".into()));
    }
}

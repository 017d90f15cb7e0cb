//! `<core plugin>/commands`: the plugin's lines in `dokku help`, a few commands, and no to everything else.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::Path;

use super::config_program::{self, App};
use super::failure::Failure;
use super::host::Host;
use super::{apps, file, programs};
use crate::dokku::{Span, Timeline, Version};

/// What a core plugin's `commands` is to a command that it is offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Offer {
    /// It prints its lines of help.
    Help,
    /// It is the plugin's own.
    Own,
    /// It is somebody else's.
    Declined,
}

impl Offer {
    fn of(plugin: &str, command: &str, version: Version) -> Self {
        if command == "help" {
            return Self::Help;
        }
        if is_extra(plugin, command, version) {
            return Self::Own;
        }
        let name = plugin.strip_suffix("-vhosts").unwrap_or(plugin);
        let own = command
            .split(':')
            .next()
            .is_some_and(|first| first == plugin || first == name);
        let asks_plugin = !command.contains(':') || command.ends_with(":help");
        let has_subcommands = programs::subcommands(plugin, version).next().is_some();
        if own && (asks_plugin || !has_subcommands) {
            Self::Own
        } else {
            Self::Declined
        }
    }
}

/// Commands of a plugin's `commands` that do not bear its name. A command that begins with a dash is an option to the
/// programs that are written in Go, of which that of `config` is the oldest: it ends the search there.
const EXTRA: &[(&str, &[&str], Span)] = &[
    (
        "00_dokku-standard",
        &[
            "build", "delete", "ls", "release", "report", "run", "trace", "url", "urls", "version",
        ],
        Span {
            since: None,
            until: Some(Version::new(0, 4, 14)),
        },
    ),
    (
        "20_events",
        &["events", "events:list", "events:off", "events:on"],
        Span {
            since: None,
            until: Some(Version::new(0, 4, 14)),
        },
    ),
    (
        "20_events",
        &["events:help"],
        Span {
            since: None,
            until: None,
        },
    ),
    (
        "config",
        &["config:show"],
        Span {
            since: Some(Version::new(0, 11, 0)),
            until: Some(Version::new(0, 20, 4)),
        },
    ),
];

/// Whether the core plugin config is written in Go.
const CONFIG_IN_GO: Timeline<bool> = Timeline::new(false, &[(Version::new(0, 11, 0), true)]);

fn is_extra(plugin: &str, command: &str, version: Version) -> bool {
    let is_option = plugin == "config" && command.starts_with('-') && *CONFIG_IN_GO.at(version);
    is_option
        || EXTRA.iter().any(|(owner, commands, span)| {
            *owner == plugin && commands.contains(&command) && span.contains(version)
        })
}

/// Whether `apps` by itself lists the apps, and does not show its help.
const APPS_LISTS: Timeline<bool> = Timeline::new(false, &[(Version::new(0, 31, 0), true)]);

/// Whether `config` by itself says that `config:show` is to be used.
const DEPRECATES: Timeline<bool> = Timeline::new(
    false,
    &[
        (Version::new(0, 21, 0), true),
        (Version::new(0, 31, 0), false),
    ],
);

/// The core plugin whose `commands` a file is, by the path that it would be executed under.
fn plugin_of(commands: &Path) -> Option<&'static str> {
    let mut parts = commands.iter().rev().filter_map(|part| part.to_str());
    parts.next().filter(|name| *name == "commands")?;
    file::is_plugin(parts.next()?)
}

/// True if the file is a core plugin's `commands` that would decline this command without a word.
pub(in crate::dokku) fn declines(commands: &Path, command: &OsStr, version: Version) -> bool {
    plugin_of(commands).is_some_and(|plugin| {
        Offer::of(plugin, &command.to_string_lossy(), version) == Offer::Declined
    })
}

/// What the file would print to `help`; none if it is no core plugin's `commands`.
pub(in crate::dokku) fn help_lines(commands: &Path, version: Version) -> Option<String> {
    plugin_of(commands).map(|plugin| lines(plugin, version))
}

/// Answers `help` with a line for each command, in words of this project, and declines what is not its own.
pub(super) fn run(
    host: &Host,
    plugin: &str,
    arguments: &[String],
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let (command, rest) = match arguments.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("", arguments),
    };
    match Offer::of(plugin, command, host.version) {
        Offer::Help => {
            // Who closed the stream wants no more of it.
            let _ = out.write_all(lines(plugin, host.version).as_bytes());
            Ok(())
        }
        Offer::Own => match command {
            "apps" if rest.is_empty() && *APPS_LISTS.asked(host.version) => {
                apps::list(host, &[], out)
            }
            "config" | "config:show" if *CONFIG_IN_GO.at(host.version) => {
                if command == "config" && *DEPRECATES.asked(host.version) {
                    eprintln!(" !     Deprecated: Use the 'config:show' command instead");
                }
                config_program::run(host, "show", rest, App::Verified, out)
            }
            "version" if plugin == "00_dokku-standard" => version(host, out),
            _ => Err(Failure::unmodelled(format!("`dokku {command}`"))),
        },
        Offer::Declined => {
            let declined = env::var("DOKKU_NOT_IMPLEMENTED_EXIT").ok();
            Err(Failure::Silent(
                declined
                    .and_then(|status| status.parse().ok())
                    .unwrap_or(10),
            ))
        }
    }
}

/// The versions in which something of this changed.
pub(super) fn turns() -> impl Iterator<Item = Version> {
    let extra = EXTRA.iter().flat_map(|(_, _, span)| span.turns());
    CONFIG_IN_GO.turns().into_iter().chain(extra)
}

/// Those in which something changed that the programs ask.
pub(super) fn asked_turns() -> impl Iterator<Item = Version> {
    [APPS_LISTS.turns(), DEPRECATES.turns()]
        .into_iter()
        .flatten()
}

/// What the host was told of its version.
fn version(host: &Host, out: &mut dyn Write) -> Result<(), Failure> {
    let text = fs::read(host.home.join("VERSION")).map_err(|_| Failure::Silent(1))?;
    // Who closed the stream wants no more of it.
    let _ = out.write_all(&text);
    Ok(())
}

fn lines(plugin: &str, version: Version) -> String {
    // What a person types, where the plugin itself is named otherwise.
    let called = plugin.strip_suffix("-vhosts").unwrap_or(plugin);
    let called = called.strip_prefix("20_").unwrap_or(called);
    let line = |name: &str| {
        let command = match (plugin, name) {
            ("00_dokku-standard", name) => name.to_owned(),
            (_, "default") => called.to_owned(),
            (_, name) => format!("{called}:{name}"),
        };
        format!("    {command}, A command of Dokku's own {plugin} plugin\n")
    };
    programs::subcommands(plugin, version).map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_core_plugin_declines_what_is_not_its_own() {
        let declines = |path: &str, command: &str| {
            declines(Path::new(path), OsStr::new(command), Version::NEWEST)
        };
        assert!(declines(
            "/x/plugins/enabled/apps/commands",
            "hello:no-such"
        ));
        assert!(declines("/x/plugins/enabled/apps/commands", "apps:no-such"));
        for (path, command) in [
            ("/x/apps/commands", "help"),
            ("/x/apps/commands", "apps"),
            ("/x/apps/commands", "apps:help"),
            ("/x/nginx-vhosts/commands", "nginx:help"),
            ("/x/hello/commands", "other"),
            ("/x/apps/subcommands/list", "other"),
        ] {
            assert!(!declines(path, command), "{path} {command}");
        }
    }
}

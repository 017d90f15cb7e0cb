//! The commands of `dokku`, by the programs that answer them.

use crate::dokku::Version;
use crate::dokku::command::PROXIES;

/// The command that a program of a core plugin answers, by its path below the folder of the core plugins; none if it is
/// no program for a command.
#[must_use]
pub fn command_of(program: &str) -> Option<String> {
    let (plugin, name) = program.split_once('/')?;
    let space = match plugin {
        "20_events" => "events",
        plugin => {
            let proxy = plugin.strip_suffix("-vhosts");
            let proxies = PROXIES.at(Version::NEWEST);
            proxy
                .filter(|name| proxies.contains(name))
                .unwrap_or(plugin)
        }
    };
    let subcommand = name.strip_prefix("subcommands/");
    match (plugin, subcommand) {
        // What the commands of a plugin in Go are links to, once it is built.
        (_, Some("subcommands")) => None,
        ("00_dokku-standard", Some(command)) => Some(command.to_owned()),
        ("00_dokku-standard", None) | (_, Some("")) => None,
        (_, Some("default")) => Some(space.to_owned()),
        (_, Some(subcommand)) if !subcommand.contains('/') => Some(format!("{space}:{subcommand}")),
        _ => (name == "commands").then(|| space.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::command_of;

    #[test]
    fn a_program_answers_a_command() {
        for (program, command) in [
            ("apps/subcommands/create", Some("apps:create")),
            ("apps/subcommands/default", Some("apps")),
            ("apps/commands", Some("apps")),
            ("nginx-vhosts/subcommands/report", Some("nginx:report")),
            ("00_dokku-standard/subcommands/deploy", Some("deploy")),
            ("00_dokku-standard/commands", None),
            ("20_events/subcommands/on", Some("events:on")),
            ("apps/install", None),
            ("apps", None),
            ("apps/subcommands/", None),
            ("apps/subcommands/subcommands", None),
        ] {
            assert_eq!(command_of(program).as_deref(), command, "{program}");
        }
    }
}

//! `<core plugin>/commands`: the plugin's lines in `dokku help`, and no to everything else.

use std::env;
use std::io::Write;

use super::failure::Failure;
use super::host::Host;
use super::programs;

/// Answers `help` with a line for each command, in words of this project, and declines other commands.
pub(super) fn run(
    host: &Host,
    plugin: &str,
    arguments: &[String],
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let command = arguments.first().map_or("", String::as_str);
    if command == "help" {
        for name in programs::subcommands(plugin, host.version) {
            let command = match name {
                "default" => plugin.to_owned(),
                name => format!("{plugin}:{name}"),
            };
            // Who closed the stream wants no more of it.
            let _ = writeln!(
                out,
                "    {command}, A command of Dokku's own {plugin} plugin"
            );
        }
        return Ok(());
    }
    let own = command.split(':').next() == Some(plugin);
    let has_subcommands = programs::subcommands(plugin, host.version).next().is_some();
    if own && (command.ends_with(":help") || !has_subcommands) {
        return Err(Failure::unmodelled(format!("`dokku {command}`")));
    }
    let declined = env::var("DOKKU_NOT_IMPLEMENTED_EXIT").ok();
    Err(Failure::Silent(
        declined
            .and_then(|status| status.parse().ok())
            .unwrap_or(10),
    ))
}

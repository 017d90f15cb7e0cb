//! The files of Dokku's core plugins that plugins source or execute, for any version.

mod app_name;
mod apps;
mod builds;
mod checks;
mod common_helper;
mod config_program;
mod confirm;
mod docker;
mod docker_options;
mod domains;
mod env_file;
#[cfg(test)]
mod eras;
mod failure;
mod file;
mod functions;
mod help;
mod host;
mod keeping;
mod modelled;
mod network;
mod networks;
mod nginx;
mod option_words;
mod port_commands;
mod ports;
mod program;
mod programs;
mod prop;
mod properties;
mod proxy;
mod proxy_commands;
mod ps;
mod report;
mod request;
mod say;
mod setting;
mod shell;
mod state;
mod storage;
pub(in crate::dokku) mod table;
#[cfg(test)]
mod testing;
mod triggers;

pub use file::{Content, CoreFile, VERSION_FILE, files, plugins};
pub use functions::{Audience, CoreFunction, functions, functions_in, words_in};
pub(in crate::dokku) use help::{declines, help_lines};
pub use program::run;
pub use programs::{has_help, has_subcommand, program_spans, spans_of_subcommand};
pub(in crate::dokku) use shell::sourced;
pub use shell::turns_of;
pub use state::State;

/// The versions in which something changed that is not told function by function or file by file.
pub(super) fn turns() -> impl Iterator<Item = crate::dokku::Version> {
    app_name::turns()
        .chain(apps::turns())
        .chain(common_helper::turns())
        .chain(config_program::turns())
        .chain(docker_options::turns())
        .chain(env_file::turns())
        .chain(failure::turns())
        .chain(file::turns())
        .chain(help::turns())
        .chain(host::turns())
        .chain(keeping::turns())
        .chain(networks::turns())
        .chain(program::turns())
        .chain(prop::turns())
        .chain(ps::turns())
        .chain(shell::turns())
        .chain(state::turns())
        .chain(storage::turns())
        .chain(triggers::turns())
}

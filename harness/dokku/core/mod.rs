//! The files of Dokku's core plugins that plugins source or execute, for any version.

mod app_json;
mod app_name;
mod apps;
mod builder;
mod builds;
mod checks;
mod common_helper;
mod config_program;
mod confirm;
mod containers;
mod deploy_lock;
mod docker;
mod docker_local;
mod docker_options;
mod domains;
mod env_file;
#[cfg(test)]
mod eras;
mod extraction;
mod failure;
mod file;
mod functions;
mod git;
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
mod release;
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

use super::turns::Turn;
pub use file::{Content, CoreFile, VERSION_FILE, files, plugins};
pub use functions::{Audience, CoreFunction, functions, functions_in, words_in};
pub(in crate::dokku) use help::{declines, help_lines};
pub use program::run;
pub(in crate::dokku) use programs::note_looked;
pub use programs::{has_help, has_subcommand, program_spans, spans_of_subcommand};
pub(in crate::dokku) use shell::sourced;
pub use shell::turns_of;
pub use state::State;

/// The versions in which something changed that is not told function by function or file by file. What a program of the
/// core does is met by who names it.
pub(super) fn turns() -> impl Iterator<Item = Turn> {
    let of_all = (file::turns())
        .chain(help::turns())
        .chain(program::turns())
        .chain(state::turns());
    Turn::of_all(of_all)
        .chain(Turn::seen_by(&["/ENV"], env_file::turns()))
        .chain(Turn::seen_by(ALL_PLUGINS, file::plugin_turns()))
        .chain(Turn::seen_by(DOCKER_OPTIONS, docker_options::turns()))
        .chain(ps::turns())
        .chain(host::turns())
        .chain(shell::turns())
        .chain(asked_turns().map(Turn::asked))
}

/// Those in which something changed that the programs of the core ask, and who can have them ask it.
fn asked_turns() -> impl Iterator<Item = Turn> {
    let of_all = config_program::asked_turns()
        .chain(failure::asked_turns())
        .chain(help::asked_turns())
        .chain(keeping::asked_turns())
        .chain(prop::asked_turns())
        .chain(triggers::asked_turns());
    Turn::of_all(of_all)
        .chain(Turn::seen_by(NAMING, app_name::asked_turns()))
        .chain(Turn::seen_by(&["apps"], apps::asked_turns()))
        .chain(Turn::seen_by(
            &["is_deployed", "is-deployed"],
            common_helper::asked_turns(),
        ))
        .chain(Turn::seen_by(DOCKER_OPTIONS, docker_options::asked_turns()))
        .chain(Turn::seen_by(&["network"], networks::asked_turns()))
        .chain(Turn::seen_by(&["storage"], storage::asked_turns()))
        .chain(host::asked_turns())
}

/// What deals with the options that docker is given.
const DOCKER_OPTIONS: &[&str] = &["docker-option", "docker_option", "DOCKER_OPTION"];

/// What makes an app, or asks whether a name is one that an app may have.
const NAMING: &[&str] = &[
    "app_name",
    "app-name",
    "apps:create",
    "apps:rename",
    "apps:clone",
    "apps_create",
    "apps_rename",
    "apps-",
];

/// What looks at all plugins, Dokku's own among them.
const ALL_PLUGINS: &[&str] = &[
    "_PATH/*",
    "_PATH\"/*",
    "_PATH}/*",
    "enabled/*",
    "available/*",
    "plugn list",
    "plugin:list",
    "PATH/enabled",
];

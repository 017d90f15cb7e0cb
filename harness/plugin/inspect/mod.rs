//! Inspections: requirements that the plugin's text alone decides.

mod api_exists;
mod arguments_intact;
mod commands_namespaced;
mod config_no_restart;
mod docker;
mod docker_bin;
mod docker_run_labels;
mod executable_files;
mod image_names;
mod kind;
mod listed_commands_exist;
mod no_nested_dokku;
mod plugin_toml;
mod repository_name;
mod trace_line;
mod triggers_known;

pub use kind::{Inspected, Inspection};

#[cfg(test)]
mod tests;

//! What an author says of a plugin that its text does not.

use std::collections::BTreeMap;

use crate::docker::Program;
use crate::world::Answer;

/// What can't be guessed, as written in a plugin's `conformance.yaml`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hints {
    /// The name that the plugin is installed under.
    pub name: Option<String>,
    /// A value for each placeholder of a command's usage: `service` for `<service>`.
    pub values: BTreeMap<String, String>,
    /// For each command so named, whether its first argument is an app.
    pub app_commands: BTreeMap<String, bool>,
    /// The files that triggers need: trigger → path below the world's root → text.
    pub trigger_files: BTreeMap<String, BTreeMap<String, String>>,
    /// What programs in docker's containers do.
    pub programs: Vec<Program>,
    /// What programs of the host answer.
    pub answers: Vec<Answer>,
}

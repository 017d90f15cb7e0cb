//! What a plugin says about its own conformance run.

use std::collections::BTreeMap;

use super::{Answer, ContainerProgram, KnownFailure};

/// A plugin's `conformance.yaml`: known failures, and what can't be guessed.
#[derive(Clone, Debug, Default)]
pub struct Conformance {
    /// The plugin's name, where the directory's is another.
    pub name: Option<String>,
    /// Values for what stands in angle brackets in the plugin's help, such as `service`.
    pub placeholders: BTreeMap<String, String>,
    /// The commands whose first argument is an app.
    pub app_commands: Vec<String>,
    /// The commands whose first argument is none.
    pub other_commands: Vec<String>,
    /// The files that triggers need: trigger → path below the world's root → text.
    pub trigger_files: BTreeMap<String, BTreeMap<String, String>>,
    /// What programs in docker's containers do, in every case.
    pub programs: Vec<ContainerProgram>,
    /// What programs of the host answer, in every case.
    pub answers: Vec<Answer>,
    /// Known failures.
    pub expectations: Vec<KnownFailure>,
}

//! What a plugin says about its own conformance run.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::Id;
use crate::dokku::Span;

/// A plugin's `conformance.yaml`: known failures, and what can't be guessed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
    /// Known failures.
    pub expectations: Vec<KnownFailure>,
}

/// A known failure, and why it is accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownFailure {
    /// The requirement, one that exists.
    pub id: Id,
    /// The case, one that the requirement has; none for each of them.
    pub case: Option<String>,
    /// The Dokku versions in which it fails.
    pub dokku: Span,
    /// Why it is accepted; never empty.
    pub reason: String,
    /// Where it is discussed.
    pub issue: Option<String>,
    /// The last day on which it is accepted.
    pub expires: Option<Date>,
    /// The line of the file on which it stands, from 1.
    pub line: usize,
}

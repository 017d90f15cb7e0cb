//! What a plugin asked of a stand-in.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One call of a program that the world stands in for.
///
/// Texts are what the program got, with bytes that are no valid UTF-8 shown as `\xNN`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// The name that it was called by, such as `docker`.
    pub program: String,
    /// Its arguments, without the name.
    pub argv: Vec<String>,
    /// What it was given on standard input, if its arguments say that it reads it; at most 64 KiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stdin: Option<String>,
    /// Its working directory.
    pub cwd: String,
    /// The variables that tell on whose behalf it was called, such as DOKKU_APP_NAME, but for empty ones.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub env: BTreeMap<String, String>,
    /// False if the world had no answer of its own, so that what came after proves little.
    pub modelled: bool,
    /// What of it the world has no answer to, by name, where that is not the whole of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lacks: Option<String>,
}

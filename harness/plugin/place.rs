//! Places in a plugin's files.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A place in a plugin.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Place {
    /// The file, relative to the plugin's root.
    pub file: String,
    /// The line, from 1, where it can be known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}", self.file),
            None => f.write_str(&self.file),
        }
    }
}

/// Something that an inspection of the plugin's text found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Finding {
    /// Where.
    pub place: Place,
    /// What, in one sentence.
    pub message: String,
    /// The name of what it is about, by which it is known in another version, where the sentence may be another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// The line of the file itself, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub excerpt: Option<String>,
}

impl Finding {
    /// What this sentence says, at a place of which no line is shown.
    #[must_use]
    pub fn new(place: Place, message: String) -> Self {
        Self {
            place,
            message,
            about: None,
            excerpt: None,
        }
    }
}

//! What is worth saying of a plugin's directory, but is no fault.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Something that limits what can be known of a plugin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Note {
    /// The path, relative to the plugin's root.
    pub place: String,
    /// What of it.
    pub message: String,
}

impl Note {
    pub(super) fn new(place: &str, message: String) -> Self {
        Self {
            place: place.to_owned(),
            message,
        }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

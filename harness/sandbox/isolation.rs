//! How far a plugin's code is kept apart from the machine.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A level of isolation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Isolation {
    /// Nothing is kept apart; for looking for mistakes in the harness or a plugin.
    Off,
    /// What every machine can do without rights of its own.
    Portable,
    /// Namespaces of its own: the world is the root of the file system, and the machine is out of reach.
    Strict,
}

/// A word that names no level.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IsolationError {
    /// No level at all.
    #[error("`{0}` is no level of isolation: use `strict`, `portable` or `off`")]
    Unknown(String),
}

impl fmt::Display for Isolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Off => "off",
            Self::Portable => "portable",
            Self::Strict => "strict",
        })
    }
}

impl FromStr for Isolation {
    type Err = IsolationError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "off" => Ok(Self::Off),
            "portable" => Ok(Self::Portable),
            "strict" => Ok(Self::Strict),
            other => Err(IsolationError::Unknown(other.to_owned())),
        }
    }
}

//! How far a plugin's code is kept apart from the machine.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A level of isolation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Isolation {
    /// Nothing is kept apart; for looking for mistakes in the harness or a plugin.
    Off,
    /// What every machine can do without rights of its own.
    Portable,
}

/// A word that names no level.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IsolationError {
    /// A level that this version of the program does not have.
    #[error("isolation `strict` is not there yet in this version: use `portable`")]
    NotYet,
    /// No level at all.
    #[error("`{0}` is no level of isolation: use `portable` or `off`")]
    Unknown(String),
}

impl Isolation {
    /// The level that a check runs at.
    pub const DEFAULT: Self = Self::Portable;

    /// What the level enforces, each in a few words, as the record states it.
    #[must_use]
    pub fn enforces(self) -> &'static [&'static str] {
        match self {
            Self::Off => &["environment closed", "stand-ins first on PATH"],
            Self::Portable => &[
                "environment closed",
                "stand-ins first on PATH",
                "process tree ended at the deadline and at the end of each step",
                "no capabilities, no new privileges",
                "size of output, files and core dumps and number of open files limited",
            ],
        }
    }
}

impl fmt::Display for Isolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Off => "off",
            Self::Portable => "portable",
        })
    }
}

impl FromStr for Isolation {
    type Err = IsolationError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "off" => Ok(Self::Off),
            "portable" => Ok(Self::Portable),
            "strict" => Err(IsolationError::NotYet),
            other => Err(IsolationError::Unknown(other.to_owned())),
        }
    }
}

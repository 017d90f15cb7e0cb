//! What a record says of a case beside another record.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::class::Class;
use crate::dokku::Version;
use crate::run::Outcome;
use crate::sandbox::Isolation;

/// The older record that a record is compared with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Against {
    /// The version of the program that wrote it.
    pub program: String,
    /// Its Dokku versions.
    pub dokku: Vec<Version>,
    /// Its level of isolation.
    pub isolation: Isolation,
    /// When its run began.
    pub time: String,
    /// In what the two runs differ beside the plugins, in a few words each: that may be why cases do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<String>,
}

/// What became of a case since the older record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Compared {
    /// What became of it.
    pub class: Class,
    /// How it came out there; none if it was not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<Outcome>,
    /// What was told of it there, where it is told now in another way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<String>,
}

impl fmt::Display for Compared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = self.class.words();
        match (self.class, self.was) {
            (Class::StillFailing | Class::StillPassing | Class::StillSkipped, _) => {
                f.write_str(words)
            }
            (_, Some(was)) => write!(f, "{words}: it was {was}"),
            (_, None) => write!(f, "{words}: it was not there"),
        }
    }
}

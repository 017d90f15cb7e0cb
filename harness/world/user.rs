//! Who a world's processes are said to be.

use serde::{Deserialize, Serialize};

/// Who a world's processes are said to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum User {
    /// The user `dokku`, as whom Dokku runs commands and triggers.
    #[default]
    Dokku,
    /// The user `root`, as whom Dokku installs plugins.
    Root,
}

impl User {
    /// The name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Dokku => "dokku",
            Self::Root => "root",
        }
    }

    /// The user of this name, if it is one of these.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        [Self::Dokku, Self::Root]
            .into_iter()
            .find(|user| user.name() == name)
    }

    /// The number that `id -u` prints.
    #[must_use]
    pub fn id(self) -> u32 {
        match self {
            Self::Dokku => 1000,
            Self::Root => 0,
        }
    }
}

//! Which plugins are looked at, and what they are held against.

use std::path::PathBuf;

use clap::Args;

use crate::dokku::Versions;
use crate::run::{Options, Selection};

/// The plugins, and the requirements.
#[derive(Debug, Args)]
pub(super) struct Subject {
    /// The plugins' directories
    #[arg(required = true, value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// The name that the plugin is installed under, if it is not the one that it shows
    #[arg(long)]
    pub(super) name: Option<String>,
    #[command(flatten)]
    pub(super) rules: Rules,
}

/// The requirements.
#[derive(Debug, Args)]
pub(super) struct Rules {
    /// Check these requirements only
    #[arg(long, value_name = "ID,...", value_delimiter = ',')]
    pub(super) only: Vec<String>,
    /// Leave these requirements out
    #[arg(long, value_name = "ID,...", value_delimiter = ',')]
    pub(super) skip: Vec<String>,
    /// Specs to add to the built-in ones, or to put in their place
    #[arg(long, value_name = "DIR")]
    pub(super) specs: Option<PathBuf>,
}

impl Subject {
    /// How it is checked in these versions, with what a file expects of the plugins.
    pub(super) fn options(&self, versions: Versions, expectations: Option<PathBuf>) -> Options {
        self.rules
            .options(self.name.clone(), versions, expectations)
    }
}

impl Rules {
    /// How plugins are checked by them in these versions, under this name if one is given, with what a file expects.
    pub(super) fn options(
        &self,
        name: Option<String>,
        versions: Versions,
        expectations: Option<PathBuf>,
    ) -> Options {
        Options {
            name,
            specs: self.specs.clone(),
            selection: Selection {
                only: self.only.clone(),
                skip: self.skip.clone(),
            },
            versions,
            expectations,
        }
    }
}

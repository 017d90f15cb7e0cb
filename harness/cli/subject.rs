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
    /// Check these requirements only
    #[arg(long, value_name = "ID,...", value_delimiter = ',')]
    only: Vec<String>,
    /// Leave these requirements out
    #[arg(long, value_name = "ID,...", value_delimiter = ',')]
    skip: Vec<String>,
    /// Specs to add to the built-in ones, or to put in their place
    #[arg(long, value_name = "DIR")]
    pub(super) specs: Option<PathBuf>,
}

impl Subject {
    /// How it is checked in these versions, with what a file expects of the plugins.
    pub(super) fn options(&self, versions: Versions, expectations: Option<PathBuf>) -> Options {
        Options {
            name: self.name.clone(),
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

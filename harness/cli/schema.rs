//! `dokku-conform schema`: the JSON Schemas of what is written by hand, for editors, and of what programs read.

use clap::{Args, ValueEnum};

use super::output::Output;
use super::status::Status;
use crate::{report, spec};

/// Print the JSON Schema of the spec files, or another.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// What it is the schema of
    #[arg(value_enum, default_value_t = What::Spec)]
    what: What,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum What {
    /// A file of a requirement
    Spec,
    /// A plugin's conformance.yaml
    Conformance,
    /// A file of expectations, keyed by plugin
    Expectations,
    /// A list of plugins
    Plugins,
    /// A line of a record
    Record,
}

/// Runs the subcommand.
pub(super) fn main(arguments: &Arguments) -> Result<Status, Status> {
    Output::open(None)?.write(match arguments.what {
        What::Spec => spec::REQUIREMENT_SCHEMA,
        What::Conformance => spec::CONFORMANCE_SCHEMA,
        What::Expectations => spec::EXPECTATIONS_SCHEMA,
        What::Plugins => spec::PLUGINS_SCHEMA,
        What::Record => report::RECORD_SCHEMA,
    })?;
    Ok(Status::Fine)
}

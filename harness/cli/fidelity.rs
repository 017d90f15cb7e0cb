//! `dokku-conform fidelity`: hold the imitated Dokku against a real one.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::ground;
use super::output::{Format, Output};
use super::status::Status;
use super::tree;
use crate::dokku::{Tree, Version, Versions};
use crate::report::{Agreements, FidelityLine, FidelityText, LineRecord, Palette, TreeRecord};
use crate::run::fidelity::{self, Comparison};
use crate::sandbox::Isolation;

/// Compare the imitated Dokku with a real one, command line by command line.
///
/// The tree is run: its scripts and programs are as trusted as your own.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit status: 0 nothing differs; 1 something does; 2 the tree, the file or the command line can't be \
    used; 3 the harness could not do its work. What is not modelled is told, and is no difference."
)]
pub(super) struct Arguments {
    /// The real Dokku: a checkout of its sources, built or not, the root of an installation, or its library folder
    #[arg(long, value_name = "DIR")]
    tree: PathBuf,
    /// More command lines: one a line, as typed (`dokku ...` or `plugn ...`); an indented one runs in the world that
    /// the line above it left
    #[arg(long, value_name = "FILE")]
    cases: Option<PathBuf>,
    /// Run the command lines of --cases alone
    #[arg(long, requires = "cases")]
    only_cases: bool,
    /// The version of the tree, if it does not tell
    #[arg(long, value_name = "VERSION", value_parser = Versions::one)]
    dokku: Option<Version>,
    /// How many seconds a command line may take
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = ground::seconds, allow_negative_numbers = true)]
    timeout: Duration,
    #[command(flatten)]
    isolated: ground::Isolated,
    /// The form of the report
    #[arg(long, default_value = "text")]
    format: Format,
    /// Write the report to this file
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Show what is equal too, and what differs where something is not modelled
    #[arg(short, long)]
    verbose: bool,
}

/// Runs the subcommand.
pub(super) fn main(arguments: &Arguments) -> Result<Status, Status> {
    let tree = tree::open(&arguments.tree, arguments.dokku)?;
    let mut groups = match arguments.only_cases {
        true => Vec::new(),
        false => fidelity::builtin(),
    };
    if let Some(file) = &arguments.cases {
        groups.extend(fidelity::read(file).map_err(Status::usage)?);
    }
    let mut output = Output::open(arguments.output.as_deref())?;
    let ground = ground::ground(&arguments.isolated, Some(arguments.timeout))?;
    let comparisons = fidelity::compare(&ground, &tree, &groups).map_err(Status::broken)?;
    let isolation = ground.stock.isolation();
    report(&mut output, arguments, &tree, isolation, &comparisons)?;
    Ok(match Agreements::of(&comparisons).differ {
        0 => Status::Fine,
        _ => Status::Failed,
    })
}

fn report(
    output: &mut Output,
    arguments: &Arguments,
    tree: &Tree,
    isolation: Isolation,
    comparisons: &[Comparison],
) -> Result<(), Status> {
    if arguments.format == Format::Text {
        let text = FidelityText {
            tree,
            isolation,
            comparisons,
            verbose: arguments.verbose,
            palette: Palette::coloured(),
        };
        return output.write(&text.to_string());
    }
    output.write_line(&FidelityLine::Header(TreeRecord::new(tree, isolation)))?;
    for one in comparisons {
        output.write_line(&FidelityLine::Line(Box::new(LineRecord::new(one))))?;
    }
    output.write_line(&FidelityLine::Footer(Agreements::of(comparisons)))
}

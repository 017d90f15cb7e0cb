//! `dokku-conform init`: give a plugin's repository what it needs to be checked.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;

use super::output::Output;
use super::plugins;
use super::status::{Status, tell};
use crate::outfit::{Fate, Laid, Origin, Piece, lay};
use crate::run::Options;

/// Write the tests and the workflow that check a plugin into its repository; what is there is left as it is
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The plugin's directory
    #[arg(default_value = ".", value_name = "PATH")]
    path: PathBuf,
    /// Write these only: cargo (Cargo.toml), test (tests/conformance.rs), ignore (.gitignore), reports
    /// (reports/.gitignore), conformance (conformance.yaml), workflow (.github/workflows/conformance.yml)
    #[arg(long, value_name = "PIECE,...", value_delimiter = ',')]
    only: Vec<Piece>,
    /// Take dokku-conform from this git repository, in place of the crate registry
    #[arg(long, value_name = "URL", value_parser = Origin::from_str)]
    git: Option<Origin>,
}

/// Runs the subcommand.
pub(super) fn main(arguments: &Arguments) -> Result<Status, Status> {
    let check = plugins::open(std::slice::from_ref(&arguments.path), &Options::default())?;
    let [checked] = check.plugins.as_slice() else {
        return Err(Status::Usage);
    };
    let origin = arguments.git.clone().unwrap_or_default();
    let mut output = Output::open(None)?;
    let mut status = Status::Fine;
    let is_wanted = |piece: &&Piece| arguments.only.is_empty() || arguments.only.contains(piece);
    for piece in Piece::ALL.iter().filter(is_wanted) {
        let laid = lay(&checked.plugin, *piece, &origin).map_err(Status::broken)?;
        if let Fate::Barred(why) = &laid.fate {
            tell(&format!("{} is not written: {why}", piece.path()));
            status = Status::Usage;
            continue;
        }
        output.write(&line(*piece, &laid))?;
    }
    Ok(status)
}

/// What is told of a piece.
fn line(piece: Piece, laid: &Laid) -> String {
    let what = match laid.fate {
        Fate::Written => "wrote",
        _ => "kept ",
    };
    let mut text = format!("{what} {}", piece.path());
    match (&laid.advice, &laid.fate) {
        (Some(advice), Fate::Written) => {
            let _ = write!(text, ": {advice}");
        }
        (Some(advice), _) => {
            let _ = write!(text, ", which was there: {advice}");
        }
        (None, Fate::Written) => {}
        (None, _) => text.push_str(", which was there"),
    }
    text.push('\n');
    text
}

//! `dokku-conform forecast`: which Dokku versions a plugin works with.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::ground;
use super::output::Output;
use super::plugins;
use super::progress::Progress;
use super::status::Status;
use crate::dokku::{Version, Versions};
use crate::report::{ForecastText, Palette, badge, forecast_markdown, inert};
use crate::run::{self, Check, Forecast, Options, Scope, Stir};

/// Tell which Dokku versions plugins work with, and what an upgrade breaks
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The plugins' directories
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The version that an upgrade starts from; the first to look at
    #[arg(long, value_name = "VERSION", value_parser = Versions::one)]
    from: Option<Version>,
    /// The version that an upgrade leads to; the last to look at
    #[arg(long, value_name = "VERSION", value_parser = Versions::one)]
    to: Option<Version>,
    /// The name that the plugin is installed under, if it is not the one that it shows
    #[arg(long)]
    name: Option<String>,
    /// Count what breaks a `should` too; that Dokku has taken the plugin's name counts always
    #[arg(long)]
    strict: bool,
    /// How many cases run at the same time [default: one for each core]
    #[arg(long, value_name = "N", value_parser = ground::jobs, allow_negative_numbers = true)]
    jobs: Option<usize>,
    #[command(flatten)]
    isolated: ground::Isolated,
    /// The form of the report
    #[arg(long, default_value = "text")]
    format: Format,
    /// Write the report to this file
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Write the range to this file, in the form that shields' endpoint badges read
    #[arg(long, value_name = "FILE")]
    badge: Option<PathBuf>,
    /// Show everything, and not the first few of many
    #[arg(short, long)]
    verbose: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Jsonl,
    Markdown,
}

/// Runs the subcommand.
pub(super) fn main(arguments: Arguments) -> Result<Status, Status> {
    let scope = scope(&arguments)?;
    Output::apart(arguments.output.as_deref(), arguments.badge.as_deref())?;
    let (check, opened) = read(&arguments)?;
    let mut output = Output::open(arguments.output.as_deref())?;
    let mut badge_file = arguments
        .badge
        .as_deref()
        .map(|path| Output::open(Some(path)))
        .transpose()?;
    let ground = ground::ground(&arguments.isolated, None)?;
    let mut forecasts = Vec::new();
    for checked in &check.plugins {
        let progress = Progress::new(0);
        let watch = |stir| match stir {
            Stir::Planned(cases) => progress.more(cases),
            Stir::Ended => progress.step(),
        };
        let made = run::forecast(checked, &ground, &scope, &watch).map_err(Status::broken)?;
        progress.end();
        let Some(forecast) = made else {
            return Err(Status::broken("interrupted"));
        };
        match arguments.format {
            Format::Text => output.write(&text(&arguments, &forecast))?,
            Format::Jsonl => output.write_line(&json(&forecast)?)?,
            Format::Markdown => {}
        }
        forecasts.push(forecast);
    }
    if arguments.format == Format::Markdown {
        output.write(&forecast_markdown(&forecasts, is_upgrade(&arguments)))?;
    }
    if let (Some(file), Some(first)) = (&mut badge_file, forecasts.first()) {
        file.write_line(&badge(first))?;
    }
    Ok(match opened {
        Status::Fine => status(&arguments, &forecasts),
        incomplete => incomplete,
    })
}

fn scope(arguments: &Arguments) -> Result<Scope, Status> {
    let from = arguments.from.unwrap_or(Version::OLDEST);
    let to = arguments.to.unwrap_or(Version::NEWEST);
    if from > to {
        let said =
            format!("--from {from} is newer than --to {to}: an upgrade goes to a newer version");
        return Err(Status::usage(said));
    }
    Ok(Scope {
        versions: from..=to,
        strict: arguments.strict,
        jobs: arguments.jobs,
    })
}

fn read(arguments: &Arguments) -> Result<(Check, Status), Status> {
    if arguments.badge.is_some() && arguments.paths.len() > 1 {
        return Err(Status::usage("--badge is about one plugin: name one"));
    }
    let options = Options {
        name: arguments.name.clone(),
        ..Options::default()
    };
    plugins::open_usable(&arguments.paths, &options)
}

fn is_upgrade(arguments: &Arguments) -> bool {
    arguments.from.is_some() && arguments.to.is_some()
}

fn text(arguments: &Arguments, forecast: &Forecast) -> String {
    let text = ForecastText {
        forecast,
        upgrade: is_upgrade(arguments),
        verbose: arguments.verbose,
        palette: Palette::coloured(),
    };
    inert(&text.to_string())
}

fn json(forecast: &Forecast) -> Result<serde_json::Value, Status> {
    let mut line = serde_json::to_value(forecast).map_err(Status::broken)?;
    if let Some(fields) = line.as_object_mut() {
        fields.insert("type".to_owned(), "forecast".into());
    }
    Ok(line)
}

/// An upgrade that was asked about and breaks what counts is a failure; a mere range is none.
fn status(arguments: &Arguments, forecasts: &[Forecast]) -> Status {
    let mut breaks = forecasts.iter().flat_map(|one| &one.upgrade.breaks);
    match is_upgrade(arguments) && breaks.any(|cause| cause.counts(arguments.strict)) {
        true => Status::Failed,
        false => Status::Fine,
    }
}

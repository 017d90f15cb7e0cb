//! How a run is made, whatever it is about: how often, how fast, how far apart from the machine, and what is told of it.

use std::num::NonZero;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use jiff::civil::Date;

use super::compare;
use super::form::View;
use super::ground;
use super::output;
use super::reports::{self, Asked, Wanted};
use super::resume;
use super::status::Status;
use super::work::Pace;
use crate::report::{CaseRecord, Record};
use crate::run::{Outcome, Repeats};
use crate::today::today;

/// The options of a run.
#[derive(Debug, Args)]
pub(super) struct Manner {
    /// Run again, up to so many times, what fails, and what comes out otherwise than in --baseline, until it comes out
    /// otherwise: such a case is flaky, and inconclusive
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u32).range(..=100), conflicts_with = "repeat")]
    pub(super) retries: u32,
    /// Run everything so many times, and tell what comes out otherwise from one time to another
    #[arg(long, value_name = "N", value_parser = repeat, allow_negative_numbers = true)]
    pub(super) repeat: Option<NonZero<u32>>,
    /// How many cases run at the same time [default: one for each core]
    #[arg(long, value_name = "N", value_parser = ground::jobs, allow_negative_numbers = true)]
    pub(super) jobs: Option<usize>,
    /// How many seconds a step of a case may take [default: 10, and 300 for a file of a suite]
    #[arg(long, value_name = "SECONDS", value_parser = ground::seconds, allow_negative_numbers = true)]
    pub(super) timeout: Option<Duration>,
    #[command(flatten)]
    pub(super) isolated: ground::Isolated,
    /// A broken `should` counts as a failure
    #[arg(long)]
    pub(super) strict: bool,
    /// Count this outcome as a failure
    #[arg(long, value_name = "OUTCOME")]
    pub(super) deny: Vec<Denied>,
    #[command(flatten)]
    pub(super) reports: Asked,
    /// Leave no record in `reports`, where a run leaves it as last.jsonl if the working directory has such a folder and
    /// --format asks for none
    #[arg(long)]
    pub(super) no_record: bool,
    /// Tell what changed since the run of this record, and fail where something regressed alone
    #[arg(long, value_name = "RECORD")]
    pub(super) baseline: Option<PathBuf>,
    /// Go on with the unfinished record of such a run; with `--format jsonl --output RECORD`, in place
    #[arg(long, value_name = "RECORD")]
    pub(super) resume: Option<PathBuf>,
    /// Show passes and skips too, and the whole evidence
    #[arg(short, long)]
    pub(super) verbose: bool,
}

/// How many times everything is run: at least once, and not for days.
fn repeat(text: &str) -> Result<NonZero<u32>, String> {
    const MOST: u32 = 1000;
    match text.parse::<NonZero<u32>>() {
        Ok(times) if times.get() <= MOST => Ok(times),
        _ => Err(format!("a whole number from 1 to {MOST} is expected")),
    }
}

/// An outcome that may be counted as a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Denied {
    Inconclusive,
}

impl Manner {
    /// The options on which the outcome of a case may hang, those of the subcommand's own first, as words of a command line.
    pub(super) fn decisive(&self, own: Vec<(&'static str, Option<String>)>) -> Vec<String> {
        let seconds = |time: Duration| time.as_secs_f64().to_string();
        let retries = Some(self.retries.to_string()).filter(|_| self.retries > 0);
        let level = self.isolated.asked().map(|level| level.to_string());
        let all = own.into_iter().chain([
            ("--timeout", self.timeout.map(seconds)),
            ("--retries", retries),
            ("--repeat", self.repeat.map(|times| times.to_string())),
            ("--isolation", level),
        ]);
        all.filter_map(|(option, value)| Some([option.to_owned(), value?]))
            .flatten()
            .collect()
    }

    /// The day that the run is of: one that goes on is of that on which it began.
    pub(super) fn day(&self) -> Date {
        let begun = self.resume.as_deref().and_then(resume::began_on);
        begun.unwrap_or_else(today)
    }

    /// The files of reports, by their real paths: they may lie beside a plugin's files, and are none of them.
    pub(super) fn reports_of(&self, wanted: &[Wanted]) -> Vec<PathBuf> {
        let reports = wanted.iter().filter_map(|one| one.file.as_deref());
        reports
            .chain(self.resume.as_deref())
            .filter_map(output::place)
            .collect()
    }

    /// How often each case is run, and how many at the same time.
    pub(super) fn pace(&self) -> Pace {
        Pace {
            jobs: self.jobs,
            repeats: Repeats {
                times: self.repeat.unwrap_or(NonZero::<u32>::MIN),
                retries: self.retries,
            },
        }
    }

    /// How much of a record is told.
    pub(super) fn view(&self) -> View {
        View {
            verbose: self.verbose,
            strict: self.strict,
        }
    }

    /// The record that the run is to be held against, if one is.
    pub(super) fn older(&self, wanted: &[Wanted]) -> Result<Option<Record>, Status> {
        let Some(path) = &self.baseline else {
            return Ok(None);
        };
        reports::apart(wanted, path)?;
        compare::older(path).map(Some)
    }

    /// How a run ends that came to this record.
    pub(super) fn status(&self, record: &Record) -> Status {
        let fails = |case: &CaseRecord| {
            case.outcome == Outcome::Fail
                && case.level.counts(self.strict)
                && case.expected.is_none()
        };
        let counts = record.footer.counts;
        if counts.error > 0 {
            return Status::Broken;
        }
        if self.deny.contains(&Denied::Inconclusive) && counts.inconclusive > 0 {
            return Status::Failed;
        }
        match record.header.against {
            Some(_) => compare::status(record, self.strict),
            None if record.cases.iter().any(fails) => Status::Failed,
            None => Status::Fine,
        }
    }
}

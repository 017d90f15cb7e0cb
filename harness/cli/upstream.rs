//! `dokku-conform upstream`: what a change of Dokku means to plugins.

use std::fmt::Write as _;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::compare;
use super::confront::confront;
use super::gather::{Gathered, Gathering, List};
use super::ground;
use super::plugins;
use super::reports::{Asked, Reports};
use super::side::Side;
use super::status::{Status, tell};
use super::subject::Subject;
use super::work::Pace;
use crate::dokku::surface::Changes;
use crate::dokku::{Version, Versions};
use crate::report::{self, Palette, Record, Upstream, UpstreamText};
use crate::run::{Check, Listed, Repeats};
use crate::sandbox::Cancel;
use crate::upstream::users;
use crate::visible::visible;

/// Tell what a change of Dokku means to plugins, given by their directories or as one list: what changed, who uses it, and
/// which checks regress
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The older Dokku: a version, the directory of a real one (`./dokku`), or a git repository with a ref (`REPOSITORY@REF`)
    #[arg(long, value_name = "DOKKU")]
    old: String,
    /// The newer Dokku
    #[arg(long, value_name = "DOKKU")]
    new: String,
    /// The version that the older one is taken for, if it is a real one that does not tell it
    #[arg(long, value_name = "VERSION", value_parser = Versions::one)]
    old_version: Option<Version>,
    /// The version that the newer one is taken for
    #[arg(long, value_name = "VERSION", value_parser = Versions::one)]
    new_version: Option<Version>,
    #[command(flatten)]
    subject: Subject,
    #[command(flatten)]
    gathering: Gathering,
    /// Run no checks: tell what changed and who uses it alone
    #[arg(long)]
    no_run: bool,
    /// Run again with both Dokkus, up to so many times, what fails with one of them or comes out otherwise with the other,
    /// until it comes out otherwise: such a case is flaky, and no regression
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u32).range(..=100))]
    retries: u32,
    /// How many cases run at the same time [default: one for each core]
    #[arg(long, value_name = "N", value_parser = ground::jobs, allow_negative_numbers = true)]
    jobs: Option<usize>,
    /// How many seconds a step of a case may take [default: 10]
    #[arg(long, value_name = "SECONDS", value_parser = ground::seconds, allow_negative_numbers = true)]
    timeout: Option<Duration>,
    #[command(flatten)]
    isolated: ground::Isolated,
    #[command(flatten)]
    reports: Asked<Form>,
    /// A `should` that is broken now and was not is a regression that fails too
    #[arg(long)]
    strict: bool,
    /// Show what is Dokku's own affair too, and all of many
    #[arg(short, long)]
    verbose: bool,
}

/// A form of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    Text,
    /// For a pull request.
    Markdown,
    /// A page for a browser.
    Html,
    /// JSON Lines.
    Jsonl,
}

/// Runs the subcommand. It ends with 1 if a plugin regresses.
pub(super) fn main(arguments: &Arguments) -> Result<Status, Status> {
    let wanted = arguments.reports.wanted()?;
    let cancel = Cancel::default();
    let side = |option, named: &str, version| {
        Side::open(option, named, version, &arguments.gathering, &cancel)
    };
    let old = side("--old", &arguments.old, arguments.old_version)?;
    let new = side("--new", &arguments.new, arguments.new_version)?;
    let (check, opened, _held) = opened(arguments, old.version, &cancel)?;
    let reports = Reports::open(&wanted)?;
    let (before, after) = (old.surface(), new.surface());
    let changes = Changes::between(&before, &after);
    let opened_plugins = check.plugins.iter();
    let labelled = opened_plugins.map(|one| (one.label.as_str(), &*one.plugin));
    let users = users(labelled, &changes, &after);
    let labels = check.plugins.iter().map(|one| one.label.clone()).collect();
    let record = match arguments.no_run {
        true => None,
        false => Some(confronted(arguments, check, &old, &new)?),
    };
    let regressions = (record.as_ref()).map(|record| report::explain(&changes, &users, record));
    let upstream = Upstream {
        old: old.told(),
        new: new.told(),
        plugins: labels,
        changes,
        users,
        regressions,
    };
    reports.write_by(|form, palette| render(form, &upstream, arguments.verbose, palette))?;
    let errors = upstream.regressions.as_ref().map_or(0, |one| one.errors);
    Ok(match &record {
        _ if opened != Status::Fine => opened,
        Some(_) if errors > 0 => Status::Broken,
        Some(record) => compare::status(record, arguments.strict),
        None => Status::Fine,
    })
}

/// The plugins in the directories, or of the list, that are named; with the status to end with if nothing else is wrong,
/// and what holds those that were brought.
fn opened(
    arguments: &Arguments,
    version: Version,
    cancel: &Cancel,
) -> Result<(Check, Status, Option<Gathered>), Status> {
    let subject = &arguments.subject;
    let options = subject.options(std::iter::once(version).collect(), None);
    let list = match subject.paths.as_slice() {
        [list] if list.is_file() => list,
        paths => {
            let (check, status) = plugins::open_usable(paths, &options)?;
            return Ok((check, status, None));
        }
    };
    let list = List::read(list)?;
    let mut gathered = arguments.gathering.gather(&list, None, None, cancel)?;
    // Both sides are looked at, whatever versions a row asks for.
    let listed = std::mem::take(&mut gathered.listed).into_iter();
    let listed = listed.map(|one| Listed {
        versions: Vec::new(),
        ..one
    });
    let mut check = Check::of_list(listed.collect(), &options).map_err(Status::usage)?;
    for checked in &check.plugins {
        if let Some(why) = checked.missing() {
            tell(&format!("{}: {why}", visible(&checked.label)));
        }
    }
    check.plugins.retain(|checked| checked.missing().is_none());
    match check.plugins.is_empty() {
        true => Err(Status::broken("no plugin of the list could be had")),
        // What could not be brought says nothing of the change.
        false => Ok((check, Status::Fine, Some(gathered))),
    }
}

/// The record of the checks with the newer Dokku, held against that with the older.
fn confronted(
    arguments: &Arguments,
    check: Check,
    old: &Side,
    new: &Side,
) -> Result<Record, Status> {
    let first = ground::ground(&arguments.isolated, arguments.timeout)?;
    let second = ground::anew(&arguments.isolated, &first)?;
    let pace = Pace {
        jobs: arguments.jobs,
        repeats: Repeats {
            retries: arguments.retries,
            ..Repeats::default()
        },
    };
    confront(check, [(old, first), (new, second)], pace)
}

fn render(
    form: Form,
    upstream: &Upstream,
    verbose: bool,
    palette: Palette,
) -> Result<String, Status> {
    Ok(match form {
        Form::Text => {
            let text = UpstreamText {
                upstream,
                verbose,
                palette,
            };
            report::inert(&text.to_string())
        }
        Form::Markdown => report::inert(&report::upstream_markdown(upstream)),
        Form::Html => report::upstream_html(upstream),
        Form::Jsonl => {
            let mut text = String::new();
            for line in report::upstream_lines(upstream) {
                let _ = writeln!(text, "{line}");
            }
            text
        }
    })
}

//! `dokku-conform check`: hold plugins against the requirements.

use std::path::PathBuf;

use clap::Args;

use super::dokkus::Dokkus;
use super::manner::Manner;
use super::plugins;
use super::reports::Wanted;
use super::session::Session;
use super::status::{Status, tell};
use super::subject::Subject;
use crate::dokku::Tree;
use crate::report::Header;
use crate::run::{Check, Ground, Plan};

/// How many cases of a plugin in one Dokku version are worth telling beforehand: no plugin that is known has half of them.
const MANY: usize = 2000;

/// Check plugin directories against the requirements.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    subject: Subject,
    #[command(flatten)]
    dokkus: Dokkus,
    /// What is expected to fail, keyed by plugin, beside what each plugin's conformance.yaml says
    #[arg(long, value_name = "FILE")]
    expectations: Option<PathBuf>,
    #[command(flatten)]
    manner: Manner,
}

impl Arguments {
    /// Those on which the outcome of a case may hang, beside what the record has of each case, as words.
    fn decisive(&self) -> Vec<String> {
        let path = |path: &PathBuf| path.display().to_string();
        self.manner.decisive(vec![
            ("--name", self.subject.name.clone()),
            self.dokkus.decisive(),
            ("--specs", self.subject.rules.specs.as_ref().map(path)),
            ("--expectations", self.expectations.as_ref().map(path)),
        ])
    }
}

/// Runs the subcommand.
pub(super) fn main(arguments: &Arguments) -> Result<Status, Status> {
    let manner = &arguments.manner;
    let wanted = manner.reports.wanted()?;
    let older = manner.older(&wanted)?;
    let tree = arguments.dokkus.tree()?;
    let (check, all_read) = read(arguments, tree.as_deref())?;
    let plan = check.plan_on(manner.day());
    tell_of_large(&check, &plan);
    let ground = arguments.dokkus.ground(tree, manner)?;
    let session = Session {
        manner,
        plan: &plan,
        ground: &ground,
        header: header(arguments, &wanted, &check, &plan, &ground),
        wanted,
        older,
        memory: None,
    };
    Ok(manner.status(&session.run()?).unless_unread(all_read))
}

/// Tells of plugins with so many cases that somebody who waits for them may wonder.
fn tell_of_large(check: &Check, plan: &Plan) {
    for checked in &check.plugins {
        let of_it = plan
            .trials
            .iter()
            .filter(|trial| trial.label == checked.label);
        let count = of_it.count() / check.versions.len().max(1);
        if count > MANY {
            let label = &checked.label;
            tell(&format!(
                "{label} has {count} cases in each Dokku version, for its many commands: --only checks some requirements"
            ));
        }
    }
}

/// Reads what is to be checked, and says everything that speaks against it; with the status to end with if nothing else is
/// wrong.
fn read(arguments: &Arguments, tree: Option<&Tree>) -> Result<(Check, Status), Status> {
    let versions = arguments.dokkus.versions(tree);
    let subject = &arguments.subject;
    let options = subject.options(versions, arguments.expectations.clone());
    let (check, all_read) = plugins::open_usable(&subject.paths, &options)?;
    // A run of nothing would look as if all were well.
    if check.requirements().is_empty() {
        return Err(Status::usage(
            "no requirement is left to check: --skip leaves out all that there are",
        ));
    }
    for doubt in &check.doubts {
        tell(doubt);
    }
    Ok((check, all_read))
}

fn header(
    arguments: &Arguments,
    wanted: &[Wanted],
    check: &Check,
    plan: &Plan,
    ground: &Ground,
) -> Header {
    let reports = arguments.manner.reports_of(wanted);
    Header {
        options: arguments.decisive(),
        ..Header::new(check, plan, ground, &reports)
    }
}

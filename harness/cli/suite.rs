//! `dokku-conform suite`: run plugins' own tests in worlds.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use super::dokkus::Dokkus;
use super::manner::Manner;
use super::plugins;
use super::session::Session;
use super::status::{Status, tell};
use super::variable::variable;
use crate::report::Header;
use crate::run::{Bats, NoBats, Options, Selection, Suite};

/// Run plugins' own bats tests, each file in a fake Dokku host of its own with the plugin installed.
///
/// The files are those in `tests` and `test`. Each runs as root, as after `sudo -i` on a host, from a checkout of the
/// plugin beside the installed one, and has 300 seconds unless --timeout says otherwise. A test that failed and asked for
/// what the world does not model is inconclusive.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The plugins' directories
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The name that the plugin is installed under, if it is not the one that it shows
    #[arg(long)]
    name: Option<String>,
    /// Run these files only, named by their path in the plugin or the end of it
    #[arg(long, value_name = "FILE,...", value_delimiter = ',')]
    only: Vec<String>,
    #[command(flatten)]
    dokkus: Dokkus,
    /// What is expected to fail, keyed by plugin, beside what each plugin's conformance.yaml says
    #[arg(long, value_name = "FILE")]
    expectations: Option<PathBuf>,
    /// Set a variable in the tests' environment
    #[arg(long = "env", value_name = "K=V", value_parser = variable)]
    environment: Vec<(String, String)>,
    /// Give the tests a terminal
    #[arg(long)]
    tty: bool,
    #[command(flatten)]
    manner: Manner,
}

impl Arguments {
    /// Those on which the outcome of a case may hang, beside what the record has of each case, as words.
    fn decisive(&self) -> Vec<String> {
        let path = |path: &PathBuf| path.display().to_string();
        let mut words = self.manner.decisive(vec![
            ("--name", self.name.clone()),
            self.dokkus.decisive(),
            ("--expectations", self.expectations.as_ref().map(path)),
        ]);
        for (key, value) in &self.environment {
            words.extend(["--env".to_owned(), format!("{key}={value}")]);
        }
        words.extend(self.tty.then(|| "--tty".to_owned()));
        words
    }
}

/// Runs the subcommand.
pub(super) fn main(arguments: &Arguments) -> Result<Status, Status> {
    let manner = &arguments.manner;
    let wanted = manner.reports.wanted()?;
    let older = manner.older(&wanted)?;
    let tree = arguments.dokkus.tree()?;
    let options = Options {
        name: arguments.name.clone(),
        specs: None,
        selection: Selection::default(),
        versions: arguments.dokkus.versions(tree.as_deref()),
        expectations: arguments.expectations.clone(),
    };
    let (check, all_read) = plugins::open_usable(&arguments.paths, &options)?;
    let check = check.of_suites();
    check.doubts.iter().for_each(tell);
    let suite = Arc::new(Suite {
        bats: bats()?,
        environment: arguments
            .environment
            .iter()
            .cloned()
            .collect::<BTreeMap<_, _>>(),
        tty: arguments.tty,
    });
    let plan = check
        .plan_of_suites(&suite, &arguments.only, manner.day())
        .map_err(|missing| {
            missing.iter().for_each(tell);
            Status::Usage
        })?;
    let ground = arguments.dokkus.ground(tree, manner)?;
    let reports = manner.reports_of(&wanted);
    let session = Session {
        manner,
        plan: &plan,
        ground: &ground,
        header: Header {
            options: arguments.decisive(),
            ..Header::new(&check, &plan, &ground, &reports)
        },
        wanted,
        older,
        memory: None,
    };
    Ok(manner.status(&session.run()?).unless_unread(all_read))
}

/// The bats on `PATH`: without one nothing can be done.
fn bats() -> Result<Bats, Status> {
    let path = std::env::var_os("PATH");
    Bats::find(path.as_deref()).map_err(|why: NoBats| Status::broken(why))
}

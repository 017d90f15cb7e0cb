//! `dokku-conform suite`: run plugins' own tests in worlds.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use super::ground;
use super::manner::Manner;
use super::plugins;
use super::resume;
use super::session::Session;
use super::status::{Status, tell};
use super::tree;
use super::variable::variable;
use crate::dokku::{Version, Versions};
use crate::report::Header;
use crate::run::{Bats, NoBats, Options, Selection, Suite};
use crate::today::today;

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
    /// The Dokku versions to imitate: 0.38.27, 0.38 (its newest), 0.30..0.38, `minors`, `newest`, `all` [default: newest]
    #[arg(long, value_name = "VERSION,...", value_delimiter = ',')]
    dokku: Vec<Versions>,
    /// A real Dokku in place of the imitated one: a checkout, the root of an installation, or its library folder. Its
    /// version is what it tells, or the one that --dokku names
    #[arg(long, value_name = "DIR")]
    dokku_tree: Option<PathBuf>,
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
            ("--dokku-tree", self.dokku_tree.as_ref().map(path)),
            ("--expectations", self.expectations.as_ref().map(path)),
        ]);
        for (key, value) in &self.environment {
            words.extend(["--env".to_owned(), format!("{key}={value}")]);
        }
        words.extend(self.tty.then(|| "--tty".to_owned()));
        words
    }

    fn versions(&self) -> Vec<Version> {
        self.dokku.iter().flat_map(Versions::all).copied().collect()
    }
}

/// Runs the subcommand.
pub(super) fn main(arguments: &Arguments) -> Result<Status, Status> {
    let manner = &arguments.manner;
    let wanted = manner.reports.wanted()?;
    let older = manner.older(&wanted)?;
    let tree = match &arguments.dokku_tree {
        Some(root) => Some(tree::open(root, tree::one_version(&arguments.dokku)?)?),
        None => None,
    };
    let versions = match &tree {
        Some(tree) => std::iter::once(tree.version()).collect(),
        None => arguments.versions().into_iter().collect(),
    };
    let options = Options {
        name: arguments.name.clone(),
        specs: None,
        selection: Selection::default(),
        versions,
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
    // A run that goes on is of the day on which it began.
    let day = manner.resume.as_deref().and_then(resume::began_on);
    let day = day.unwrap_or_else(today);
    let plan = check
        .plan_of_suites(&suite, &arguments.only, day)
        .map_err(|missing| {
            missing.iter().for_each(tell);
            Status::Usage
        })?;
    let mut ground = ground::ground(&manner.isolated, manner.timeout)?;
    if let Some(tree) = &tree {
        tree::tell_loans(tree);
    }
    ground.tree = tree;
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
    let ran = manner.status(&session.run()?);
    // What could not be read was told, and ends no other plugin's run.
    Ok(match ran {
        Status::Broken => ran,
        _ if all_read != Status::Fine => all_read,
        _ => ran,
    })
}

/// The bats on `PATH`: without one nothing can be done.
fn bats() -> Result<Bats, Status> {
    let path = std::env::var_os("PATH");
    Bats::find(path.as_deref()).map_err(|why: NoBats| Status::broken(why))
}

//! `dokku-conform run`: any command inside a world.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, ExitStatus};

use clap::Args;

use super::status::Status;
use super::tree;
use super::variable::variable;
use crate::dokku::{Version, Versions, core};
use crate::plugin::Plugin;
use crate::sandbox::{self, Isolation, Machine};
use crate::world::{
    App, Blueprint, Installation, InstalledPlugin, Origin, PluginSource, Stock, World,
};

/// Run a command in a fake Dokku host. Its streams and its exit status pass through.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The Dokku version to imitate [default: the newest]
    #[arg(long, value_name = "VERSION", value_parser = Versions::one)]
    dokku: Option<Version>,
    /// A real Dokku in place of the imitated one: a checkout, the root of an installation, or its library folder
    #[arg(long, value_name = "DIR")]
    dokku_tree: Option<PathBuf>,
    /// Install this plugin
    #[arg(long = "plugin", value_name = "DIR")]
    plugins: Vec<PathBuf>,
    /// Install this plugin as if it came with Dokku
    #[arg(long = "core-plugin", value_name = "DIR")]
    core_plugins: Vec<PathBuf>,
    /// Create this app
    #[arg(long = "app", value_name = "NAME")]
    apps: Vec<String>,
    /// Set a variable in the command's environment
    #[arg(long = "env", value_name = "K=V", value_parser = variable)]
    env: Vec<(String, String)>,
    /// How far the command is kept apart from this machine: `off`, `portable` (what it leaves running is ended; your
    /// files are in its reach) or `strict` (of your files it sees those in the current directory, and changes none)
    #[arg(long, value_name = "LEVEL", default_value_t = Isolation::Portable)]
    isolation: Isolation,
    /// The command, such as `dokku hello foo`, `bash` or `bats tests/`
    #[arg(required = true, last = true)]
    command: Vec<OsString>,
}

/// Runs the subcommand; its status is the command's own, or that of a harness that could not run it.
pub(super) fn main(arguments: Arguments) -> ExitCode {
    match perform(&arguments) {
        Ok(status) => ExitCode::from(sandbox::of_shell(status)),
        Err(status) => status.into(),
    }
}

fn perform(arguments: &Arguments) -> Result<ExitStatus, Status> {
    let broken =
        |what: &'static str| move |error: io::Error| Status::broken(format!("{what}: {error}"));
    let installation = Installation {
        origin: origin(arguments)?,
        plugins: plugins(arguments)?,
    };
    installable(&installation)?;
    let program = std::env::current_exe().map_err(broken("finding this program"))?;
    Machine::look(&program)
        .allows(arguments.isolation)
        .map_err(|why| Status::broken(format!("{why}; `dokku-conform doctor` tells more")))?;
    let stock = Stock::new(program, arguments.isolation).map_err(broken("making a world"))?;
    let blueprint = Blueprint {
        apps: apps(&arguments.apps)?,
        ..Blueprint::default()
    };
    let world = World::new(&stock, &installation, blueprint).map_err(broken("making a world"))?;
    let Some((program, args)) = arguments.command.split_first() else {
        return Err(Status::usage("no command to run"));
    };
    let mut command = Command::new(find(program, &world));
    // A plugin looks at its parent's command line, which begins with what was typed.
    command.arg0(program).args(args);
    command.env_clear().envs(world.environment());
    command.envs(arguments.env.iter().cloned());
    for passed in ["TERM", "COLUMNS", "LINES"] {
        command.envs(std::env::var_os(passed).map(|value| (passed, value)));
    }
    let here = std::env::current_dir().ok();
    if arguments.isolation == Isolation::Strict {
        command.current_dir(here.as_deref().unwrap_or(Path::new("/")));
    }
    sandbox::foreground(&mut command, &world.walls().showing(here))
        .or_else(|error| not_started(&program.to_string_lossy(), &error))
}

fn origin(arguments: &Arguments) -> Result<Origin, Status> {
    let Some(root) = &arguments.dokku_tree else {
        return Ok(Origin::BuiltIn(arguments.dokku.unwrap_or(Version::NEWEST)));
    };
    let tree = tree::open(root, arguments.dokku)?;
    tree::tell_loans(&tree);
    Ok(Origin::Tree(tree))
}

/// What a shell would end with: 127 for a command that is not there, 126 for one that is no program.
fn not_started(program: &str, error: &io::Error) -> Result<ExitStatus, Status> {
    let said = Status::broken(format!("{program} could not be run: {error}"));
    let status = match error.kind() {
        io::ErrorKind::NotFound => 127,
        io::ErrorKind::PermissionDenied | io::ErrorKind::IsADirectory => 126,
        _ => return Err(said),
    };
    Ok(ExitStatus::from_raw(status << 8))
}

fn plugins(arguments: &Arguments) -> Result<Vec<InstalledPlugin>, Status> {
    let named = |path: &PathBuf, core: bool| {
        let plugin = Plugin::open(path, None).map_err(Status::usage)?;
        Ok(InstalledPlugin {
            name: plugin.name().to_owned(),
            source: PluginSource::Directory(plugin.root().to_owned()),
            core,
        })
    };
    let mut installed: BTreeMap<String, InstalledPlugin> = BTreeMap::new();
    let community = arguments.plugins.iter().map(|path| named(path, false));
    for plugin in community.chain(arguments.core_plugins.iter().map(|path| named(path, true))) {
        let plugin: InstalledPlugin = plugin?;
        if let Some(other) = installed.insert(plugin.name.clone(), plugin) {
            return Err(Status::usage(format!(
                "two plugins are called `{}`: only one can be installed",
                other.name
            )));
        }
    }
    Ok(installed.into_values().collect())
}

/// Refuses a plugin that bears the name of one of Dokku's own: no host can have both.
fn installable(installation: &Installation) -> Result<(), Status> {
    let version = installation.origin.version();
    let is_taken = |name: &str| match &installation.origin {
        Origin::BuiltIn(version) => core::plugins(*version).any(|own| own == name),
        Origin::Tree(tree) => tree.plugins().join(name).is_dir(),
    };
    match installation.plugins.iter().find(|one| is_taken(&one.name)) {
        Some(plugin) => Err(Status::usage(format!(
            "Dokku {version} has a plugin `{}` of its own: another of that name can't be installed beside it",
            plugin.name
        ))),
        None => Ok(()),
    }
}

fn apps(names: &[String]) -> Result<Vec<App>, Status> {
    let one = |name: &String| {
        // A host may have folders that its Dokku would not make any more, but none that no version ever made.
        let is_letter = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
        if name.starts_with(['.', '-']) || name.is_empty() || !name.chars().all(is_letter) {
            return Err(Status::usage(format!(
                "`{name}` can't be the name of an app: write letters, digits, `-`, `_` and `.`, as in `my-app`"
            )));
        }
        Ok(App {
            name: name.clone(),
            ..App::default()
        })
    };
    names.iter().map(one).collect()
}

/// Where the program is, looked for as a shell in the world would.
fn find(program: &OsString, world: &World<'_>) -> PathBuf {
    let path = Path::new(program);
    if path.components().count() > 1 {
        return path.to_owned();
    }
    let layout = world.layout();
    // A link in the world may lead to where only its own processes get.
    if layout.bin().join(path).symlink_metadata().is_ok() {
        layout.seen().bin().join(path)
    } else {
        path.to_owned()
    }
}

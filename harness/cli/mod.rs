//! The command line: one file a subcommand, each turning arguments into calls of the library and an exit status.

mod check;
mod circumstances;
mod compare;
mod confront;
mod desk;
mod doctor;
mod dokkus;
mod expect;
mod explain;
mod fidelity;
mod fix;
mod forecast;
mod form;
mod gather;
mod ground;
mod init;
mod input;
mod keep;
mod list;
mod manner;
mod merge;
mod nightly;
mod output;
mod plugins;
mod progress;
mod render;
mod reports;
mod resume;
mod roster;
mod run;
mod schema;
mod session;
mod side;
mod status;
mod stdout;
mod subject;
mod suite;
mod tree;
mod turns;
mod upstream;
mod variable;
mod work;

use std::process::ExitCode;

use clap::Parser;

use self::status::Status;
use crate::role;

/// Check Dokku plugins against the plugin API, with no Dokku, no Docker and no root.
#[derive(Debug, Parser)]
#[command(name = "dokku-conform", version, max_term_width = 100)]
#[command(
    after_help = "Exit status: 0 nothing failed; 1 a `must` is broken (with --strict a `should` too); \
    2 the command line, a plugin or a spec can't be used; 3 the harness could not do its work."
)]
enum Cli {
    Check(check::Arguments),
    Suite(suite::Arguments),
    Run(run::Arguments),
    Render(render::Arguments),
    Compare(compare::Arguments),
    Expect(expect::Arguments),
    Forecast(forecast::Arguments),
    Nightly(nightly::Arguments),
    Merge(merge::Arguments),
    Upstream(upstream::Arguments),
    List(list::Arguments),
    Explain(explain::Arguments),
    Schema(schema::Arguments),
    Fidelity(fidelity::Arguments),
    Init(init::Arguments),
    Fix(fix::Arguments),
    Plugins(roster::Arguments),
    Doctor(doctor::Arguments),
}

/// Runs the command line, or the role that the process was started for.
#[must_use]
pub fn main() -> ExitCode {
    if let Some(status) = role::take_on() {
        return ExitCode::from(status);
    }
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let printed = error.print();
            if error.use_stderr() {
                return Status::Usage.into();
            }
            return match stdout::came_through(printed) {
                Ok(()) => Status::Fine.into(),
                Err(error) => output::unwritable(output::STDOUT, &error).into(),
            };
        }
    };
    let result = match cli {
        Cli::Check(arguments) => check::main(&arguments),
        Cli::Suite(arguments) => suite::main(&arguments),
        Cli::Run(arguments) => return run::main(arguments),
        Cli::Render(arguments) => render::main(&arguments),
        Cli::Compare(arguments) => compare::main(&arguments),
        Cli::Expect(arguments) => expect::main(&arguments),
        Cli::Forecast(arguments) => forecast::main(arguments),
        Cli::Nightly(arguments) => nightly::main(&arguments),
        Cli::Merge(arguments) => merge::main(&arguments),
        Cli::Upstream(arguments) => upstream::main(&arguments),
        Cli::List(arguments) => list::main(&arguments),
        Cli::Explain(arguments) => explain::main(&arguments),
        Cli::Schema(arguments) => schema::main(&arguments),
        Cli::Fidelity(arguments) => fidelity::main(&arguments),
        Cli::Fix(arguments) => fix::main(&arguments),
        Cli::Plugins(arguments) => roster::main(&arguments),
        Cli::Init(arguments) => init::main(&arguments),
        Cli::Doctor(arguments) => doctor::main(&arguments),
    };
    result.unwrap_or_else(|status| status).into()
}

//! Starts the command line, nothing else.

use std::process::ExitCode;

use dokku_conform::dokku;

fn main() -> ExitCode {
    let as_program = || {
        let arguments = std::env::args_os().skip(1).collect();
        dokku::programs::run(&dokku::called_as()?, arguments, &dokku::Host::default())
    };
    as_program().unwrap_or_else(dokku_conform::cli::main)
}

//! Any program in the environment that the dispatcher gives to plugins.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use super::child::{Script, become_program, say_error};
use super::dispatch::library;
use super::environment;
use super::host::{Host, version_of};
use super::variables::Variables;

/// Sets up the variables as the dispatcher does before it starts a plugin's file, and becomes the program that the first
/// argument names, with the others for its arguments.
///
/// Returns only if it can't: the exit status of a shell for that, with the reason on standard error.
#[must_use]
pub fn inside(arguments: &[OsString], host: &Host) -> u8 {
    let Some((program, rest)) = arguments.split_first() else {
        return 127;
    };
    let mut variables = Variables::inherited();
    let version = match version_of(&library(&variables)) {
        Ok(version) => version,
        Err(sentence) => {
            say_error(sentence.as_bytes());
            return 1;
        }
    };
    if let Err(ended) = environment::set_up(&mut variables, version, host, Path::new("dokku"), &[])
    {
        return ended.0;
    }
    for (name, value) in [("SSH_USER", "dokku"), ("SSH_NAME", "default")] {
        variables.or_default(name, value);
        variables.keep(name);
    }
    let script = Script {
        name: Path::new("dokku"),
        variables: &variables,
    };
    let error = become_program(script, program, rest);
    could_not_start(&PathBuf::from(program), &error)
}

fn could_not_start(program: &Path, error: &io::Error) -> u8 {
    let text = error.to_string();
    let cause = text.split(" (os error").next().unwrap_or_default();
    say_error(format!("{}: {cause}", program.display()).as_bytes());
    if error.kind() == io::ErrorKind::NotFound {
        127
    } else {
        126
    }
}

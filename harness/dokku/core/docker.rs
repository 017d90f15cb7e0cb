//! The program docker, as core commands run it.

use std::env;
use std::process::Command;

use super::failure::Failure;

/// What a run of docker came to.
#[derive(Debug)]
pub(super) struct Ran {
    pub(super) succeeded: bool,
    /// Its standard output, trimmed.
    pub(super) stdout: String,
    /// Its standard error as it came.
    pub(super) stderr: String,
}

/// Runs `$DOCKER_BIN`, or else `docker`, with these arguments.
pub(super) fn run(arguments: &[&str]) -> Result<Ran, Failure> {
    let program = env::var_os("DOCKER_BIN").filter(|name| !name.is_empty());
    let output = Command::new(program.unwrap_or_else(|| "docker".into()))
        .args(arguments)
        .output()
        .map_err(|error| Failure::new(error.to_string()))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(Ran {
        succeeded: output.status.success(),
        stdout: text(&output.stdout).trim().to_owned(),
        stderr: text(&output.stderr),
    })
}

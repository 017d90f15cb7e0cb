//! The program docker, as core commands run it.

use std::env;
use std::process::{Command, Stdio};

use super::env_file::Variables;
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

/// `$DOCKER_BIN`, or else `docker`.
fn program() -> Command {
    let program = env::var_os("DOCKER_BIN").filter(|name| !name.is_empty());
    Command::new(program.unwrap_or_else(|| "docker".into()))
}

/// Runs docker with these arguments.
pub(super) fn run(arguments: &[&str]) -> Result<Ran, Failure> {
    let output = program()
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

/// Runs docker, whose streams are ours, with the variables of an app; true if it succeeds.
pub(super) fn show(arguments: &[String], variables: &Variables) -> Result<bool, Failure> {
    let status = program().args(arguments).envs(variables).status();
    let status = status.map_err(|error| Failure::new(error.to_string()))?;
    Ok(status.success())
}

/// What docker says on standard output, with the variables of an app; a failure that it tells of itself.
pub(super) fn said(arguments: &[String], variables: &Variables) -> Result<String, Failure> {
    let mut command = program();
    command.args(arguments).envs(variables);
    let output = command.stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| Failure::new(error.to_string()))?;
    if !output.status.success() {
        return Err(Failure::Silent(1));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// What a template shows of a container or an image; nothing where docker can't show it.
pub(super) fn shown(name: &str, template: &str) -> Result<String, Failure> {
    let ran = run(&["inspect", "--format", template, name])?;
    Ok(if ran.succeeded {
        ran.stdout
    } else {
        String::new()
    })
}

/// True if there is an image of this name.
pub(super) fn has_image(name: &str) -> Result<bool, Failure> {
    Ok(run(&["image", "inspect", name])?.succeeded)
}

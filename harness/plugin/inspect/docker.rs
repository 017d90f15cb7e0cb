//! Calls of docker in a plugin's scripts.

use crate::plugin::shell::{Invocation, Program, Script, Word};
use crate::plugin::{Plugin, PluginFile};

/// How docker is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// As `docker`.
    Plainly,
    /// As `$DOCKER_BIN`.
    ByVariable,
}

/// One call of docker.
pub(super) struct DockerCall<'p> {
    pub(super) file: &'p PluginFile,
    pub(super) script: &'p Script,
    pub(super) invocation: &'p Invocation,
    pub(super) program: Program<'p>,
    pub(super) named: Named,
}

/// Every call of docker in what Dokku reaches.
pub(super) fn calls(plugin: &Plugin) -> Vec<DockerCall<'_>> {
    plugin
        .reached()
        .filter(|(_, script)| script.function_names().all(|name| name != "docker"))
        .flat_map(|(file, script)| {
            script.invocations.iter().filter_map(move |invocation| {
                let program = invocation.program()?;
                Some(DockerCall {
                    file,
                    script,
                    invocation,
                    named: named(program.name)?,
                    program,
                })
            })
        })
        .collect()
}

fn named(word: &Word) -> Option<Named> {
    if let Some(text) = word.literal() {
        return (text.rsplit('/').next() == Some("docker")).then_some(Named::Plainly);
    }
    (word.variable()?.name == "DOCKER_BIN").then_some(Named::ByVariable)
}

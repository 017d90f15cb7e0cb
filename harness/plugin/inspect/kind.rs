//! The inspections there are, and what one yields.

use std::collections::BTreeSet;

use crate::dokku::Version;
use crate::plugin::{Finding, Place, Plugin, PluginFile};
use crate::words::words;

use super::{
    api_exists, arguments_intact, commands_namespaced, config_no_restart, docker_bin,
    docker_run_labels, executable_files, image_names, listed_commands_exist, no_nested_dokku,
    plugin_toml, repository_name, trace_line, triggers_known,
};

words! {
    /// An inspection of a plugin's text.
    pub enum Inspection {
        /// What Dokku runs is executable, with an interpreter that exists.
        ExecutableFiles = "executable-files",
        /// `plugin.toml` parses and has what plugn reads.
        PluginToml = "plugin-toml",
        /// docker is called through `$DOCKER_BIN`.
        DockerBin = "docker-bin",
        /// What leaves a container carries `$DOKKU_GLOBAL_RUN_ARGS`.
        DockerRunLabels = "docker-run-labels",
        /// No image's name is built as `dokku/$APP`.
        ImageNames = "image-names",
        /// A trigger that sets config does so with `--no-restart`.
        ConfigNoRestart = "config-no-restart",
        /// No command or trigger calls the `dokku` binary.
        NoNestedDokku = "no-nested-dokku",
        /// What looks like a trigger is one.
        TriggersKnown = "triggers-known",
        /// The repository is called `dokku-<name>`.
        RepositoryName = "repository-name",
        /// Every shell executable has the line that honours DOKKU_TRACE.
        TraceLine = "trace-line",
        /// What the help lists is a command.
        ListedCommandsExist = "listed-commands-exist",
        /// Every command is of the plugin's own name, and none is Dokku's.
        CommandsNamespaced = "commands-namespaced",
        /// What the plugin uses of Dokku exists.
        ApiExists = "api-exists",
        /// Arguments are quoted where they are put in order.
        ArgumentsIntact = "arguments-intact",
    }
}

/// What an inspection yields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inspected {
    /// How many things it looked at; with none, an absence of findings proves nothing.
    pub looked_at: usize,
    /// What breaks the rule.
    pub findings: Vec<Finding>,
    /// What may break it: the text does not tell.
    pub unknown: Vec<Finding>,
    /// Why it does not apply, if it does not.
    pub skip_because: Option<String>,
}

impl Plugin {
    /// Inspects the plugin's text, as that version of Dokku would see it.
    #[must_use]
    pub fn inspect(&self, inspection: Inspection, version: Version) -> Inspected {
        let mut inspected = match inspection {
            Inspection::ExecutableFiles => executable_files::inspect(self, version),
            Inspection::PluginToml => plugin_toml::inspect(self),
            Inspection::DockerBin => docker_bin::inspect(self),
            Inspection::DockerRunLabels => docker_run_labels::inspect(self),
            Inspection::ImageNames => image_names::inspect(self),
            Inspection::ConfigNoRestart => config_no_restart::inspect(self),
            Inspection::NoNestedDokku => no_nested_dokku::inspect(self),
            Inspection::TriggersKnown => triggers_known::inspect(self, version),
            Inspection::RepositoryName => repository_name::inspect(self),
            Inspection::TraceLine => trace_line::inspect(self),
            Inspection::ListedCommandsExist => listed_commands_exist::inspect(self),
            Inspection::CommandsNamespaced => commands_namespaced::inspect(self, version),
            Inspection::ApiExists => api_exists::inspect(self, version),
            Inspection::ArgumentsIntact => arguments_intact::inspect(self),
        };
        once(&mut inspected.findings);
        once(&mut inspected.unknown);
        inspected
    }
}

/// Leaves each finding once.
fn once(findings: &mut Vec<Finding>) {
    let mut seen = BTreeSet::new();
    findings.retain(|one| seen.insert((one.place.clone(), one.message.clone())));
}

impl Inspected {
    pub(super) fn skip(why: &str) -> Self {
        Self {
            skip_because: Some(why.to_owned()),
            ..Self::default()
        }
    }

    /// Skips, if nothing was there to be looked at and nothing is unknown.
    pub(super) fn or_skip(self, why: &str) -> Self {
        if self.looked_at == 0 && self.unknown.is_empty() {
            Self::skip(why)
        } else {
            self
        }
    }

    /// Adds a finding.
    pub(super) fn find(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Adds what may be one.
    pub(super) fn doubt(&mut self, finding: Finding) {
        self.unknown.push(finding);
    }

    /// Says which of the files that Dokku reaches this inspection could not read.
    pub(super) fn doubt_unread(&mut self, plugin: &Plugin) {
        for file in plugin.files().iter().filter(|file| file.is_entry()) {
            if let Err(why) = file.script() {
                self.doubt(finding(file, None, format!("was not looked at: {why}")));
            }
        }
        for (file, script) in plugin.reached() {
            for lines in &script.broken {
                self.doubt(finding(
                    file,
                    Some(lines.first),
                    format!(
                        "lines {} to {} could not be parsed",
                        lines.first, lines.last
                    ),
                ));
            }
        }
    }
}

/// A finding in a file, with the line itself.
pub(super) fn finding(file: &PluginFile, line: Option<u32>, message: String) -> Finding {
    let place = Place {
        file: file.name.clone(),
        line,
    };
    Finding {
        excerpt: line.and_then(|line| file.line(line)).map(str::to_owned),
        ..Finding::new(place, message)
    }
}

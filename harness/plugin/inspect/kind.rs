//! The inspections there are, and what one yields.

use std::fmt;
use std::str::FromStr;

use crate::dokku::Version;
use crate::plugin::{Finding, Place, Plugin, PluginFile};

use super::{
    config_no_restart, docker_bin, docker_run_labels, executable_files, image_names,
    no_nested_dokku, plugin_toml, repository_name, trace_line, triggers_known,
};

/// An inspection of a plugin's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Inspection {
    /// What Dokku runs is executable, with an interpreter that exists.
    ExecutableFiles,
    /// `plugin.toml` parses and has what plugn reads.
    PluginToml,
    /// docker is called through `$DOCKER_BIN`.
    DockerBin,
    /// What leaves a container carries `$DOKKU_GLOBAL_RUN_ARGS`.
    DockerRunLabels,
    /// No image's name is built as `dokku/$APP`.
    ImageNames,
    /// A trigger that sets config does so with `--no-restart`.
    ConfigNoRestart,
    /// No command or trigger calls the `dokku` binary.
    NoNestedDokku,
    /// What looks like a trigger is one.
    TriggersKnown,
    /// The repository is called `dokku-<name>`.
    RepositoryName,
    /// Every shell executable has the line that honours DOKKU_TRACE.
    TraceLine,
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

/// A name that no inspection has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is no inspection; there are {}", Inspection::ALL.map(Inspection::name).join(", "))]
pub struct UnknownInspection {
    name: String,
}

impl Inspection {
    /// Every inspection.
    pub const ALL: [Self; 10] = [
        Self::ExecutableFiles,
        Self::PluginToml,
        Self::DockerBin,
        Self::DockerRunLabels,
        Self::ImageNames,
        Self::ConfigNoRestart,
        Self::NoNestedDokku,
        Self::TriggersKnown,
        Self::RepositoryName,
        Self::TraceLine,
    ];

    /// Its name, as specs write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ExecutableFiles => "executable-files",
            Self::PluginToml => "plugin-toml",
            Self::DockerBin => "docker-bin",
            Self::DockerRunLabels => "docker-run-labels",
            Self::ImageNames => "image-names",
            Self::ConfigNoRestart => "config-no-restart",
            Self::NoNestedDokku => "no-nested-dokku",
            Self::TriggersKnown => "triggers-known",
            Self::RepositoryName => "repository-name",
            Self::TraceLine => "trace-line",
        }
    }
}

impl fmt::Display for Inspection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Inspection {
    type Err = UnknownInspection;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|inspection| inspection.name() == name)
            .ok_or_else(|| UnknownInspection {
                name: name.to_owned(),
            })
    }
}

impl Plugin {
    /// Inspects the plugin's text, as that version of Dokku would see it.
    #[must_use]
    pub fn inspect(&self, inspection: Inspection, version: Version) -> Inspected {
        match inspection {
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
        }
    }
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

    /// Adds a finding, once.
    pub(super) fn find(&mut self, finding: Finding) {
        if !self.findings.contains(&finding) {
            self.findings.push(finding);
        }
    }

    /// Adds what may be one, once.
    pub(super) fn doubt(&mut self, finding: Finding) {
        if !self.unknown.contains(&finding) {
            self.unknown.push(finding);
        }
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
    Finding {
        place: Place {
            file: file.name.clone(),
            line,
        },
        message,
        excerpt: line.and_then(|line| file.line(line)).map(str::to_owned),
    }
}

//! The host that a core program finds itself on: where its state lies, and what its plugins answer.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::failure::Failure;
use super::file::VERSION_FILE;
use crate::dokku::{Timeline, Version};

/// Whose state is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    Global,
    App(String),
}

impl Scope {
    /// The scope of an argument, where an empty one and `--global` mean the host as a whole.
    pub(super) fn of(name: &str) -> Self {
        match name {
            "" | "--global" => Self::Global,
            app => Self::App(app.to_owned()),
        }
    }

    /// The name of its directory among the properties.
    pub(super) fn directory(&self) -> &str {
        match self {
            Self::Global => "--global",
            Self::App(app) => app,
        }
    }
}

/// Below which root the ENV files lie.
#[derive(Clone, Copy)]
enum EnvPlace {
    Home,
    Config,
}

const ENV_PLACE: Timeline<EnvPlace> = Timeline::new(
    EnvPlace::Home,
    &[(Version::new(0, 38, 0), EnvPlace::Config)],
);

/// A Dokku host, as its core programs see it.
#[derive(Debug)]
pub(super) struct Host {
    pub(super) home: PathBuf,
    pub(super) lib: PathBuf,
    pub(super) version: Version,
    pub(super) quiet: bool,
}

/// What a trigger came to.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) succeeded: bool,
    /// Its standard output, trimmed.
    pub(super) text: String,
}

impl Host {
    /// The host of the environment.
    pub(super) fn from_environment() -> Result<Self, Failure> {
        let lib = required("DOKKU_LIB_ROOT")?;
        let beside_core =
            env::var_os("PLUGIN_CORE_PATH").map(|core| PathBuf::from(core).join(".version"));
        let text = [beside_core, Some(lib.join(VERSION_FILE))]
            .into_iter()
            .flatten()
            .find_map(|path| fs::read_to_string(path).ok());
        let version = text
            .and_then(|text| text.trim().parse().ok())
            .ok_or_else(|| Failure::unmodelled("a host whose Dokku version is not written down"))?;
        Ok(Self {
            home: required("DOKKU_ROOT")?,
            lib,
            version,
            quiet: env::var_os("DOKKU_QUIET_OUTPUT").is_some_and(|quiet| !quiet.is_empty()),
        })
    }

    /// The directory of an app.
    pub(super) fn app(&self, name: &str) -> PathBuf {
        self.home.join(name)
    }

    /// The ENV file of an app or of the host.
    pub(super) fn env_file(&self, scope: &Scope) -> PathBuf {
        match (ENV_PLACE.at(self.version), scope) {
            (EnvPlace::Home, Scope::Global) => self.home.join("ENV"),
            (EnvPlace::Home, Scope::App(app)) => self.app(app).join("ENV"),
            (EnvPlace::Config, scope) => {
                self.lib.join("config").join(scope.directory()).join("ENV")
            }
        }
    }

    /// The apps that there are, in the order of their names.
    pub(super) fn apps(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.home).into_iter().flatten().flatten();
        let mut apps: Vec<String> = entries
            .filter(|entry| entry.path().is_dir())
            .filter_map(|entry| entry.file_name().into_string().ok())
            .filter(|name| !name.starts_with(|first: char| first == '.' || first.is_uppercase()))
            .collect();
        apps.sort();
        apps
    }

    /// True if an app has a container, by the files that name them.
    pub(super) fn has_container(&self, app: &str) -> bool {
        let entries = fs::read_dir(self.app(app)).into_iter().flatten().flatten();
        entries
            .filter_map(|entry| entry.file_name().into_string().ok())
            .any(|name| name == "CONTAINER" || name.starts_with("CONTAINER."))
    }

    /// True if a plugin other than Dokku's own 20_events has a trigger.
    pub(super) fn has_trigger(&self, trigger: &str) -> Result<bool, Failure> {
        let enabled = required("PLUGIN_PATH")?.join("enabled");
        let plugins = fs::read_dir(enabled).into_iter().flatten().flatten();
        Ok(plugins
            .filter(|plugin| plugin.file_name() != "20_events")
            .any(|plugin| plugin.path().join(trigger).exists()))
    }

    /// Asks the plugins, keeping what they say on standard output.
    pub(super) fn ask(&self, trigger: &str, arguments: &[&str]) -> Answer {
        let output = plugn(trigger, arguments).stderr(Stdio::inherit()).output();
        output.map_or(
            Answer {
                succeeded: false,
                text: String::new(),
            },
            |output| Answer {
                succeeded: output.status.success(),
                text: String::from_utf8_lossy(&output.stdout).trim().to_owned(),
            },
        )
    }

    /// Tells the plugins, whose streams are ours; true if all of them agreed.
    pub(super) fn tell(&self, trigger: &str, arguments: &[&str]) -> bool {
        plugn(trigger, arguments)
            .status()
            .is_ok_and(|status| status.success())
    }
}

fn plugn(trigger: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new("plugn");
    command.arg("trigger").arg(trigger).args(arguments);
    command
}

fn required(name: &str) -> Result<PathBuf, Failure> {
    env::var_os(name)
        .filter(|value| value.as_os_str() != OsStr::new(""))
        .map(PathBuf::from)
        .ok_or_else(|| Failure::new(format!("{name} not set!")))
}

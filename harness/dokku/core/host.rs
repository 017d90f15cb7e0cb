//! The host that a core program finds itself on: where its state lies, and what its plugins answer.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, Read, Write as _};
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};

use super::failure::Failure;
use super::file::VERSION_FILE;
use super::option_words;
use crate::dokku::turns::Turn;
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

/// Whether a directory whose name begins with an uppercase letter is no app.
const PASSES_OVER_UPPERCASE: Timeline<bool> =
    Timeline::new(false, &[(Version::new(0, 36, 7), true)]);

/// A Dokku host, as its core programs see it.
#[derive(Clone, Debug)]
pub(super) struct Host {
    pub(super) home: PathBuf,
    pub(super) lib: PathBuf,
    pub(super) version: Version,
    pub(super) quiet: bool,
    /// What the plugins' triggers find in their environment besides ours.
    pub(super) exported: Vec<(&'static str, String)>,
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
            exported: Vec::new(),
        })
    }

    /// The same host, with one more variable for the triggers.
    pub(super) fn with(&self, name: &'static str, value: impl Into<String>) -> Self {
        let mut host = self.clone();
        host.exported.push((name, value.into()));
        host
    }

    /// What a variable holds that the triggers find too; nothing for an empty one.
    pub(super) fn variable(&self, name: &str) -> Option<String> {
        let own = self.exported.iter().rfind(|(known, _)| *known == name);
        let value = match own {
            Some((_, value)) => Some(value.clone()),
            None => env::var(name).ok(),
        };
        value.filter(|value| !value.is_empty())
    }

    /// Notes something that what is done leaves out and the world does not model, by name. It goes on nevertheless.
    pub(super) fn lacks(&self, what: &str) {
        // Without the program there is nobody to tell.
        let _ = Command::new("conform-lacks").arg(what).status();
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

    /// The directories that count as apps, in the order of their names.
    pub(super) fn apps(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.home).into_iter().flatten().flatten();
        let names = entries
            .filter(|entry| entry.path().is_dir())
            .filter_map(|entry| entry.file_name().into_string().ok())
            .filter(|name| !name.starts_with('.'));
        let (in_uppercase, mut apps): (Vec<String>, Vec<String>) =
            names.partition(|name| name.starts_with(char::is_uppercase));
        if !in_uppercase.is_empty() && !PASSES_OVER_UPPERCASE.asked(self.version) {
            apps.extend(in_uppercase);
        }
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
        let output = self
            .plugn(trigger, arguments)
            .stderr(Stdio::inherit())
            .output();
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

    /// Asks the plugins, of whose answer nothing is heard.
    pub(super) fn consult(&self, trigger: &str, arguments: &[&str]) {
        // Who is asked for courtesy need not answer.
        let _ = self
            .plugn(trigger, arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
    }

    /// The words that the plugins answer with, which are given nothing to read.
    pub(super) fn words(&self, trigger: &str, arguments: &[&str]) -> Result<Vec<String>, Failure> {
        let mut command = self.plugn(trigger, arguments);
        let output = command
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .output()
            .map_err(|error| Failure::new(error.to_string()))?;
        if !output.status.success() {
            return Err(Failure::Silent(status_of(output.status)));
        }
        let text = String::from_utf8_lossy(&output.stdout);
        option_words::split(&text)
            .map_err(|_| Failure::unmodelled(format!("what {trigger} answers, which is no words")))
    }

    /// Tells the plugins, as a script of the core does: the status of the one that refuses is that of the caller, who
    /// adds nothing.
    pub(super) fn call(&self, trigger: &str, arguments: &[&str]) -> Result<(), Failure> {
        match self.plugn(trigger, arguments).status() {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(Failure::Silent(status_of(status))),
            Err(error) => Err(Failure::new(error.to_string())),
        }
    }

    /// Tells the plugins, whose streams are ours. What the one that refuses said on standard error is the reason why
    /// the caller fails, and so is said once more.
    pub(super) fn tell(&self, trigger: &str, arguments: &[&str]) -> Result<(), Failure> {
        let mut command = self.plugn(trigger, arguments);
        if !*REASONS_TOLD.asked(self.version) {
            return match command.status() {
                Ok(status) if status.success() => Ok(()),
                _ => Err(Failure::Silent(1)),
            };
        }
        let failed = |error: io::Error| Failure::new(error.to_string());
        let mut child = command.stderr(Stdio::piped()).spawn().map_err(failed)?;
        let reason = child.stderr.take().map(passed_on).unwrap_or_default();
        if child.wait().map_err(failed)?.success() {
            return Ok(());
        }
        Err(if reason.is_empty() {
            Failure::Silent(1)
        } else {
            Failure::new(reason)
        })
    }

    fn plugn(&self, trigger: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new("plugn");
        command
            .arg("trigger")
            .arg(trigger)
            .args(arguments)
            .envs(self.exported.iter().map(|(name, value)| (name, value)));
        command
    }
}

/// The status that a shell would end with; 1 for what a signal ended.
fn status_of(status: ExitStatus) -> u8 {
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    code.unwrap_or(1)
}

/// Whether a trigger's failure tells what was said on standard error.
const REASONS_TOLD: Timeline<bool> = Timeline::new(false, &[(Version::new(0, 34, 0), true)]);

/// Passes on what comes to standard error as it comes, and gives all of it.
fn passed_on(mut stream: impl Read) -> String {
    let mut all = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = stream.read(&mut buffer) {
        let part = buffer.get(..count).unwrap_or_default();
        // Who closed the stream wants no more of it.
        let _ = io::stderr().write_all(part);
        all.extend_from_slice(part);
    }
    String::from_utf8_lossy(&all).into_owned()
}

fn required(name: &str) -> Result<PathBuf, Failure> {
    env::var_os(name)
        .filter(|value| value.as_os_str() != OsStr::new(""))
        .map(PathBuf::from)
        .ok_or_else(|| Failure::new(format!("{name} not set!")))
}

/// The versions in which something changed here.
pub(super) fn turns() -> impl Iterator<Item = Turn> {
    Turn::seen_by(&["/ENV"], ENV_PLACE.turns())
}

/// Those in which something changed that the programs ask.
pub(super) fn asked_turns() -> impl Iterator<Item = Turn> {
    let listing = &["dokku_apps", "apps:", "--all"];
    Turn::of_all(REASONS_TOLD.turns()).chain(Turn::seen_by(listing, PASSES_OVER_UPPERCASE.turns()))
}

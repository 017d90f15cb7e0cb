//! The dispatcher: what the program `dokku` does with a command line.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::IsTerminal;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::child::{Script, say, say_error};
use super::ended::Ended;
use super::host::{Host, version_of};
use super::timeline::Timeline;
use super::turns::Turn;
use super::variables::Variables;
use super::version::Version;
use super::{arguments, auth, command, early, environment, help, messages, ssh, user};

/// One run of `dokku`.
pub(super) struct Dispatcher<'a> {
    /// `$0`
    pub(super) called_as: &'a Path,
    /// The version that is imitated.
    pub(super) version: Version,
    /// The shell's variables.
    pub(super) variables: Variables,
    /// `$@`: what the plugins get, once the leading flags are dropped.
    pub(super) arguments: Vec<OsString>,
}

/// Runs a command line of `dokku` and gives the exit status.
pub(super) fn run(called_as: &Path, arguments: Vec<OsString>, host: &Host) -> u8 {
    let variables = Variables::inherited();
    let version = match version_of(&library(&variables)) {
        Ok(version) => version,
        Err(sentence) => {
            say_error(format!("dokku: {sentence}").as_bytes());
            return 1;
        }
    };
    let mut dispatcher = Dispatcher {
        called_as,
        version,
        variables,
        arguments,
    };
    match dispatcher.dispatch(host) {
        Ok(()) => 0,
        Err(Ended(status)) => status,
    }
}

/// Where Dokku's files are, before anything is set up.
pub(super) fn library(variables: &Variables) -> PathBuf {
    match variables.has("DOKKU_LIB_PATH") {
        true => PathBuf::from(variables.get("DOKKU_LIB_PATH")),
        false => PathBuf::from("/var/lib/dokku"),
    }
}

/// Where the version is that the dispatcher's own command `version` tells: a variable and a file below it, the first
/// that exists. None while the command was a plugin's.
const VERSION: Timeline<Option<&[(&str, &str)]>> = Timeline::new(
    None,
    &[
        (Version::new(0, 15, 0), Some(&[("DOKKU_ROOT", "VERSION")])),
        (
            Version::new(0, 18, 2),
            Some(&[
                ("DOKKU_LIB_ROOT", "STABLE_VERSION"),
                ("DOKKU_LIB_ROOT", "VERSION"),
            ]),
        ),
    ],
);

/// The variables that decide about the terminal before it is looked at; the one that claims it goes first.
struct TerminalSwitches {
    off: Option<&'static str>,
    on: Option<&'static str>,
}

const TERMINAL: Timeline<TerminalSwitches> = Timeline::new(
    TerminalSwitches {
        off: None,
        on: None,
    },
    &[
        (
            Version::new(0, 25, 0),
            TerminalSwitches {
                off: Some("DOKKU_DISABLE_TTY"),
                on: None,
            },
        ),
        (
            Version::new(0, 33, 6),
            TerminalSwitches {
                off: Some("DOKKU_DISABLE_TTY"),
                on: Some("DOKKU_FORCE_TTY"),
            },
        ),
    ],
);

impl Dispatcher<'_> {
    /// This script, as what starts programs.
    pub(super) fn script(&self) -> Script<'_> {
        Script {
            name: self.called_as,
            variables: &self.variables,
        }
    }

    /// `$1`
    pub(super) fn command(&self) -> &OsStr {
        self.arguments
            .first()
            .map_or(OsStr::new(""), OsString::as_os_str)
    }

    fn dispatch(&mut self, host: &Host) -> Result<(), Ended> {
        let arguments = std::mem::take(&mut self.arguments);
        environment::set_up(
            &mut self.variables,
            self.version,
            host,
            self.called_as,
            &arguments,
        )?;
        arguments::export_flags(&arguments, self.version, &mut self.variables);
        self.arguments = arguments::drop_leading_flags(arguments, self.version)?;
        if !self.has_terminal() {
            // Not exported: it quiets the dispatcher and not the plugins.
            self.variables.set("DOKKU_QUIET_OUTPUT", "1");
        }
        user::settle(self)?;
        ssh::forward(self)?;
        auth::ask(self)?;
        match (self.command().as_bytes(), VERSION.at(self.version)) {
            (b"help" | b"", _) => help::run(self),
            (b"version" | b"-v" | b"--version", Some(files)) => self.tell_version(files),
            _ => match early::answer(self) {
                Some(result) => result,
                None => command::run(self),
            },
        }
    }

    /// `has_tty`
    fn has_terminal(&self) -> bool {
        let is_true = |name: &str| self.variables.get(name) == "true";
        let switches = TERMINAL.at(self.version);
        if switches.on.is_some_and(is_true) {
            return true;
        }
        !switches.off.is_some_and(is_true) && std::io::stdin().is_terminal()
    }

    fn tell_version(&self, files: &[(&str, &str)]) -> Result<(), Ended> {
        let path =
            |(variable, file): &(&str, &str)| Path::new(self.variables.get(variable)).join(file);
        let Some(file) = files.iter().map(path).find(|path| path.is_file()) else {
            let text = "Unable to determine dokku's version";
            return Err(messages::fail(self.version, &self.variables, text));
        };
        let mut line = b"dokku version ".to_vec();
        line.extend(fs::read(file).map_err(|_| Ended(1))?);
        while line.last() == Some(&b'\n') {
            line.pop();
        }
        say(&line);
        Ok(())
    }
}

/// The versions in which something changed here.
pub(super) fn turns() -> impl Iterator<Item = Turn> {
    Turn::of_all(VERSION.turns()).chain(Turn::seen_by(
        &["DOKKU_DISABLE_TTY", "DOKKU_FORCE_TTY"],
        TERMINAL.turns(),
    ))
}

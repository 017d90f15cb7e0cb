//! Asking the plugins whether a user may run a command.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use walkdir::WalkDir;

use super::dispatch::Dispatcher;
use super::ended::Ended;
use super::glob::in_each;
use super::messages;
use super::ssh::words_at_blanks;
use super::timeline::Timeline;
use super::version::Version;

const TRIGGER: &str = "user-auth";

/// When the trigger is not called.
enum Unasked {
    Never,
    /// One plugin has it, whichever that is: the core plugin `20_events` was meant.
    OneHasIt,
    /// Nobody has it, or `20_events` alone.
    NobodyOrEvents,
}

/// Since when the plugins are asked at all.
const UNASKED: Timeline<Option<Unasked>> = Timeline::new(
    None,
    &[
        (Version::new(0, 4, 5), Some(Unasked::Never)),
        (Version::new(0, 18, 0), Some(Unasked::OneHasIt)),
        (Version::new(0, 25, 0), Some(Unasked::NobodyOrEvents)),
    ],
);

/// True in the versions that pass the user and key names as they are; before, a blank in one made two of it.
const NAMES_QUOTED: Timeline<bool> = Timeline::new(false, &[(Version::new(0, 5, 0), true)]);

/// The variable that tells the command.
const COMMAND: Timeline<Option<&str>> =
    Timeline::new(None, &[(Version::new(0, 27, 8), Some("DOKKU_COMMAND"))]);

/// `dokku_auth`: exports who asks, and asks.
///
/// # Errors
/// The end of the dispatcher, if a plugin denied.
pub(super) fn ask(dispatcher: &mut Dispatcher<'_>) -> Result<(), Ended> {
    let Some(unasked) = UNASKED.at(dispatcher.version) else {
        return Ok(());
    };
    let variables = &mut dispatcher.variables;
    let login = variables.get("USER").to_owned();
    let user = variables.or_default("SSH_USER", login);
    variables.export("SSH_USER", &user);
    let name = variables.or_default("NAME", "default");
    variables.export("SSH_NAME", &name);
    if let Some(variable) = *COMMAND.at(dispatcher.version) {
        let command = dispatcher.command().to_owned();
        dispatcher.variables.export(variable, command);
    }
    let enabled = Path::new(dispatcher.variables.get("PLUGIN_PATH")).join("enabled");
    if unasked.holds(&enabled) || allows(dispatcher, &user, &name) {
        return Ok(());
    }
    Err(messages::fail(
        dispatcher.version,
        &dispatcher.variables,
        "Access denied",
    ))
}

fn allows(dispatcher: &Dispatcher<'_>, user: &OsStr, name: &OsStr) -> bool {
    let mut arguments: Vec<OsString> = ["trigger", TRIGGER].map(OsString::from).to_vec();
    match NAMES_QUOTED.at(dispatcher.version) {
        true => arguments.extend([user.to_owned(), name.to_owned()]),
        false => {
            arguments.extend(words_at_blanks(user));
            arguments.extend(words_at_blanks(name));
        }
    }
    arguments.extend_from_slice(&dispatcher.arguments);
    dispatcher.script().run(OsStr::new("plugn"), &arguments) == 0
}

impl Unasked {
    fn holds(&self, enabled: &Path) -> bool {
        // `find` counts, so that a folder of that name counts with all that is in it.
        let count = || -> usize {
            let found = in_each(enabled, TRIGGER);
            found
                .iter()
                .map(|path| WalkDir::new(path).into_iter().count())
                .sum()
        };
        match self {
            Self::Never => false,
            // Asked with no answer is the same as unasked, and costs a process.
            Self::OneHasIt => count() <= 1,
            Self::NobodyOrEvents => match count() {
                0 => true,
                1 => enabled.join("20_events").join(TRIGGER).is_file(),
                _ => false,
            },
        }
    }
}

/// The versions in which something changed here.
pub(super) fn turns() -> impl Iterator<Item = Version> {
    [UNASKED.turns(), NAMES_QUOTED.turns(), COMMAND.turns()]
        .into_iter()
        .flatten()
}

//! Who a command runs as.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

use super::dispatch::Dispatcher;
use super::ended::Ended;
use super::messages;
use super::timeline::Timeline;
use super::turns::Turn;
use super::version::Version;

/// Something that a command may look like.
enum Pattern {
    Is(&'static str),
    Begins(&'static str),
    Contains(&'static str),
    BeginsAndContains(&'static str, &'static str),
}

impl Pattern {
    fn matches(&self, command: &OsStr) -> bool {
        let command = command.as_bytes();
        match self {
            Self::Is(word) => command == word.as_bytes(),
            Self::Begins(start) => command.starts_with(start.as_bytes()),
            Self::Contains(part) => contains(command, part),
            Self::BeginsAndContains(start, part) => command
                .strip_prefix(start.as_bytes())
                .is_some_and(|rest| contains(rest, part)),
        }
    }
}

/// True if the text has the part, which is not empty, in it.
pub(super) fn contains(text: &[u8], part: &str) -> bool {
    text.windows(part.len())
        .any(|window| window == part.as_bytes())
}

use Pattern::{Begins, BeginsAndContains, Contains, Is};

const fn v(minor: u16, patch: u16) -> Version {
    Version::new(0, minor, patch)
}

/// Commands that another user than `dokku` runs as himself. Any command with `plugin` in its name is one, since what
/// was meant as a pattern with `*` is matched as a regular expression.
const NOT_AS_DOKKU: Timeline<&[Pattern]> = Timeline::new(
    &[
        BeginsAndContains("plugin:", "install"),
        Is("plugin:update"),
        // `nginx:*-logs` as a pattern of the whole word
        BeginsAndContains("nginx:", "-logs"),
    ],
    &[
        (
            v(4, 3),
            &[BeginsAndContains("plugin:", "install"), Is("plugin:update")],
        ),
        (v(4, 7), &[Contains("plugin")]),
        (v(7, 1), &[Contains("plugin"), Is("ssh-keys:add")]),
        (
            v(19, 0),
            &[
                Contains("plugin"),
                Is("ssh-keys:add"),
                Is("ssh-keys:remove"),
            ],
        ),
        (
            v(33, 0),
            &[
                Contains("plugin"),
                Is("ssh-keys:add"),
                Is("ssh-keys:remove"),
                Is("scheduler-k3s:initialize"),
                Is("scheduler-k3s:uninstall"),
            ],
        ),
    ],
);

/// Commands that root alone may run, those among them that anybody may, and what anybody else is told.
struct RootOnly {
    commands: &'static [Pattern],
    except: &'static [&'static str],
    refusal: &'static str,
    /// True where root then counts as the user who came by SSH.
    names_root: bool,
}

impl RootOnly {
    fn is_about(&self, command: &OsStr) -> bool {
        let is_closed = self.commands.iter().any(|one| one.matches(command));
        is_closed && !self.except.iter().any(|open| command == *open)
    }
}

const REFUSAL: &str = "This command must be run as root";
const OPEN_TO_ALL: &[&str] = &["plugin:help", "plugin:list"];

const ROOT_ONLY: Timeline<Option<RootOnly>> = Timeline::new(
    None,
    &[
        (
            v(4, 7),
            Some(RootOnly {
                commands: &[Contains("plugin:")],
                except: &[],
                refusal: "plugin:* commands must be run as root",
                names_root: false,
            }),
        ),
        (
            v(5, 0),
            Some(RootOnly {
                commands: &[Begins("plugin:")],
                except: &[],
                refusal: "plugin:* commands must be run as root",
                names_root: false,
            }),
        ),
        (
            v(7, 1),
            Some(RootOnly {
                commands: &[Begins("plugin:"), Is("ssh-keys:add")],
                except: &[],
                refusal: REFUSAL,
                names_root: false,
            }),
        ),
        (
            v(8, 1),
            Some(RootOnly {
                commands: &[Begins("plugin:"), Is("ssh-keys:add")],
                except: OPEN_TO_ALL,
                refusal: REFUSAL,
                names_root: false,
            }),
        ),
        (
            v(9, 3),
            Some(RootOnly {
                commands: &[Begins("plugin:"), Is("ssh-keys:add")],
                except: OPEN_TO_ALL,
                refusal: REFUSAL,
                names_root: true,
            }),
        ),
        (
            v(19, 0),
            Some(RootOnly {
                commands: &[Begins("plugin:"), Is("ssh-keys:add"), Is("ssh-keys:remove")],
                except: OPEN_TO_ALL,
                refusal: REFUSAL,
                names_root: true,
            }),
        ),
        (
            v(33, 0),
            Some(RootOnly {
                commands: &[
                    Begins("plugin:"),
                    Is("ssh-keys:add"),
                    Is("ssh-keys:remove"),
                    Is("scheduler-k3s:initialize"),
                    Is("scheduler-k3s:uninstall"),
                ],
                except: OPEN_TO_ALL,
                refusal: REFUSAL,
                names_root: true,
            }),
        ),
    ],
);

/// When variables that must not reach the user `dokku` are unset.
enum Unset {
    /// For any other user.
    Always(&'static [&'static str]),
    /// Only where sudo is about to run.
    BeforeSudo(&'static [&'static str]),
}

const UNSET: Timeline<Option<Unset>> = Timeline::new(
    None,
    &[
        (
            v(23, 0),
            Some(Unset::Always(&["TMP", "TMPDIR", "TEMP", "TEMPDIR"])),
        ),
        (
            v(34, 0),
            Some(Unset::BeforeSudo(&[
                "DOKKU_PID",
                "TMP",
                "TMPDIR",
                "TEMP",
                "TEMPDIR",
            ])),
        ),
    ],
);

/// True in the versions that tell the user behind sudo.
const TELLS_USER: Timeline<bool> = Timeline::new(false, &[(v(4, 5), true)]);

/// Runs the whole command line again as `dokku` if another user called it, and refuses what root alone may do.
///
/// # Errors
/// The end of this dispatcher: with sudo's status, or with that of the refusal.
pub(super) fn settle(dispatcher: &mut Dispatcher<'_>) -> Result<(), Ended> {
    // Asked of `id` on PATH, as upstream does: in a world that is where a user is imitated.
    let (user, _) = dispatcher.script().output("id", &["-un"]);
    let command = dispatcher.command().to_owned();
    if user != "dokku" {
        become_dokku(dispatcher, &user, &command)?;
    }
    let met = |rule: &Option<RootOnly>| {
        let rule = rule.as_ref().filter(|rule| rule.is_about(&command));
        rule.map(|rule| (rule.refusal, rule.names_root))
    };
    match ROOT_ONLY.ask(dispatcher.version, met) {
        Some((refusal, _)) if user != "root" => Err(messages::fail(
            dispatcher.version,
            &dispatcher.variables,
            refusal,
        )),
        Some((_, true)) => {
            dispatcher.variables.export("SSH_USER", "root");
            Ok(())
        }
        _ => Ok(()),
    }
}

fn become_dokku(
    dispatcher: &mut Dispatcher<'_>,
    user: &OsStr,
    command: &OsStr,
) -> Result<(), Ended> {
    let unset = UNSET.at(dispatcher.version);
    if let Some(Unset::Always(names)) = unset {
        names
            .iter()
            .for_each(|name| dispatcher.variables.unset(name));
    }
    let is_own = |own: &&[Pattern]| -> bool { own.iter().any(|pattern| pattern.matches(command)) };
    if NOT_AS_DOKKU.ask(dispatcher.version, is_own) {
        return Ok(());
    }
    if let Some(Unset::BeforeSudo(names)) = unset {
        names
            .iter()
            .for_each(|name| dispatcher.variables.unset(name));
    }
    if *TELLS_USER.at(dispatcher.version) {
        dispatcher.variables.export("SSH_USER", user);
    }
    let mut arguments: Vec<OsString> = ["-u", "dokku", "-E", "-H"].map(OsString::from).to_vec();
    arguments.push(dispatcher.called_as.into());
    arguments.extend_from_slice(&dispatcher.arguments);
    Err(Ended(
        dispatcher.script().run(OsStr::new("sudo"), &arguments),
    ))
}

/// The versions in which something changed here.
pub(super) fn turns() -> impl Iterator<Item = Turn> {
    let asked = [NOT_AS_DOKKU.turns(), ROOT_ONLY.turns()];
    let others = [UNSET.turns(), TELLS_USER.turns()];
    let asked = Turn::of_all(asked.into_iter().flatten()).map(Turn::asked);
    Turn::of_all(others.into_iter().flatten()).chain(asked)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stays(minor: u16, patch: u16, command: &str) -> bool {
        let patterns = NOT_AS_DOKKU.at(v(minor, patch));
        patterns
            .iter()
            .any(|pattern| pattern.matches(OsStr::new(command)))
    }

    #[test]
    fn a_name_with_plugin_in_it_is_not_run_as_dokku() {
        assert!(!stays(4, 6, "myplugin") && stays(4, 6, "plugin:x-install"));
        assert!(stays(4, 7, "myplugin") && stays(38, 27, "myplugin"));
        assert!(!stays(18, 5, "ssh-keys:remove") && stays(19, 0, "ssh-keys:remove"));
    }
}

//! The programs that a world stands in for.
//!
//! They are one program: the harness binary (or a test binary) under another name. Each call is recorded, then answered:
//! by the case's own rules, else by what is known of the program and of what it was asked before, else in a way that marks
//! the call as not modelled.

mod accounts;
mod answer;
mod becoming;
mod crontab;
mod host;
mod identity;
mod openssl;
mod packages;
mod record;
mod sigil;
mod su;
mod sudo;

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

pub use answer::Answer;
use becoming::Become;
pub use openssl::NAME as OPENSSL;
pub use record::{OF_TEST, Record, note as note_asked, read as read_record};

use super::User;
use super::layout::Layout;
use crate::docker::{self, Rules, Store};
use crate::sandbox::{PROGRAM_IN_CELL, visible_utf8};

/// The program that the imitated shell functions call to say that they are not modelled. Its argument is their name.
pub const UNMODELLED: &str = "conform-unmodelled";

/// The program that the imitated core calls to say that what it did leaves something out. Its argument names that.
pub const LACKING: &str = "conform-lacks";

/// What the stand-ins of a world need to know; kept at the world's root.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Manner {
    pub(super) user: User,
    pub(super) answers: Vec<Answer>,
    pub(super) unknown: Unknown,
    pub(super) docker: Rules,
}

/// What a stand-in does that the world does not model. A case whose outcome is the same both ways did not depend on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unknown {
    /// It says so and fails.
    #[default]
    Fails,
    /// It says nothing and succeeds.
    Succeeds,
}

/// How a call is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Reply {
    /// The world knows what the program would do.
    Known {
        status: u8,
        stdout: String,
        stderr: String,
    },
    /// The world knows that the program would run another; it becomes that one.
    Becomes(Become),
    /// The world knows what the program says that does well, and does not model what it leaves: this, by name.
    Partly {
        stdout: String,
        stderr: String,
        lacks: String,
    },
    /// The world does not know what the program would do.
    Unknown,
    /// The world does not know this of it, by name.
    Unmodelled(String),
}

/// What of a call the world does not model.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Lack {
    Nothing,
    /// The whole of it.
    Call,
    /// This of it, by name.
    Named(String),
}

impl Reply {
    fn lack(&self) -> Lack {
        match self {
            Self::Known { .. } | Self::Becomes(_) => Lack::Nothing,
            Self::Unknown => Lack::Call,
            Self::Unmodelled(what) | Self::Partly { lacks: what, .. } => Lack::Named(what.clone()),
        }
    }

    fn silent(status: u8) -> Self {
        Self::Known {
            status,
            stdout: String::new(),
            stderr: String::new(),
        }
    }

    fn says(text: impl Into<String>) -> Self {
        Self::Known {
            status: 0,
            stdout: text.into(),
            stderr: String::new(),
        }
    }

    fn fails(status: u8, text: impl Into<String>) -> Self {
        Self::Known {
            status,
            stdout: String::new(),
            stderr: text.into(),
        }
    }
}

/// The names of every program that a world stands in for, besides those that answers name.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    let own = [
        UNMODELLED, LACKING, "dokku", "plugn", "docker", "sudo", "id", "whoami", "groups",
    ];
    own.into_iter().chain(host::names())
}

/// The longest name of a program that a world is given a stand-in for.
const LONGEST: usize = 100;

/// True for a name, whoever said it, that a world can have a further stand-in of.
#[must_use]
pub fn can_be(name: &str) -> bool {
    let own = Path::new(PROGRAM_IN_CELL).file_name();
    let is_plain = !name.contains(|letter: char| letter == '/' || letter.is_control());
    is_plain
        && (1..=LONGEST).contains(&name.len())
        && !matches!(name, "." | "..")
        && own != Some(name.as_ref())
        && names().all(|known| known != name)
}

/// Acts as the stand-in that this path names, if it lies in a world; none if it does not.
#[must_use]
pub fn run(called_as: &Path, args: &[OsString]) -> Option<u8> {
    let layout = Layout::of_program(called_as)?;
    let manner: Manner = serde_json::from_slice(&std::fs::read(layout.manner()).ok()?).ok()?;
    let program = visible_utf8(called_as.file_name()?.as_encoded_bytes()).into_owned();
    let reply = answer(&layout, &manner, &program, args);
    // What it becomes reads its input itself.
    let listens = !matches!(reply, Reply::Becomes(_));
    record::append(&layout, &program, args, reply.lack(), listens);
    Some(give(&program, args, reply, manner.unknown))
}

/// Notes that somebody called the program `dokku` from within a case.
pub fn record_nested(called_as: &Path, args: &[OsString]) {
    if let Some(layout) = Layout::of_program(called_as) {
        record::append(&layout, "dokku", args, Lack::Nothing, false);
    }
}

fn answer(layout: &Layout, manner: &Manner, program: &str, args: &[OsString]) -> Reply {
    let words: Vec<String> = args
        .iter()
        .map(|arg| visible_utf8(arg.as_encoded_bytes()).into_owned())
        .collect();
    if let Some(rule) = manner
        .answers
        .iter()
        .find(|rule| rule.matches(program, &words))
    {
        return rule.reply(layout);
    }
    match program {
        LACKING => Reply::Partly {
            stdout: String::new(),
            stderr: String::new(),
            lacks: words.join(" "),
        },
        "docker" => ask_docker(layout, manner, &words),
        "id" | "whoami" | "groups" => identity::reply(layout, program, &words, who(manner)),
        "crontab" => crontab::reply(layout, &words, who(manner)),
        "sigil" => sigil::reply(&words),
        "sudo" => sudo::reply(layout, args),
        "su" | "runuser" => su::reply(layout, program, args, who(manner)),
        "apt" | "apt-get" => packages::reply(program, &words, who(manner)),
        OPENSSL => openssl::reply(layout, args),
        _ => host::reply(program, &words),
    }
}

/// What docker answers, whose state the calls of a world share.
fn ask_docker(layout: &Layout, manner: &Manner, words: &[String]) -> Reply {
    let store = Store::at(layout.docker());
    match store.change(|state| docker::ask(state, &manner.docker, words)) {
        Ok(docker::Answer::Said(docker::Reply {
            status,
            stdout,
            stderr,
        })) => Reply::Known {
            status,
            stdout,
            stderr,
        },
        Ok(docker::Answer::Unmodelled(what)) => Reply::Unmodelled(what),
        // Nobody but a plugin brings that about.
        Err(error) => Reply::Unmodelled(format!("a docker whose state can't be kept ({error})")),
    }
}

/// Who a call is made by: whom a sudo above it has changed to, or else who runs the step.
fn who(manner: &Manner) -> User {
    let became = std::env::var(sudo::BECAME);
    let became = became.ok().and_then(|name| User::of_name(&name));
    became.unwrap_or(manner.user)
}

/// Nobody may be listening; the status still counts.
fn tell(stdout: &str, stderr: &str) {
    let _ = io::stdout().write_all(stdout.as_bytes());
    let _ = io::stderr().write_all(stderr.as_bytes());
}

fn give(program: &str, args: &[OsString], reply: Reply, unknown: Unknown) -> u8 {
    match reply {
        Reply::Known {
            status,
            stdout,
            stderr,
        } => {
            tell(&stdout, &stderr);
            status
        }
        Reply::Partly { stdout, stderr, .. } => {
            tell(&stdout, &stderr);
            0
        }
        Reply::Becomes(what) => what.be(program),
        Reply::Unknown | Reply::Unmodelled(_) if unknown == Unknown::Succeeds => 0,
        Reply::Unmodelled(what) => {
            let _ = writeln!(io::stderr(), "dokku-conform: {what} is not modelled");
            1
        }
        Reply::Unknown => {
            let what = match program {
                UNMODELLED => args
                    .iter()
                    .map(|arg| arg.to_string_lossy())
                    .collect::<Vec<_>>()
                    .join(" "),
                _ => program.to_owned(),
            };
            let _ = writeln!(io::stderr(), "dokku-conform: {what} is not modelled");
            1
        }
    }
}

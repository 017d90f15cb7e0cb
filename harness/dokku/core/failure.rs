//! How a core program fails.

use std::process::Command;

use crate::dokku::{Timeline, Version};

/// What stands before the reason why a core program fails.
const MARK: Timeline<&str> = Timeline::new("FAILED: ", &[(Version::new(0, 22, 0), " !     ")]);

/// Why a core program could not do what it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// It says this behind Dokku's mark and ends with the status.
    Said { text: String, status: u8 },
    /// It says exactly this and ends with 1.
    Plain(String),
    /// It says nothing and ends with the status.
    Silent(u8),
    /// The world does not model what was asked for.
    Unmodelled(String),
}

impl Failure {
    /// A failure that says this and ends with 1.
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self::Said {
            text: text.into(),
            status: 1,
        }
    }

    /// The same failure, with words before what it says.
    pub(super) fn because(self, words: &str) -> Self {
        match self {
            Self::Said { text, status } => Self::Said {
                text: format!("{words}{text}"),
                status,
            },
            other => other,
        }
    }

    /// A failure of the world, which does not model this.
    pub(super) fn unmodelled(what: impl Into<String>) -> Self {
        Self::Unmodelled(what.into())
    }

    /// The status that it ends with.
    pub(super) fn status(&self) -> u8 {
        match self {
            Self::Said { status, .. } | Self::Silent(status) => *status,
            Self::Plain(_) | Self::Unmodelled(_) => 1,
        }
    }

    /// What it says, without a mark.
    pub(super) fn text(self) -> String {
        match self {
            Self::Said { text, .. } | Self::Plain(text) | Self::Unmodelled(text) => text,
            Self::Silent(status) => format!("exit {status}, without a word"),
        }
    }

    /// Says it on standard error in the words of a version, unless quiet, and gives the status to end with.
    pub(super) fn end(self, quiet: bool, version: Version) -> u8 {
        match self {
            Self::Said { text, status } => {
                if !quiet {
                    eprintln!("{}{text}", MARK.asked(version));
                }
                status
            }
            Self::Plain(text) => {
                eprintln!("{text}");
                1
            }
            Self::Silent(status) => status,
            Self::Unmodelled(what) => {
                // How it ends is the case's to say; without the program there is nobody to ask.
                let answer = Command::new("conform-unmodelled").arg(what).status();
                let status = answer.ok().and_then(|status| status.code());
                status.and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
            }
        }
    }
}

/// The versions in which something changed here that the programs ask.
pub(super) fn asked_turns() -> impl Iterator<Item = Version> {
    MARK.turns().into_iter()
}

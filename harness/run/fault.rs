//! Why a trial could not be run.

use std::io;
use std::time::Duration;

use super::given::GivenError;
use crate::sandbox;
use crate::spec::{Unfilled, Unjudged};

/// Why a trial has no evidence that can be judged.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    #[error(transparent)]
    Given(#[from] GivenError),
    #[error(transparent)]
    Unjudged(#[from] Unjudged),
    #[error(transparent)]
    Step(#[from] sandbox::StepError),
    #[error("making the world: {0}")]
    World(#[from] io::Error),
    #[error(
        "the world of `{0}` was removed, its folders were given attributes or its stand-ins were told otherwise, which at this level that or any other plugin's code can do"
    )]
    Spoilt(String),
    #[error(
        "the harness's own record of what `{0}` called was changed, so that nothing it did can be believed"
    )]
    Forged(String),
    #[error(
        "{0} has no room left, where the world of `{1}` lies: make room, or set TMPDIR to another folder"
    )]
    NoRoom(String, String),
    #[error("it takes longer than the {} s that a case of a plugin's own rule has in all", .0.as_secs())]
    OutOfTime(Duration),
    #[error("the requirement has no such case")]
    NoCase,
}

impl Fault {
    /// True if no system could do what the spec and the plugin have put together: the command line is longer than it may
    /// be, a name is none, two plugins of the world have the same, or one is larger than any world.
    pub(super) fn is_of_words(&self) -> bool {
        use io::ErrorKind::{
            ArgumentListTooLong, FileTooLarge, InvalidFilename, InvalidInput, IsADirectory,
            NotADirectory,
        };
        match self {
            Self::Given(GivenError::Namesake(_)) | Self::Unjudged(Unjudged::Heavy(_)) => true,
            Self::Step(sandbox::StepError::System { source, .. }) => match source.kind() {
                ArgumentListTooLong => true,
                // A word with a byte 0, of which the system is not even asked.
                InvalidInput => source.raw_os_error().is_none(),
                _ => false,
            },
            // A file of the case, or that the author says a trigger needs, where a folder is, or the other way.
            Self::World(error) => matches!(
                error.kind(),
                FileTooLarge | InvalidFilename | IsADirectory | NotADirectory
            ),
            _ => false,
        }
    }

    /// True if it can be the mistake of who wrote the spec: it asks for what is not there, or is there already.
    pub(super) fn is_of_spec(&self) -> bool {
        use io::ErrorKind::{AlreadyExists, NotFound};
        match self {
            Self::Given(_) | Self::Unjudged(_) => true,
            Self::Step(sandbox::StepError::Refused(_)) => true,
            Self::World(error) => matches!(error.kind(), AlreadyExists | NotFound),
            _ => false,
        }
    }
}

impl From<Unfilled> for Fault {
    fn from(unfilled: Unfilled) -> Self {
        Self::Unjudged(Unjudged::Unfilled(unfilled))
    }
}

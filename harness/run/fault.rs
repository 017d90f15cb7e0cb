//! Why a trial could not be run.

use std::io;

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
        "`{0}` changed the harness's own record of what it called, so that nothing it did can be believed"
    )]
    Forged(String),
    #[error(
        "{0} has no room left, where the world of `{1}` lies: make room, or set TMPDIR to another folder"
    )]
    NoRoom(String, String),
    #[error("the requirement has no such case")]
    NoCase,
}

impl From<Unfilled> for Fault {
    fn from(unfilled: Unfilled) -> Self {
        Self::Unjudged(Unjudged::Unfilled(unfilled))
    }
}

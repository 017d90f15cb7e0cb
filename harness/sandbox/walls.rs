//! What stands between a step and the machine.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{Cell, Fence};

/// What stands between a step and the machine.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Walls {
    /// Nothing.
    None,
    /// A fence around the world, and limits.
    Fence(Fence),
    /// A cell of its own, with a fence in it, and limits.
    Cell(Box<Cell>),
}

impl Walls {
    /// The cell, if there is one.
    pub(super) fn cell(&self) -> Option<&Cell> {
        match self {
            Self::Cell(cell) => Some(cell),
            Self::None | Self::Fence(_) => None,
        }
    }

    /// The fence, if there is one.
    pub(super) fn fence(&self) -> Option<Fence> {
        match self {
            Self::None => None,
            Self::Fence(fence) => Some(fence.clone()),
            Self::Cell(cell) => Some(Fence::within(cell.user)),
        }
    }

    /// The folders that a step can write to, as it sees them.
    pub(super) fn writable(&self) -> Vec<PathBuf> {
        self.fence().map(|fence| fence.writable).unwrap_or_default()
    }

    /// The same with a fence that lets these be read too, or with a cell that shows them.
    #[must_use]
    pub fn showing(mut self, paths: impl IntoIterator<Item = PathBuf>) -> Self {
        match &mut self {
            Self::None => {}
            Self::Fence(fence) => fence.readable.extend(paths),
            Self::Cell(cell) => cell.seen.extend(paths),
        }
        self
    }
}

//! Which part of a world a path belongs to that this program was started under.

use std::path::Path;

use super::layout::{INSIDE, Layout};
use super::stand_in;
use crate::sandbox::SUPERVISOR;

/// What this program is when it is started under another name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The supervisor of a step.
    Supervisor,
    /// What becomes another program in the dispatcher's environment.
    Inside,
    /// The dispatcher that a step itself runs.
    Dispatcher,
    /// The dispatcher that something in a step runs, which is recorded.
    NestedDispatcher,
    /// A program of Dokku's own: plugn, or a helper or trigger of a core plugin.
    DokkuProgram,
    /// A program that the world stands in for.
    StandIn,
}

/// The role that a path names; none if it lies in no world.
#[must_use]
pub fn role_of(called_as: &Path) -> Option<Role> {
    let name = called_as.file_name()?.to_str()?;
    if name == SUPERVISOR {
        return Some(Role::Supervisor);
    }
    if called_as
        .ancestors()
        .any(|above| above.ends_with("core-plugins") || above.ends_with("plugins"))
    {
        return Some(Role::DokkuProgram);
    }
    let layout = Layout::of_program(called_as)?;
    if !layout.manner().exists() {
        return None;
    }
    let folder = called_as.parent()?;
    Some(match name {
        INSIDE if folder == layout.control() => Role::Inside,
        "dokku" if folder == layout.control() => Role::Dispatcher,
        "dokku" => Role::NestedDispatcher,
        "plugn" | "column" => Role::DokkuProgram,
        _ if stand_in::names().any(|known| known == name) || folder == layout.bin() => {
            Role::StandIn
        }
        _ => return None,
    })
}

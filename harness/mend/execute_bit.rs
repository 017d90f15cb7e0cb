//! The execute bit.

use super::Mend;
use super::sheet::Sheets;
use crate::plugin::{Link, Place, Presence};

const MEND: Mend = Mend::ExecuteBit;

/// Gives it to what Dokku runs and what begins as something that can be run. A file of that name that does not may be none.
pub(super) fn mend(sheets: &mut Sheets<'_>, places: &[Place]) {
    for place in places {
        let Some(file) = sheets.file(place) else {
            sheets.leave(MEND, place, "it is no file that a mode could help");
            continue;
        };
        let interpreter = file.interpreter().map(|one| one.presence());
        let why = match (&file.link, interpreter) {
            (Some(Link::Outside | Link::Dangling), _) => "it is a link to no file of the plugin",
            _ if file.executable => "it is executable: what is wrong is in its first line",
            (_, Some(Presence::Nowhere(_))) => "its first line names no interpreter that exists",
            (_, None) if !file.is_program() => "it has no `#!` line, and may be no program",
            _ => {
                sheets.execute(MEND, file);
                continue;
            }
        };
        sheets.leave(MEND, place, why);
    }
}

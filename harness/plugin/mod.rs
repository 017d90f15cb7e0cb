//! What a plugin directory holds: read, never run.

mod api;
mod built;
mod command;
mod digest;
mod each;
mod file;
#[cfg(test)]
mod fixture;
mod flow;
mod groundwork;
mod help;
mod hints;
mod inspect;
mod landmark;
mod language;
mod manifest;
mod name;
mod note;
mod open;
mod part;
mod place;
mod reach;
mod referenced;
mod search;
pub mod shell;
mod suite;
mod target;
mod usage;
mod walk;

pub use api::{Certainty, Effect, Kind, Reference, Use};
pub use command::{Command, Evidence, Need, TakesApp};
pub use each::{Each, Placeholder};
pub use file::{FileKind, Link, PluginFile};
pub use help::HelpLine;
pub use hints::Hints;
pub use inspect::{Inspected, Inspection};
pub use landmark::{Landmark, command_case};
pub use language::{Interpreter, Language, Presence, SEARCHED, is_on_path};
pub use manifest::{Field, Fields, Manifest};
pub use name::{NameSource, is_core};
pub use note::Note;
pub use open::{OpenError, Plugin};
pub use part::Part;
pub use place::{Finding, Place};
pub use suite::{Test, TestFile};
pub use target::{Target, Targets, Unclear};
pub use usage::{Argument, Usage};

#[cfg(test)]
mod tests;

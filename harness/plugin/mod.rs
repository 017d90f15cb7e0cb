//! What a plugin directory holds: read, never run.

mod command;
mod file;
mod flow;
mod help;
mod hints;
mod language;
mod manifest;
mod name;
mod note;
mod open;
mod place;
mod reach;
pub mod shell;
mod usage;
mod walk;

pub use command::{Command, Evidence, Need, TakesApp};
pub use file::{FileKind, Link, PluginFile};
pub use help::HelpLine;
pub use hints::Hints;
pub use language::{Interpreter, Language, Presence};
pub use manifest::{Field, Fields, Manifest};
pub use name::{NameSource, is_core};
pub use note::Note;
pub use open::{OpenError, Plugin};
pub use place::{Finding, Place};
pub use usage::{Argument, Usage};

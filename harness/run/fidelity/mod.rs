//! How far the imitated Dokku does what a real one does: the same command lines in a world of each.

mod compare;
mod lines;
mod play;
mod probes;

pub use compare::{Agreement, Difference, Outcome};
pub use lines::{CommandLine, LinesError, Program, builtin, read};
pub use play::{Comparison, PlayError, compare};

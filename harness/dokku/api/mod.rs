//! What Dokku offered to plugins, through time: functions, files, triggers, variables, commands, settings, paths and
//! forms of use, each with the versions that have it and what took its place. All of it is data in tables.

mod command;
mod entry;
pub mod file;
mod form;
mod function;
mod instead;
mod life;
pub mod trigger;
mod variable;

pub use command::{command, commands_in};
pub use entry::{Entry, commands, paths, settings};
pub use form::{Form, form, forms};
pub use function::{definitions, is_function};
pub use instead::{instead, is_possible};
pub use life::{Life, Standing};
pub use variable::{Variable, Without, variable};

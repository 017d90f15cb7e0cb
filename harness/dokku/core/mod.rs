//! The files of Dokku's core plugins that plugins source or execute, for any version.

mod file;
mod functions;
mod shell;
mod table;
#[cfg(test)]
mod testing;

pub use file::{Content, CoreFile, VERSION_FILE, files, plugins};
pub use functions::{Audience, CoreFunction, functions, functions_in};

//! Docker, as much of it as can be known without running a program: what its daemon keeps, and what its command line does
//! to that and says.
//!
//! A container here is an entry with a state. What only its program could tell, such as what `docker exec db psql` prints,
//! is known from a case's [`Rules`] alone; else the answer is [`Answer::Unmodelled`], by name. The version that is
//! imitated is 27.5.1; what it says was seen on that version's own command line, or read there.

mod command;
mod daemon;
mod document;
mod filter;
mod format;
mod options;
mod program;
mod reply;
mod row;
mod rules;
mod setting;
mod store;
mod table;

pub use daemon::State;
pub use reply::{Answer, Reply};
pub use rules::{Faults, Outcome, Program, Rules, Unpullable};
pub use setting::{Container, Image, Life, Named, Setting, id_of};
pub use store::Store;

/// The version of docker that is imitated.
const VERSION: &str = "27.5.1";
/// What it was built from.
const COMMIT: &str = "9f9e405";

/// What docker answers to these words, and does to its state.
pub fn ask(state: &mut State, rules: &Rules, words: &[String]) -> Answer {
    match options::read(words) {
        Ok(line) => command::answer(&mut command::Desk { state, rules }, &line),
        Err(answer) => answer,
    }
}

#[cfg(test)]
mod tests;

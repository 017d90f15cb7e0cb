//! What a shell script says, read without running it.

mod condition;
mod constants;
mod glob;
mod read;
mod script;
mod word;
mod wrapper;

pub use condition::Condition;
pub use constants::Constants;
pub use glob::matches;
pub use script::{
    Assigned, Assignment, Case, CaseArm, Comment, Function, Heredoc, Input, Invocation, Lines,
    Redirection, Rescue, Script, Site, Test, Unread,
};
pub use word::{Part, Variable, Word};
pub use wrapper::Program;

#[cfg(test)]
mod tests;

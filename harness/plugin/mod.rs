//! What a plugin directory holds.

mod place;
pub mod shell;

pub use place::{Finding, Place};

//! What a plugin directory holds.

mod place;

pub use place::{Finding, Place};

//! What a change of Dokku means to plugins: what a real Dokku offers, read out of its files without running any, and which
//! plugins use what changed.

mod exports;
mod go;
mod library;
mod tree;
mod triggers;
mod users;

pub use tree::surface_of;
pub use users::{Hold, User, users};

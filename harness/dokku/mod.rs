//! The imitated Dokku: versions, dispatch, functions, triggers, environment.

pub mod triggers;
mod version;

pub use version::{Span, Version, VersionError};

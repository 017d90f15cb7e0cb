//! The imitated Dokku: versions, dispatch, functions, triggers, environment.

pub mod core;
mod timeline;
mod version;

pub use timeline::Timeline;
pub use version::{Span, Version, VersionError};

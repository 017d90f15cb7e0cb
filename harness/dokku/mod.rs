//! The imitated Dokku: versions, dispatch, functions, triggers, environment.

mod version;

pub use version::{Span, Version, VersionError};

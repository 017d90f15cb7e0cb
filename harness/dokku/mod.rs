//! The imitated Dokku: versions, dispatch, functions, triggers, environment.

mod arguments;
mod auth;
mod build_log;
mod called_as;
mod child;
mod column;
mod command;
pub mod core;
mod dispatch;
mod early;
mod ended;
mod environment;
mod glob;
mod help;
mod host;
mod host_settings;
mod inside;
mod messages;
mod own_program;
mod plugin_toml;
mod plugn;
pub mod programs;
mod reserved;
mod ssh;
pub mod statuses;
mod timeline;
pub mod triggers;
mod user;
mod variables;
mod version;

pub use called_as::called_as;
pub use host::Host;
pub use inside::inside;
pub use reserved::reserved;
pub use timeline::Timeline;
pub use version::{Span, UnknownVersion, Version, VersionError};

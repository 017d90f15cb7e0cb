//! A conformance test harness for Dokku plugins.
//!
//! A plugin's own repository needs one name of this crate, [`cargo_test`]; the rest is what the program
//! `dokku-conform` is made of. Arrows of dependency run downward only: `cli` → `report` → `run` → `spec` → `plugin` →
//! `world` → `dokku` and `docker` → `sandbox`.

mod arguments;
mod cargo_test;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
mod digest;
pub mod docker;
pub mod dokku;
#[cfg(feature = "cli")]
pub mod fetch;
mod go_template;
#[cfg(test)]
mod kept_schema;
mod link;
#[cfg(feature = "cli")]
pub mod mend;
mod millis;
#[cfg(feature = "cli")]
mod new_file;
#[cfg(feature = "cli")]
pub mod outfit;
pub mod plugin;
pub mod report;
mod role;
#[cfg(feature = "cli")]
pub mod roster;
pub mod run;
pub mod sandbox;
pub mod spec;
mod times;
mod today;
pub mod upstream;
mod visible;
pub mod words;
pub mod world;

pub use cargo_test::cargo_test;

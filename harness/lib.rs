//! A conformance test harness for Dokku plugins.
//!
//! Arrows of dependency run downward only: `cli` → `report` → `run` → `spec` → `plugin` → `world` → `dokku` →
//! `sandbox`.

#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
pub mod dokku;
pub mod plugin;
pub mod report;
pub mod run;
pub mod sandbox;
pub mod spec;
pub mod world;

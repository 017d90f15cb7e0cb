//! Mending what a check found and what can be mended without knowing what the plugin is for.
//!
//! A mend is made where the check found the fault, at the place that the reader of shell knows, and nowhere else. What has no
//! sure place is left, with the reason.

mod catch_all;
mod execute_bit;
mod kind;
mod manifest;
mod mends;
mod quotes;
mod sheet;
mod trace_line;
mod write;

pub use kind::Mend;
pub use mends::{Fault, Left, Mends};
pub use sheet::Mended;
pub use write::write;

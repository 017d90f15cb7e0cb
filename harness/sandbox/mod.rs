//! Running one process tree under a deadline and limits, leaving nothing behind.

mod exit;
mod output;

pub use exit::Exit;
pub use output::{Output, visible_utf8};

//! The fake Dokku host of one case.

mod call;
mod change;

pub use call::Call;
pub use change::{Change, FileState};

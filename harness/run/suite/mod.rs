//! A plugin's own tests, as cases: each file is played once, in a world of its own with the plugin installed, and each of
//! its tests takes its part of what was seen.

mod bats;
mod checkout;
mod part;
mod performance;
mod plan;
mod said;
mod tap;
mod verdict;

pub use bats::{Bats, NoBats};
pub use part::{Part, Suite};
pub(super) use performance::Performances;
pub use plan::{NoSuite, SUITE, suite};

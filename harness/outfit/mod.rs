//! What a plugin's repository needs to hold itself against the requirements: laid beside the plugin's files, and over none.

mod expectation;
mod lay;
mod origin;
mod piece;

pub use expectation::{Failing, PREFACE};
pub use lay::{Fate, Laid, LayError, lay};
pub use origin::{BadUrl, Origin};
pub use piece::Piece;

//! The fake Dokku host of one case.

mod blueprint;
mod call;
mod change;
mod deployed;
mod furnishing;
mod host;
mod installation;
pub mod kept;
mod keys;
mod layout;
mod nature;
mod neighbour;
mod origin;
mod ownership;
mod role;
mod snapshot;
pub mod stand_in;
mod stock;
mod tree;
mod user;

pub use crate::arguments::Arguments;
pub use blueprint::{App, Blueprint, Installation, InstalledPlugin, PluginSource};
pub use call::Call;
pub use change::{Change, FileState};
pub use furnishing::{Barred, LONGEST_NAME, LONGEST_PATH, barred};
pub use host::World;
pub use installation::{LARGEST_FILE, LARGEST_PLUGIN, copy_tree, is_cache, parts};
pub use layout::Layout;
pub use neighbour::Companion;
pub use origin::Origin;
pub use ownership::Veil;
pub use role::{Role, role_of};
pub use snapshot::Snapshot;
pub use stand_in::{Answer, Record, Unknown};
pub use stock::Stock;
pub use user::User;

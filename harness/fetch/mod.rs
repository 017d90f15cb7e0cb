//! Bringing a plugin from where it is kept: a git repository, shallow and into a cache, or a folder of this machine.
//!
//! What is brought is a stranger's. Git runs nothing of it: no hooks, no filters, no submodules, no helpers, none of the
//! settings of whoever runs the harness; it asks for nothing, has a deadline, and is ended when it brings too much. What
//! comes of a source that can't be brought is one [`Missing`], with the cause and the way out.
//!
//! ```text
//! <cache>/<digest of the address>/
//!   lock                    who has it open for writing is alone with the folder
//!   known.json              which commit each branch or tag led to, and when
//!   repository.git/         bare and shallow
//!   trees/<commit>/<name>/  the plugin as it was checked out, without `.git`
//!   trees/<commit>.seal     the digest of that, to see whether it was touched
//!   trees/<commit>.lease    locked while a run uses the tree
//! ```

mod brought;
mod cache;
mod closed;
mod git;
mod known;
mod limits;
mod local;
mod missing;
mod remote;
mod said;
mod seal;
mod shelf;

pub use brought::Brought;
pub use cache::Cache;
pub use limits::Limits;
pub use missing::Missing;

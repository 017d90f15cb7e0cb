//! Running one process tree under a deadline and limits, leaving nothing behind.
//!
//! Two processes share the work. The *runner* side ([`Step`]) starts the program itself again under another name and
//! talks to it over a socket. The started process ([`supervise`]) forks: the child becomes what is to be run, the parent
//! stays as its supervisor until the whole tree has ended, and is there for the next step then ([`Supervisors`]). Nobody
//! waits for end-of-file on a stream: output goes to files, and the wait is for processes, with a deadline.

pub mod beneath;
mod cell;
mod control;
mod exit;
mod extent;
mod fence;
mod filter;
mod foreground;
mod host_view;
mod isolation;
mod loopback;
mod machine;
mod orphans;
mod output;
mod plot;
mod privilege;
mod removal;
mod scarcity;
mod site;
mod step;
mod supervisor;
mod supervisors;
mod title;
mod tree;
mod usage;
mod walls;
mod watch;
mod words;

pub use cell::{Cell, PROGRAM_IN_CELL, make_mount_points, mount_points};
pub use control::{Order, Report, Stdin, Target};
pub use exit::{Exit, Resource};
pub use extent::Extent;
pub use fence::Fence;
pub use foreground::{foreground, of_shell};
pub use host_view::{account_file, furnish_etc};
pub use isolation::{Isolation, IsolationError};
pub use machine::Machine;
pub use output::{Output, visible_utf8};
pub use plot::Plot;
pub use removal::remove;
#[cfg(test)]
pub(crate) use removal::tests::nest;
pub use site::Site;
pub use step::{Cancel, Ended, Step, StepError};
pub use supervisor::{Become, SUPERVISOR, largest_file, supervise};
pub use supervisors::{Lingering, Supervisors};
pub use walls::Walls;

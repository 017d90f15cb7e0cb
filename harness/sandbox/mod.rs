//! Running one process tree under a deadline and limits, leaving nothing behind.
//!
//! Two processes share the work. The *runner* side ([`Step`]) starts the program itself again under a name of the
//! step's choice and talks to it over a socket. The started process ([`supervise`]) forks: the child becomes what is
//! to be run, the parent stays as its supervisor until the whole tree has ended. Nobody waits for end-of-file on a
//! stream: output goes to files, and the wait is for processes, with a deadline.

mod control;
mod exit;
mod foreground;
mod isolation;
mod orphans;
mod output;
mod privilege;
mod step;
mod supervisor;
mod tree;

pub use control::{Order, Report, Stdin, Target};
pub use exit::Exit;
pub use foreground::foreground;
pub use isolation::{Isolation, IsolationError};
pub use output::{Output, visible_utf8};
pub use step::{Cancel, Ended, Lingering, Step, StepError};
pub use supervisor::{Become, supervise};

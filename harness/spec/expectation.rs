//! What a step is expected to do.

use std::collections::BTreeMap;

use super::{ArgvMatcher, Matcher, StepName, Template};
use crate::words::words;

/// What a step is expected to do; at least one thing.
#[derive(Clone, Debug, Default)]
pub struct Expectation {
    /// How it ends.
    pub exit: Option<ExitTest>,
    /// What it prints.
    pub stdout: Option<Matcher>,
    /// What it prints on standard error.
    pub stderr: Option<Matcher>,
    /// What it prints on both, standard output first.
    pub output: Option<Matcher>,
    /// What it asks of each stand-in.
    pub calls: BTreeMap<String, Vec<CallTest>>,
    /// What it does to files.
    pub files: Vec<FileTest>,
    /// True if it may leave no process running.
    pub leaves_none: bool,
}

words! {
    /// Ends of a process that have a name.
    pub enum NamedExit {
        /// Status 0.
        Success = "success",
        /// Any status but 0, and any signal.
        Failure = "failure",
        /// The status that says "not my command", `DOKKU_NOT_IMPLEMENTED_EXIT`.
        NotImplemented = "not-implemented",
        /// The status that says "my command, all well", `DOKKU_VALID_EXIT`.
        Valid = "valid",
        /// The status that a missing app yields.
        AppMissing = "app-missing",
        /// Ended by a signal.
        Signal = "signal",
        /// Still running at the deadline.
        Deadline = "deadline",
        /// Ended because it wrote too much.
        Flood = "flood",
    }
}

/// How a step ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExitTest {
    /// With this status.
    Status(u8),
    /// In this way.
    Named(NamedExit),
    /// In one of these.
    AnyOf(Vec<ExitTest>),
    /// As that step did.
    SameAs(StepName),
    /// By itself, but not so.
    Not(Box<ExitTest>),
}

impl ExitTest {
    /// The steps whose end it compares with.
    #[must_use]
    pub fn same_as(&self) -> Vec<&StepName> {
        match self {
            Self::SameAs(step) => vec![step],
            Self::AnyOf(tests) => tests.iter().flat_map(Self::same_as).collect(),
            Self::Not(test) => test.same_as(),
            Self::Status(_) | Self::Named(_) => Vec::new(),
        }
    }
}

/// The statuses that differ between Dokku versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Statuses {
    /// What `DOKKU_NOT_IMPLEMENTED_EXIT` is.
    pub not_implemented: u8,
    /// What `DOKKU_VALID_EXIT` is.
    pub valid: u8,
    /// What a command on a missing app ends with.
    pub app_missing: u8,
}

/// What is asked of one stand-in.
#[derive(Clone, Debug)]
pub enum CallTest {
    /// It is never called.
    None,
    /// It is called.
    Some,
    /// Every call is like this; true if there is none.
    Every(ArgvMatcher),
    /// At least one call is like this.
    AtLeastOne(ArgvMatcher),
    /// It is called this often.
    Count(usize),
    /// These are the arguments of its calls, in order.
    Argv(Vec<Vec<Template>>),
}

/// What happens to files, by their path below the world's root.
///
/// In a pattern `*` stands for anything but `/`, `**` for anything.
#[derive(Clone, Debug)]
pub enum FileTest {
    /// A file that was not there is, and its path fits.
    Created(Template),
    /// A file that was there is another, and its path fits.
    Changed(Template),
    /// A file that was there is not, and its path fits.
    Removed(Template),
    /// Nothing happens to files whose path fits.
    Unchanged(Template),
    /// Nothing happens to files but those whose path fits one of these.
    Only(Vec<Template>),
    /// Nothing happens to any file.
    None,
    /// A file that was created or changed has these permissions.
    Mode {
        /// Its path.
        path: Template,
        /// The permission bits.
        mode: u32,
    },
    /// A file that was created or changed has such a content.
    Content {
        /// Its path.
        path: Template,
        /// What the content is like.
        matcher: Matcher,
    },
}

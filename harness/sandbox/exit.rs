//! How a process tree came to its end.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The end of one step's main process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Exit {
    /// It ended by itself with this status, 0 to 255.
    Status(u8),
    /// A signal of this number ended it, and the supervisor had not sent it.
    Signal(i32),
    /// It was still running at the deadline, given in milliseconds, and was ended by the supervisor.
    Deadline(u64),
    /// It wrote more than the cap, given in bytes, to a stream; if it was still running it was ended by the supervisor.
    Flood(u64),
    /// The tree used more than this of what it shares with everybody, and was ended by the supervisor.
    Exhausted(Resource),
}

/// A bound on what a tree of processes may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Resource {
    /// So many processes at the same time.
    Processes(u64),
    /// So many threads at the same time, all its processes together.
    Threads(u64),
    /// So many files and sockets open at the same time, all its processes together.
    OpenFiles(u64),
    /// So many bytes of memory at the same time, all its processes together.
    Memory(u64),
    /// So many bytes more on the disk than before.
    Disk(u64),
    /// So many files and folders more than before.
    Files(u64),
}

impl Exit {
    /// True for status 0 alone.
    #[must_use]
    pub fn is_success(self) -> bool {
        self == Self::Status(0)
    }

    /// The status that a shell would show in `$?`; none where the supervisor ended the process.
    #[must_use]
    pub fn status(self) -> Option<i32> {
        match self {
            Self::Status(status) => Some(i32::from(status)),
            Self::Signal(signal) => Some(128 + signal),
            Self::Deadline(_) | Self::Flood(_) | Self::Exhausted(_) => None,
        }
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mebibytes = |bytes: &u64| bytes >> 20;
        match self {
            Self::Processes(count) => write!(f, "{count} processes at a time"),
            Self::Threads(count) => write!(f, "{count} threads at a time"),
            Self::OpenFiles(count) => write!(f, "{count} open files at a time"),
            Self::Memory(bytes) => write!(f, "{} MiB of memory", mebibytes(bytes)),
            Self::Disk(bytes) => write!(f, "{} MiB of disk", mebibytes(bytes)),
            Self::Files(count) => write!(f, "{count} files"),
        }
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "exit {status}"),
            Self::Signal(signal) => write!(f, "ended by signal {signal}"),
            Self::Deadline(ms) => {
                write!(f, "still running after {}.{:03} s", ms / 1000, ms % 1000)
            }
            Self::Flood(cap) => {
                let mebibytes = *cap as f64 / f64::from(1 << 20);
                write!(f, "ended because it wrote more than {mebibytes} MiB")
            }
            Self::Exhausted(resource) => write!(f, "ended because it used more than {resource}"),
        }
    }
}

//! What a child gives up before it runs a plugin's code.

use std::io;

use nix::sys::resource::{Resource, setrlimit};
use rustix::thread::{
    CapabilitySet, CapabilitySets, remove_capability_from_bounding_set, set_capabilities,
};

/// Open files that a child may have at once.
const OPEN_FILES: u64 = 1024;

/// How much of its address space one process may fill with data. A tree has a bound of its own, that is lower.
const DATA: u64 = 4 << 30;

/// How many signals may wait for all processes of a user, one for each timer among them.
const SIGNALS: u64 = 1024;

/// How many bytes all queues of a user may have together: one as programs make it.
const QUEUES: u64 = 128 << 10;

/// How much memory one process may keep from being moved to the disk.
const LOCKED: u64 = 1 << 20;

/// What one process may use.
pub(super) struct Bounds {
    /// The size of a file that it writes, in bytes.
    pub(super) file_size: u64,
    /// Its time on a processor.
    pub(super) seconds: u64,
}

/// Gives up every capability, for this process and all it starts, and bounds core dumps, and the rest where there are
/// bounds.
///
/// The user `dokku` of a real host has no capabilities either, so a harness that is run as root shows a plugin no more
/// than a normal user would: a directory without read permission is one it may not read.
pub(super) fn drop_rights(bounds: Option<Bounds>) -> io::Result<()> {
    nix::sys::prctl::set_no_new_privs()?;
    if nix::unistd::geteuid().is_root() {
        for capability in CapabilitySet::all().iter() {
            // Those that this kernel does not know answer EINVAL, which is as good as dropped.
            let _ = remove_capability_from_bounding_set(capability);
        }
    }
    let none = CapabilitySet::empty();
    set_capabilities(
        None,
        CapabilitySets {
            effective: none,
            permitted: none,
            inheritable: none,
        },
    )?;
    setrlimit(Resource::RLIMIT_CORE, 0, 0)?;
    let Some(bounds) = bounds else { return Ok(()) };
    limit(Resource::RLIMIT_NOFILE, OPEN_FILES)?;
    limit(Resource::RLIMIT_DATA, DATA)?;
    limit(Resource::RLIMIT_SIGPENDING, SIGNALS)?;
    limit(Resource::RLIMIT_MSGQUEUE, QUEUES)?;
    limit(Resource::RLIMIT_MEMLOCK, LOCKED)?;
    limit(Resource::RLIMIT_CPU, bounds.seconds)?;
    limit(Resource::RLIMIT_FSIZE, bounds.file_size)
}

/// Lowers a limit to the value; one that is lower already stays.
fn limit(resource: Resource, value: u64) -> io::Result<()> {
    let (_, hard) = nix::sys::resource::getrlimit(resource)?;
    let value = value.min(hard);
    Ok(setrlimit(resource, value, value)?)
}

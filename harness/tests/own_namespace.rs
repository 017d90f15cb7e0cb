//! Namespaces for a command of a test.

use std::fs;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;

use nix::sched::{CloneFlags, unshare};
use nix::unistd::{getegid, geteuid};

/// Starts a command in a user namespace of its own, as the user that it would be without, and in these further ones;
/// `prepare` is called there first. To start it fails where the system refuses.
pub(crate) fn start_in_own(
    command: &mut Command,
    further: CloneFlags,
    prepare: impl Fn() -> io::Result<()> + Send + Sync + 'static,
) {
    let (user, group) = (geteuid(), getegid());
    let enter = move || {
        unshare(CloneFlags::CLONE_NEWUSER | further)?;
        fs::write("/proc/self/setgroups", "deny")?;
        fs::write("/proc/self/uid_map", format!("{user} {user} 1"))?;
        fs::write("/proc/self/gid_map", format!("{group} {group} 1"))?;
        prepare()
    };
    // SAFETY: the process forks to call this, and has one thread then; what it allocates is given back by its end.
    unsafe { command.pre_exec(enter) };
}

//! What a step may do with files, sockets and signals, by Landlock.
//!
//! The kernel holds it, for the step and all that it starts; no right and no namespace gets around it. What a kernel does
//! not know yet of it is left out: [`abi`] tells how much it knows.

use std::io;
use std::path::{Path, PathBuf};

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, Ruleset, RulesetAttr,
    RulesetCreatedAttr, Scope, path_beneath_rules,
};
use serde::{Deserialize, Serialize};

use super::cell::writable;
use super::host_view::{DEVICES, Folder, OF_ETC, folders};

/// The newest form of Landlock that is made use of.
const NEWEST: ABI = ABI::V6;

/// The form of Landlock that came to know of TCP.
pub(super) const SINCE_TCP: i32 = 4;

/// What everybody may read in `/etc`, besides what tells nothing of the machine.
const OF_ETC_TOO: [&str; 10] = [
    "ca-certificates",
    "environment",
    "gitconfig",
    "group",
    "hostname",
    "hosts",
    "nsswitch.conf",
    "passwd",
    "resolv.conf",
    "ssl",
];

/// What a step may reach.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fence {
    /// What it may read and run: files, and folders with all below.
    pub readable: Vec<PathBuf>,
    /// What it may read, run and change, likewise.
    pub writable: Vec<PathBuf>,
    /// True if it may use TCP, since it has a network of its own.
    pub has_network: bool,
}

impl Fence {
    /// The fence around a world in the machine's own file system, for the user of this number there: it may read what
    /// programs need, and change what it may in a cell.
    #[must_use]
    pub fn around(world: PathBuf, user: u32, further: Vec<PathBuf>) -> Self {
        let mut readable: Vec<PathBuf> = ["/proc", "/sys"].map(PathBuf::from).into();
        readable.extend(folders().filter_map(|folder| match folder {
            Folder::Real(path) => Some(path),
            Folder::Link(..) => None,
        }));
        readable.extend(settings());
        readable.extend(further);
        let writable = writable(user).iter().map(|name| world.join(name)).collect();
        readable.push(world);
        Self {
            readable,
            writable,
            has_network: false,
        }
    }

    /// The fence within a cell, where nothing is that must not be read, for the user of this number.
    #[must_use]
    pub fn within(user: u32) -> Self {
        Self {
            readable: vec!["/".into()],
            writable: writable(user)
                .iter()
                .chain(&["dev/shm", "dev/pts"])
                .map(|name| Path::new("/").join(name))
                .collect(),
            has_network: true,
        }
    }

    /// Closes it around this process and all that it starts from now on.
    ///
    /// # Errors
    /// If the kernel knows Landlock and yet refuses.
    pub(super) fn close(&self) -> io::Result<()> {
        if abi() == 0 {
            return Ok(());
        }
        let read = AccessFs::from_read(NEWEST);
        let device: BitFlags<AccessFs> =
            AccessFs::ReadFile | AccessFs::WriteFile | AccessFs::Truncate | AccessFs::IoctlDev;
        let devices = DEVICES.map(|name| Path::new("/dev").join(name));
        let refused =
            |error: landlock::RulesetError| io::Error::other(format!("Landlock: {error}"));
        Ruleset::default()
            .set_compatibility(CompatLevel::BestEffort)
            .handle_access(AccessFs::from_all(NEWEST))
            .and_then(|rules| match self.has_network {
                true => Ok(rules),
                false => rules.handle_access(AccessNet::from_all(NEWEST)),
            })
            .and_then(|rules| rules.scope(Scope::from_all(NEWEST)))
            .and_then(Ruleset::create)
            .and_then(|rules| rules.add_rules(path_beneath_rules(&self.readable, read)))
            .and_then(|rules| {
                rules.add_rules(path_beneath_rules(
                    &self.writable,
                    AccessFs::from_all(NEWEST),
                ))
            })
            .and_then(|rules| rules.add_rules(path_beneath_rules(&devices, device)))
            .and_then(|rules| rules.restrict_self())
            .map_err(refused)?;
        Ok(())
    }
}

/// What may be read of `/etc`: all that its owner lets everybody read, or, where the harness is that owner, a part.
fn settings() -> Vec<PathBuf> {
    if !nix::unistd::geteuid().is_root() {
        return vec!["/etc".into()];
    }
    let names = OF_ETC.iter().chain(&OF_ETC_TOO);
    names.map(|name| Path::new("/etc").join(name)).collect()
}

/// True if a fence keeps a step from connecting by TCP, and from taking an address for it.
pub(super) fn keeps_from_tcp() -> bool {
    abi() >= SINCE_TCP
}

/// Which form of Landlock the kernel has; 0 for none.
pub(super) fn abi() -> i32 {
    /// To ask for the form alone.
    const VERSION: u32 = 1;
    // SAFETY: with this flag the call reads no memory.
    let answer = unsafe {
        nix::libc::syscall(
            nix::libc::SYS_landlock_create_ruleset,
            std::ptr::null::<u8>(),
            0_usize,
            VERSION,
        )
    };
    i32::try_from(answer).unwrap_or(0).max(0)
}

//! How much a tree of processes uses, and how much it may.
//!
//! The kernel's own limits are for one process, or for all of a user. These are for a tree; whoever watches over it looks
//! again and again, so that a tree can be over a bound for a moment.

use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

use nix::unistd::{SysconfVar, sysconf};
use walkdir::WalkDir;

use super::Resource;
use super::tree::{self, Process};

/// How many processes a tree may have at the same time.
const PROCESSES: u64 = 256;
/// How many bytes of memory they may have together.
const MEMORY: u64 = 1 << 30;
/// How many bytes a world may take on the disk.
const DISK: u64 = 256 << 20;
/// How many files and folders it may have.
const FILES: u64 = 20_000;

/// How many folders deep a world is looked at. What lies deeper is neither counted nor compared: each step down costs
/// as much as the whole way there.
pub(crate) const DEEPEST: usize = 500;

/// Of how many looks one is at the memory, and one at the disk: each costs more than the last.
const LOOKS_AT_MEMORY: u32 = 2;
const LOOKS_AT_DISK: u32 = 5;

/// What is known of the tree below this process.
#[derive(Debug, Default)]
pub(super) struct Usage {
    /// The folders that the tree can write to.
    folders: Vec<PathBuf>,
    looks: u32,
}

impl Usage {
    /// Of a tree that can write to these folders.
    pub(super) fn of(folders: Vec<PathBuf>) -> Self {
        Self { folders, looks: 0 }
    }

    /// Looks at the tree; the bound that it is over, if it is over one.
    pub(super) fn look(&mut self) -> Option<Resource> {
        self.looks = self.looks.wrapping_add(1);
        let processes = tree::descendants();
        if processes.len() as u64 > PROCESSES {
            return Some(Resource::Processes(PROCESSES));
        }
        let is_turn = |every: u32| self.looks.is_multiple_of(every);
        if is_turn(LOOKS_AT_MEMORY) && memory(&processes) > MEMORY {
            return Some(Resource::Memory(MEMORY));
        }
        is_turn(LOOKS_AT_DISK).then(|| self.disk()).flatten()
    }

    /// The bound on the disk that is passed. The walk ends with the first that is.
    fn disk(&self) -> Option<Resource> {
        let (mut bytes, mut files) = (0, 0);
        for folder in &self.folders {
            let walk = WalkDir::new(folder)
                .same_file_system(true)
                .max_depth(DEEPEST);
            for entry in walk.into_iter().flatten() {
                files += 1;
                let Ok(meta) = entry.metadata() else { continue };
                bytes += meta.blocks() * 512;
                if bytes > DISK {
                    return Some(Resource::Disk(DISK));
                }
                if files > FILES {
                    return Some(Resource::Files(FILES));
                }
            }
        }
        None
    }
}

/// How many bytes of memory these processes have, less what they may share.
fn memory(processes: &[Process]) -> u64 {
    let page = sysconf(SysconfVar::PAGE_SIZE)
        .ok()
        .flatten()
        .unwrap_or(4096);
    let pages: u64 = processes.iter().filter_map(|one| one.pages()).sum();
    pages.saturating_mul(u64::try_from(page).unwrap_or(4096))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::{nest, remove};

    #[test]
    fn what_is_deeper_than_any_path_is_looked_at_as_far_as_it_goes() {
        let place = tempfile::tempdir().unwrap();
        nest(place.path(), 3_000);
        let usage = Usage::of(vec![place.path().to_owned()]);
        assert!(usage.disk().is_none());
        remove(&place.path().join("d")).unwrap();
    }
}

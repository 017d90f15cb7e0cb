//! The command line that a process shows to those who ask the system for it.
//!
//! Plugins ask for that of their parent, to tell by its arguments how they were called. A process of this program that is
//! there for many steps shows the step's in place of its own: the system reads it where it laid the arguments when the
//! program was started.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

/// How many bytes are laid by for what is shown. Of a longer command line the end is missing.
const ROOM: usize = 8 << 10;

/// In `/proc/self/stat`, counted from after the name: where the arguments begin. Where they end comes next.
const START: usize = 45;

/// The argument that a process is started with to have room.
pub(super) fn room() -> OsString {
    " ".repeat(ROOM).into()
}

/// Where this process and its forks show their command lines.
pub(super) struct Title {
    start: usize,
    end: usize,
}

impl Title {
    /// That of this process; none where the system does not tell, and nobody can ask then.
    pub(super) fn find() -> Option<Self> {
        let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
        let (_, after_name) = stat.rsplit_once(')')?;
        let mut numbers = after_name.split_ascii_whitespace().skip(START);
        let start = numbers.next()?.parse().ok()?;
        let end = numbers.next()?.parse().ok()?;
        (end > start).then_some(Self { start, end })
    }

    /// Shows these words from here on.
    pub(super) fn show<'w>(&self, words: impl Iterator<Item = &'w OsStr>) {
        // SAFETY: the system laid the arguments there, writable, and the process has one thread. Nobody else looks at them:
        // this program reads its arguments before.
        let place = unsafe {
            let first = std::ptr::with_exposed_provenance_mut::<u8>(self.start);
            std::slice::from_raw_parts_mut(first, self.end - self.start)
        };
        place.fill(0);
        // The last byte tells the system that these are words still.
        let bytes = words.flat_map(|word| word.as_bytes().iter().chain(&[0]));
        let room = place.len() - 1;
        for (place, byte) in place.iter_mut().zip(bytes).take(room) {
            *place = *byte;
        }
    }
}

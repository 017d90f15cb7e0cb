//! The command line that a process shows to those who ask the system for it.
//!
//! Plugins ask for that of their parent, to tell by its arguments how they were called. A process of this program that is
//! there for many steps shows the step's in place of its own: the system reads it where it laid the arguments when the
//! program was started.

use std::ffi::OsString;

use nix::libc;

/// How many bytes are laid by for what is shown. Of a longer command line the end is missing.
const ROOM: usize = 8 << 10;

/// The argument that a process is started with to have room.
pub(super) fn room() -> OsString {
    " ".repeat(ROOM).into()
}

/// Where this process and its forks show their command lines.
pub(super) struct Title(Map);

/// Where the parts of a process lie, as `prctl(2)` is told with `PR_SET_MM_MAP`.
#[repr(C)]
#[derive(Clone, Copy)]
struct Map {
    start_code: u64,
    end_code: u64,
    start_data: u64,
    end_data: u64,
    start_brk: u64,
    brk: u64,
    start_stack: u64,
    arg_start: u64,
    arg_end: u64,
    env_start: u64,
    env_end: u64,
    auxv: u64,
    auxv_size: u32,
    exe: u32,
}

/// No other file for the program.
const SAME_PROGRAM: u32 = u32::MAX;

impl Title {
    /// That of this process; none where the system does not tell, and nobody can ask then.
    pub(super) fn find() -> Option<Self> {
        let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
        let (_, after_name) = stat.rsplit_once(')')?;
        let fields: Vec<&str> = after_name.split_ascii_whitespace().collect();
        // By the numbers of proc_pid_stat(5), where the name is the second.
        let field = |number: usize| fields.get(number - 3)?.parse().ok();
        let map = Map {
            start_code: field(26)?,
            end_code: field(27)?,
            start_data: field(45)?,
            end_data: field(46)?,
            start_brk: field(47)?,
            brk: 0,
            start_stack: field(28)?,
            arg_start: field(48)?,
            arg_end: field(49)?,
            env_start: field(50)?,
            env_end: field(51)?,
            auxv: 0,
            auxv_size: 0,
            exe: SAME_PROGRAM,
        };
        (map.arg_end > map.arg_start).then_some(Self(map))
    }

    /// Shows these words, a NUL behind each, from here on.
    pub(super) fn show(&self, words: &[u8]) {
        let (first, room) = (self.0.arg_start as usize, self.0.arg_end - self.0.arg_start);
        // SAFETY: the system laid the arguments there, writable, and the process has one thread. Nobody else looks at them:
        // this program reads its arguments before.
        let place = unsafe {
            let first = std::ptr::with_exposed_provenance_mut::<u8>(first);
            std::slice::from_raw_parts_mut(first, room as usize)
        };
        place.fill(0);
        // The last byte tells the system that these are words still.
        let shown = words.len().min(place.len() - 1);
        for (place, byte) in place.iter_mut().zip(words).take(shown) {
            *place = *byte;
        }
        self.end_at(shown);
    }

    /// Has the system show no more than so many bytes. Where it knows no such wish it shows zeros behind them, which most
    /// who ask pass over.
    fn end_at(&self, shown: usize) {
        // SAFETY: with 0 the call tells where the data ends, and changes nothing.
        let end_of_data = unsafe { libc::sbrk(0) };
        let map = Map {
            brk: end_of_data as u64,
            arg_end: self.0.arg_start + shown as u64,
            ..self.0
        };
        // SAFETY: the call reads as many bytes of the map as it has; what it says of the process is as it is, but for where
        // the arguments end.
        unsafe {
            libc::prctl(
                libc::PR_SET_MM,
                libc::PR_SET_MM_MAP,
                &raw const map,
                size_of::<Map>(),
                0,
            );
        }
    }
}

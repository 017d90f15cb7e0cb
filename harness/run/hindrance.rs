//! What a world keeps a plugin from that a Dokku host lets it do, and how programs tell of that.
//!
//! A program's word is all that there is to go by: the kernel refuses, and nobody else hears of it. So what is taken for
//! such a refusal is no more than what programs say of these few things, in a case that has failed; where a host refuses
//! the same with other words, or another thing with the same error, it stays a failure. The words can be had by printing
//! them, at the price that the case is inconclusive: it never passes.

use std::sync::LazyLock;

use regex::Regex;

use super::sentence::clipped;
use crate::plugin::PluginFile;
use crate::sandbox::{self, Exit, Isolation};

/// How much of what a program said is quoted, in bytes.
const QUOTED: usize = 200;

/// Where a plugin is kept from something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    /// Wherever there are walls.
    Walls,
    /// Where there is a fence and no cell: what a cell has of its own is the machine's there.
    Fence,
}

impl Level {
    fn is_at(self, isolation: Isolation) -> bool {
        match self {
            Self::Walls => isolation != Isolation::Off,
            Self::Fence => isolation == Isolation::Portable,
        }
    }
}

/// What a plugin is kept from: where, what it is, and what programs say who wanted it.
const TABLE: [(Level, &str, &str); 9] = [
    (
        Level::Walls,
        "more of something than a world lets one process have",
        // bash, dash, prlimit, Python
        r"cannot modify limit: (?:Operation not permitted|Invalid argument)|error setting limit|prlimit: failed to set the \w+ resource limit: Operation not permitted|not allowed to raise maximum limit",
    ),
    (
        Level::Walls,
        "the key rings of its user, or a ring of calls",
        r"\b(?:keyctl|add_key|request_key|io_uring)\w*\b.*Operation not permitted",
    ),
    (
        Level::Fence,
        "the bounds or the turn of a process by its number, be it its own",
        r"\b(?:renice|ionice|chrt|taskset|prlimit|setpriority|sched_set\w+|ioprio_set)\b.*Operation not permitted",
    ),
    (
        Level::Fence,
        "TCP",
        // bash; what names a call before it, as Perl, Go and Node do, or after it, as Ruby does
        r"/dev/tcp/\S+: Permission denied|(?i:\b(?:socket|bind|listen|connect)\b[^\n]*(?:permission denied|\bEACCES\b))|(?i:permission denied - (?:bind|connect|socket)\(2\))",
    ),
    (
        Level::Fence,
        "memory, semaphores and queues that outlive a process",
        r"\b(?:shm|sem|msg|mq_)(?:get|at|op|ctl|open|snd|rcv)\b.*(?:Operation not permitted|Permission denied)|ipcmk: .*Operation not permitted",
    ),
    (
        Level::Fence,
        "a terminal of its own",
        r"(?i:pseudo-?terminal|openpty|forkpty)[^\n]*Permission denied",
    ),
    (
        Level::Fence,
        "attributes of files",
        r#"\b(?:setfattr|setfacl|attr|l?setxattr)\b.*Operation not supported|\[Errno 95\] Operation not supported: ['"]"#,
    ),
    (
        Level::Fence,
        "a place for locks",
        // The machine's, which it may lack or show as it likes.
        r"/(?:run|var)/lock/[^:\n]*: (?:Read-only file system|No such file or directory)",
    ),
    (
        Level::Fence,
        "TCP, or memory and semaphores that outlive a process",
        // Python names no call.
        r"(?m:^PermissionError: \[Errno 13\] Permission denied$)",
    ),
];

static PATTERNS: LazyLock<Vec<(Level, &str, Regex)>> = LazyLock::new(|| {
    let rows = TABLE.iter();
    rows.filter_map(|(level, what, says)| Some((*level, *what, Regex::new(says).ok()?)))
        .collect()
});

/// What programs say of a path that they may not reach, before its name or after it.
static DENIED_PATH: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#"(?m)(?:^|[\s'"‘])(/[^\s'’:"]*)['’"]?: (?i:permission denied)|(?i:permission denied)(?: @ \w+ -|:|, \w+)? ['"‘]?(/[^\s'’:"]*)"#,
    )
    .ok()
});

/// The folders of the system that a fence lets a plugin read and not change, as a Dokku host does.
const OF_THE_SYSTEM: [&str; 7] = [
    "/usr/", "/bin/", "/sbin/", "/lib", "/etc/", "/proc/", "/dev/",
];

/// Those among them that are everybody's.
const OF_EVERYBODY: [&str; 4] = ["/dev/mqueue/", "/dev/ptmx", "/dev/pts/", "/dev/shm/"];

/// How programs say that a file would be larger than it may be; and what a shell makes of the signal that tells them.
const TOO_LARGE: [&str; 2] = ["File size limit exceeded", "File too large"];
const SIGXFSZ: i32 = nix::libc::SIGXFSZ;

/// How programs say that the machine has no more of something, of which it may give each user so much.
const SCARCE: [&str; 5] = [
    "Resource temporarily unavailable",
    "No space left on device",
    "Cannot allocate memory",
    "Too many open files in system",
    "Too many references",
];

/// What programs say that may not do, in a world, what root may do on a host.
const OF_ROOT: [&str; 4] = [
    "Invalid argument",
    "Operation not permitted",
    "Permission denied",
    "Read-only file system",
];

/// What programs said that the machine has too little of; none if nothing was said of that.
pub(super) fn scarcity(text: &str) -> Option<&'static str> {
    SCARCE.into_iter().find(|words| text.contains(words))
}

/// The first line in which a program says that root may not do something that it may do on a host, or has too little
/// for it.
pub(super) fn of_root<'t>(mut lines: impl Iterator<Item = &'t str>) -> Option<&'t str> {
    lines.find(|line| {
        let mut known = OF_ROOT.iter().chain(&TOO_LARGE);
        known.any(|words| line.contains(words)) || scarcity(line).is_some()
    })
}

/// The bound on the size of a file, where steps that may write so much to a stream ended so and said this, and it is
/// plain that they met it.
pub(super) fn too_large(exits: &[Exit], text: &str, cap: u64) -> Option<String> {
    let told = |exit: &Exit| exit.status() == Some(128 + SIGXFSZ);
    let is_said = TOO_LARGE.iter().any(|words| text.contains(words));
    (is_said || exits.iter().any(told)).then(|| {
        let most = sandbox::largest_file(cap) >> 20;
        format!(
            "it needs a file of more than {most} MiB, which is more than a world lets a file have"
        )
    })
}

/// What the walls of this level kept a program from, by what it said; none if it said nothing of that.
pub(super) fn said(text: &str, level: Isolation) -> Option<String> {
    let mut rows = PATTERNS.iter().filter(|(at, ..)| at.is_at(level));
    rows.find_map(|(at, what, says)| {
        let found = says.find(text)?;
        let line = line_around(text, found.start());
        let way_out = match at {
            Level::Walls => "a world keeps it from that",
            Level::Fence => "it may not have that outside of isolation strict",
        };
        Some(format!("it asks for {what}, and {way_out}: `{line}`"))
    })
    .or_else(|| path(text, level))
}

fn line_around(text: &str, at: usize) -> String {
    let (before, after) = text.split_at_checked(at).unwrap_or((text, ""));
    let start = before.rsplit('\n').next().unwrap_or_default();
    let end = after.split('\n').next().unwrap_or_default();
    clipped(format!("{start}{end}").trim().to_owned(), QUOTED)
}

/// A path outside of the world that the fence did not let the plugin reach. Of the machine's own folders, which no Dokku
/// lets a plugin change either, there is nothing to doubt.
fn path(text: &str, level: Isolation) -> Option<String> {
    if !Level::Fence.is_at(level) {
        return None;
    }
    let is_in = |path: &str, folders: &[&str]| folders.iter().any(|one| path.starts_with(one));
    let mut found = DENIED_PATH.as_ref()?.captures_iter(text);
    let path = found.find_map(|found| {
        let path = found.get(1).or(found.get(2))?.as_str();
        (!is_in(path, &OF_THE_SYSTEM) || is_in(path, &OF_EVERYBODY)).then_some(path)
    })?;
    Some(format!(
        "it may not reach {path}, which lies outside of the world; at isolation strict a world has a place of that name"
    ))
}

/// That one of these files looks for users or groups among those of the machine, where a world has none of its own; that
/// there is no `dokku` among them is told by a status alone.
pub(super) fn users(files: &[&PluginFile], level: Isolation) -> Option<String> {
    const DATABASES: [&str; 2] = ["passwd", "group"];
    let asks = |file: &&PluginFile| {
        let Ok(script) = file.script() else {
            return false;
        };
        script.invocations.iter().any(|one| {
            one.program().is_some_and(|program| {
                let first = program.arguments.first();
                program.name.is("getent")
                    && first.is_some_and(|word| DATABASES.iter().any(|name| word.is(name)))
            })
        })
    };
    (Level::Fence.is_at(level) && files.iter().any(asks)).then(|| {
        "it asks `getent` for users, which are this machine's own outside of isolation strict"
            .to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEVELS: [Isolation; 3] = [Isolation::Strict, Isolation::Portable, Isolation::Off];

    /// The levels at which what is said speaks against a failure.
    fn doubted(text: &str) -> Vec<Isolation> {
        let is_doubted = |level: &Isolation| said(text, *level).is_some();
        LEVELS.into_iter().filter(is_doubted).collect()
    }

    #[test]
    fn every_pattern_is_one() {
        assert_eq!(PATTERNS.len(), TABLE.len());
        assert!(DENIED_PATH.is_some());
    }

    #[test]
    fn what_the_fence_denied_is_no_fault_of_the_plugin() {
        for text in [
            "commands: line 3: /tmp/x.lock: Permission denied\n",
            "commands: line 3: /dev/shm/x: Permission denied\n",
            "touch: cannot touch '/dev/shm/x.7': Permission denied\n",
            "find: '/': Permission denied\n",
            "PermissionError: [Errno 13] Permission denied: '/psm_65'\n",
            "Permission denied @ rb_sysopen - /srv/x (Errno::EACCES)\n",
            "Error: EACCES: permission denied, open '/srv/x'\n",
            "open /srv/x: permission denied\n",
            "renice: failed to set priority for 5 (process ID): Operation not permitted\n",
            "taskset: failed to set pid 5's affinity: Operation not permitted\n",
            "x: line 4: /dev/tcp/127.0.0.1/1: Permission denied\n",
            "no listen: Permission denied at x line 2.\n",
            "Error: listen EACCES: permission denied 127.0.0.1:80\n",
            "PermissionError: [Errno 13] Permission denied\n",
            "shmget: Operation not permitted at x line 3.\n",
            "script: failed to create pseudo-terminal: Permission denied\n",
            "x: line 4: /var/lock/x.lock: Read-only file system\n",
            "OSError: [Errno 95] Operation not supported: '[ROOT]/tmp/a'\n",
        ] {
            assert_eq!(doubted(text), [Isolation::Portable], "{text}");
        }
        let shown = said("x: line 3: /tmp/x.lock: Permission denied\n", LEVELS[1]);
        assert!(shown.is_some_and(|why| why.contains("/tmp/x.lock")));
    }

    #[test]
    fn what_every_wall_bounds_is_no_fault_of_the_plugin() {
        let walls = [Isolation::Strict, Isolation::Portable];
        let text = "x: line 4: ulimit: open files: cannot modify limit: Operation not permitted\n";
        assert_eq!(doubted(text), walls);
        assert!(
            said(text, walls[0]).is_some_and(|why| why.ends_with(&format!("`{}`", text.trim())))
        );
        assert_eq!(
            doubted("prlimit: failed to set the NOFILE resource limit: Operation not permitted"),
            walls
        );
    }

    #[test]
    fn what_a_host_denies_too_is_a_failure() {
        for text in [
            "line 3: [ROOT]/home/dokku/x: Permission denied\n",
            "touch: cannot touch '/usr/x': Permission denied\n",
            "touch: cannot touch '/dev/x': Permission denied\n",
            "chown: changing ownership of 'x': Operation not permitted\n",
            "kill: (1) - Operation not permitted\n",
            "renice: failed to set priority for 5 (process ID): Permission denied\n",
            "mount: only root can do that\n",
            "git@github.com: Permission denied (publickey).\n",
            "PermissionError: [Errno 1] Operation not permitted\n",
            "x: line 3: ./run: Permission denied\n",
            "x: line 4: /run/x.lock: Read-only file system\n",
            "Operation not supported\n",
        ] {
            assert_eq!(doubted(text), [], "{text}");
        }
    }

    #[test]
    fn a_file_that_is_too_large_names_its_bound() {
        let met = |exit, text: &str| too_large(&[Exit::Status(0), exit], text, 1 << 20);
        let why = met(Exit::Status(153), "");
        assert!(why.is_some_and(|why| why.contains("more than 64 MiB")));
        assert!(met(Exit::Signal(SIGXFSZ), "").is_some());
        assert!(met(Exit::Status(1), "line 4: 6 File size limit exceeded dd").is_some());
        assert_eq!(met(Exit::Status(1), "no such file"), None);
    }

    #[test]
    fn root_is_kept_from_more() {
        let lines = ["a", "chown: x: Operation not permitted", "b"];
        assert_eq!(of_root(lines.into_iter()), Some(lines[1]));
        assert_eq!(
            of_root(["x: Cannot allocate memory"].into_iter()),
            Some("x: Cannot allocate memory")
        );
        assert_eq!(of_root(["x: No such file or directory"].into_iter()), None);
        assert_eq!(
            scarcity("OSError: [Errno 109] Too many references: cannot splice"),
            Some("Too many references")
        );
    }
}

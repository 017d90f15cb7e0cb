//! The namespaces that a step is shut in at isolation `strict`: users, mounts, processes, network, names and messages of
//! its own.
//!
//! A world becomes the root of the file system. Of the machine it shows the programs and libraries, read-only; nothing
//! else of it is there, and when the first process of the cell ends, the kernel ends all others.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::mount::{MntFlags, MsFlags, mount, umount2};
use nix::sched::{CloneFlags, unshare};
use nix::sys::signal::Signal;
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, Pid, getegid, geteuid, pivot_root, sethostname};
use serde::{Deserialize, Serialize};

use super::host_view::{DEVICES, Folder, HOST_NAME, folders};
use super::scarcity::fork;
use super::{beneath, loopback};

/// Where a cell shows this program.
pub const PROGRAM_IN_CELL: &str = "/stand-ins/conform";

/// Below the root: what only the harness changes.
const KEPT: &str = "stand-ins";

/// Below the root: where the system's own programs and its users' files are, of which a world has none.
const EMPTY: [&str; 7] = ["etc", "opt", "proc", "root", "run", "srv", "sys"];

/// Below the root: what the user `dokku` of a real host may write to, the harness's own folder, and the one that a case
/// may begin in.
const WRITABLE: [&str; 8] = [
    "conform",
    "home/dokku",
    "run/lock",
    "tmp",
    "unreadable",
    "var/lib/dokku",
    "var/lock",
    "var/log/dokku",
];

/// Below the root: what root of a real host may write to, as far as a world has it of its own.
const WRITABLE_TO_ROOT: [&str; 10] = [
    "conform",
    "etc",
    "home",
    "opt",
    "root",
    "run",
    "srv",
    "tmp",
    "unreadable",
    "var",
];

/// Below the root: what this user may write to.
pub(super) fn writable(user: u32) -> &'static [&'static str] {
    match user {
        0 => &WRITABLE_TO_ROOT,
        _ => &WRITABLE,
    }
}

/// How much a cell may keep in shared memory.
const SHARED_MEMORY: &str = "size=64m,mode=1777";

/// The terminals of a cell, and how many it may have.
const TERMINALS: &str = "newinstance,ptmxmode=0666,mode=620,max=32";

/// How many processes and threads the kernel gives to a cell, where it has a limit for each space of processes.
const PROCESSES: &str = "512";

/// Below `/proc/sys`: how many of these a cell may have, of which the kernel gives a user of the machine so many in all
/// (of namespaces it needs none), and how much may wait in a connection or lie in segments that processes share, which is
/// memory that no process has.
const FEW: [(&str, &str); 9] = [
    ("user/max_user_namespaces", "0"),
    ("user/max_inotify_instances", "32"),
    ("user/max_inotify_watches", "4096"),
    ("user/max_fanotify_groups", "8"),
    ("user/max_fanotify_marks", "256"),
    ("kernel/shmmax", "67108864"),
    ("kernel/shmall", "65536"),
    ("net/ipv4/tcp_rmem", "4096 65536 212992"),
    ("net/ipv4/tcp_wmem", "4096 65536 212992"),
];

/// Below `/proc`: where the owner of the machine changes it, whom the harness may be.
const GUARDED: [&str; 6] = ["bus", "fs", "irq", "scsi", "sys", "sysrq-trigger"];

/// The cell of one step.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Cell {
    /// The world's root, which becomes the root of the file system.
    pub root: PathBuf,
    /// The folder that becomes `/etc`, read-only; none if the world has its own, which root may change.
    pub etc: Option<PathBuf>,
    /// This program, which is seen at [`PROGRAM_IN_CELL`].
    pub program: PathBuf,
    /// Further folders of the machine that are seen under their own paths, read-only.
    pub seen: Vec<PathBuf>,
    /// The number of the user that the step is run as.
    pub user: u32,
}

/// Below a world's root: what a cell needs to be there, to lay something over it.
///
/// # Errors
/// If the system refuses.
pub fn make_mount_points(root: &Path) -> io::Result<()> {
    for name in EMPTY {
        fs::create_dir_all(root.join(name))?;
    }
    fs::create_dir_all(root.join("dev/shm"))?;
    fs::create_dir_all(root.join("dev/pts"))?;
    for name in DEVICES {
        fs::write(root.join("dev").join(name), "")?;
    }
    for (name, target) in [
        ("fd", "/proc/self/fd"),
        ("stdin", "/proc/self/fd/0"),
        ("stdout", "/proc/self/fd/1"),
        ("stderr", "/proc/self/fd/2"),
        ("ptmx", "pts/ptmx"),
    ] {
        symlink(target, root.join("dev").join(name))?;
    }
    for folder in folders() {
        match folder {
            Folder::Real(path) => fs::create_dir_all(below(root, &path))?,
            Folder::Link(path, target) => symlink(target, below(root, &path))?,
        }
    }
    fs::write(below(root, Path::new(PROGRAM_IN_CELL)), "")
}

/// What [`make_mount_points`] makes at the top of a root.
pub fn mount_points(root: &Path) -> impl Iterator<Item = PathBuf> {
    let own = EMPTY.into_iter().chain(["dev"]).map(PathBuf::from);
    let shown = folders().map(Folder::into_path);
    own.chain(shown).map(move |path| below(root, &path))
}

fn below(root: &Path, path: &Path) -> PathBuf {
    root.join(within(path))
}

/// A path without the slash that it begins with.
fn within(path: &Path) -> &Path {
    path.strip_prefix("/").unwrap_or(path)
}

impl Cell {
    /// Lives a life as the first process of the cell, and gives its status. This process waits for it outside, in the
    /// namespaces of the cell itself from here on. To be called before this process has made any thread.
    ///
    /// # Errors
    /// If the kernel refuses the namespaces. What is refused inside the cell goes to `refused` there.
    pub(super) fn enter(
        &self,
        life: impl FnOnce() -> u8,
        refused: impl FnOnce(io::Error) -> u8,
    ) -> io::Result<u8> {
        let (user, group) = (geteuid(), getegid());
        unshare(
            CloneFlags::CLONE_NEWUSER
                | CloneFlags::CLONE_NEWNS
                | CloneFlags::CLONE_NEWPID
                | CloneFlags::CLONE_NEWNET
                | CloneFlags::CLONE_NEWIPC
                | CloneFlags::CLONE_NEWUTS,
        )
        .map_err(no_namespaces)?;
        let own = |name: &str, text: String| {
            fs::write(Path::new("/proc/self").join(name), text)
                .map_err(|error| about("naming the users of a namespace", error))
        };
        own("setgroups", "deny".to_owned())?;
        own("uid_map", format!("{} {user} 1", self.user))?;
        own("gid_map", format!("{} {group} 1", self.user))?;
        // SAFETY: the process has one thread, so the child may do whatever its parent may.
        match unsafe { fork() }? {
            ForkResult::Child => Ok(match self.settle() {
                Ok(()) => life(),
                Err(error) => refused(error),
            }),
            ForkResult::Parent { child } => wait(child),
        }
    }

    /// Makes the cell what it is, as its first process.
    fn settle(&self) -> io::Result<()> {
        // Whatever ends the process outside, the cell goes with it.
        nix::sys::prctl::set_pdeathsig(Signal::SIGKILL)?;
        self.lay_out().map_err(|error| about("mounting", error))?;
        self.move_in()
            .map_err(|error| about("changing the root", error))?;
        sethostname(HOST_NAME)?;
        loopback::raise().map_err(|error| about("raising the loopback interface", error))?;
        // All are further bounds where the kernel has them; that no namespaces are nested is not what the cell rests on.
        let _ = fs::write("/proc/sys/kernel/pid_max", PROCESSES);
        for (name, count) in FEW {
            let _ = fs::write(Path::new("/proc/sys").join(name), count);
        }
        for name in GUARDED {
            let path = Path::new("/proc").join(name);
            if path.exists() {
                show(&path, &path).map_err(|error| about("guarding /proc", error))?;
            }
        }
        // Nobody in the cell looks into this process, which holds the line to the runner.
        Ok(nix::sys::prctl::set_dumpable(false)?)
    }

    fn lay_out(&self) -> io::Result<()> {
        let root = &self.root;
        let private = MsFlags::MS_REC | MsFlags::MS_PRIVATE;
        mount(NONE, "/", NONE, private, NONE)?;
        // Where a step before has put something else in the way, there is no place to show it at.
        let seen: Vec<&Path> = self
            .further()
            .filter(|path| beneath::make_dirs(root, within(path)).is_ok())
            .collect();
        bind(root, root)?;
        make_readonly(root)?;
        for name in writable(self.user) {
            let path = root.join(name);
            // What a step of root has put in a folder's place is shown as it is: nothing is mounted by way of a link.
            if beneath::is_dir(root, Path::new(name)) {
                bind(&path, &path)?;
                make_writable(&path)?;
            }
        }
        if let Some(etc) = &self.etc {
            self.lay_out_etc(etc)?;
        }
        for folder in folders() {
            if let Folder::Real(path) = folder {
                show(&path, &below(root, &path))?;
            }
        }
        for path in seen {
            show(path, &below(root, path))?;
        }
        let stand_ins = root.join(KEPT);
        bind(&self.program, &below(root, Path::new(PROGRAM_IN_CELL)))?;
        show(&stand_ins, &stand_ins)?;
        for name in DEVICES {
            // What is written to it goes through all the same; its mode and its times are the machine's.
            show(&Path::new("/dev").join(name), &root.join("dev").join(name))?;
        }
        let plain = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
        new("tmpfs", &root.join("dev/shm"), plain, Some(SHARED_MEMORY))?;
        let terminals = MsFlags::MS_NOSUID | MsFlags::MS_NOEXEC;
        let options = Some(TERMINALS);
        new("devpts", &root.join("dev/pts"), terminals, options)?;
        new("proc", &root.join("proc"), plain, None)
    }

    /// The further folders that are shown, less those that the world has itself or that are seen without.
    fn further(&self) -> impl Iterator<Item = &Path> {
        let own = EMPTY.iter().chain(&WRITABLE).chain([&KEPT, &"dev"]);
        let own: Vec<PathBuf> = own.map(|name| Path::new("/").join(name)).collect();
        let shown: Vec<PathBuf> = folders().map(Folder::into_path).collect();
        let paths = self.seen.iter().map(PathBuf::as_path);
        paths.filter(move |path| {
            path.parent().is_some()
                && !own
                    .iter()
                    .chain(&shown)
                    .any(|known| path.starts_with(known))
                && !own.iter().any(|known| known.starts_with(path))
        })
    }

    /// The machine's settings, with the world's own `/etc/default` in it.
    fn lay_out_etc(&self, etc: &Path) -> io::Result<()> {
        let own = self.root.join("etc/default");
        if beneath::is_dir(&self.root, Path::new("etc/default")) {
            bind(&own, &etc.join("default"))?;
        }
        show(etc, &self.root.join("etc"))
    }

    fn move_in(&self) -> io::Result<()> {
        std::env::set_current_dir(&self.root)?;
        // The old root comes to lie over the new one, and is taken away from there.
        pivot_root(".", ".")?;
        umount2(".", MntFlags::MNT_DETACH)?;
        std::env::set_current_dir("/")
    }
}

const NONE: Option<&str> = None;

/// Lays what is at a path over another, with all that is mounted below.
fn bind(from: &Path, over: &Path) -> io::Result<()> {
    mount(
        Some(from),
        over,
        NONE,
        MsFlags::MS_BIND | MsFlags::MS_REC,
        NONE,
    )
    .map_err(|errno| at(over, errno))
}

/// Lays what is at a path over another, read-only.
fn show(from: &Path, over: &Path) -> io::Result<()> {
    bind(from, over)?;
    make_readonly(over)
}

fn new(kind: &str, over: &Path, flags: MsFlags, options: Option<&str>) -> io::Result<()> {
    mount(Some(kind), over, Some(kind), flags, options).map_err(|errno| at(over, errno))
}

/// Makes what is mounted at a path, and below it, read-only and without rights that come with a file.
fn make_readonly(path: &Path) -> io::Result<()> {
    set_attributes(path, libc_mount::RDONLY | libc_mount::NOSUID, 0)
}

fn make_writable(path: &Path) -> io::Result<()> {
    set_attributes(path, libc_mount::NOSUID, libc_mount::RDONLY)
}

/// The numbers of `mount_setattr(2)`.
mod libc_mount {
    pub(super) const RDONLY: u64 = 1;
    pub(super) const NOSUID: u64 = 2;
    pub(super) const AT_RECURSIVE: u32 = 0x8000;
}

/// `struct mount_attr` of `mount_setattr(2)`.
#[repr(C)]
struct Attributes {
    set: u64,
    clear: u64,
    propagation: u64,
    namespace: u64,
}

fn set_attributes(path: &Path, set: u64, clear: u64) -> io::Result<()> {
    use std::os::unix::ffi::OsStrExt;
    let name = std::ffi::CString::new(path.as_os_str().as_bytes())?;
    let attributes = Attributes {
        set,
        clear,
        propagation: 0,
        namespace: 0,
    };
    // SAFETY: the call reads the name up to its NUL and as many bytes of the attributes as they have.
    let status = unsafe {
        nix::libc::syscall(
            nix::libc::SYS_mount_setattr,
            nix::libc::AT_FDCWD,
            name.as_ptr(),
            libc_mount::AT_RECURSIVE,
            &raw const attributes,
            size_of::<Attributes>(),
        )
    };
    match status {
        0 => Ok(()),
        _ => Err(at(path, Errno::last())),
    }
}

/// Says what a kernel means that makes no namespaces.
fn no_namespaces(errno: Errno) -> io::Error {
    let meaning = match errno {
        Errno::EPERM => "the system forbids it".to_owned(),
        Errno::ENOSPC => "the system allows no more of them".to_owned(),
        other => other.to_string(),
    };
    io::Error::other(format!("making namespaces: {meaning}"))
}

/// Waits for a child, and gives its status as a shell shows it.
///
/// # Errors
/// If the system refuses.
pub(super) fn wait(child: Pid) -> io::Result<u8> {
    loop {
        match waitpid(child, None) {
            Ok(WaitStatus::Exited(_, status)) => {
                return Ok(u8::try_from(status).unwrap_or(u8::MAX));
            }
            Ok(WaitStatus::Signaled(_, signal, _)) => {
                return Ok(128 + u8::try_from(signal as i32).unwrap_or(127));
            }
            Ok(_) | Err(Errno::EINTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

fn at(path: &Path, errno: Errno) -> io::Error {
    about(&path.display().to_string(), errno.into())
}

fn about(what: &str, error: io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{what}: {error}"))
}

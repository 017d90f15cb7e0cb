//! What this machine offers to keep a plugin apart from it.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::cell::make_mount_points;
use super::control::{Order, Stdin, Target};
use super::extent::Extent;
use super::{
    Cancel, Cell, Exit, Isolation, Plot, SUPERVISOR, Site, Step, Supervisors, Walls, fence, filter,
    tree,
};

/// How long the attempt to make a cell may take, in milliseconds.
const PATIENCE_MS: u64 = 10_000;

/// What this machine offers to keep a plugin apart from it.
#[derive(Clone, Debug)]
pub struct Machine {
    /// Which form of Landlock the kernel has; 0 for none.
    pub landlock: i32,
    /// Whether `/proc` shows this program's own processes.
    pub sees_processes: bool,
    /// Why a cell can't be made; none if it can.
    pub no_cell: Option<String>,
    /// Why a world can't be played in without a cell around it; none if it can.
    pub no_world: Option<String>,
}

impl Machine {
    /// Looks at this machine: makes a cell where worlds will be, runs a program in it, and asks the kernel for Landlock. `program` is the file
    /// of this program, which takes on the role of a supervisor. The first answer is kept for the life of the process.
    pub fn look(program: &Path) -> &'static Self {
        static MACHINE: OnceLock<Machine> = OnceLock::new();
        MACHINE.get_or_init(|| {
            let site = Site::find().map_err(|error| error.to_string());
            let (landlock, sees_processes) = (fence::abi(), tree::is_seen());
            match site {
                Ok(site) => Self {
                    landlock,
                    sees_processes,
                    no_cell: try_cell(program, &site).err(),
                    no_world: site.misleads(),
                },
                Err(why) => Self {
                    landlock,
                    sees_processes,
                    no_cell: Some(why.clone()),
                    no_world: Some(why),
                },
            }
        })
    }

    /// The best level that works here.
    #[must_use]
    pub fn best(&self) -> Isolation {
        match self.lacks(Isolation::Strict) {
            None => Isolation::Strict,
            Some(_) => Isolation::Portable,
        }
    }

    /// Why a level does not work here; none if it does.
    #[must_use]
    pub fn lacks(&self, level: Isolation) -> Option<&str> {
        match level {
            Isolation::Strict => self.no_cell.as_deref(),
            Isolation::Portable | Isolation::Off => self.no_world.as_deref(),
        }
    }

    /// Nothing, if a level works here.
    ///
    /// # Errors
    /// Why it does not, as a sentence for whoever asked for it.
    pub fn allows(&self, level: Isolation) -> Result<(), String> {
        match self.lacks(level) {
            None => Ok(()),
            Some(why) => Err(format!(
                "isolation {level} does not work on this machine: {why}"
            )),
        }
    }

    /// What a level enforces on this machine, each in a few words.
    #[must_use]
    pub fn enforces(&self, level: Isolation) -> Vec<String> {
        let mut enforced: Vec<String> = [
            "environment closed",
            "stand-ins first on PATH",
            match level == Isolation::Strict || self.sees_processes {
                true => "process tree ended at the deadline and at the end of each step",
                false => "process group ended at the deadline; what has left it may live on, since /proc does not show it",
            },
        ]
        .map(str::to_owned)
        .into();
        if level == Isolation::Off {
            return enforced;
        }
        enforced.extend(
            [
                "no capabilities, no new privileges",
                "size of output, files and core dumps, open files, processor time, memory, processes and disk use limited",
            ]
            .map(str::to_owned),
        );
        if filter::is_known() {
            let refused = "calls refused that reach key rings, descriptors of other processes, a virtual machine's host, \
                           or type on a terminal";
            enforced.push(refused.to_owned());
        }
        if level == Isolation::Strict {
            enforced.extend(
                [
                    "namespaces of its own for users, mounts, processes, network, messages and names",
                    "the world as root of the file system, of the machine only programs and libraries, read-only",
                ]
                .map(str::to_owned),
            );
        }
        enforced.extend(self.of_landlock());
        enforced
    }

    /// What Landlock adds, by the form that the kernel has.
    fn of_landlock(&self) -> Option<String> {
        let parts = [
            (1, "files"),
            (fence::SINCE_TCP, "TCP"),
            (6, "abstract sockets and signals"),
        ];
        let known: Vec<&str> = parts
            .into_iter()
            .filter(|(since, _)| self.landlock >= *since)
            .map(|(_, what)| what)
            .collect();
        (!known.is_empty()).then(|| format!("Landlock {}: {}", self.landlock, known.join(", ")))
    }
}

/// Makes a cell and runs a program in it; why not, in one sentence.
fn try_cell(program: &Path, site: &Site) -> Result<(), String> {
    let place =
        Trial::new(program, site).map_err(|error| format!("making a place to try it: {error}"))?;
    let step = place.step(program);
    let ended = step
        .run(&Cancel::default())
        .map_err(|error| error.to_string())?;
    match ended.report.exit {
        Exit::Status(0) => Ok(()),
        other => Err(match ended.stderr.text().trim_end() {
            "" => format!("a program in a cell came to: {other}, and said nothing"),
            said => format!("a program in a cell came to: {other}: {said}"),
        }),
    }
}

/// A root to try a cell with.
struct Trial(Plot);

impl Trial {
    fn new(program: &Path, site: &Site) -> io::Result<Self> {
        let place = Self(site.plot()?);
        symlink(program, place.supervisor())?;
        for name in ["home/dokku", "stand-ins", "conform", "tmp"] {
            fs::create_dir_all(place.root().join(name))?;
        }
        make_mount_points(&place.root())?;
        // What is in a world's settings is not what is tried, and copying them is slow on some disks.
        fs::create_dir_all(place.etc().join("default"))?;
        Ok(place)
    }

    fn supervisor(&self) -> PathBuf {
        self.0.path().join(SUPERVISOR)
    }

    fn root(&self) -> PathBuf {
        self.0.path().join("world")
    }

    fn etc(&self) -> PathBuf {
        self.0.path().join("etc")
    }

    fn step(&self, program: &Path) -> Step {
        Step {
            supervisors: Supervisors::new(self.supervisor()),
            name: "bash".into(),
            args: ["-c", "echo >tmp/x && ! echo 2>&- >/usr/conform"]
                .map(Into::into)
                .into(),
            env: vec![("PATH".into(), "/usr/bin:/bin".into())],
            output: self.root().join("conform"),
            order: Order {
                walls: Walls::Cell(Box::new(Cell {
                    root: self.root(),
                    etc: Some(self.etc()),
                    program: program.to_owned(),
                    seen: Vec::new(),
                    user: 1000,
                })),
                target: Target::Program("/bin/bash".into()),
                stdin: Stdin::Empty,
                tty: false,
                deadline_ms: PATIENCE_MS,
                cap: 1 << 20,
                umask: 0o022,
                cwd: "/".into(),
                close_cwd: false,
                installed: Extent::default(),
            },
        }
    }
}

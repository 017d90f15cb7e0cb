//! Where trials run, and under which limits.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use super::Takes;
use crate::dokku::{Tree, Version};
use crate::sandbox::{Cancel, Isolation, Machine};
use crate::spec::Step;
use crate::world::{Origin, Stock};

/// Where trials run, and under which limits.
#[derive(Debug)]
pub struct Ground {
    /// The worlds.
    pub stock: Stock,
    /// What the machine offers to keep plugins apart from it.
    pub machine: &'static Machine,
    /// The real Dokku that takes the place of the imitated one, for trials in its version.
    pub tree: Option<Arc<Tree>>,
    /// What was seen of steps that several cases ask for, if one look at them serves all.
    pub takes: Option<Takes>,
    /// The request to stop.
    pub cancel: Cancel,
    /// How long a step may run that has no deadline of its own.
    pub timeout: Duration,
    /// How long a step of a plugin's own rule may run, whatever that says; none for as long as it says.
    pub most: Option<Duration>,
    /// How many bytes a step may write to a stream.
    pub cap: u64,
}

/// How long a step may run that has no deadline of its own, unless a person says otherwise.
const TIMEOUT: Duration = Duration::from_secs(10);
/// How many bytes a step may write to a stream.
const CAP: u64 = 1 << 20;

impl Ground {
    /// A ground in the system's folder of temporary files, at this level of isolation or else at the best that works
    /// here.
    ///
    /// # Errors
    /// If the system has no place, does not tell where this program is, or can't do what the level asks for.
    pub fn new(isolation: Option<Isolation>) -> io::Result<Self> {
        let program = std::env::current_exe()?;
        let machine = Machine::look(&program);
        let level = isolation.unwrap_or(machine.best());
        machine.allows(level).map_err(io::Error::other)?;
        Ok(Self {
            stock: Stock::new(program, level)?,
            machine,
            tree: None,
            takes: Some(Takes::default()),
            cancel: Cancel::default(),
            timeout: TIMEOUT,
            most: None,
            cap: CAP,
        })
    }

    /// How long a step may run.
    pub(super) fn deadline(&self, step: &Step) -> Duration {
        step.deadline.unwrap_or(self.timeout)
    }

    /// The Dokku of the trials in a version.
    pub(super) fn origin(&self, version: Version) -> Origin {
        match &self.tree {
            Some(tree) if tree.version() == version => Origin::Tree(Arc::clone(tree)),
            _ => Origin::BuiltIn(version),
        }
    }
}

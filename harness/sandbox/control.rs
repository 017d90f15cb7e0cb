//! What runner and supervisor say to each other, as one line of JSON each way.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::PathBuf;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{Exit, Extent, Walls};

/// What the runner orders of a supervisor. Arguments, environment, working directory and output files are not in it:
/// the supervisor is started with them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Order {
    /// What stands between the child and the machine. The paths of the rest of the order are as seen from within.
    pub walls: Walls,
    /// What the child becomes.
    pub target: Target,
    /// What the child reads.
    pub stdin: Stdin,
    /// Whether the child's three streams are a terminal of its own.
    pub tty: bool,
    /// How long the main process may run, in milliseconds.
    pub deadline_ms: u64,
    /// How many bytes it may write to a stream before it is ended.
    pub cap: u64,
    /// The umask of the child.
    pub umask: u32,
    /// The child's working directory.
    pub cwd: PathBuf,
    /// Whether every right to that directory is taken away once it was entered: nobody but root can enter one without.
    pub close_cwd: bool,
    /// What lay in the world before anything ran in it, which is none of the child's doing.
    pub installed: Extent,
}

/// What the child of a supervisor becomes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Target {
    /// One of this program's own roles, called as this path, with no further exec: saves a process start.
    Role(PathBuf),
    /// Another program, by its path.
    Program(PathBuf),
}

/// What a step reads on its standard input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stdin {
    /// Nothing: end-of-file at once.
    Empty,
    /// A pipe that stays open and to which nobody writes, as on a terminal where nobody types.
    Open,
    /// This text, and then nothing more.
    Text(String),
}

/// What a supervisor reports when the tree has ended.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Report {
    /// How the main process ended.
    pub exit: Exit,
    /// The command lines of processes that were still there after it, and that the supervisor ended.
    pub left: Vec<String>,
}

/// What a supervisor answers: its report, or why there is none, in one sentence.
pub(super) type Answer = Result<Report, String>;

/// Sends one message.
pub(super) fn send<T: Serialize>(mut to: impl Write, message: &T) -> io::Result<()> {
    let mut line = serde_json::to_vec(message)?;
    line.push(b'\n');
    to.write_all(&line)
}

/// Receives one message; end-of-file before its end is an error.
pub(super) fn receive<T: DeserializeOwned>(from: impl Read) -> io::Result<T> {
    let mut line = String::new();
    BufReader::new(from).read_line(&mut line)?;
    if line.is_empty() {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(serde_json::from_str(&line)?)
}

//! What runner and supervisor say to each other: messages in JSON, each behind its length.

use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::mem::MaybeUninit;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;

use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::words::Words;
use super::{Exit, Extent, Walls};

/// How many bytes stand before a message to tell its length.
const LENGTH: usize = size_of::<u32>();
/// The longest message: no command line is so long.
const LONGEST: u32 = 64 << 20;

/// What the runner orders of a supervisor. The command line and the environment are told beside it, and the files for the
/// output are sent with it.
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

/// What a supervisor says when nothing is left of a step, and it is there for the next.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Over;

/// Sends one message.
pub(super) fn send<T: Serialize>(mut to: impl Write, message: &T) -> io::Result<()> {
    to.write_all(&framed(message)?)
}

/// Receives one message; end-of-file before its end is an error.
pub(super) fn receive<T: DeserializeOwned>(mut from: impl Read) -> io::Result<T> {
    let mut length = [0; LENGTH];
    from.read_exact(&mut length)?;
    receive_rest(from, length)
}

/// Sends what a step is, with the files for its output and its errors.
pub(super) fn send_errand(
    mut to: &UnixStream,
    order: &Order,
    words: &Words,
    streams: [BorrowedFd<'_>; 2],
) -> io::Result<()> {
    let mut message = framed(order)?;
    message.extend(frame(&words.command)?);
    message.extend(frame(&words.environment)?);
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(2))];
    let mut beside = SendAncillaryBuffer::new(&mut space);
    // There is as much room as that takes.
    beside.push(SendAncillaryMessage::ScmRights(&streams));
    let bytes = [IoSlice::new(&message)];
    let sent = rustix::io::retry_on_intr(|| sendmsg(to, &bytes, &mut beside, SendFlags::NOSIGNAL))?;
    to.write_all(message.get(sent..).unwrap_or_default())
}

/// Receives what a step is, its words into `words`, with the files for its output and its errors; none if the runner wants
/// no more.
pub(super) fn receive_errand(
    mut from: &UnixStream,
    words: &mut Words,
) -> io::Result<Option<(Order, [OwnedFd; 2])>> {
    let mut length = [0; LENGTH];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(2))];
    let mut beside = RecvAncillaryBuffer::new(&mut space);
    let received = rustix::io::retry_on_intr(|| {
        let mut into = [IoSliceMut::new(&mut length)];
        recvmsg(from, &mut into, &mut beside, RecvFlags::CMSG_CLOEXEC)
    })?;
    if received.bytes == 0 {
        return Ok(None);
    }
    let streams = beside.drain().flat_map(|message| match message {
        RecvAncillaryMessage::ScmRights(files) => files.collect(),
        _ => Vec::new(),
    });
    let streams: Vec<OwnedFd> = streams.collect();
    let streams = <[OwnedFd; 2]>::try_from(streams).map_err(|_| io::ErrorKind::InvalidData)?;
    from.read_exact(length.get_mut(received.bytes..).unwrap_or_default())?;
    let order = receive_rest(from, length)?;
    for piece in [&mut words.command, &mut words.environment] {
        let mut length = [0; LENGTH];
        from.read_exact(&mut length)?;
        receive_into(from, length, piece)?;
    }
    Ok(Some((order, streams)))
}

/// A message behind its length.
fn framed<T: Serialize>(message: &T) -> io::Result<Vec<u8>> {
    frame(&serde_json::to_vec(message)?)
}

/// Bytes behind their number.
fn frame(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let length = u32::try_from(bytes.len()).ok();
    let length = length.filter(|length| *length <= LONGEST);
    let length = length.ok_or(io::ErrorKind::InvalidInput)?;
    Ok([&length.to_ne_bytes(), bytes].concat())
}

fn receive_rest<T: DeserializeOwned>(from: impl Read, length: [u8; LENGTH]) -> io::Result<T> {
    let mut message = Vec::new();
    receive_into(from, length, &mut message)?;
    Ok(serde_json::from_slice(&message)?)
}

fn receive_into(mut from: impl Read, length: [u8; LENGTH], into: &mut Vec<u8>) -> io::Result<()> {
    let length = u32::from_ne_bytes(length);
    if length > LONGEST {
        return Err(io::ErrorKind::InvalidData.into());
    }
    into.resize(length as usize, 0);
    from.read_exact(into)
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::Seek;
    use std::os::fd::AsFd;

    use super::*;

    fn order() -> Order {
        Order {
            walls: Walls::None,
            target: Target::Program("/bin/true".into()),
            stdin: Stdin::Empty,
            tty: false,
            deadline_ms: 1,
            cap: 1,
            umask: 0,
            cwd: "/".into(),
            close_cwd: false,
            installed: Extent::default(),
        }
    }

    fn words(length: usize) -> Words {
        Words {
            command: b"x".repeat(length),
            environment: b"y".repeat(length / 2),
        }
    }

    #[test]
    fn errands_of_any_length_come_whole_and_with_their_files() {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let lengths = [0, 1, 1 << 20];
        let sender = std::thread::spawn(move || {
            for length in lengths {
                let files = [tempfile::tempfile().unwrap(), tempfile::tempfile().unwrap()];
                let fds = [files[0].as_fd(), files[1].as_fd()];
                send_errand(&ours, &order(), &words(length), fds).unwrap();
                for (mut file, text) in files.into_iter().zip(["out", "err"]) {
                    let _: Over = receive(&ours).unwrap();
                    let mut written = String::new();
                    file.rewind().unwrap();
                    file.read_to_string(&mut written).unwrap();
                    assert_eq!(written, text);
                }
            }
        });
        let mut heard = Words::default();
        for length in lengths {
            let (_, files) = receive_errand(&theirs, &mut heard).unwrap().unwrap();
            assert!(heard == words(length));
            heard.wipe();
            for (file, text) in files.into_iter().zip(["out", "err"]) {
                File::from(file).write_all(text.as_bytes()).unwrap();
                send(&theirs, &Over).unwrap();
            }
        }
        sender.join().unwrap();
        assert!(receive_errand(&theirs, &mut heard).unwrap().is_none());
    }
}

//! The record of what stand-ins were asked: one line of JSON a call.

use std::ffi::OsString;
use std::fs::OpenOptions;
use std::io::{self, IsTerminal, Read, Write};
use std::os::fd::AsFd;

use nix::fcntl::OFlag;
use nix::libc;
use nix::poll::{PollFd, PollFlags, poll};
use serde::{Deserialize, Serialize};

use super::super::call::Call;
use super::super::layout::Layout;
use super::Lack;
use crate::dokku::Era;
use crate::sandbox::{beneath, visible_utf8};

/// The variables that tell on whose behalf a call is made; the others are the same in every call.
const OF_NOTE: [&str; 8] = [
    OF_TEST,
    "DOKKU_APPS_FORCE_DELETE",
    "DOKKU_APP_NAME",
    "DOKKU_GLOBAL_FLAGS",
    "DOKKU_QUIET_OUTPUT",
    "DOKKU_TRACE",
    "SSH_NAME",
    "SSH_USER",
];

/// The variable that tells which test of a suite a call was made in, by its number.
pub const OF_TEST: &str = "CONFORM_TEST";

/// Arguments by which a program is told to read its standard input.
const READERS: [&str; 5] = ["-", "-i", "--interactive", "--password-stdin", "-it"];

/// How much of the standard input is kept, and how long the next piece of it is waited for.
const KEPT: usize = 64 << 10;
/// How long the record of a world may be, in bytes.
const LONGEST: u64 = 16 << 20;
const PATIENCE: u16 = 1000;

/// Adds a call to the record. Each is one write to a file opened for appending, so that calls at the same time do not
/// mix. A record that can't be written is a fault of the plugin under test alone (it took the folder away), and is seen
/// by the runner when it reads the record. Where it `listens`, what comes on standard input is part of the record.
pub(super) fn append(layout: &Layout, program: &str, args: &[OsString], lack: Lack, listens: bool) {
    let text = |value: &OsString| visible_utf8(value.as_encoded_bytes()).into_owned();
    let of_note = |name: &str| {
        let value = std::env::var_os(name).filter(|value| !value.is_empty())?;
        Some((name.to_owned(), text(&value)))
    };
    let argv: Vec<String> = args.iter().map(text).collect();
    let call = Call {
        program: program.to_owned(),
        stdin: (listens && argv.iter().any(|arg| READERS.contains(&arg.as_str())))
            .then(read_stdin)
            .flatten(),
        argv,
        cwd: std::env::current_dir().map_or_else(|_| "?".into(), |path| path.display().to_string()),
        env: OF_NOTE.into_iter().filter_map(of_note).collect(),
        modelled: lack == Lack::Nothing,
        lacks: match lack {
            Lack::Named(what) => Some(what),
            Lack::Nothing | Lack::Call => None,
        },
    };
    write(layout, &Line::Call(call));
}

/// Adds that something was asked of Dokku's past that has the same answer in these versions.
pub fn note(layout: &Layout, asked: Era) {
    write(layout, &Line::Asked { asked });
}

/// A line of the record.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Line {
    Asked { asked: Era },
    Call(Call),
}

fn write(layout: &Layout, line: &Line) {
    let Ok(mut line) = serde_json::to_vec(line) else {
        return;
    };
    line.push(b'\n');
    if let Ok(mut file) = OpenOptions::new()
        .append(true)
        .create(true)
        .open(layout.calls())
    {
        let _ = file.write_all(&line);
    }
}

/// What comes on standard input, unless it is a terminal; nothing more is waited for once it stays away for a second.
fn read_stdin() -> Option<String> {
    let stdin = io::stdin();
    if stdin.is_terminal() {
        return None;
    }
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    while bytes.len() < KEPT {
        let mut ready = [PollFd::new(stdin.as_fd(), PollFlags::POLLIN)];
        match poll(&mut ready, PATIENCE) {
            Ok(1..) => {}
            _ => break,
        }
        match nix::unistd::read(stdin.as_fd(), &mut piece) {
            Ok(count @ 1..) => bytes.extend_from_slice(piece.get(..count).unwrap_or_default()),
            _ => break,
        }
    }
    Some(visible_utf8(&bytes).into_owned())
}

/// What was recorded in a world.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    /// What stand-ins were asked, in order.
    pub calls: Vec<Call>,
    /// The versions of Dokku in which all that its programs asked of its past has the same answers.
    pub era: Era,
}

/// What was recorded in a world so far; nothing if no stand-in was called.
///
/// # Errors
/// If the record can't be read; `InvalidData` if it is none, something other than the file that stand-ins write, or
/// withheld, none of which but a plugin brings about.
pub fn read(layout: &Layout) -> io::Result<Record> {
    match text(layout) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Record::default()),
        text => parse(&text?),
    }
}

/// The text of a file that somebody else may have put there: no link is followed, no pipe waited for, and no more read
/// than stand-ins write.
fn text(layout: &Layout) -> io::Result<String> {
    let invalid = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what);
    let path = layout.calls();
    let relative = path.strip_prefix(layout.root());
    let relative = relative.map_err(|_| invalid("it lies outside of the world"))?;
    let folder = relative.parent().unwrap_or(relative);
    let file =
        beneath::open(layout.root(), relative, OFlag::O_RDONLY).map_err(|error| {
            match error.raw_os_error() {
                Some(libc::ELOOP | libc::ENOTDIR) => invalid("a link is in its place"),
                Some(libc::ENXIO | libc::ENODEV) => invalid("it is no regular file"),
                Some(libc::EACCES | libc::EPERM) => invalid("the right to read it was taken"),
                Some(libc::ENOENT) if !beneath::is_dir(layout.root(), folder) => {
                    invalid("its folder was taken away")
                }
                _ => error,
            }
        })?;
    let mut text = String::new();
    let size = file.take(LONGEST + 1).read_to_string(&mut text)? as u64;
    match size > LONGEST {
        true => Err(invalid("it is longer than stand-ins make it")),
        false => Ok(text),
    }
}

fn parse(text: &str) -> io::Result<Record> {
    let mut record = Record::default();
    for line in text.lines() {
        let line = serde_json::from_str(line)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        match line {
            Line::Call(call) => record.calls.push(call),
            Line::Asked { asked } => record.era = record.era.and(asked),
        }
    }
    Ok(record)
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::os::unix::net::UnixListener;

    use proptest::prelude::*;

    use super::*;
    use crate::dokku::Version;

    fn call() -> impl Strategy<Value = Call> {
        let env = prop::collection::btree_map("[A-Z_]{1,8}", any::<String>(), 0..3);
        let argv = prop::collection::vec(any::<String>(), 0..4);
        let stdin = prop::option::of(any::<String>());
        let lacks = prop::option::of(any::<String>());
        (
            any::<String>(),
            argv,
            stdin,
            any::<String>(),
            env,
            any::<bool>(),
            lacks,
        )
            .prop_map(|(program, argv, stdin, cwd, env, modelled, lacks)| Call {
                program,
                argv,
                stdin,
                cwd,
                env,
                modelled,
                lacks,
            })
    }

    fn written(calls: &[Call]) -> String {
        let lines = calls
            .iter()
            .map(|call| serde_json::to_string(call).unwrap() + "\n");
        lines.collect()
    }

    proptest! {
        #[test]
        fn calls_that_are_written_are_read_back_the_same(calls in prop::collection::vec(call(), 0..5)) {
            prop_assert_eq!(parse(&written(&calls)).unwrap().calls, calls);
        }

        #[test]
        fn a_damaged_record_is_read_or_refused(
            calls in prop::collection::vec(call(), 1..5),
            (at, width) in (any::<prop::sample::Index>(), 0..20_usize),
            part in "[{}\\[\\],:\"\\\\\n0-9a-z\u{0}]{0,12}",
        ) {
            let mut text: Vec<char> = written(&calls).chars().collect();
            let at = at.index(text.len());
            let end = (at + width).min(text.len());
            text.splice(at..end, part.chars());
            if let Ok(read) = parse(&text.into_iter().collect::<String>()) {
                prop_assert_eq!(parse(&written(&read.calls)).unwrap().calls, read.calls);
            }
        }
    }

    #[test]
    fn all_that_was_asked_has_the_same_answers_where_each_has() {
        let root = tempfile::tempdir().unwrap();
        let layout = Layout::new(root.path().to_owned());
        fs::create_dir_all(layout.calls().parent().unwrap()).unwrap();
        let version = |minor| Version::new(0, minor, 0);
        let ends = [(20, Some(30)), (10, Some(25))];
        for (since, before) in ends {
            let era = Era {
                since: version(since),
                before: before.map(version),
            };
            note(&layout, era);
            append(&layout, "docker", &["ps".into()], Lack::Nothing, false);
        }
        let record = read(&layout).unwrap();
        assert_eq!(record.calls.len(), 2);
        assert!(record.era.contains(version(20)) && !record.era.contains(version(25)));
        assert!(!record.era.contains(version(15)));
    }

    #[test]
    fn what_is_no_file_is_refused_and_not_waited_for() {
        let root = tempfile::tempdir().unwrap();
        let layout = Layout::new(root.path().to_owned());
        let path = layout.calls();
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        assert_eq!(read(&layout).unwrap(), Record::default());
        let refused = |layout: &Layout| read(layout).unwrap_err().kind();
        symlink("/dev/zero", &path).unwrap();
        assert_eq!(refused(&layout), io::ErrorKind::InvalidData);
        fs::remove_file(&path).unwrap();
        nix::unistd::mkfifo(&path, nix::sys::stat::Mode::S_IRWXU).unwrap();
        assert_eq!(refused(&layout), io::ErrorKind::InvalidData);
        fs::remove_file(&path).unwrap();
        let socket = UnixListener::bind(&path).unwrap();
        assert_eq!(refused(&layout), io::ErrorKind::InvalidData);
        drop(socket);
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        assert_eq!(refused(&layout), io::ErrorKind::InvalidData);
        fs::remove_dir(&path).unwrap();
        fs::write(&path, b"\xff\n").unwrap();
        assert_eq!(refused(&layout), io::ErrorKind::InvalidData);
        fs::write(&path, "[".repeat(1_000_000)).unwrap();
        assert_eq!(refused(&layout), io::ErrorKind::InvalidData);
        // To root no file is closed.
        if !nix::unistd::geteuid().is_root() {
            for closed in [path.as_path(), path.parent().unwrap()] {
                fs::set_permissions(closed, Permissions::from_mode(0o000)).unwrap();
                assert_eq!(refused(&layout), io::ErrorKind::InvalidData);
                fs::set_permissions(closed, Permissions::from_mode(0o700)).unwrap();
            }
        }
        fs::remove_dir_all(path.parent().unwrap()).unwrap();
        assert_eq!(refused(&layout), io::ErrorKind::InvalidData);
    }
}

//! The command line and the environment of a step, as runner and supervisor tell them each other.
//!
//! They are the words of one plugin, and a supervisor serves others after it: all that a process knows of them lies in two
//! pieces of memory that can be wiped. A step is a copy of its supervisor, and may look into its own memory.

use std::ffi::{OsStr, OsString};
use std::hint::black_box;
use std::io;
use std::os::unix::ffi::OsStrExt;

/// The words of one step.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Words {
    /// The name that the process shows and its arguments, a NUL behind each.
    pub(super) command: Vec<u8>,
    /// Its variables, as `NAME=value`, a NUL behind each.
    pub(super) environment: Vec<u8>,
}

impl Words {
    /// Those of a command line and an environment.
    ///
    /// # Errors
    /// If one has a NUL in it, which no system passes on.
    pub(super) fn of(
        name: &OsStr,
        args: &[OsString],
        environment: &[(OsString, OsString)],
    ) -> io::Result<Self> {
        let mut words = Self::default();
        for word in [name]
            .into_iter()
            .chain(args.iter().map(OsString::as_os_str))
        {
            add(&mut words.command, &[word])?;
        }
        for (name, value) in environment {
            add(&mut words.environment, &[name, OsStr::new("="), value])?;
        }
        Ok(words)
    }

    /// The name and the arguments.
    pub(super) fn command(&self) -> impl Iterator<Item = &OsStr> {
        split(&self.command)
    }

    /// The variables. One without a name is none.
    pub(super) fn environment(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        split(&self.environment).filter_map(|entry| {
            let entry = entry.as_bytes();
            let at = entry.iter().position(|byte| *byte == b'=')?;
            let (name, value) = (entry.get(..at)?, entry.get(at + 1..)?);
            (at > 0).then(|| (OsStr::from_bytes(name), OsStr::from_bytes(value)))
        })
    }

    /// Leaves nothing of them in memory.
    pub(super) fn wipe(&mut self) {
        for piece in [&mut self.command, &mut self.environment] {
            piece.fill(0);
            // Nobody is to find that the zeros are never read.
            black_box(&mut *piece);
            piece.clear();
        }
    }
}

fn add(piece: &mut Vec<u8>, parts: &[&OsStr]) -> io::Result<()> {
    for part in parts {
        if part.as_bytes().contains(&0) {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "a NUL in a word of the command line or of the environment",
            ));
        }
        piece.extend_from_slice(part.as_bytes());
    }
    piece.push(0);
    Ok(())
}

fn split(piece: &[u8]) -> impl Iterator<Item = &OsStr> {
    let words = piece
        .strip_suffix(&[0])
        .map(|words| words.split(|byte| *byte == 0));
    words.into_iter().flatten().map(OsStr::from_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn os(bytes: &[u8]) -> OsString {
        OsStr::from_bytes(bytes).to_owned()
    }

    #[test]
    fn any_words_come_as_they_were() {
        let args = [os(b""), os(b"two words\n"), os(b"\xff\xfe=")];
        let environment = [
            (os(b"PATH"), os(b"/bin")),
            (os(b"EMPTY"), os(b"")),
            (os(b"X"), os(b"a=\xff")),
        ];
        let words = Words::of(OsStr::new("dokku"), &args, &environment).unwrap();
        let command: Vec<OsString> = words.command().map(OsStr::to_owned).collect();
        assert_eq!(command, [&[os(b"dokku")][..], &args].concat());
        let told = words.environment();
        let told: Vec<_> = told
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        assert_eq!(told, environment);
        assert_eq!(Words::default().command().count(), 0);
    }

    #[test]
    fn what_no_system_passes_on_is_refused_or_left_out() {
        assert!(Words::of(OsStr::new("a"), &[os(b"a\0b")], &[]).is_err());
        let nameless = Words::of(OsStr::new("a"), &[], &[(os(b""), os(b"x"))]).unwrap();
        assert_eq!(nameless.environment().count(), 0);
    }

    #[test]
    fn nothing_is_left_of_what_was_wiped() {
        let mut words =
            Words::of(OsStr::new("a"), &[os(b"secret")], &[(os(b"A"), os(b"b"))]).unwrap();
        words.wipe();
        assert_eq!(words, Words::default());
    }
}

//! `openssl` where the keys of a suite are handed out again: the machine's own program, but that a new RSA key is one
//! that it made before.
//!
//! Within one test no two keys are the same. Whatever this can't be said of for certain goes to the real program as it
//! is.

use std::ffi::{OsStr, OsString};
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{self, Command, Stdio};

use super::super::layout::Layout;
use super::record::{OF_TEST, read as read_record};
use super::{Become, Reply};

/// The program's name.
pub const NAME: &str = "openssl";

/// Where it is, if the environment does not tell.
const USUAL: &str = "/usr/bin";

/// The sizes of keys that are handed out again.
const SIZES: std::ops::RangeInclusive<u32> = 1024..=16_384;

/// Options of `req` that have nothing to do with the key.
const FLAGS: [&str; 11] = [
    "-batch", "-new", "-nodes", "-noenc", "-sha224", "-sha256", "-sha384", "-sha512", "-text",
    "-utf8", "-x509",
];

/// The same, of those that a value follows.
const OPTIONS: [&str; 10] = [
    "-addext",
    "-config",
    "-days",
    "-extensions",
    "-nameopt",
    "-out",
    "-outform",
    "-reqexts",
    "-set_serial",
    "-subj",
];

/// A `req` that makes a key that nothing protects.
#[derive(Debug, PartialEq, Eq)]
struct Request<'w> {
    /// The key's size.
    bits: u32,
    /// The file that the key goes to.
    keyout: &'w str,
    /// The other words, but those that say what key.
    others: Vec<&'w str>,
}

/// What it becomes: the real program with what it was asked for, or with a key in place of making one.
pub(super) fn reply(layout: &Layout, args: &[OsString]) -> Reply {
    let Some(real) = real(layout) else {
        return Reply::Unknown;
    };
    let words: Option<Vec<&str>> = args.iter().map(|arg| arg.to_str()).collect();
    let request = words.as_deref().and_then(Request::read);
    let with_key = request.and_then(|request| request.with_key(layout, &real).ok());
    let args = with_key.unwrap_or_else(|| args.to_vec());
    Reply::Becomes(Become {
        command: std::iter::once(real.into_os_string()).chain(args).collect(),
        environment: Vec::new(),
    })
}

/// The machine's own program, as who calls the stand-in would find it behind that.
fn real(layout: &Layout) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let own = layout.bin();
    let folders = std::env::split_paths(&path).filter(|folder| *folder != own);
    let mut programs = folders
        .chain([PathBuf::from(USUAL)])
        .map(|folder| folder.join(NAME));
    programs.find(|program| program.is_absolute() && program.is_file())
}

impl<'w> Request<'w> {
    /// Reads it; none for a call that is anything else, or says of the key what is not understood here.
    fn read(words: &[&'w str]) -> Option<Self> {
        let (verb, words) = words.split_first()?;
        let (mut bits, mut keyout, mut others) = (None, None, vec![*verb]);
        let mut words = words.iter().copied();
        while let Some(word) = words.next() {
            match word {
                "-newkey" => {
                    let size = words.next()?.strip_prefix("rsa:")?.parse().ok()?;
                    let is_second = bits.replace(size).is_some();
                    (!is_second && SIZES.contains(&size)).then_some(())?;
                }
                "-keyout" => {
                    let is_second = keyout.replace(words.next()?).is_some();
                    (!is_second).then_some(())?;
                }
                flag if FLAGS.contains(&flag) => others.push(flag),
                option if OPTIONS.contains(&option) => others.extend([option, words.next()?]),
                _ => return None,
            }
        }
        let is_bare = others
            .iter()
            .any(|word| matches!(*word, "-nodes" | "-noenc"));
        (*verb == "req" && is_bare).then_some(())?;
        Some(Self {
            bits: bits?,
            keyout: keyout?,
            others,
        })
    }

    /// The arguments of a `req` that finds its key, which lies now where the new one was to go.
    fn with_key(&self, layout: &Layout, real: &Path) -> io::Result<Vec<OsString>> {
        let key = fs::read(self.key(layout, real)?)?;
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(self.keyout)?;
        file.write_all(&key)?;
        // What is told after a key was made.
        let _ = io::stderr().write_all(b"-----\n");
        let mut args = self.others.clone();
        args.extend(["-new", "-key", self.keyout]);
        Ok(args.into_iter().map(OsString::from).collect())
    }

    /// The file of the first key of this size that the test has not had, which is made if it is not there.
    fn key(&self, layout: &Layout, real: &Path) -> io::Result<PathBuf> {
        let had = self.asked_before(layout)?;
        let key = layout.keys().join(format!("rsa-{}-{had}", self.bits));
        if !key.is_file() {
            let new = layout.keys().join(format!(".{}", process::id()));
            make(real, self.bits, &new)?;
            fs::rename(new, &key)?;
        }
        Ok(key)
    }

    /// How many keys of this size the test asked for before, or what came before all tests.
    fn asked_before(&self, layout: &Layout) -> io::Result<usize> {
        let test = std::env::var(OF_TEST).ok();
        let calls = read_record(layout)?.calls;
        let asks = calls.iter().filter(|call| {
            let of = call.env.get(OF_TEST);
            let words: Vec<&str> = call.argv.iter().map(String::as_str).collect();
            let request = Request::read(&words).filter(|_| call.program == NAME);
            (of.is_none() || of == test.as_ref())
                && request.is_some_and(|one| one.bits == self.bits)
        });
        Ok(asks.count())
    }
}

/// Has the real program make a key in the form that its `req` gives one.
fn make(real: &Path, bits: u32, file: &Path) -> io::Result<()> {
    let size = format!("rsa_keygen_bits:{bits}");
    let options = ["genpkey", "-algorithm", "RSA", "-pkeyopt", &size, "-out"];
    let words = options
        .map(OsStr::new)
        .into_iter()
        .chain([file.as_os_str()]);
    let status = Command::new(real)
        .args(words)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()?;
    match status.success() {
        true => Ok(()),
        false => Err(io::Error::other("no key was made")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Option<(u32, String, String)> {
        let words: Vec<&str> = line.split(' ').collect();
        let request = Request::read(&words)?;
        let Request {
            bits,
            keyout,
            others,
        } = request;
        Some((bits, keyout.to_owned(), others.join(" ")))
    }

    #[test]
    fn a_request_for_a_bare_key_is_understood() {
        let line = "req -new -newkey rsa:4096 -x509 -days 365000 -nodes -out server.crt -keyout server.key -batch";
        let others = "req -new -x509 -days 365000 -nodes -out server.crt -batch";
        assert_eq!(read(line), Some((4096, "server.key".into(), others.into())));
        let line = "req -x509 -newkey rsa:2048 -keyout k -out c -sha256 -noenc -subj /CN=a";
        let others = "req -x509 -out c -sha256 -noenc -subj /CN=a";
        assert_eq!(read(line), Some((2048, "k".into(), others.into())));
    }

    #[test]
    fn what_is_not_understood_is_left_to_the_real_program() {
        for line in [
            "rand -hex 16",
            "req -new -key server.key -nodes -keyout x",
            "req -newkey rsa:2048 -keyout k -out c",
            "req -newkey rsa:2048 -nodes -out c",
            "req -newkey rsa:2048 -keyout k -nodes -passout pass:x",
            "req -newkey rsa:2048 -newkey rsa:4096 -keyout k -nodes",
            "req -newkey rsa:512 -keyout k -nodes",
            "req -newkey rsa -keyout k -nodes",
            "req -newkey ec:params.pem -keyout k -nodes",
            "req -newkey rsa:2048 -nodes -keyout",
            "genrsa 2048",
            "",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
    }
}

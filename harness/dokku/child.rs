//! Running a program the way bash does, and saying what bash says when it can't.

use std::convert::Infallible;
use std::ffi::{CString, OsStr, OsString};
use std::fs;
use std::io::{self, ErrorKind, PipeReader, PipeWriter, Write};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use nix::sys::signal::Signal;
use nix::unistd::{AccessFlags, access};

use super::variables::Variables;

/// A shell script that starts programs: its own name, which its messages begin with, and its variables.
#[derive(Clone, Copy)]
pub(crate) struct Script<'a> {
    /// `$0`
    pub(crate) name: &'a Path,
    /// What the programs inherit, and where they are looked for.
    pub(crate) variables: &'a Variables,
}

/// Where a program's streams lead, if not to those of the script.
#[derive(Clone, Copy, Default)]
pub(crate) struct Streams<'a> {
    /// Standard input.
    pub(crate) stdin: Option<&'a PipeReader>,
    /// Standard output.
    pub(crate) stdout: Option<&'a PipeWriter>,
    /// Standard error.
    pub(crate) stderr: Option<&'a PipeWriter>,
}

impl Script<'_> {
    /// Runs a program to its end and gives the status that the script sees in `$?`.
    pub(crate) fn run(&self, program: &OsStr, arguments: &[OsString]) -> u8 {
        self.run_with(program, arguments, Streams::default())
    }

    /// Runs a program with other streams; what bash itself has to say goes to the script's standard error.
    pub(crate) fn run_with(&self, program: &OsStr, arguments: &[OsString], to: Streams<'_>) -> u8 {
        let Some(path) = self.lookup(program) else {
            self.complain(program, "command not found");
            return 127;
        };
        match self.start(program, &path, arguments, to) {
            Ok(child) => self.wait(child, program),
            Err(error) => self.refuse(program, &path, &error),
        }
    }

    /// Starts a program and gives it back running.
    ///
    /// # Errors
    /// What the kernel says, if it can't be executed.
    pub(crate) fn start(
        &self,
        program: &OsStr,
        path: &Path,
        arguments: &[OsString],
        to: Streams<'_>,
    ) -> io::Result<Child> {
        match self.command(program, path, arguments, to)?.spawn() {
            // A file without a `#!` line is a script for the shell that tried it.
            Err(error) if is_bare_script(&error, path) => {
                let mut script = vec![path.as_os_str().to_owned()];
                script.extend_from_slice(arguments);
                let bash = self
                    .lookup(OsStr::new("bash"))
                    .unwrap_or_else(|| "bash".into());
                self.command(OsStr::new("bash"), &bash, &script, to)?
                    .spawn()
            }
            started => started,
        }
    }

    fn command(
        &self,
        program: &OsStr,
        path: &Path,
        arguments: &[OsString],
        to: Streams<'_>,
    ) -> io::Result<Command> {
        let mut command = Command::new(path);
        command.arg0(program).args(arguments);
        command.env_clear().envs(self.variables.exported());
        if let Some(stdin) = to.stdin {
            command.stdin(Stdio::from(stdin.try_clone()?));
        }
        if let Some(stdout) = to.stdout {
            command.stdout(Stdio::from(stdout.try_clone()?));
        }
        if let Some(stderr) = to.stderr {
            command.stderr(Stdio::from(stderr.try_clone()?));
        }
        Ok(command)
    }

    /// `$(program arguments)`: what it printed, without the newlines at its end, and its status.
    pub(crate) fn output(&self, program: &str, arguments: &[&str]) -> (OsString, u8) {
        let program = OsStr::new(program);
        let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
        let (status, mut bytes) = collect(|stdout| {
            self.run_with(
                program,
                &arguments,
                Streams {
                    stdout: Some(stdout),
                    ..Streams::default()
                },
            )
        });
        while bytes.last() == Some(&b'\n') {
            bytes.pop();
        }
        (OsStr::from_bytes(&bytes).to_owned(), status)
    }

    /// The file that a command name means: the name itself if it has a slash, else the first executable of PATH.
    pub(crate) fn lookup(&self, program: &OsStr) -> Option<PathBuf> {
        if program.as_bytes().contains(&b'/') {
            return Some(PathBuf::from(program));
        }
        std::env::split_paths(self.variables.get("PATH"))
            .map(|folder| folder.join(program))
            .find(|path| is_executable(path) && path.is_file())
    }

    /// Waits for a program, and says so if a signal ended it, as bash does.
    pub(crate) fn wait(&self, mut child: Child, program: &OsStr) -> u8 {
        let pid = child.id();
        let Ok(status) = child.wait() else {
            return 127;
        };
        if let Some(signal) = status.signal()
            && let Some(text) = obituary(signal)
        {
            self.complain(
                OsStr::new(&format!("{pid} {text}")),
                &program.to_string_lossy(),
            );
        }
        shell_status(status)
    }

    /// bash's words for a file that could not be executed, and its status.
    fn refuse(&self, program: &OsStr, path: &Path, error: &io::Error) -> u8 {
        let (text, status) = match error.kind() {
            _ if path.is_dir() => ("Is a directory", 126),
            ErrorKind::NotFound if path.exists() => {
                ("cannot execute: required file not found", 127)
            }
            ErrorKind::NotFound => ("No such file or directory", 127),
            ErrorKind::NotADirectory => ("Not a directory", 126),
            ErrorKind::PermissionDenied => ("Permission denied", 126),
            ErrorKind::ArgumentListTooLong => ("Argument list too long", 126),
            _ if error.raw_os_error() == Some(nix::libc::ENOEXEC) => {
                ("cannot execute binary file: Exec format error", 126)
            }
            _ => ("cannot execute", 126),
        };
        self.complain(program, text);
        status
    }

    /// Says that something is not modelled, by the program that notes it, and gives the status to end with.
    pub(crate) fn unmodelled(&self, what: &str) -> u8 {
        self.run(OsStr::new("conform-unmodelled"), &[what.into()])
    }

    /// A message of the shell itself on standard error: `script: what: why`.
    pub(crate) fn complain(&self, what: &OsStr, why: &str) {
        let mut line = self.name.as_os_str().as_bytes().to_vec();
        line.extend_from_slice(b": ");
        line.extend_from_slice(what.as_bytes());
        line.extend_from_slice(b": ");
        line.extend_from_slice(why.as_bytes());
        say_error(&line);
    }
}

/// Ends as bash does where the system has no process left.
pub(crate) fn no_process() -> ! {
    say_error(b"fork: Resource temporarily unavailable");
    std::process::exit(254)
}

/// Runs something that writes into a pipe, and gives its result and all that came out of the pipe.
///
/// Like a shell's pipeline it ends when the last writer has closed the pipe, and not before.
pub(crate) fn collect<T>(write: impl FnOnce(&PipeWriter) -> T) -> (T, Vec<u8>)
where
    T: Default,
{
    let Ok((mut reader, writer)) = io::pipe() else {
        return (T::default(), Vec::new());
    };
    std::thread::scope(|scope| {
        let read = std::thread::Builder::new().spawn_scoped(scope, move || {
            let mut bytes = Vec::new();
            let _ = io::Read::read_to_end(&mut reader, &mut bytes);
            bytes
        });
        let Ok(read) = read else { no_process() };
        let result = write(&writer);
        drop(writer);
        (result, read.join().unwrap_or_default())
    })
}

/// A line on standard output, at once.
pub(crate) fn say(line: &[u8]) {
    let mut out = io::stdout().lock();
    // Whoever reads may have gone; a shell's `echo` fails then, and there is nobody to tell.
    let _ = out
        .write_all(line)
        .and_then(|()| out.write_all(b"\n"))
        .and_then(|()| out.flush());
}

/// A line on standard error.
pub(crate) fn say_error(line: &[u8]) {
    let mut text = line.to_vec();
    text.push(b'\n');
    let _ = io::stderr().write_all(&text);
}

/// `[[ -x path ]]`: true for a directory too.
pub(crate) fn is_executable(path: &Path) -> bool {
    access(path, AccessFlags::X_OK).is_ok()
}

/// The status that a shell has for how a program ended.
fn shell_status(status: ExitStatus) -> u8 {
    let number = status
        .code()
        .or_else(|| status.signal().map(|signal| 128 + signal));
    number
        .and_then(|number| u8::try_from(number).ok())
        .unwrap_or(127)
}

/// What bash prints for a signal that ended a program; it is silent about an interrupt and a broken pipe.
fn obituary(signal: i32) -> Option<&'static str> {
    match Signal::try_from(signal).ok()? {
        Signal::SIGINT | Signal::SIGPIPE => None,
        Signal::SIGKILL => Some("Killed"),
        Signal::SIGTERM => Some("Terminated"),
        Signal::SIGSEGV => Some("Segmentation fault"),
        Signal::SIGABRT => Some("Aborted"),
        Signal::SIGHUP => Some("Hangup"),
        other => Some(other.as_str()),
    }
}

/// Becomes a program, as a shell does that has nothing left to do: a file without a `#!` line is a script for bash, where
/// the C library's `execvp` would give it to `/bin/sh`. Returns only if it can't, with what the kernel says.
pub(super) fn become_program(script: Script<'_>, program: &OsStr, rest: &[OsString]) -> io::Error {
    let Some(path) = script.lookup(program) else {
        return ErrorKind::NotFound.into();
    };
    let error = replace(script, program, &path, rest);
    if !is_bare_script(&error, &path) {
        return error;
    }
    let bash = OsStr::new("bash");
    let file = script.lookup(bash).unwrap_or_else(|| "/bin/bash".into());
    let mut words = vec![path.into_os_string()];
    words.extend_from_slice(rest);
    replace(script, bash, &file, &words)
}

/// One `execve`.
fn replace(script: Script<'_>, name: &OsStr, path: &Path, rest: &[OsString]) -> io::Error {
    let words = std::iter::once(name).chain(rest.iter().map(OsString::as_os_str));
    let variables = script.variables.exported().map(|(name, value)| {
        let mut line = OsString::from(name);
        line.push("=");
        line.push(value);
        line
    });
    let executed = || -> io::Result<Infallible> {
        let path = CString::new(path.as_os_str().as_bytes())?;
        let words: Vec<_> = words
            .map(|word| CString::new(word.as_bytes()))
            .collect::<Result<_, _>>()?;
        let variables: Vec<_> = variables
            .map(|line| CString::new(line.into_vec()))
            .collect::<Result<_, _>>()?;
        Ok(nix::unistd::execve(&path, &words, &variables)?)
    };
    match executed() {
        Ok(never) => match never {},
        Err(error) => error,
    }
}

/// True if a file could not be executed for want of a `#!` line and is text: no NUL in its first line.
fn is_bare_script(error: &io::Error, path: &Path) -> bool {
    if error.raw_os_error() != Some(nix::libc::ENOEXEC) {
        return false;
    }
    let mut start = [0; 80];
    let read = fs::File::open(path).and_then(|mut file| io::Read::read(&mut file, &mut start));
    let start = start.get(..read.unwrap_or(0)).unwrap_or_default();
    let line = start
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    !line.contains(&0)
}

//! Keeping what a build prints in a log of its own.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, PipeReader};
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::process::Child;
use std::thread::sleep;
use std::time::{Duration, Instant};

use nix::unistd::{dup2_stderr, dup2_stdout};

use super::child::{Script, Streams};
use super::dispatch::Dispatcher;
use super::ended::Ended;

/// `dokku_setup_build_capture`, around a command: what it prints goes to the log and the journal too.
///
/// # Errors
/// Those of the command, and 1 if no log can be made.
pub(super) fn keep(
    dispatcher: &mut Dispatcher<'_>,
    app: &OsStr,
    source: &OsStr,
    command: impl FnOnce(&Dispatcher<'_>) -> Result<(), Ended>,
) -> Result<(), Ended> {
    let kept_already = dispatcher.variables.get("DOKKU_REDIRECT_OUTPUT") == "true";
    if kept_already || app.is_empty() {
        return command(dispatcher);
    }
    let log = announce(dispatcher, app, source)?;
    let tee = Tee::start(dispatcher, &log).map_err(|_| Ended(1))?;
    let result = command(dispatcher);
    tee.finish();
    result
}

/// Makes the log's file and exports what tells of the build.
fn announce(
    dispatcher: &mut Dispatcher<'_>,
    app: &OsStr,
    source: &OsStr,
) -> Result<PathBuf, Ended> {
    dispatcher.variables.export("DOKKU_REDIRECT_OUTPUT", "true");
    if !dispatcher.variables.has("DOKKU_BUILD_ID") {
        let (id, _) = dispatcher
            .script()
            .output("plugn", &["trigger", "builds-generate-id"]);
        dispatcher.variables.set("DOKKU_BUILD_ID", id);
    }
    let process = dispatcher.variables.expand("pid-$DOKKU_PID");
    let id = dispatcher.variables.or_default("DOKKU_BUILD_ID", process);
    dispatcher.variables.export("DOKKU_BUILD_ID", &id);
    dispatcher.variables.export("DOKKU_BUILD_SOURCE", source);

    let folder = Path::new(dispatcher.variables.get("DOKKU_LIB_ROOT"))
        .join("data/builds")
        .join(app);
    let mut name = id.clone();
    name.push(".log");
    let log = folder.join(name);
    let made = fs::create_dir_all(&folder).and_then(|()| fs::write(&log, b""));
    made.map_err(|error| {
        dispatcher
            .script()
            .complain(log.as_os_str(), &error.to_string());
        Ended(1)
    })?;
    dispatcher.variables.export("DOKKU_BUILD_LOG_FILE", &log);

    let process = OsString::from(std::process::id().to_string());
    let record = [
        "trigger".into(),
        "builds-record-start".into(),
        app.to_owned(),
        id,
        process,
        source.to_owned(),
    ];
    dispatcher.script().run(OsStr::new("plugn"), &record);
    Ok(log)
}

/// The program that copies this process's output, and the streams as they were before.
struct Tee {
    child: Child,
    stdout: OwnedFd,
    stderr: OwnedFd,
}

impl Tee {
    /// Leads this process's standard output and error into `tee`, so that all its children inherit them.
    fn start(dispatcher: &Dispatcher<'_>, log: &Path) -> io::Result<Self> {
        const COPY: &str = r#"exec tee -a "$1" >(logger -i -t "dokku-$DOKKU_BUILD_ID")"#;
        let (reader, writer) = io::pipe()?;
        let stdout = io::stdout().as_fd().try_clone_to_owned()?;
        let stderr = io::stderr().as_fd().try_clone_to_owned()?;
        let child = start_bash(&dispatcher.script(), COPY, log, &reader)?;
        dup2_stdout(&writer)?;
        dup2_stderr(&writer)?;
        Ok(Self {
            child,
            stdout,
            stderr,
        })
    }

    /// Gives the streams back and waits for the copy to be complete, but not for ever: a process that the command
    /// left behind may hold the pipe open.
    fn finish(mut self) {
        const PATIENCE: Duration = Duration::from_secs(1);
        let _ = dup2_stdout(&self.stdout);
        let _ = dup2_stderr(&self.stderr);
        let start = Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) && start.elapsed() < PATIENCE {
            sleep(Duration::from_millis(1));
        }
    }
}

fn start_bash(
    script: &Script<'_>,
    text: &str,
    log: &Path,
    stdin: &PipeReader,
) -> io::Result<Child> {
    let bash = OsStr::new("bash");
    let path = script.lookup(bash).ok_or(io::ErrorKind::NotFound)?;
    let arguments = ["-c".into(), text.into(), "dokku".into(), log.into()];
    let streams = Streams {
        stdin: Some(stdin),
        ..Streams::default()
    };
    script.start(bash, &path, &arguments, streams)
}

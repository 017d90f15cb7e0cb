//! `docker run` and `docker create`.

use std::fs;
use std::io::{self, IsTerminal};
use std::path::Path;

use super::super::daemon::container::Container;
use super::super::daemon::reference::{Reference, is_hex};
use super::super::daemon::{Done, Trouble};
use super::super::options::Line;
use super::super::program::{self, Ground, Ran};
use super::super::reply::Reply;
use super::wanted::wanted;
use super::{Desk, full, images};

/// The status of `docker run` where docker itself fails.
const FAILED: u8 = 125;

/// What `docker run` says of an error of docker's own.
pub(super) fn refusal(verb: &str, what: &str, status: u8) -> Reply {
    let what = what.strip_suffix('.').unwrap_or(what);
    Reply::fails(
        status,
        format!("docker: {what}.\nSee 'docker {verb} --help'.\n"),
    )
}

/// Makes a container; its id, or what docker says instead. What is said of a pull goes to the reply.
fn make(desk: &mut Desk<'_>, line: &Line, reply: &mut Reply) -> Result<String, Refused> {
    let wanted = wanted(line).map_err(Refused::ByClient)?;
    let is_id = wanted.image.len() == 64 && wanted.image.chars().all(is_hex);
    if let Err(why) = Reference::read(&wanted.image)
        && !is_id
    {
        return Err(Refused::ByClient(why));
    }
    if let Some(option) = line.given(&[
        "health-cmd",
        "health-interval",
        "health-retries",
        "health-timeout",
        "isolation",
    ]) {
        let what = format!("`docker {} --{option}`", line.command);
        return Err(Trouble::Unmodelled(what).into());
    }
    let path = wanted.host.cid_file.clone();
    if !path.is_empty() && Path::new(&path).exists() {
        return Err(Refused::ByClient(format!(
            "container ID file found, make sure the other container isn't running or delete {path}"
        )));
    }
    images::ensure(desk, &wanted.image, line, reply)?;
    if desk.rules.faults.disk_full {
        return Err(full("failed to create rwlayer: mkdir /var/lib/docker/overlay2").into());
    }
    let id = desk.state.create(wanted)?;
    if !path.is_empty() {
        let written = fs::write(&path, &id);
        written.map_err(|error| {
            Refused::ByClient(format!(
                "failed to create the container ID file: open {path}: {error}"
            ))
        })?;
    }
    Ok(id)
}

/// Why a container was not made.
enum Refused {
    ByClient(String),
    ByDaemon(Trouble),
}

impl From<Trouble> for Refused {
    fn from(trouble: Trouble) -> Self {
        Self::ByDaemon(trouble)
    }
}

/// `docker create`.
pub(super) fn create(desk: &mut Desk<'_>, line: &Line) -> Done<Reply> {
    let mut reply = Reply::default();
    match make(desk, line, &mut reply) {
        Ok(id) => reply.say(&id),
        Err(Refused::ByClient(what)) => {
            let said = refusal("create", &what, FAILED);
            reply.status = said.status;
            reply.stderr.push_str(&said.stderr);
        }
        Err(Refused::ByDaemon(trouble)) => reply.note(trouble)?,
    }
    Ok(reply)
}

/// `docker run`.
pub(super) fn run(desk: &mut Desk<'_>, line: &Line) -> Done<Reply> {
    let attached = line.values("attach");
    let is_heard = |stream: &&str| matches!(stream.to_lowercase().as_str(), "stdout" | "stderr");
    let is_detached = line.is("detach");
    if is_detached && !attached.is_empty() {
        return Ok(Reply::fails(1, "Conflicting options: -a and -d\n"));
    }
    if !is_detached && line.is("tty") && line.is("interactive") && !io::stdin().is_terminal() {
        return Ok(Reply::fails(1, "the input device is not a TTY\n"));
    }
    let waits = !is_detached && (attached.is_empty() || attached.iter().any(is_heard));
    let mut reply = Reply::default();
    let id = match make(desk, line, &mut reply) {
        Ok(id) => id,
        Err(Refused::ByDaemon(Trouble::Unmodelled(what))) => return Err(Trouble::Unmodelled(what)),
        Err(refused) => {
            let what = match refused {
                Refused::ByClient(what) => what,
                Refused::ByDaemon(trouble) => trouble.to_string(),
            };
            let said = refusal("run", &what, FAILED);
            reply.status = said.status;
            reply.stderr.push_str(&said.stderr);
            return Ok(reply);
        }
    };
    if !waits {
        reply.say(&id);
    }
    let ground = if waits { Ground::Front } else { Ground::Back };
    match start(desk, &id, ground) {
        Ok(Ran::Ended(ended)) if waits => {
            reply.stdout.push_str(&ended.stdout);
            reply.stderr.push_str(&ended.stderr);
            reply.status = ended.status;
            Ok(reply)
        }
        Ok(_) if !waits => Ok(reply),
        Ok(_) => {
            let words = line.operands.get(1..).unwrap_or_default();
            if line.is("rm") {
                desk.state.remove(&id, true, true)?;
            }
            Err(Trouble::Unmodelled(program::name("run", words)))
        }
        Err(Trouble::Unmodelled(what)) => Err(Trouble::Unmodelled(what)),
        Err(trouble) => {
            if line.is("rm") {
                desk.state.remove(&id, true, true)?;
            }
            reply.status = FAILED;
            let what = trouble.to_string();
            let what = what.strip_suffix('.').unwrap_or(&what);
            reply.warn(&format!("docker: {what}."));
            Ok(reply)
        }
    }
}

/// Starts a container that is there; what its program does.
pub(super) fn start(desk: &mut Desk<'_>, name: &str, ground: Ground) -> Done<Ran> {
    let container = desk.state.container(name)?.clone();
    let ran = ran(desk, &container, ground);
    let (fate, logs) = ran.fate(&container);
    let started = desk.state.start(name, fate, logs);
    if let Err(Trouble::Refused(why) | Trouble::Missing(why)) = &started {
        let one = desk.state.container_mut(name)?;
        why.clone_into(&mut one.error);
        one.exit = Some(128);
    }
    started.map(|()| ran)
}

fn ran(desk: &Desk<'_>, container: &Container, ground: Ground) -> Ran {
    match program::main(container, desk.rules, ground) {
        Ran::Unknown => program::waited(desk.state, container).map_or(Ran::Unknown, Ran::Ended),
        ran => ran,
    }
}

//! The commands that change where containers are in their lives.

use super::super::daemon::container::{Phase, Restart};
use super::super::daemon::{Done, State, Trouble};
use super::super::options::Line;
use super::super::program::{Ground, Ran};
use super::super::reply::Reply;
use super::{Desk, bytes, run};

/// Does something to each container that is named, and says its name; what can't be done is told, and the rest done.
pub(super) fn each(line: &Line, mut act: impl FnMut(&str) -> Done<()>) -> Done<Reply> {
    let mut reply = Reply::default();
    for name in &line.operands {
        match act(name) {
            Ok(()) => reply.say(name),
            Err(trouble) => reply.note(trouble)?,
        }
    }
    Ok(reply)
}

/// `docker start`.
pub(super) fn start(desk: &mut Desk<'_>, line: &Line) -> Done<Reply> {
    let waits = line.is("attach") || line.is("interactive");
    if waits {
        return attached(desk, line);
    }
    let mut failed = Vec::new();
    let mut reply = each(line, |name| {
        if desk.state.container(name)?.is_up()
            && desk.state.container(name)?.phase == Phase::Running
        {
            return Ok(());
        }
        let started = run::start(desk, name, Ground::Back);
        if started.is_err() {
            failed.push(name.to_owned());
        }
        started.map(|_| ())
    })?;
    let missing = line
        .operands
        .iter()
        .filter(|name| desk.state.container(name).is_err());
    failed.extend(
        missing
            .filter(|name| !failed.contains(name))
            .cloned()
            .collect::<Vec<_>>(),
    );
    if !failed.is_empty() {
        reply.warn(&format!(
            "Error: failed to start containers: {}",
            failed.join(", ")
        ));
    }
    Ok(reply)
}

fn attached(desk: &mut Desk<'_>, line: &Line) -> Done<Reply> {
    let [name] = line.operands.as_slice() else {
        return Ok(Reply::fails(
            1,
            "you cannot start and attach multiple containers at once\n",
        ));
    };
    let words = desk.state.container(name)?.words();
    match run::start(desk, name, Ground::Front)? {
        Ran::Ended(ended) => Ok(Reply {
            status: ended.status,
            stdout: ended.stdout,
            stderr: ended.stderr,
        }),
        Ran::Stays(_) | Ran::Unknown => Err(Trouble::Unmodelled(super::super::program::name(
            "start --attach",
            &words,
        ))),
    }
}

fn end(state: &mut State, name: &str) -> Done<()> {
    let one = state.container(name)?;
    if !one.is_up() {
        return Ok(());
    }
    let id = one.id.clone();
    state.end(&id, None)
}

/// `docker stop`. With what status a program ends that is asked to, only it knows.
pub(super) fn stop(state: &mut State, line: &Line) -> Done<Reply> {
    each(line, |name| end(state, name))
}

/// `docker restart`.
pub(super) fn restart(desk: &mut Desk<'_>, line: &Line) -> Done<Reply> {
    each(line, |name| {
        let one = desk.state.container(name)?;
        let (id, auto) = (one.id.clone(), one.host.auto_remove);
        if auto && one.is_up() {
            return Err(Trouble::Unmodelled(
                "`docker restart` of a container that removes itself".into(),
            ));
        }
        end(desk.state, &id)?;
        run::start(desk, &id, Ground::Back).map(|_| ())
    })
}

/// `docker kill`.
pub(super) fn kill(state: &mut State, line: &Line) -> Done<Reply> {
    let signal = line.value("signal").unwrap_or("KILL").to_uppercase();
    let signal = signal.strip_prefix("SIG").unwrap_or(&signal);
    each(line, |name| {
        let one = state.container_mut(name)?;
        let id = one.id.clone();
        if !one.is_up() {
            return Err(Trouble::refused(format!(
                "cannot kill container: {name}: container {id} is not running"
            )));
        }
        match signal {
            "KILL" | "9" => state.end(&id, Some(137)),
            "TERM" | "15" | "INT" | "2" | "QUIT" | "3" => state.end(&id, None),
            other => {
                one.doubt = Some(format!("what a program makes of the signal {other}"));
                Ok(())
            }
        }
    })
}

/// `docker rm`.
pub(super) fn remove(state: &mut State, line: &Line) -> Done<Reply> {
    if line.is("link") {
        return Err(Trouble::Unmodelled("`docker rm --link`".into()));
    }
    let (force, volumes) = (line.is("force"), line.is("volumes"));
    let mut reply = Reply::default();
    for name in &line.operands {
        match state.remove(name.trim_matches('/'), force, volumes) {
            Ok(()) => reply.say(name),
            Err(missing @ Trouble::Missing(_)) if force => reply.warn(&missing.to_string()),
            Err(trouble) => reply.note(trouble)?,
        }
    }
    Ok(reply)
}

/// `docker rename`.
pub(super) fn rename(state: &mut State, line: &Line) -> Done<Reply> {
    let mut reply = Reply::default();
    if let Err(trouble) = state.rename(line.operand(0), line.operand(1)) {
        reply.note(trouble)?;
        reply.warn(&format!(
            "Error: failed to rename container named {}",
            line.operand(0)
        ));
    }
    Ok(reply)
}

/// `docker update`.
pub(super) fn update(state: &mut State, line: &Line) -> Done<Reply> {
    let restart = match line.value("restart").map(Restart::read) {
        Some(Err(why)) => return Ok(Reply::fails(1, format!("{why}\n"))),
        Some(Ok(restart)) => Some(restart),
        None => None,
    };
    let size = |name: &str| line.value(name).and_then(bytes);
    let (memory, reservation, swap) = (
        size("memory"),
        size("memory-reservation"),
        size("memory-swap"),
    );
    each(line, |name| {
        let one = state.container_mut(name)?;
        let auto = one.host.auto_remove;
        if auto && restart.as_ref().is_some_and(|restart| restart.name != "no") {
            return Err(Trouble::refused(
                "Restart policy cannot be updated because AutoRemove is enabled for the container",
            ));
        }
        if let Some(restart) = &restart {
            one.host.restart = restart.clone();
        }
        one.host.memory = memory.unwrap_or(one.host.memory);
        one.host.memory_reservation = reservation.unwrap_or(one.host.memory_reservation);
        one.host.memory_swap = swap.unwrap_or(one.host.memory_swap);
        one.host.has_uncounted |= line
            .given(&[
                "cpus",
                "cpu-shares",
                "cpu-quota",
                "pids-limit",
                "cpuset-cpus",
            ])
            .is_some();
        state.tick();
        Ok(())
    })
}

/// `docker wait`.
pub(super) fn wait(state: &State, line: &Line) -> Done<Reply> {
    let mut reply = Reply::default();
    for name in &line.operands {
        let one = match state.container(name) {
            Ok(one) => one,
            Err(trouble) => {
                reply.note(trouble)?;
                continue;
            }
        };
        if let Some(doubt) = &one.doubt {
            return Err(Trouble::Unmodelled(doubt.clone()));
        }
        match (one.is_up(), one.exit) {
            (true, _) => {
                return Err(Trouble::Unmodelled(
                    "`docker wait` for what keeps running".into(),
                ));
            }
            (false, Some(status)) => reply.say(&status.to_string()),
            (false, None) => {
                return Err(Trouble::Unmodelled(
                    "the exit status of a program that was stopped".into(),
                ));
            }
        }
    }
    Ok(reply)
}

//! `docker exec` and `docker attach`.

use std::io::{self, IsTerminal};

use super::super::daemon::container::Phase;
use super::super::daemon::{Done, State, Trouble};
use super::super::options::Line;
use super::super::program::{self, Ran};
use super::super::reply::Reply;
use super::Desk;

/// `docker exec`.
pub(super) fn exec(desk: &mut Desk<'_>, line: &Line) -> Done<Reply> {
    let one = desk.state.container(line.operand(0))?;
    let is_detached = line.is("detach");
    if !is_detached && line.is("tty") && line.is("interactive") && !io::stdin().is_terminal() {
        return Ok(Reply::fails(1, "the input device is not a TTY\n"));
    }
    if let Some(doubt) = &one.doubt {
        return Err(Trouble::Unmodelled(doubt.clone()));
    }
    match one.phase {
        Phase::Running => {}
        Phase::Paused => {
            return Err(Trouble::refused(format!(
                "Container {} is paused, unpause the container before exec",
                line.operand(0)
            )));
        }
        Phase::Created | Phase::Exited => {
            return Err(Trouble::refused(format!(
                "container {} is not running",
                one.id
            )));
        }
    }
    let words = line.operands.get(1..).unwrap_or_default();
    match program::executed(one, words, desk.rules) {
        _ if is_detached => Ok(Reply::default()),
        Ran::Ended(ended) => Ok(Reply {
            status: ended.status,
            stdout: ended.stdout,
            stderr: ended.stderr,
        }),
        Ran::Stays(_) | Ran::Unknown => Err(Trouble::Unmodelled(program::name("exec", words))),
    }
}

/// `docker attach`.
pub(super) fn attach(state: &State, line: &Line) -> Done<Reply> {
    let one = state.container(line.operand(0))?;
    if let Some(doubt) = &one.doubt {
        return Err(Trouble::Unmodelled(doubt.clone()));
    }
    match one.phase {
        Phase::Running => Err(Trouble::Unmodelled(program::name("attach", &one.words()))),
        Phase::Paused => Ok(Reply::fails(
            1,
            "You cannot attach to a paused container, unpause it first\n",
        )),
        Phase::Created | Phase::Exited => Ok(Reply::fails(
            1,
            "You cannot attach to a stopped container, start it first\n",
        )),
    }
}

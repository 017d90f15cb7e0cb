//! `docker cp`.

use std::fs;

use super::super::daemon::{Done, State, Trouble};
use super::super::options::Line;
use super::super::reply::Reply;

/// `docker cp`. What is copied into a container is not kept: nothing of the world could look at it there.
pub(super) fn copy(state: &State, line: &Line) -> Done<Reply> {
    let (source, target) = (line.operand(0), line.operand(1));
    let fails = |what: String| Ok(Reply::fails(1, format!("{what}\n")));
    match (container_of(source), container_of(target)) {
        (None, None) => fails("must specify at least one container source".into()),
        (Some(_), Some(_)) => fails("copying between containers is not supported".into()),
        (Some(name), None) => {
            state.container(name)?;
            Err(Trouble::Unmodelled("`docker cp` out of a container".into()))
        }
        (None, Some(name)) => {
            state.container(name)?;
            match source == "-" || fs::symlink_metadata(source).is_ok() {
                true => Ok(Reply::default()),
                false => fails(format!("lstat {source}: no such file or directory")),
            }
        }
    }
}

/// The container of `container:path`; none for a path of the host.
fn container_of(text: &str) -> Option<&str> {
    let (name, _) = text.split_once(':')?;
    (!text.starts_with(['/', '.'])).then_some(name)
}

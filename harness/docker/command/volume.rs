//! The commands on volumes.

use super::super::daemon::{Done, State, Trouble};
use super::super::filter::Filters;
use super::super::format::{Asked, List};
use super::super::options::Line;
use super::super::reply::Reply;
use super::super::row;
use super::wanted::pairs;
use super::{Desk, full};

/// `docker volume create`.
pub(super) fn create(desk: &mut Desk<'_>, line: &Line) -> Done<Reply> {
    let driver = line.value("driver").unwrap_or("local");
    if driver != "local" {
        return Err(Trouble::Unmodelled(format!(
            "`docker volume create --driver {driver}`"
        )));
    }
    let named = line
        .operands
        .first()
        .map(String::as_str)
        .or(line.value("name"));
    if let Some(path) = named.filter(|_| desk.rules.faults.disk_full) {
        return Err(full(&format!(
            "create {path}: mkdir /var/lib/docker/volumes/{path}"
        )));
    }
    let (labels, options) = (pairs(&line.values("label")), pairs(&line.values("opt")));
    let name = desk.state.make_volume(named, labels, options)?;
    Ok(Reply::says(format!("{name}\n")))
}

/// `docker volume ls`.
pub(super) fn list(state: &State, line: &Line) -> Done<Reply> {
    let filters = Filters::read(line, &["dangling", "driver", "label", "label!", "name"])?;
    let dangling = filters.flag("dangling")?;
    let mut shown: Vec<_> = state
        .volumes
        .iter()
        .filter(|one| {
            filters.matches("name", &[&one.name])
                && filters.labels(&one.labels)
                && filters.any("driver", |driver| driver == one.driver)
                && dangling.is_none_or(|wanted| wanted == state.users(&one.name).is_empty())
        })
        .collect();
    shown.sort_by(|one, other| one.name.cmp(&other.name));
    let asked = Asked::of(List::Volumes, line);
    let rows: Vec<_> = shown.into_iter().map(row::volume).collect();
    asked.print(&rows)
}

/// `docker volume rm`.
pub(super) fn remove(state: &mut State, line: &Line) -> Done<Reply> {
    let force = line.is("force");
    super::life::each(line, |name| state.remove_volume(name, force))
}

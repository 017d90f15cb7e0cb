//! The commands that remove what nobody uses.

use super::super::daemon::network::PREDEFINED;
use super::super::daemon::{Done, Removed, State, Trouble};
use super::super::filter::Filters;
use super::super::options::Line;
use super::super::reply::Reply;

/// `docker container prune`, and the like of other things.
pub(super) fn prune(state: &mut State, line: &Line) -> Done<Reply> {
    let group = line.command.split(' ').next().unwrap_or_default();
    if !line.is("force") {
        return Err(Trouble::Unmodelled(
            format!("`docker {} ` without `--force`", line.command).replace(" `", "`"),
        ));
    }
    let filters = Filters::read(line, &["label", "label!"])?;
    let all = line.is("all");
    let mut reply = Reply::default();
    let is_system = group == "system";
    if is_system || group == "container" {
        told(&mut reply, "Containers", containers(state, &filters)?);
    }
    if is_system || group == "network" {
        told(&mut reply, "Networks", networks(state, &filters)?);
    }
    if group == "volume" || (is_system && line.is("volumes")) {
        told(
            &mut reply,
            "Volumes",
            volumes(state, &filters, all && !is_system)?,
        );
    }
    if is_system || group == "image" {
        told(&mut reply, "Images", images(state, &filters, all)?);
    }
    if group != "network" {
        reply.say("Total reclaimed space: 0B");
    }
    Ok(reply)
}

fn told(reply: &mut Reply, what: &str, gone: Vec<String>) {
    if gone.is_empty() {
        return;
    }
    reply.say(&format!("Deleted {what}:"));
    for one in gone {
        reply.say(&one);
    }
    reply.say("");
}

fn containers(state: &mut State, filters: &Filters) -> Done<Vec<String>> {
    let is_gone = |one: &&super::super::daemon::container::Container| {
        !one.is_up() && filters.labels(&one.config.labels)
    };
    if let Some(doubt) = state.containers.iter().find_map(|one| one.doubt.clone()) {
        return Err(Trouble::Unmodelled(doubt));
    }
    let gone: Vec<String> = state
        .containers
        .iter()
        .filter(is_gone)
        .map(|one| one.id.clone())
        .collect();
    gone.iter()
        .try_for_each(|id| state.remove(id, false, false))?;
    Ok(gone)
}

fn networks(state: &mut State, filters: &Filters) -> Done<Vec<String>> {
    let is_used = |name: &str| {
        state
            .containers
            .iter()
            .any(|one| one.networks.contains_key(name))
    };
    let gone: Vec<String> = state
        .networks
        .iter()
        .filter(|one| !PREDEFINED.contains(&one.name.as_str()) && !is_used(&one.name))
        .filter(|one| filters.labels(&one.labels))
        .map(|one| one.name.clone())
        .collect();
    gone.iter()
        .try_for_each(|name| state.remove_network(name))?;
    Ok(gone)
}

fn volumes(state: &mut State, filters: &Filters, all: bool) -> Done<Vec<String>> {
    let gone: Vec<String> = state
        .volumes
        .iter()
        .filter(|one| (all || one.is_anonymous) && state.users(&one.name).is_empty())
        .filter(|one| filters.labels(&one.labels))
        .map(|one| one.name.clone())
        .collect();
    gone.iter()
        .try_for_each(|name| state.remove_volume(name, false))?;
    Ok(gone)
}

fn images(state: &mut State, filters: &Filters, all: bool) -> Done<Vec<String>> {
    let is_used = |id: &str| state.containers.iter().any(|one| one.image_id == id);
    let gone: Vec<_> = state
        .images
        .iter()
        .filter(|one| (all || one.tags.is_empty()) && !is_used(&one.id))
        .filter(|one| filters.labels(&one.config.labels))
        .map(|one| one.id.clone())
        .collect();
    let mut told = Vec::new();
    for id in gone {
        told.extend(
            state
                .remove_image(&id, true)?
                .into_iter()
                .map(|one| match one {
                    Removed::Untagged(name) => format!("untagged: {name}"),
                    Removed::Deleted(id) => format!("deleted: {id}"),
                }),
        );
    }
    Ok(told)
}

//! The commands on networks.

use super::super::daemon::container::Endpoint;
use super::super::daemon::network::{Network, PREDEFINED};
use super::super::daemon::{Done, State, Trouble};
use super::super::filter::Filters;
use super::super::format::{Asked, List};
use super::super::options::Line;
use super::super::reply::Reply;
use super::super::row;
use super::wanted::pairs;

/// `docker network create`.
pub(super) fn create(state: &mut State, line: &Line) -> Done<Reply> {
    let driver = line.value("driver").unwrap_or("bridge");
    if !matches!(driver, "bridge" | "host" | "null") {
        return Err(Trouble::Unmodelled(format!(
            "`docker network create --driver {driver}`"
        )));
    }
    if let Some(option) = line.given(&[
        "aux-address",
        "config-from",
        "config-only",
        "ingress",
        "ip-range",
        "scope",
    ]) {
        return Err(Trouble::Unmodelled(format!(
            "`docker network create --{option}`"
        )));
    }
    let mut network = Network::named(line.operand(0), pairs(&line.values("label")));
    network.driver = driver.to_owned();
    network.options = pairs(&line.values("opt"));
    network.internal = line.is("internal");
    network.attachable = line.is("attachable");
    network.ipv6 = line.is("ipv6");
    network.subnet = line.value("subnet").map(str::to_owned);
    network.gateway = line.value("gateway").map(str::to_owned);
    let id = state.make_network(network)?;
    Ok(Reply::says(format!("{id}\n")))
}

/// `docker network connect`.
pub(super) fn connect(state: &mut State, line: &Line) -> Done<Reply> {
    let aliases = line.split_values("alias");
    let endpoint = Endpoint {
        aliases: aliases.into_iter().map(str::to_owned).collect(),
        wanted: line.value("ip").map(str::to_owned),
        address: None,
    };
    let is_predefined = PREDEFINED.contains(&line.operand(0));
    if is_predefined && !endpoint.aliases.is_empty() {
        return Err(Trouble::refused(
            "network-scoped alias is supported only for containers in user defined networks",
        ));
    }
    state.connect(line.operand(0), line.operand(1), endpoint)?;
    Ok(Reply::default())
}

/// `docker network disconnect`.
pub(super) fn disconnect(state: &mut State, line: &Line) -> Done<Reply> {
    state.disconnect(line.operand(0), line.operand(1), line.is("force"))?;
    Ok(Reply::default())
}

/// `docker network ls`.
pub(super) fn list(state: &State, line: &Line) -> Done<Reply> {
    let filters = Filters::read(
        line,
        &[
            "dangling", "driver", "id", "label", "label!", "name", "scope", "type",
        ],
    )?;
    let dangling = filters.flag("dangling")?;
    let is_used = |one: &Network| {
        PREDEFINED.contains(&one.name.as_str()) || state.members(&one.name).next().is_some()
    };
    let kind = |one: &Network| match PREDEFINED.contains(&one.name.as_str()) {
        true => "builtin",
        false => "custom",
    };
    let mut shown: Vec<&Network> = state
        .networks
        .iter()
        .filter(|one| {
            filters.matches("id", &[&one.id])
                && filters.matches("name", &[&one.name])
                && filters.labels(&one.labels)
                && filters.any("driver", |driver| driver == one.driver)
                && filters.any("scope", |scope| scope == "local")
                && filters.any("type", |wanted| wanted == kind(one))
                && dangling.is_none_or(|wanted| wanted != is_used(one))
        })
        .collect();
    shown.sort_by(|one, other| one.name.cmp(&other.name));
    let asked = Asked::of(List::Networks, line);
    let rows: Vec<_> = shown
        .into_iter()
        .map(|one| row::network(one, asked.look()))
        .collect();
    asked.print(&rows)
}

/// `docker network rm`.
pub(super) fn remove(state: &mut State, line: &Line) -> Done<Reply> {
    let mut reply = Reply::default();
    for name in &line.operands {
        match state.remove_network(name) {
            Ok(()) => reply.say(name),
            Err(Trouble::Missing(_)) if line.is("force") => {}
            Err(trouble) => reply.note(trouble)?,
        }
    }
    Ok(reply)
}

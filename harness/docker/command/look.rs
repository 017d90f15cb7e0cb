//! The commands that look at containers, and `inspect` of everything.

use super::super::daemon::clock::exact;
use super::super::daemon::container::{Container, Phase};
use super::super::daemon::reference::is_hex;
use super::super::daemon::{Done, State, Trouble};
use super::super::filter::Filters;
use super::super::format::{Asked, List, blank, inspected};
use super::super::options::Line;
use super::super::reply::Reply;
use super::super::{document, row};
use crate::go_template::Value;

/// What `docker ps` can filter by.
const FILTERS: [&str; 13] = [
    "ancestor", "before", "exited", "expose", "id", "label", "label!", "name", "network",
    "publish", "since", "status", "volume",
];

/// `docker ps`.
pub(super) fn containers(state: &State, line: &Line) -> Done<Reply> {
    let filters = Filters::read(line, &FILTERS)?;
    let asked = Asked::of(List::Containers, line);
    if asked.format.is_some_and(|format| !format.is_empty()) && !asked.is_quiet {
        let tried = asked.print(&[blank(List::Containers)])?;
        if tried.status != 0 {
            return Ok(tried);
        }
    }
    let last = match line.value("last").map(str::parse::<i64>) {
        Some(Ok(count)) if count > 0 => usize::try_from(count).ok(),
        _ if line.is("latest") => Some(1),
        _ => None,
    };
    let all = line.is("all") || last.is_some() || !filters.values("status").is_empty();
    let mut shown = Vec::new();
    for one in state.containers.iter().rev() {
        if !is_asked(state, one, &filters)? {
            continue;
        }
        let is_state_asked = !filters.values("status").is_empty() || !all;
        if let Some(doubt) = one.doubt.as_ref().filter(|_| is_state_asked) {
            return Err(Trouble::Unmodelled(doubt.clone()));
        }
        let is_status = filters.any("status", |wanted| wanted == one.phase.word());
        let is_exit = filters.any("exited", |wanted| {
            one.phase == Phase::Exited
                && one.exit.is_some_and(|status| status.to_string() == wanted)
        });
        if (all || one.is_up()) && is_status && is_exit {
            shown.push(one);
        }
    }
    shown.truncate(last.unwrap_or(usize::MAX));
    let look = asked.look();
    let rows: Vec<Value> = shown
        .into_iter()
        .map(|one| row::container(state, one, look))
        .collect();
    let mut reply = asked.print(&rows)?;
    if asked.is_quiet && asked.format.is_some_and(|format| !format.is_empty()) {
        reply.stderr = format!(
            "WARNING: Ignoring custom format, because both --format and --quiet are set.\n{}",
            reply.stderr
        );
    }
    Ok(reply)
}

/// True if a container is what is asked for, its state aside.
fn is_asked(state: &State, one: &Container, filters: &Filters) -> Done<bool> {
    let rooted = format!("/{}", one.name);
    let name = |key: &str, is: &dyn Fn(&Container, &Container) -> bool| -> Done<bool> {
        for value in filters.values(key) {
            let other = state.container(value)?;
            if !is(one, other) {
                return Ok(false);
            }
        }
        Ok(true)
    };
    let made = |one: &Container| {
        (
            one.created,
            state.container_index(&one.id).unwrap_or_default(),
        )
    };
    let of_image = filters.any("ancestor", |wanted| {
        let is_id = wanted.chars().all(is_hex)
            && one
                .image_id
                .trim_start_matches("sha256:")
                .starts_with(wanted);
        is_id
            || state
                .image(wanted)
                .is_ok_and(|image| image.id == one.image_id)
    });
    let in_network = filters.any("network", |wanted| {
        let network = state.network(wanted);
        network.is_ok_and(|network| one.networks.contains_key(&network.name))
    });
    let has_volume = filters.any("volume", |wanted| {
        let mut mounts = one.mounts.iter();
        mounts
            .any(|mount| [&mount.name, &mount.source, &mount.target].contains(&&wanted.to_owned()))
    });
    let port = |wanted: &str| super::super::setting::with_protocol(wanted);
    let publishes = filters.any("publish", |wanted| {
        let number = wanted.split('/').next().unwrap_or(wanted);
        one.ports.iter().any(|(own, all)| {
            *own == port(wanted) || all.iter().any(|binding| binding.port.to_string() == number)
        })
    });
    let exposes = filters.any("expose", |wanted| {
        one.config.exposed.contains(&port(wanted))
    });
    Ok(filters.matches("id", &[&one.id])
        && filters.matches("name", &[&rooted, &one.name])
        && filters.labels(&one.config.labels)
        && of_image
        && in_network
        && has_volume
        && publishes
        && exposes
        && name("before", &|one, other| made(one) < made(other))?
        && name("since", &|one, other| made(one) > made(other))?)
}

/// `docker logs`.
pub(super) fn logs(state: &State, line: &Line) -> Done<Reply> {
    let one = state.container(line.operand(0))?;
    if let Some(option) = line.given(&["since", "until", "details"]) {
        return Err(Trouble::Unmodelled(format!("`docker logs --{option}`")));
    }
    if let Some(doubt) = &one.doubt {
        return Err(Trouble::Unmodelled(doubt.clone()));
    }
    let Some(lines) = &one.logs else {
        let what = super::super::program::name("logs", &one.words());
        return Err(Trouble::Unmodelled(what));
    };
    if line.is("follow") && one.is_up() {
        return Err(Trouble::Unmodelled(
            "`docker logs --follow` of what keeps running".into(),
        ));
    }
    let most = match line.value("tail") {
        None | Some("all") => usize::MAX,
        Some(count) => count.parse().unwrap_or(usize::MAX),
    };
    let mut reply = Reply::default();
    for one in lines.iter().skip(lines.len().saturating_sub(most)) {
        let text = match line.is("timestamps") {
            true => format!("{} {}", exact(one.at), one.text),
            false => one.text.clone(),
        };
        match one.is_error {
            true => reply.warn(&text),
            false => reply.say(&text),
        }
    }
    Ok(reply)
}

/// `docker port`.
pub(super) fn ports(state: &State, line: &Line) -> Done<Reply> {
    let one = state.container(line.operand(0))?;
    let mut reply = Reply::default();
    let Some(wanted) = line.operands.get(1) else {
        for (port, all) in &one.ports {
            for binding in all {
                reply.say(&format!("{port} -> {}", binding.shown()));
            }
        }
        return Ok(reply);
    };
    let (number, protocol) = wanted.split_once('/').unwrap_or((wanted, "tcp"));
    if number.parse::<u16>().is_err() {
        let what = format!(
            "Error: invalid port ({number}): strconv.ParseUint: parsing \"{number}\": invalid syntax\n"
        );
        return Ok(Reply::fails(1, what));
    }
    match one.ports.get(&format!("{number}/{protocol}")) {
        None => Ok(Reply::fails(
            1,
            format!(
                "Error: No public port '{wanted}' published for {}\n",
                line.operand(0)
            ),
        )),
        Some(all) => {
            for binding in all {
                reply.say(&binding.shown());
            }
            Ok(reply)
        }
    }
}

/// The commands that look into a container: what they would see is not known.
pub(super) fn within(state: &State, line: &Line) -> Done<Reply> {
    for name in line.operands.iter().take(1) {
        let one = state.container(name)?;
        if line.verb() == "top" && !one.is_up() {
            return Err(Trouble::refused(format!(
                "container {} is not running",
                one.id
            )));
        }
    }
    Err(Trouble::Unmodelled(format!("`docker {}`", line.command)))
}

/// `docker inspect`, of everything or of things of one kind.
pub(super) fn inspect(state: &State, line: &Line) -> Done<Reply> {
    let kind = match line.command.split_once(' ') {
        Some((group, _)) => Some(group),
        None => line.value("type").filter(|kind| !kind.is_empty()),
    };
    if line.is("size") {
        return Err(Trouble::Unmodelled("`docker inspect --size`".into()));
    }
    let is_alone = line.command.contains(' ');
    let container = |name: &str| {
        state
            .container(name)
            .map(|one| document::container(state, one))
    };
    let image = |name: &str| state.image(name).map(document::image);
    let network = |name: &str| state.network(name).map(|one| document::network(state, one));
    let volume = |name: &str| state.volume(name).map(document::volume);
    let mut found = Vec::new();
    let mut missing = Vec::new();
    for name in &line.operands {
        let one = match kind {
            Some("container") => container(name),
            Some("image") => image(name),
            Some("network") => network(name),
            Some("volume") => volume(name),
            Some("node" | "service" | "task" | "plugin" | "secret") => {
                return Err(Trouble::Unmodelled("`docker inspect --type`".into()));
            }
            Some(other) => {
                let what = format!("{other:?} is not a valid value for --type\n");
                return Ok(Reply::fails(1, what));
            }
            None => container(name)
                .or_else(|_| image(name))
                .or_else(|_| network(name))
                .or_else(|_| volume(name)),
        };
        match one {
            Err(Trouble::Missing(_) | Trouble::Refused(_)) if !is_alone => {
                let what = match kind {
                    Some(kind) => format!("Error: No such {kind}: {name}"),
                    None => format!("Error: No such object: {name}"),
                };
                missing.push(what);
            }
            one => found.push(one),
        }
    }
    let mut reply = inspected(line.value("format"), found, kind == Some("volume"))?;
    for what in missing {
        reply.status = reply.status.max(1);
        reply.warn(&what);
    }
    Ok(reply)
}

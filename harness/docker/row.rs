//! The rows of docker's lists.

use std::collections::BTreeMap;

use super::daemon::State;
use super::daemon::clock::{listed, span};
use super::daemon::container::Container;
use super::daemon::image::Image;
use super::daemon::mount::Place;
use super::daemon::network::Network;
use super::daemon::port::Binding;
use super::daemon::reference::Reference;
use super::daemon::short;
use super::daemon::volume::Volume;
use super::format::Look;
use crate::go_template::{Field, Value, quote};

fn id(id: &str, look: Look) -> String {
    match look.is_cut {
        true => short(id).to_owned(),
        false => id.to_owned(),
    }
}

/// A text of at most so many letters, the last of which tells that there were more.
fn cut(text: &str, most: usize, look: Look) -> String {
    match look.is_cut && text.chars().count() > most {
        true => {
            let kept: String = text.chars().take(most.saturating_sub(1)).collect();
            format!("{kept}…")
        }
        false => text.to_owned(),
    }
}

fn labels(labels: &BTreeMap<String, String>) -> String {
    let entries: Vec<_> = labels
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    entries.join(",")
}

/// What nobody knows, which a list of docker's own making shows as this.
fn unknown(what: &str, shown: &str, look: Look) -> Value {
    match look.is_own {
        true => Value::Unknown(what.to_owned()),
        false => shown.into(),
    }
}

/// A container's row.
pub(super) fn container(state: &State, one: &Container, look: Look) -> Value {
    let mounts: Vec<String> = one
        .mounts
        .iter()
        .map(|mount| match mount.place {
            Place::Volume => cut(&mount.name, 15, look),
            Place::Bind | Place::Tmpfs => cut(&mount.source, 15, look),
        })
        .collect();
    let local = one
        .mounts
        .iter()
        .filter(|mount| mount.place == Place::Volume)
        .count();
    let networks: Vec<&str> = one.networks.keys().map(String::as_str).collect();
    let words = one.words().join(" ");
    let command = match one.is_partly_unknown && one.config.entrypoint.is_none() {
        true => unknown(
            "the entrypoint of an image that was pulled",
            &quote(&cut(&words, 20, look)),
            look,
        ),
        false => quote(&cut(&words, 20, look)).into(),
    };
    let image = match Reference::read(&one.image) {
        _ if state
            .image(&one.image)
            .is_ok_and(|image| image.id != one.image_id) =>
        {
            id(&one.image_id, look)
        }
        Ok(name) if look.is_cut => name.to_string(),
        _ => one.image.clone(),
    };
    let fields = vec![
        Field::new("Command", command),
        Field::new("CreatedAt", listed(one.created)),
        Field::new("ID", id(&one.id, look)),
        Field::new("Image", image),
        Field::new("Labels", labels(&one.config.labels)),
        Field::new("LocalVolumes", local.to_string()),
        Field::new("Mounts", mounts.join(",")),
        Field::new("Names", one.name.as_str()),
        Field::new("Networks", networks.join(",")),
        Field::new("Ports", ports(one)),
        Field::new(
            "RunningFor",
            format!("{} ago", span(one.created, state.now)),
        ),
        Field::new("Size", unknown("the size of a container", "0B", look)),
        Field::new("State", one.phase.word()),
        Field::new("Status", one.status(state.now)),
        Field::hidden("Label", Value::Label(one.config.labels.clone())),
    ];
    Value::Struct("*formatter.ContainerContext", fields)
}

/// The ports of a container that `ps` shows: what is exposed alone, then what is published elsewhere.
fn ports(one: &Container) -> String {
    if !one.is_up() {
        return String::new();
    }
    let mut all: Vec<(u16, String, Option<&Binding>, &str)> = Vec::new();
    for port in one
        .config
        .exposed
        .iter()
        .filter(|port| !one.ports.contains_key(*port))
    {
        all.extend(numbered(port, None));
    }
    for (port, bindings) in &one.ports {
        all.extend(
            bindings
                .iter()
                .filter_map(|binding| numbered(port, Some(binding))),
        );
    }
    all.sort();
    let mut same: Vec<(String, String, u16, u16)> = Vec::new();
    let mut done: Vec<String> = Vec::new();
    let mut mapped = Vec::new();
    for (number, address, binding, protocol) in all {
        match binding {
            Some(binding) if binding.port != number => {
                mapped.push(format!("{}->{number}/{protocol}", binding.shown()));
            }
            _ => match same
                .iter_mut()
                .find(|(to, kind, ..)| *to == address && kind == protocol)
            {
                Some((.., last)) if last.checked_add(1) == Some(number) => *last = number,
                Some(group) => {
                    done.push(grouped(group));
                    (group.2, group.3) = (number, number);
                }
                None => same.push((address, protocol.to_owned(), number, number)),
            },
        }
    }
    done.extend(same.iter().map(grouped));
    done.extend(mapped);
    done.join(", ")
}

fn numbered<'c>(
    port: &'c str,
    binding: Option<&'c Binding>,
) -> Option<(u16, String, Option<&'c Binding>, &'c str)> {
    let (number, protocol) = port.split_once('/').unwrap_or((port, "tcp"));
    let address = binding
        .map(|binding| binding.address.clone())
        .unwrap_or_default();
    Some((number.parse().ok()?, address, binding, protocol))
}

fn grouped((address, protocol, first, last): &(String, String, u16, u16)) -> String {
    let range = match first == last {
        true => first.to_string(),
        false => format!("{first}-{last}"),
    };
    match address.as_str() {
        "" => format!("{range}/{protocol}"),
        address => format!("{address}:{range}->{range}/{protocol}"),
    }
}

/// The rows of an image, one a name.
pub(super) fn image(state: &State, one: &Image, look: Look, digests: bool) -> Vec<Value> {
    let age = format!("{} ago", span(one.created, state.now));
    let row = |repository: &str, tag: &str, digest: &str| {
        let fields = vec![
            Field::new("Containers", "N/A"),
            Field::new("CreatedAt", listed(one.created)),
            Field::new("CreatedSince", age.as_str()),
            Field::new("Digest", digest),
            Field::new("ID", id(&one.id, look)),
            Field::new("Repository", repository),
            Field::new("SharedSize", "N/A"),
            Field::new("Size", unknown("the size of an image", "0B", look)),
            Field::new("Tag", tag),
            Field::new("UniqueSize", "N/A"),
            Field::new("VirtualSize", unknown("the size of an image", "0B", look)),
        ];
        Value::Struct("*formatter.imageContext", fields)
    };
    let names: Vec<Reference> = one
        .tags
        .iter()
        .filter_map(|tag| Reference::read(tag).ok())
        .collect();
    let digest_of = |repository: &str| {
        let mut all = one
            .digests
            .iter()
            .filter_map(|digest| digest.split_once('@'));
        all.find(|(name, _)| *name == repository)
            .map(|(_, digest)| digest.to_owned())
    };
    if names.is_empty() {
        let digest = one
            .digests
            .first()
            .and_then(|digest| digest.split_once('@'));
        return match digest {
            Some((repository, digest)) => vec![row(repository, "<none>", digest)],
            None => vec![row("<none>", "<none>", "<none>")],
        };
    }
    names
        .iter()
        .map(|name| {
            let digest = digest_of(&name.repository).filter(|_| digests);
            row(
                &name.repository,
                name.tag.as_deref().unwrap_or("<none>"),
                digest.as_deref().unwrap_or("<none>"),
            )
        })
        .collect()
}

/// A network's row.
pub(super) fn network(one: &Network, look: Look) -> Value {
    let fields = vec![
        Field::new("CreatedAt", listed(one.created)),
        Field::new("Driver", one.driver.as_str()),
        Field::new("ID", id(&one.id, look)),
        Field::new("IPv6", one.ipv6.to_string()),
        Field::new("Internal", one.internal.to_string()),
        Field::new("Labels", labels(&one.labels)),
        Field::new("Name", one.name.as_str()),
        Field::new("Scope", "local"),
        Field::hidden("Label", Value::Label(one.labels.clone())),
    ];
    Value::Struct("*network.networkContext", fields)
}

/// A volume's row.
pub(super) fn volume(one: &Volume) -> Value {
    let fields = vec![
        Field::new("Availability", "N/A"),
        Field::new("Driver", one.driver.as_str()),
        Field::new("Group", "N/A"),
        Field::new("Labels", labels(&one.labels)),
        Field::new("Links", "N/A"),
        Field::new("Mountpoint", one.folder()),
        Field::new("Name", one.name.as_str()),
        Field::new("Scope", "local"),
        Field::new("Size", "N/A"),
        Field::new("Status", "N/A"),
        Field::hidden("Label", Value::Label(one.labels.clone())),
    ];
    Value::Struct("*formatter.volumeContext", fields)
}

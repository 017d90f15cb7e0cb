//! A container's life, from its making to its removal.

use std::collections::{BTreeMap, BTreeSet};

use super::container::{Config, Container, Endpoint, Host, Line, Phase};
use super::mount::{Mount, Place};
use super::port::Binding;
use super::{Done, State, Trouble, overlay};

/// A container that is to be made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Wanted {
    pub(in super::super) name: Option<String>,
    /// The image as it was asked for; it is there.
    pub(in super::super) image: String,
    pub(in super::super) config: Config,
    pub(in super::super) host: Host,
    pub(in super::super) mounts: Vec<Mount>,
    pub(in super::super) networks: BTreeMap<String, Endpoint>,
}

/// What becomes of a program that is started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum Fate {
    /// It keeps running.
    Stays,
    /// It ends at once with this status.
    Ends(u8),
    /// Nobody knows, and by name what.
    Unknown(String),
}

impl State {
    /// Makes a container; its id.
    pub(in super::super) fn create(&mut self, wanted: Wanted) -> Done<String> {
        let image = self.image(&wanted.image)?.clone();
        if let Some(name) = &wanted.name {
            self.free_name(name)?;
        }
        for link in &wanted.host.links {
            let name = link.split(':').next().unwrap_or_default();
            self.container(name).map_err(|_| {
                Trouble::refused(format!(
                    "could not get container for {name}: No such container: {name}"
                ))
            })?;
        }
        let mut mounts = wanted.mounts;
        for from in &wanted.host.volumes_from {
            let name = from.split(':').next().unwrap_or_default();
            mounts.extend(self.container(name)?.mounts.clone());
        }
        for target in &image.config.volumes {
            if !mounts.iter().any(|mount| mount.target == *target) {
                mounts.extend(Mount::read(target).ok());
            }
        }
        let config = merged(&image.config, wanted.config);
        if image.is_known && config.command.is_none() && config.entrypoint.is_none() {
            return Err(Trouble::refused("no command specified"));
        }
        for mount in &mut mounts {
            if mount.place == Place::Volume {
                let name = Some(mount.name.as_str()).filter(|name| !name.is_empty());
                mount.name = self.make_volume(name, BTreeMap::new(), BTreeMap::new())?;
            }
        }
        let id = self.new_id("container");
        let created = self.tick();
        let name = wanted.name.unwrap_or_else(|| self.new_name());
        self.containers.push(Container {
            id: id.clone(),
            name,
            image: wanted.image,
            image_id: image.id,
            created,
            config,
            is_partly_unknown: !image.is_known,
            host: wanted.host,
            mounts,
            networks: wanted.networks,
            phase: Phase::Created,
            exit: Some(0),
            doubt: None,
            started: None,
            finished: None,
            restarts: 0,
            ports: BTreeMap::new(),
            pid: 0,
            logs: Some(Vec::new()),
            error: String::new(),
        });
        Ok(id)
    }

    /// Nothing, if no container has this name.
    fn free_name(&self, name: &str) -> Done<()> {
        let plain = name.strip_prefix('/').unwrap_or(name);
        let is_letter = |letter: char| letter.is_ascii_alphanumeric() || "_.-".contains(letter);
        let is_good = plain.len() > 1
            && plain.starts_with(|letter: char| letter.is_ascii_alphanumeric())
            && plain.chars().all(is_letter);
        if !is_good {
            return Err(Trouble::refused(format!(
                "Invalid container name ({plain}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed"
            )));
        }
        match self.containers.iter().find(|one| one.name == plain) {
            None => Ok(()),
            Some(other) => Err(Trouble::refused(format!(
                "Conflict. The container name \"/{plain}\" is already in use by container \"{}\". You have to remove (or rename) that container to be able to reuse that name.",
                other.id
            ))),
        }
    }

    /// A name of the kind that docker gives.
    fn new_name(&self) -> String {
        const FIRST: [&str; 8] = [
            "agile", "brave", "calm", "eager", "gentle", "happy", "keen", "modest",
        ];
        const SECOND: [&str; 8] = [
            "bohr", "curie", "darwin", "euler", "gauss", "hopper", "kepler", "turing",
        ];
        let taken = |name: &str| self.containers.iter().any(|one| one.name == name);
        let pairs = SECOND
            .iter()
            .flat_map(|second| FIRST.iter().map(move |first| format!("{first}_{second}")));
        let start = usize::try_from(self.made).unwrap_or_default() % 64;
        let name = pairs.cycle().skip(start).take(64).find(|name| !taken(name));
        name.unwrap_or_else(|| format!("modest_turing{}", self.made))
    }

    /// Starts a container whose program comes to this; `logs` is what it writes, if that is known.
    pub(in super::super) fn start(
        &mut self,
        name: &str,
        fate: Fate,
        logs: Option<Vec<Line>>,
    ) -> Done<()> {
        let one = self.container(name)?.clone();
        match one.phase {
            Phase::Paused => {
                return Err(Trouble::refused(
                    "cannot start a paused container, try unpause instead",
                ));
            }
            Phase::Running => return Ok(()),
            Phase::Created | Phase::Exited => {}
        }
        for network in one.networks.keys() {
            self.network(network)?;
        }
        for link in &one.host.links {
            let linked = link.split(':').next().unwrap_or_default();
            if !self.container(linked).is_ok_and(Container::is_up) {
                return Err(Trouble::refused(format!(
                    "Cannot link to a non running container: /{linked} AS /{}/{}",
                    one.name,
                    link.split(':').nth(1).unwrap_or(linked)
                )));
            }
        }
        let ports = self.bind(&one)?;
        self.give_addresses(&one.id)?;
        let now = self.tick();
        let pid = 1000 + i64::try_from(now).unwrap_or_default();
        let one = self.container_mut(&one.id)?;
        one.phase = Phase::Running;
        one.ports = ports;
        one.started = Some(now);
        one.exit = Some(0);
        one.pid = pid;
        one.error.clear();
        one.doubt = None;
        one.logs = match (one.logs.take(), logs) {
            (Some(mut old), Some(new)) => {
                old.extend(new.into_iter().map(|line| Line { at: now, ..line }));
                Some(old)
            }
            _ => None,
        };
        let id = one.id.clone();
        match fate {
            Fate::Stays => Ok(()),
            Fate::Ends(status) => self.end(&id, Some(status)),
            Fate::Unknown(what) => {
                one.doubt = Some(what);
                one.logs = None;
                Ok(())
            }
        }
    }

    /// Where each published port is reached.
    fn bind(&mut self, one: &Container) -> Done<BTreeMap<String, Vec<Binding>>> {
        let mut bindings: BTreeMap<String, Vec<Binding>> = BTreeMap::new();
        let taken: BTreeSet<(String, String, u16)> = self
            .containers
            .iter()
            .flat_map(|other| &other.ports)
            .flat_map(|(port, all)| all.iter().map(move |one| (protocol(port), one)))
            .map(|(protocol, one)| (protocol.to_owned(), one.address.clone(), one.port))
            .collect();
        for publish in &one.host.published {
            let kind = protocol(&publish.container).to_owned();
            let addresses: &[&str] = match publish.address.as_str() {
                "" => &["0.0.0.0", "::"],
                address => &[address],
            };
            let clashes = |port: u16| {
                let is_same = |(its_kind, address, its_port): &(String, String, u16)| {
                    let overlaps = ["0.0.0.0", "::"].contains(&address.as_str())
                        || addresses
                            .iter()
                            .any(|one| one == address || *one == "0.0.0.0");
                    *its_kind == kind && *its_port == port && overlaps
                };
                taken.iter().any(is_same)
            };
            let port = match publish.host {
                Some(port) if clashes(port) => {
                    return Err(Trouble::refused(format!(
                        "driver failed programming external connectivity on endpoint {} ({}): Bind for {}:{port} failed: port is already allocated",
                        one.name,
                        super::id_of(&format!("endpoint {}", one.id)),
                        addresses.first().unwrap_or(&"0.0.0.0"),
                    )));
                }
                Some(port) if port > 0 => port,
                _ => {
                    let port = self.next_port;
                    self.next_port = port.checked_add(1).unwrap_or(super::FIRST_PORT);
                    port
                }
            };
            let here = addresses.iter().map(|address| Binding {
                address: (*address).to_owned(),
                port,
            });
            bindings
                .entry(publish.container.clone())
                .or_default()
                .extend(here);
        }
        Ok(bindings)
    }

    /// A container's process ends; the status is none if only the program could tell.
    pub(in super::super) fn end(&mut self, name: &str, status: Option<u8>) -> Done<()> {
        let now = self.tick();
        let one = self.container_mut(name)?;
        one.phase = Phase::Exited;
        one.exit = status;
        one.finished = Some(now);
        one.pid = 0;
        one.doubt = None;
        one.ports.clear();
        for endpoint in one.networks.values_mut() {
            endpoint.address = None;
        }
        let (id, goes) = (one.id.clone(), one.host.auto_remove);
        if goes {
            self.remove(&id, false, true)?;
        }
        Ok(())
    }

    /// Removes a container, with the volumes that have no name of their own if asked to.
    pub(in super::super) fn remove(&mut self, name: &str, force: bool, volumes: bool) -> Done<()> {
        let one = self.container(name)?.clone();
        if let Some(doubt) = one.doubt.filter(|_| !force) {
            return Err(Trouble::Unmodelled(doubt));
        }
        match one.phase {
            Phase::Paused if !force => {
                return Err(Trouble::refused(format!(
                    "cannot remove container \"/{}\": container is paused and must be unpaused first",
                    one.name
                )));
            }
            Phase::Running if !force => {
                return Err(Trouble::refused(format!(
                    "cannot remove container \"/{}\": container is running: stop the container before removing or force remove",
                    one.name
                )));
            }
            _ => {}
        }
        self.containers.retain(|other| other.id != one.id);
        self.tick();
        for mount in one.mounts.iter().filter(|_| volumes) {
            let is_anonymous = self.volume(&mount.name).is_ok_and(|one| one.is_anonymous);
            if is_anonymous && self.users(&mount.name).is_empty() {
                self.remove_volume(&mount.name, false)?;
            }
        }
        Ok(())
    }

    /// Gives a container another name.
    pub(in super::super) fn rename(&mut self, name: &str, new: &str) -> Done<()> {
        let one = self.container(name)?;
        let (id, old) = (one.id.clone(), one.name.clone());
        if new.strip_prefix('/').unwrap_or(new) == old {
            return Err(Trouble::refused(
                "Renaming a container with the same name as its current name",
            ));
        }
        self.free_name(new).map_err(|trouble| match trouble {
            Trouble::Refused(why) => {
                Trouble::refused(format!("Error when allocating new name: {why}"))
            }
            other => other,
        })?;
        new.strip_prefix('/')
            .unwrap_or(new)
            .clone_into(&mut self.container_mut(&id)?.name);
        self.tick();
        Ok(())
    }

    pub(in super::super) fn pause(&mut self, name: &str) -> Done<()> {
        let one = self.container_mut(name)?;
        match one.phase {
            Phase::Running => one.phase = Phase::Paused,
            Phase::Paused => {
                return Err(Trouble::refused(format!(
                    "Container {} is already paused",
                    one.id
                )));
            }
            Phase::Created | Phase::Exited => {
                return Err(Trouble::refused(format!(
                    "Container {} is not running",
                    one.id
                )));
            }
        }
        self.tick();
        Ok(())
    }

    pub(in super::super) fn unpause(&mut self, name: &str) -> Done<()> {
        let one = self.container_mut(name)?;
        match one.phase {
            Phase::Paused => one.phase = Phase::Running,
            _ => {
                return Err(Trouble::refused(format!(
                    "Container {} is not paused",
                    one.id
                )));
            }
        }
        self.tick();
        Ok(())
    }
}

/// `tcp` of `80/tcp`.
fn protocol(port: &str) -> &str {
    port.split_once('/').map_or("tcp", |(_, protocol)| protocol)
}

/// What a container has of its image, and of its own.
fn merged(image: &Config, own: Config) -> Config {
    let mut labels = image.labels.clone();
    labels.extend(own.labels);
    let entrypoint_is_own = own.entrypoint.is_some();
    let or = |own: String, image: &String| if own.is_empty() { image.clone() } else { own };
    Config {
        env: overlay(&image.env, &own.env),
        // With an entrypoint of one's own the image's command goes.
        command: own
            .command
            .or_else(|| image.command.clone().filter(|_| !entrypoint_is_own)),
        entrypoint: own.entrypoint.or_else(|| image.entrypoint.clone()),
        exposed: own.exposed.union(&image.exposed).cloned().collect(),
        volumes: own.volumes.union(&image.volumes).cloned().collect(),
        working_dir: or(own.working_dir, &image.working_dir),
        user: or(own.user, &image.user),
        labels,
        stop_signal: or(own.stop_signal, &image.stop_signal),
    }
}

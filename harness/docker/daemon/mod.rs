//! What docker's daemon keeps: containers, images, networks and volumes, and what can be done to them.

pub(super) mod clock;
pub(super) mod container;
pub(super) mod image;
mod images;
mod life;
pub(super) mod mount;
pub(super) mod network;
mod networks;
pub(super) mod port;
pub(super) mod reference;
pub(super) mod volume;
mod volumes;

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::digest;
use clock::Moment;
use container::Container;
use image::Image;
use network::Network;
use volume::Volume;

pub(super) use images::Removed;
pub(super) use life::{Fate, Wanted};

/// Everything that a world's docker daemon keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// How many things it has made, which gives each an id of its own that is the same in every run.
    made: u64,
    pub(super) now: Moment,
    /// How many commands have asked something of it.
    pub(super) asked: u64,
    next_port: u16,
    next_block: u8,
    pub(super) containers: Vec<Container>,
    pub(super) images: Vec<Image>,
    pub(super) networks: Vec<Network>,
    pub(super) volumes: Vec<Volume>,
}

/// The first of the ports that docker chooses itself.
const FIRST_PORT: u16 = 32_768;

impl Default for State {
    fn default() -> Self {
        let mut state = Self {
            made: 0,
            now: 0,
            asked: 0,
            next_port: FIRST_PORT,
            next_block: 18,
            containers: Vec::new(),
            images: Vec::new(),
            networks: Vec::new(),
            volumes: Vec::new(),
        };
        for (name, driver) in [("bridge", "bridge"), ("host", "host"), ("none", "null")] {
            let id = state.new_id("network");
            state.networks.push(Network {
                id,
                driver: driver.to_owned(),
                block: (name == "bridge").then_some((172, 17)),
                ..Network::named(name, BTreeMap::new())
            });
        }
        state
    }
}

/// Why the daemon did not do something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// There is no such thing; in docker's words.
    Missing(String),
    /// It can't be done; in docker's words.
    Refused(String),
    /// The world does not know what docker would do; what it lacks, by name.
    Unmodelled(String),
}

impl Trouble {
    /// A refusal in these words.
    pub(super) fn refused(what: impl Into<String>) -> Self {
        Self::Refused(what.into())
    }
}

/// What docker says where the daemon can't be reached.
pub(super) const GONE: &str = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?";

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(what) | Self::Refused(what) => {
                write!(f, "Error response from daemon: {what}")
            }
            Self::Unmodelled(what) => write!(f, "{what} is not modelled"),
        }
    }
}

/// What came of something that was asked of the daemon.
pub(super) type Done<T> = Result<T, Trouble>;

impl State {
    /// An id that nothing has yet.
    pub(super) fn new_id(&mut self, of: &str) -> String {
        self.made += 1;
        id_of(&format!("{of} {}", self.made))
    }

    /// Time goes on: something changed.
    pub(super) fn tick(&mut self) -> Moment {
        self.now += 1;
        self.now
    }

    /// Where the container of this name, id or beginning of an id stands.
    pub(super) fn container_index(&self, name: &str) -> Done<usize> {
        let missing = || Trouble::Missing(format!("No such container: {name}"));
        let plain = name.strip_prefix('/').unwrap_or(name);
        let exact = self
            .containers
            .iter()
            .position(|one| one.id == plain || one.name == plain);
        if let Some(index) = exact {
            return Ok(index);
        }
        let is_part = !plain.is_empty() && plain.chars().all(reference::is_hex);
        let mut found = self
            .containers
            .iter()
            .enumerate()
            .filter(|(_, one)| is_part && one.id.starts_with(plain));
        match (found.next(), found.next()) {
            (Some((index, _)), None) => Ok(index),
            (Some(_), Some(_)) => Err(Trouble::refused(format!(
                "multiple IDs found with provided prefix: {plain}"
            ))),
            (None, _) => Err(missing()),
        }
    }

    /// The container of this name, id or beginning of an id.
    pub(super) fn container(&self, name: &str) -> Done<&Container> {
        let index = self.container_index(name)?;
        let found = self.containers.get(index);
        found.ok_or_else(|| Trouble::Missing(format!("No such container: {name}")))
    }

    pub(super) fn container_mut(&mut self, name: &str) -> Done<&mut Container> {
        let index = self.container_index(name)?;
        let found = self.containers.get_mut(index);
        found.ok_or_else(|| Trouble::Missing(format!("No such container: {name}")))
    }
}

/// An id, 64 letters, that belongs to a text.
pub(super) fn id_of(text: &str) -> String {
    let mut digest = Sha256::new();
    digest::add(&mut digest, text.as_bytes());
    digest::letters(&digest.finalize())
}

/// An id as lists show it.
pub(super) fn short(id: &str) -> &str {
    let plain = id.strip_prefix("sha256:").unwrap_or(id);
    plain.get(..12).unwrap_or(plain)
}

/// Adds the variables or labels of a list of `name=value` to those that are there.
pub(super) fn overlay(env: &[String], over: &[String]) -> Vec<String> {
    let name = |entry: &str| entry.split('=').next().unwrap_or_default().to_owned();
    let is_new = |entry: &&String| !over.iter().any(|one| name(one) == name(entry));
    let mut result: Vec<String> = Vec::new();
    for entry in over.iter().chain(env.iter().filter(is_new)) {
        // A later value takes the place of an earlier one.
        match result.iter_mut().find(|one| name(one) == name(entry)) {
            Some(old) => entry.clone_into(old),
            None => result.push(entry.clone()),
        }
    }
    result
}

//! A container.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::clock::{Moment, span};
use super::mount::Mount;
use super::port::{Binding, Publish};

/// What a container is started with, and an image says of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(in super::super) struct Config {
    pub(in super::super) env: Vec<String>,
    pub(in super::super) command: Option<Vec<String>>,
    pub(in super::super) entrypoint: Option<Vec<String>>,
    /// The ports that are exposed, such as `80/tcp`.
    pub(in super::super) exposed: BTreeSet<String>,
    /// The folders that are volumes without a name.
    pub(in super::super) volumes: BTreeSet<String>,
    pub(in super::super) working_dir: String,
    pub(in super::super) user: String,
    pub(in super::super) labels: BTreeMap<String, String>,
    pub(in super::super) stop_signal: String,
}

/// How a container is run, besides its own configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(in super::super) struct Host {
    pub(in super::super) hostname: Option<String>,
    pub(in super::super) tty: bool,
    pub(in super::super) open_stdin: bool,
    pub(in super::super) published: Vec<Publish>,
    pub(in super::super) publish_all: bool,
    pub(in super::super) restart: Restart,
    pub(in super::super) auto_remove: bool,
    pub(in super::super) privileged: bool,
    pub(in super::super) read_only: bool,
    pub(in super::super) network_mode: String,
    /// The links, as `container:alias`.
    pub(in super::super) links: Vec<String>,
    pub(in super::super) volumes_from: Vec<String>,
    pub(in super::super) binds: Vec<String>,
    pub(in super::super) memory: i64,
    pub(in super::super) memory_reservation: i64,
    pub(in super::super) memory_swap: i64,
    pub(in super::super) nano_cpus: i64,
    pub(in super::super) cpu_shares: i64,
    pub(in super::super) shm_size: i64,
    pub(in super::super) log_driver: String,
    pub(in super::super) log_options: BTreeMap<String, String>,
    pub(in super::super) extra_hosts: Vec<String>,
    pub(in super::super) cap_add: Vec<String>,
    pub(in super::super) cap_drop: Vec<String>,
    pub(in super::super) dns: Vec<String>,
    pub(in super::super) init: bool,
    pub(in super::super) cid_file: String,
    pub(in super::super) stop_timeout: Option<i64>,
    pub(in super::super) tmpfs: BTreeMap<String, String>,
    pub(in super::super) runtime: Option<String>,
    pub(in super::super) ipc: Option<String>,
    pub(in super::super) pid: String,
    /// True if it was given options that the world keeps no account of.
    pub(in super::super) has_uncounted: bool,
}

/// When docker starts a container again by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) struct Restart {
    pub(in super::super) name: String,
    pub(in super::super) most: i64,
}

impl Default for Restart {
    fn default() -> Self {
        Self {
            name: "no".into(),
            most: 0,
        }
    }
}

impl Restart {
    /// Reads a policy, such as `on-failure:10`.
    ///
    /// # Errors
    /// In docker's words, if it is none.
    pub(in super::super) fn read(text: &str) -> Result<Self, String> {
        let (name, most) = match text.split_once(':') {
            Some((name, most)) => {
                let most = most
                    .parse()
                    .map_err(|_| "maximum retry count must be an integer".to_owned())?;
                (name, most)
            }
            None => (text, 0),
        };
        match name {
            "no" | "always" | "unless-stopped" if most > 0 => {
                let why = "invalid restart policy: maximum retry count can only be used with 'on-failure'";
                Err(why.into())
            }
            "no" | "always" | "unless-stopped" | "on-failure" => Ok(Self {
                name: name.to_owned(),
                most,
            }),
            "" => Ok(Self::default()),
            _ => Err(format!(
                "invalid restart policy: unknown policy '{name}'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'"
            )),
        }
    }
}

/// Where a container is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) enum Phase {
    Created,
    Running,
    Paused,
    Exited,
}

impl Phase {
    /// The word of docker.
    pub(in super::super) fn word(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Exited => "exited",
        }
    }
}

/// A container's place in a network.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(in super::super) struct Endpoint {
    pub(in super::super) aliases: Vec<String>,
    /// The address that was asked for.
    pub(in super::super) wanted: Option<String>,
    /// Which address of the network it has; none while it does not run.
    pub(in super::super) address: Option<String>,
}

/// One line that a container wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) struct Line {
    pub(in super::super) is_error: bool,
    pub(in super::super) text: String,
    pub(in super::super) at: Moment,
}

/// A container.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) struct Container {
    pub(in super::super) id: String,
    pub(in super::super) name: String,
    /// The image as it was asked for.
    pub(in super::super) image: String,
    pub(in super::super) image_id: String,
    pub(in super::super) created: Moment,
    pub(in super::super) config: Config,
    /// True if the image says more of its configuration than the world knows.
    pub(in super::super) is_partly_unknown: bool,
    pub(in super::super) host: Host,
    pub(in super::super) mounts: Vec<Mount>,
    pub(in super::super) networks: BTreeMap<String, Endpoint>,
    pub(in super::super) phase: Phase,
    /// None if only the program itself could tell.
    pub(in super::super) exit: Option<u8>,
    /// What is not known of whether it still runs, by name; none if that is known.
    pub(in super::super) doubt: Option<String>,
    pub(in super::super) started: Option<Moment>,
    pub(in super::super) finished: Option<Moment>,
    pub(in super::super) restarts: i64,
    /// Set while it runs: container port → host addresses.
    pub(in super::super) ports: BTreeMap<String, Vec<Binding>>,
    pub(in super::super) pid: i64,
    /// What it wrote; none if only the program itself could tell.
    pub(in super::super) logs: Option<Vec<Line>>,
    /// Why it did not start, in docker's words.
    pub(in super::super) error: String,
}

impl Container {
    /// True while its process is there.
    pub(in super::super) fn is_up(&self) -> bool {
        matches!(self.phase, Phase::Running | Phase::Paused)
    }

    /// What `ps` says of its state.
    pub(in super::super) fn status(&self, now: Moment) -> String {
        let since = |moment: Option<Moment>| span(moment.unwrap_or(now), now);
        match self.phase {
            Phase::Created => "Created".into(),
            Phase::Running => format!("Up {}", since(self.started)),
            Phase::Paused => format!("Up {} (Paused)", since(self.started)),
            Phase::Exited => format!(
                "Exited ({}) {} ago",
                self.exit.unwrap_or_default(),
                since(self.finished)
            ),
        }
    }

    /// The first of its words of command, and the rest: what is run.
    pub(in super::super) fn words(&self) -> Vec<String> {
        let entrypoint = self.config.entrypoint.iter().flatten();
        let command = self.config.command.iter().flatten();
        entrypoint
            .chain(command)
            .filter(|word| !word.is_empty())
            .cloned()
            .collect()
    }
}

//! What there is in docker before a case.

use std::collections::{BTreeMap, BTreeSet};

use super::Rules;
use super::daemon::container::{Config, Endpoint, Host, Line};
use super::daemon::mount::Mount;
use super::daemon::network::Network;
use super::daemon::port::Publish;
use super::daemon::reference::Reference;
use super::daemon::{Fate, State, Trouble, Wanted};

/// What there is in docker before a case, and what only the case can say of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Setting {
    /// The images.
    pub images: Vec<Image>,
    /// The networks.
    pub networks: Vec<Named>,
    /// The volumes.
    pub volumes: Vec<Named>,
    /// The containers.
    pub containers: Vec<Container>,
    /// What only the case can say.
    pub rules: Rules,
}

impl Setting {
    /// True if nothing is there.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let is_bare = self.networks.is_empty() && self.volumes.is_empty();
        is_bare && self.images.is_empty() && self.containers.is_empty()
    }
}

/// A network or a volume.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// Its name.
    pub name: String,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
}

/// An image, with the whole of its configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Image {
    /// Its name, without or with a tag.
    pub name: String,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Its environment.
    pub env: BTreeMap<String, String>,
    /// What it runs.
    pub command: Vec<String>,
    /// What it runs before that.
    pub entrypoint: Vec<String>,
    /// The ports that it exposes, such as `80/tcp`.
    pub exposes: Vec<String>,
    /// The folder that it starts in.
    pub working_dir: String,
    /// The user that it runs as.
    pub user: String,
}

/// A container.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Container {
    /// Its name.
    pub name: String,
    /// Its image, which need not be told of.
    pub image: String,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Its environment.
    pub env: BTreeMap<String, String>,
    /// What it runs.
    pub command: Vec<String>,
    /// What it publishes, as `docker run --publish` takes it.
    pub ports: Vec<String>,
    /// What it mounts, as `docker run --volume` takes it.
    pub volumes: Vec<String>,
    /// The networks that it is in; none for the usual one.
    pub networks: Vec<String>,
    /// Where it is in its life.
    pub state: Life,
    /// What it wrote; none if that is not known.
    pub logs: Option<String>,
    /// Its id, if something names it.
    pub id: Option<String>,
}

/// Where a container is in its life.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Life {
    /// It runs.
    #[default]
    Running,
    /// It was made and not started.
    Created,
    /// It is paused.
    Paused,
    /// It has ended with this status.
    Exited(u8),
}

/// The id of what a world furnishes by itself, which is the same in every run.
#[must_use]
pub fn id_of(what: &str) -> String {
    super::daemon::id_of(what)
}

impl State {
    /// A daemon with these things in it.
    ///
    /// # Errors
    /// In docker's words, if they can't be together, as with two containers of one name.
    pub fn of(setting: &Setting) -> Result<Self, String> {
        let mut state = Self::default();
        let fill = || -> Result<Self, Trouble> {
            for image in &setting.images {
                state.furnish_image(image)?;
            }
            for network in &setting.networks {
                state.make_network(Network::named(&network.name, network.labels.clone()))?;
            }
            for volume in &setting.volumes {
                state.make_volume(Some(&volume.name), volume.labels.clone(), BTreeMap::new())?;
            }
            for container in &setting.containers {
                state.furnish_container(container)?;
            }
            Ok(state)
        };
        fill().map_err(|trouble| match trouble {
            Trouble::Missing(what) | Trouble::Refused(what) => what,
            other => other.to_string(),
        })
    }

    fn furnish_image(&mut self, image: &Image) -> Result<(), Trouble> {
        let name = Reference::read(&image.name).map_err(Trouble::Refused)?;
        let some = |words: &[String]| (!words.is_empty()).then(|| words.to_vec());
        let config = Config {
            env: assignments(&image.env),
            command: some(&image.command),
            entrypoint: some(&image.entrypoint),
            exposed: image
                .exposes
                .iter()
                .map(|port| with_protocol(port))
                .collect(),
            volumes: BTreeSet::new(),
            working_dir: image.working_dir.clone(),
            user: image.user.clone(),
            labels: image.labels.clone(),
            stop_signal: String::new(),
        };
        let is_whole = config.command.is_some() || config.entrypoint.is_some();
        let id = self.make_image(Some(&name.clone().tagged()), config, is_whole);
        self.digest_image(&id, &name.tagged());
        Ok(())
    }

    fn furnish_container(&mut self, container: &Container) -> Result<(), Trouble> {
        let image = Reference::read(&container.image).map_err(Trouble::Refused)?;
        self.pull(&image.tagged());
        let mut host = Host {
            network_mode: container
                .networks
                .first()
                .cloned()
                .unwrap_or_else(|| "bridge".into()),
            ..Host::default()
        };
        for port in &container.ports {
            host.published
                .extend(Publish::read(port).map_err(Trouble::Refused)?);
        }
        let mounts: Result<Vec<_>, _> = container
            .volumes
            .iter()
            .map(|one| Mount::read(one))
            .collect();
        let networks = match container.networks.is_empty() {
            true => vec!["bridge".to_owned()],
            false => container.networks.clone(),
        };
        let exposed = host
            .published
            .iter()
            .map(|one| one.container.clone())
            .collect();
        let wanted = Wanted {
            name: Some(container.name.clone()),
            image: container.image.clone(),
            config: Config {
                env: assignments(&container.env),
                command: (!container.command.is_empty()).then(|| container.command.clone()),
                labels: container.labels.clone(),
                exposed,
                ..Config::default()
            },
            host,
            mounts: mounts.map_err(Trouble::Refused)?,
            networks: networks
                .into_iter()
                .map(|name| (name, Endpoint::default()))
                .collect(),
        };
        let mut id = self.create(wanted)?;
        if let Some(wanted) = &container.id {
            wanted.clone_into(&mut self.container_mut(&id)?.id);
            wanted.clone_into(&mut id);
        }
        if container.state != Life::Created {
            let lines = container.logs.as_ref().map(|text| lines(text));
            let fate = match container.state {
                Life::Exited(status) => Fate::Ends(status),
                Life::Running | Life::Paused | Life::Created => Fate::Stays,
            };
            self.start(&id, fate, lines)?;
        }
        if container.state == Life::Paused {
            self.pause(&id)?;
        }
        Ok(())
    }
}

/// What was written, line by line.
fn lines(text: &str) -> Vec<Line> {
    let line = |text: &str| Line {
        is_error: false,
        text: text.to_owned(),
        at: 0,
    };
    text.lines().map(line).collect()
}

fn assignments(variables: &BTreeMap<String, String>) -> Vec<String> {
    let entries = variables.iter();
    entries
        .map(|(name, value)| format!("{name}={value}"))
        .collect()
}

/// A port with the protocol that goes without saying.
pub(super) fn with_protocol(port: &str) -> String {
    match port.contains('/') {
        true => port.to_owned(),
        false => format!("{port}/tcp"),
    }
}

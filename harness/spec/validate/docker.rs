//! What there is in docker before a case, what its programs do, and what goes wrong with it.

use super::super::given::ContainerProgram;
use super::super::raw;
use super::matcher::Scope;
use super::{At, Desk, listed};
use crate::docker::{
    Container, Faults, Image, Life, Named, Outcome, Rules, Setting, State, Unpullable,
};

impl Desk<'_> {
    /// What there is in docker; what can't be there together is told.
    pub(super) fn docker(&mut self, raw: Option<&raw::Docker>, at: At<'_>) -> Setting {
        let Some(raw) = raw else {
            return Setting::default();
        };
        let containers = raw.containers.as_deref().unwrap_or_default();
        let containers = listed(containers, at.key("containers"))
            .map(|(raw, at)| self.container(raw, at))
            .collect();
        let setting = Setting {
            images: some(raw.images.as_ref()).map(image).collect(),
            networks: some(raw.networks.as_ref()).map(labelled).collect(),
            volumes: some(raw.volumes.as_ref()).map(labelled).collect(),
            containers,
            rules: Rules {
                programs: Vec::new(),
                faults: raw.faults.as_ref().map(faults).unwrap_or_default(),
            },
        };
        if let Err(why) = State::of(&setting) {
            self.tell(at, format!("docker can't be like this: {why}"));
        }
        setting
    }

    fn container(&mut self, raw: &raw::Container, at: At<'_>) -> Container {
        let state = match (raw.state, raw.exit) {
            (None | Some(raw::ContainerState::Exited), Some(status)) => Life::Exited(status),
            (Some(raw::ContainerState::Exited), None) => Life::Exited(0),
            (None | Some(raw::ContainerState::Running), None) => Life::Running,
            (Some(raw::ContainerState::Created), None) => Life::Created,
            (Some(raw::ContainerState::Paused), None) => Life::Paused,
            (Some(_), Some(_)) => {
                let message = "only a container that has exited has an exit status";
                self.tell(at.key("exit"), message);
                Life::Running
            }
        };
        Container {
            name: raw.name.clone(),
            image: raw.image.clone(),
            labels: raw.labels.clone().unwrap_or_default(),
            env: raw.env.clone().unwrap_or_default(),
            command: raw.command.clone().unwrap_or_default(),
            ports: raw.ports.clone().unwrap_or_default(),
            volumes: raw.volumes.clone().unwrap_or_default(),
            networks: raw.networks.clone().unwrap_or_default(),
            state,
            logs: raw.logs.clone(),
            id: None,
        }
    }

    /// What programs in containers do; those with a mistake are told, and left out.
    pub(super) fn programs(
        &mut self,
        raw: &[raw::ContainerProgram],
        scope: &Scope,
        at: At<'_>,
    ) -> Vec<ContainerProgram> {
        let scope = scope.without_steps();
        let mut programs = Vec::new();
        for (raw, at) in listed(raw, at) {
            let told = self.mistakes.len();
            let command = raw
                .command
                .as_ref()
                .and_then(|raw| self.argv(raw, &scope, at.key("command")));
            self.simple(command.as_ref(), at.key("command"));
            let stays = raw.stays.unwrap_or_default();
            if stays && raw.exit.is_some() {
                let message = "what keeps running has no exit status";
                self.tell(at.key("exit"), message);
            }
            if self.mistakes.len() == told {
                programs.push(ContainerProgram {
                    container: raw.container.clone(),
                    image: raw.image.clone(),
                    command,
                    outcome: match stays {
                        true => Outcome::Stays,
                        false => Outcome::Ends(raw.exit.unwrap_or_default()),
                    },
                    stdout: raw.stdout.clone().unwrap_or_default(),
                    stderr: raw.stderr.clone().unwrap_or_default(),
                });
            }
        }
        programs
    }
}

fn some<T>(list: Option<&Vec<T>>) -> impl Iterator<Item = &T> {
    list.into_iter().flatten()
}

fn image(raw: &raw::Image) -> Image {
    match raw {
        raw::Image::Name(name) => Image {
            name: name.clone(),
            ..Image::default()
        },
        raw::Image::Full(raw) => Image {
            name: raw.name.clone(),
            labels: raw.labels.clone().unwrap_or_default(),
            env: raw.env.clone().unwrap_or_default(),
            command: raw.command.clone().unwrap_or_default(),
            entrypoint: raw.entrypoint.clone().unwrap_or_default(),
            exposes: raw.exposes.clone().unwrap_or_default(),
            working_dir: raw.working_dir.clone().unwrap_or_default(),
            user: raw.user.clone().unwrap_or_default(),
        },
    }
}

fn labelled(raw: &raw::Labelled) -> Named {
    match raw {
        raw::Labelled::Name(name) => Named {
            name: name.clone(),
            ..Named::default()
        },
        raw::Labelled::Full(raw) => Named {
            name: raw.name.clone(),
            labels: raw.labels.clone().unwrap_or_default(),
        },
    }
}

fn faults(raw: &raw::Faults) -> Faults {
    Faults {
        lost_after: raw.lost_after.map(u64::from),
        pull: match &raw.unpullable {
            None => Unpullable::Nothing,
            Some(raw::Unpullable::Word(raw::EverythingWord::Everything)) => Unpullable::Everything,
            Some(raw::Unpullable::These(names)) => Unpullable::These(names.clone()),
        },
        disk_full: raw.disk_full.unwrap_or_default(),
        exits: raw.exits.clone().unwrap_or_default(),
    }
}

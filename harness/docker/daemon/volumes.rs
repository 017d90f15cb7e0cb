//! What is done to volumes.

use std::collections::BTreeMap;

use super::volume::Volume;
use super::{Done, State, Trouble, mount};

impl State {
    /// The volume of this name.
    pub(in super::super) fn volume(&self, name: &str) -> Done<&Volume> {
        let found = self.volumes.iter().find(|one| one.name == name);
        found.ok_or_else(|| Trouble::Missing(format!("get {name}: no such volume")))
    }

    /// Makes a volume, unless it is there; its name.
    pub(in super::super) fn make_volume(
        &mut self,
        name: Option<&str>,
        labels: BTreeMap<String, String>,
        options: BTreeMap<String, String>,
    ) -> Done<String> {
        let is_anonymous = name.is_none();
        let name = name.map_or_else(|| self.new_id("volume"), str::to_owned);
        if let Some(why) = mount::bad_name(&name) {
            return Err(Trouble::refused(why));
        }
        if self.volumes.iter().any(|one| one.name == name) {
            return Ok(name);
        }
        let created = self.tick();
        self.volumes.push(Volume {
            name: name.clone(),
            driver: "local".into(),
            created,
            labels,
            options,
            is_anonymous,
        });
        Ok(name)
    }

    /// The containers that use a volume.
    pub(in super::super) fn users(&self, volume: &str) -> Vec<&str> {
        let uses = |mounts: &[mount::Mount]| {
            mounts
                .iter()
                .any(|one| one.place == mount::Place::Volume && one.name == volume)
        };
        let users = self.containers.iter().filter(|one| uses(&one.mounts));
        users.map(|one| one.id.as_str()).collect()
    }

    pub(in super::super) fn remove_volume(&mut self, name: &str, force: bool) -> Done<()> {
        match self.volume(name) {
            Err(Trouble::Missing(_)) if force => return Ok(()),
            other => other?,
        };
        let users = self.users(name);
        if !users.is_empty() {
            return Err(Trouble::refused(format!(
                "remove {name}: volume is in use - [{}]",
                users.join(", ")
            )));
        }
        self.volumes.retain(|one| one.name != name);
        self.tick();
        Ok(())
    }
}

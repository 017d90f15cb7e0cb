//! What is done to images.

use super::container::Config;
use super::image::Image;
use super::reference::{Reference, is_hex};
use super::{Done, State, Trouble, id_of, short};

/// What became of an image that was to be removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum Removed {
    Untagged(String),
    Deleted(String),
}

impl State {
    /// The image of this name, id or beginning of an id.
    pub(in super::super) fn image(&self, name: &str) -> Done<&Image> {
        let plain = name.strip_prefix("sha256:").unwrap_or(name);
        let is_id = !plain.is_empty() && plain.chars().all(is_hex);
        let of_id = || {
            let mut found = self
                .images
                .iter()
                .filter(|image| is_id && image.id.trim_start_matches("sha256:").starts_with(plain));
            match (found.next(), found.next()) {
                (Some(image), None) => Some(image),
                _ => None,
            }
        };
        let reference = Reference::read(name);
        if reference.is_err() && !is_id {
            return Err(Trouble::refused(reference.err().unwrap_or_default()));
        }
        let tagged = reference
            .map(|reference| reference.tagged().to_string())
            .ok();
        let of_name = tagged.as_ref().and_then(|name| {
            self.images
                .iter()
                .find(|image| image.tags.contains(name) || image.digests.contains(name))
        });
        let shown = tagged.clone().unwrap_or_else(|| name.to_owned());
        of_name
            .or_else(of_id)
            .ok_or(Trouble::Missing(format!("No such image: {shown}")))
    }

    /// Takes an image from a registry, unless it is there; true if it was not.
    pub(in super::super) fn pull(&mut self, name: &Reference) -> bool {
        let shown = name.to_string();
        let is_there =
            |image: &Image| image.tags.contains(&shown) || image.digests.contains(&shown);
        if self.images.iter().any(is_there) {
            return false;
        }
        let digest = registry_digest(name);
        let image = Image {
            // What a registry has is the same on every host.
            id: format!("sha256:{}", id_of(&format!("image {shown}"))),
            tags: name.tag.iter().map(|_| shown.clone()).collect(),
            digests: vec![format!("{}@{digest}", name.repository)],
            created: 0,
            config: Config::default(),
            is_known: false,
            comment: String::new(),
            author: String::new(),
        };
        self.tick();
        self.images.push(image);
        true
    }

    /// Makes an image of its own, under this name if it has one; its id.
    pub(in super::super) fn make_image(
        &mut self,
        name: Option<&Reference>,
        config: Config,
        is_known: bool,
    ) -> String {
        let id = format!("sha256:{}", self.new_id("image"));
        let created = self.tick();
        self.images.push(Image {
            id: id.clone(),
            tags: Vec::new(),
            digests: Vec::new(),
            created,
            config,
            is_known,
            comment: String::new(),
            author: String::new(),
        });
        if let Some(name) = name {
            self.name_image(&id, name);
        }
        id
    }

    /// Gives an image the digest that a registry has of it.
    pub(in super::super) fn digest_image(&mut self, id: &str, name: &Reference) {
        let digest = format!("{}@{}", name.repository, registry_digest(name));
        if let Some(image) = self.images.iter_mut().find(|image| image.id == id) {
            image.digests.push(digest);
        }
    }

    /// Gives an image a name, which any other loses.
    pub(in super::super) fn name_image(&mut self, id: &str, name: &Reference) {
        let name = name.clone().tagged().to_string();
        for image in &mut self.images {
            image.tags.retain(|tag| *tag != name);
        }
        if let Some(image) = self.images.iter_mut().find(|image| image.id == id) {
            image.tags.push(name);
        }
        self.tick();
    }

    /// Removes a name of an image, and the image with its last.
    pub(in super::super) fn remove_image(&mut self, name: &str, force: bool) -> Done<Vec<Removed>> {
        let image = self.image(name)?.clone();
        let tagged = Reference::read(name).map(|name| name.tagged().to_string());
        let is_id = !tagged
            .as_ref()
            .is_ok_and(|name| image.tags.contains(name) || image.digests.contains(name));
        let repositories = |image: &Image| {
            let mut names: Vec<_> = image
                .tags
                .iter()
                .filter_map(|tag| Some(Reference::read(tag).ok()?.repository))
                .collect();
            names.sort();
            names.dedup();
            names.len()
        };
        let mut removed = Vec::new();
        let user = self
            .containers
            .iter()
            .filter(|one| one.image_id == image.id);
        let running = user.clone().find(|one| one.is_up());
        let stopped = user.clone().find(|one| !one.is_up());
        let shown = short(&image.id);
        if is_id {
            if let Some(one) = running {
                return Err(Trouble::refused(format!(
                    "conflict: unable to delete {shown} (cannot be forced) - image is being used by running container {}",
                    short(&one.id)
                )));
            }
            if repositories(&image) > 1 && !force {
                return Err(Trouble::refused(format!(
                    "conflict: unable to delete {shown} (must be forced) - image is referenced in multiple repositories"
                )));
            }
            if let Some(one) = stopped.filter(|_| !force) {
                return Err(Trouble::refused(format!(
                    "conflict: unable to delete {shown} (must be forced) - image is being used by stopped container {}",
                    short(&one.id)
                )));
            }
            removed.extend(image.tags.iter().cloned().map(Removed::Untagged));
        } else {
            let name = tagged.unwrap_or_default();
            let used = running.or(stopped);
            if image.tags.len() == 1
                && let Some(one) = used.filter(|_| !force)
            {
                return Err(Trouble::refused(format!(
                    "conflict: unable to remove repository reference {} (must force) - container {} is using its referenced image {shown}",
                    crate::go_template::quote(name.trim_end_matches(":latest")),
                    short(&one.id)
                )));
            }
            removed.push(Removed::Untagged(name.clone()));
            let others = image.tags.len() > 1 || used.is_some();
            if others {
                if let Some(image) = self.images.iter_mut().find(|one| one.id == image.id) {
                    image.tags.retain(|tag| *tag != name);
                }
                self.tick();
                return Ok(removed);
            }
        }
        removed.extend(image.digests.iter().cloned().map(Removed::Untagged));
        removed.push(Removed::Deleted(image.id.clone()));
        self.images.retain(|one| one.id != image.id);
        self.tick();
        Ok(removed)
    }
}

/// The digest that a registry has for a name.
pub(in super::super) fn registry_digest(name: &Reference) -> String {
    match &name.digest {
        Some(digest) => digest.clone(),
        None => format!("sha256:{}", id_of(&format!("digest {name}"))),
    }
}

//! Where things are in a world.

use std::path::{Path, PathBuf};

/// The folders of one world, below its root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    root: PathBuf,
    /// The root as the world's own processes see it.
    seen: PathBuf,
}

impl Layout {
    /// The layout of the world with this root.
    #[must_use]
    pub fn new(root: PathBuf) -> Self {
        Self {
            seen: root.clone(),
            root,
        }
    }

    /// The layout of the world with this root, whose processes see it as the root of the whole file system.
    #[must_use]
    pub fn rooted(root: PathBuf) -> Self {
        Self {
            root,
            seen: "/".into(),
        }
    }

    /// The layout as the world's own processes see it.
    #[must_use]
    pub fn seen(&self) -> Self {
        Self::new(self.seen.clone())
    }

    /// The layout of the world that a program in its [`bin`](Self::bin) or [`control`](Self::control) folder was
    /// called from; none if the path is too short.
    #[must_use]
    pub fn of_program(called_as: &Path) -> Option<Self> {
        Some(Self::new(called_as.parent()?.parent()?.to_owned()))
    }

    /// The layout of the world that a path lies in; none if it lies in no world.
    #[must_use]
    pub fn around(path: &Path) -> Option<Self> {
        let above = path.ancestors().map(|above| Self::new(above.to_owned()));
        above.into_iter().find(|layout| layout.manner().exists())
    }

    /// The root itself.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The stand-ins, first on `PATH`.
    #[must_use]
    pub fn bin(&self) -> PathBuf {
        self.root.join("stand-ins")
    }

    /// What a step writes for the harness: calls and output.
    #[must_use]
    pub fn control(&self) -> PathBuf {
        self.root.join(CONTROL)
    }

    /// The path that the dispatcher of a step itself is called as: not the one that a nested call finds on `PATH`, so
    /// that only the nested one is recorded as a call.
    #[must_use]
    pub fn dispatcher(&self) -> PathBuf {
        self.control().join("dokku")
    }

    /// The path that the role is called as which sets up the dispatcher's environment and becomes another program.
    #[must_use]
    pub fn inside(&self) -> PathBuf {
        self.control().join(INSIDE)
    }

    /// The dispatcher of a real Dokku that the world is made of; nothing lies there if it is imitated. It is beside the
    /// core plugins, where no plugin looks.
    #[must_use]
    pub fn real_dispatcher(&self) -> PathBuf {
        self.core_plugins().join(".tree/dokku")
    }

    /// The record of what the stand-ins were asked.
    #[must_use]
    pub fn calls(&self) -> PathBuf {
        self.control().join("calls.jsonl")
    }

    /// What docker keeps. It lies where steps write for the harness, and is no file of the plugin's.
    #[must_use]
    pub fn docker(&self) -> PathBuf {
        self.control().join("docker.json")
    }

    /// The private keys that were made, where they are kept to be handed out again.
    #[must_use]
    pub fn keys(&self) -> PathBuf {
        self.root.join(KEYS)
    }

    /// What the stand-ins need to know of the world. It lies where only the harness writes.
    #[must_use]
    pub fn manner(&self) -> PathBuf {
        self.root.join(MANNER)
    }

    /// `DOKKU_ROOT`, the home of the user dokku.
    #[must_use]
    pub fn dokku_root(&self) -> PathBuf {
        self.root.join("home/dokku")
    }

    /// `DOKKU_LIB_ROOT`.
    #[must_use]
    pub fn lib_root(&self) -> PathBuf {
        self.root.join("var/lib/dokku")
    }

    /// `DOKKU_LOGS_DIR`.
    #[must_use]
    pub fn logs(&self) -> PathBuf {
        self.root.join("var/log/dokku")
    }

    /// The folder of temporary files.
    #[must_use]
    pub fn tmp(&self) -> PathBuf {
        self.root.join("tmp")
    }

    /// What stands for `/etc/default/dokku`.
    #[must_use]
    pub fn etc_default(&self) -> PathBuf {
        self.root.join("etc/default/dokku")
    }

    /// `PLUGIN_CORE_PATH`.
    #[must_use]
    pub fn core_plugins(&self) -> PathBuf {
        self.lib_root().join("core-plugins")
    }

    /// `PLUGIN_PATH`.
    #[must_use]
    pub fn plugins(&self) -> PathBuf {
        self.lib_root().join("plugins")
    }

    /// The folders that every case finds and fills, besides the installation.
    #[must_use]
    pub(super) fn furnished(&self) -> [PathBuf; 9] {
        let lib = self.lib_root();
        [
            self.control(),
            self.dokku_root(),
            self.tmp(),
            self.logs(),
            lib.join("config"),
            lib.join("data"),
            lib.join("services"),
            // Everybody's, for files that are locked.
            self.root.join("run/lock"),
            self.root.join("var/lock"),
        ]
    }

    /// The installed folder of a community plugin.
    #[must_use]
    pub fn plugin(&self, name: &str) -> PathBuf {
        self.plugins().join("available").join(name)
    }
}

/// The folder, at a world's root, that steps write to for the harness.
pub(super) const CONTROL: &str = "conform";

/// The folder, below a world's root, of the private keys that were made.
pub(super) const KEYS: &str = "conform/keys";

/// The file, at a world's root, that tells the stand-ins how to behave.
pub(super) const MANNER: &str = "manner.json";

/// The name of the role that becomes another program in the dispatcher's environment.
pub(crate) const INSIDE: &str = "inside";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stand_in_finds_its_world_from_where_it_was_called() {
        let layout = Layout::new("/w".into());
        let again = Layout::of_program(&layout.bin().join("docker"));
        assert_eq!(again, Some(layout));
        assert_eq!(Layout::of_program(Path::new("docker")), None);
    }
}

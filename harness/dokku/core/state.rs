//! Writing down what a Dokku of some version knows of its apps, for a host that is only now being made.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::PathBuf;

use super::env_file;
use super::host::{Host, Scope};
use super::ps;
use crate::dokku::{Timeline, Version};

/// The files that hold the version of Dokku itself.
const VERSION_PLACE: Timeline<VersionPlace> = Timeline::new(
    VersionPlace::Home,
    &[(Version::new(0, 18, 2), VersionPlace::Library)],
);

/// Whether an app has a folder for its deploy lock below DOKKU_LIB_ROOT.
const LOCK_IN_LIBRARY: Timeline<bool> = Timeline::new(false, &[(Version::new(0, 34, 0), true)]);

#[derive(Clone, Copy, Debug)]
enum VersionPlace {
    /// VERSION in DOKKU_ROOT.
    Home,
    /// STABLE_VERSION and VERSION in DOKKU_LIB_ROOT.
    Library,
}

/// The state of a Dokku host.
#[derive(Debug)]
pub struct State(Host);

impl State {
    /// The state below these two folders, DOKKU_ROOT and DOKKU_LIB_ROOT, which exist.
    #[must_use]
    pub fn new(home: PathBuf, lib: PathBuf, version: Version) -> Self {
        Self(Host {
            home,
            lib,
            version,
            quiet: false,
            exported: Vec::new(),
        })
    }

    /// Writes the version files.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn write_version(&self) -> io::Result<()> {
        let host = &self.0;
        let text = format!("{}\n", host.version);
        match VERSION_PLACE.at(host.version) {
            VersionPlace::Home => fs::write(host.home.join("VERSION"), text),
            VersionPlace::Library => {
                fs::write(host.lib.join("STABLE_VERSION"), &text)?;
                fs::write(host.lib.join("VERSION"), text)
            }
        }
    }

    /// Makes what the programs expect of an app besides its directory, as its creation does.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn make_app(&self, app: &str) -> io::Result<()> {
        let host = &self.0;
        if *LOCK_IN_LIBRARY.at(host.version) {
            fs::create_dir_all(host.lib.join("data/apps").join(app))?;
        }
        if let Some(folder) = host.env_file(&Scope::App(app.to_owned())).parent() {
            fs::create_dir_all(folder)?;
        }
        ps::create(host, app).map_err(|failure| io::Error::other(failure.text()))
    }

    /// Sets the configuration of an app, or of the host for none.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn set_config(
        &self,
        app: Option<&str>,
        config: &BTreeMap<String, String>,
    ) -> io::Result<()> {
        let host = &self.0;
        let scope = app.map_or(Scope::Global, |app| Scope::App(app.to_owned()));
        env_file::write(&host.env_file(&scope), config, host.version)
    }
}

/// The versions in which something changed here.
pub(super) fn turns() -> impl Iterator<Item = Version> {
    [LOCK_IN_LIBRARY.turns(), VERSION_PLACE.turns()]
        .into_iter()
        .flatten()
}

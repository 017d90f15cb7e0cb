//! One world, from its making to its end.

use std::ffi::OsString;
use std::fs::Permissions;
use std::io::{self, Read, Write};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use nix::fcntl::OFlag;
use nix::unistd::{self, Group, getegid, geteuid};

use super::blueprint::{App, Blueprint, Installation};
use super::call::Call;
use super::change::Change;
use super::deployed;
use super::installation::make_dir;
use super::layout::{CONTROL, Layout, MANNER};
use super::origin::Origin;
use super::ownership::{Ownership, Veil};
use super::snapshot::Snapshot;
use super::stand_in::{self, Manner, Record};
use super::stock::{Place, Stock};
use super::tree;
use super::user::User;
use crate::docker::{State as DockerState, Store};
use crate::dokku::core::State;
use crate::sandbox::{Extent, Isolation, Supervisors, Walls, beneath, furnish_etc};

/// The fake Dokku host of one case. When it is dropped its place goes back to the stock.
#[derive(Debug)]
pub struct World<'a> {
    stock: &'a Stock,
    place: Option<Place>,
    layout: Layout,
    blueprint: Blueprint,
    origin: Origin,
    ownership: Ownership,
}

impl<'a> World<'a> {
    /// Makes a world.
    ///
    /// # Errors
    /// If the system refuses, as with a full disk.
    pub fn new(
        stock: &'a Stock,
        installation: &Installation,
        blueprint: Blueprint,
    ) -> io::Result<Self> {
        let mut programs: Vec<_> = blueprint
            .answers
            .iter()
            .map(|answer| answer.program.clone())
            .collect();
        if blueprint.spares_keys {
            programs.push(stand_in::OPENSSL.to_owned());
        }
        programs.sort();
        programs.dedup();
        let place = stock.take(installation, &programs)?;
        let layout = place.layout.clone();
        let world = Self {
            stock,
            place: Some(place),
            layout,
            blueprint,
            origin: installation.origin.clone(),
            ownership: Ownership::default(),
        };
        world.furnish()?;
        Ok(world)
    }

    /// Where things are.
    #[must_use]
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// How much lay in it before its case.
    #[must_use]
    pub fn installed(&self) -> Extent {
        let place = self.place.as_ref();
        place.map(|place| place.installed).unwrap_or_default()
    }

    /// What stands between a step in this world and the machine.
    #[must_use]
    pub fn walls(&self) -> Walls {
        let walls = self.stock.walls(
            &self.layout,
            self.blueprint.user,
            self.blueprint.own_settings,
        );
        walls.showing(self.origin.tree().map(|tree| tree.root().to_owned()))
    }

    /// Makes it ready for a step of this user, who its processes say they are from now on.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn act_as(&mut self, user: User) -> io::Result<()> {
        // The step before may have taken the rights away.
        beneath::make_dir(self.layout.root(), CONTROL, 0o755)?;
        if self.blueprint.user == user {
            return Ok(());
        }
        self.blueprint.user = user;
        self.say_manner()
    }

    /// Takes note of what a step of root changed and asked of stand-ins.
    pub fn note_root(&mut self, changes: &[Change], calls: &[Call]) {
        self.ownership.note(changes, calls);
    }

    /// Takes from the user `dokku` what belongs to root, until the value is dropped.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn veil(&self) -> io::Result<Veil> {
        self.ownership.veil(self.layout.root())
    }

    /// Those who run the steps in it.
    #[must_use]
    pub fn supervisors(&self) -> Supervisors {
        self.stock.supervisors().clone()
    }

    /// The whole environment that a command starts with, before the dispatcher adds its own.
    #[must_use]
    pub fn environment(&self) -> Vec<(OsString, OsString)> {
        let layout = self.layout.seen();
        let mut path = layout.bin().into_os_string();
        path.push(":/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        let user = OsString::from(self.blueprint.user.name());
        let own = |path: PathBuf| path.into_os_string();
        let home = match self.blueprint.user {
            // As `sudo` sets it.
            User::Root if self.stock.isolation() == Isolation::Strict => "/root".into(),
            _ => layout.dokku_root(),
        };
        let mut variables: Vec<_> = [
            ("PATH", path),
            ("HOME", own(home)),
            ("USER", user.clone()),
            ("LOGNAME", user),
            ("SHELL", "/bin/bash".into()),
            ("LC_ALL", "C".into()),
            ("LANG", "C".into()),
            ("TZ", "UTC".into()),
            ("DOKKU_ROOT", own(layout.dokku_root())),
            ("DOKKU_LIB_PATH", own(layout.lib_root())),
            ("DOKKU_LOGS_DIR", own(layout.logs())),
        ]
        .map(|(key, value)| (OsString::from(key), value))
        .into();
        // Where the world is the root, its folder is the one that every program takes, and a real host sets none.
        if layout.tmp() != Path::new("/tmp") {
            variables.push(("TMPDIR".into(), own(layout.tmp())));
        }
        if self.origin.tree().is_some() {
            variables.extend(real_user());
        }
        variables
    }

    /// True if the stand-ins are told still what the harness told them, and its folders are as they were made. No step
    /// comes to the one where there is a fence, nor to the other in another's world where there is a cell.
    #[must_use]
    pub fn is_itself(&self) -> bool {
        let is_touched = |place: &Place| !self.stock.is_untouched(place);
        if self.place.as_ref().is_none_or(is_touched) {
            return false;
        }
        let Ok(told) = self.manner() else {
            return false;
        };
        let mut found = String::new();
        let file = beneath::open(self.layout.root(), Path::new(MANNER), OFlag::O_RDONLY);
        // One byte more than there ought to be tells that there is more.
        let read =
            file.and_then(|file| file.take(told.len() as u64 + 1).read_to_string(&mut found));
        read.is_ok() && found == told
    }

    /// What its programs recorded so far.
    ///
    /// # Errors
    /// If the record can't be read, as when the case took it away.
    pub fn record(&self) -> io::Result<Record> {
        stand_in::read_record(&self.layout)
    }

    /// The state of its files now.
    ///
    /// # Errors
    /// If this process has no descriptors or no memory left to look.
    pub fn snapshot(&self) -> io::Result<Snapshot> {
        Snapshot::take(&self.layout)
    }

    fn furnish(&self) -> io::Result<()> {
        let layout = &self.layout;
        for folder in layout.furnished() {
            make_dir(&folder)?;
        }
        if self
            .origin
            .tree()
            .is_some_and(|tree| tree.plugn().is_some())
        {
            tree::keep_bash(layout)?;
        }
        self.say_manner()?;
        if self.blueprint.own_settings {
            self.furnish_host()?;
        }
        if let Some(place) = self.place.as_ref().filter(|_| self.blueprint.spares_keys) {
            self.stock.keys(place).lay(layout)?;
        }
        // What the dispatcher is called as it runs again itself, behind sudo and for a line that came by SSH.
        symlink(layout.seen().bin().join("dokku"), layout.dispatcher())?;
        let version = self.origin.version();
        let state = State::new(layout.dokku_root(), layout.lib_root(), version);
        state.write_version()?;
        for app in &self.blueprint.apps {
            self.make_app(&state, app)?;
        }
        self.furnish_docker()?;
        if !self.blueprint.config.is_empty() {
            state.set_config(None, &self.blueprint.config)?;
        }
        for (plugin, apps) in &self.blueprint.properties {
            for (app, keys) in apps {
                for (key, value) in keys {
                    let path = format!("var/lib/dokku/config/{plugin}/{app}/{key}");
                    self.put(&path, value, 0o600)?;
                }
            }
        }
        for (path, text) in &self.blueprint.files {
            // An app or a plugin may have a folder where the case wants a file, or a file where it wants a folder.
            let told = |error: io::Error| {
                io::Error::new(
                    error.kind(),
                    format!("the file `{path}` of the case: {error}"),
                )
            };
            self.put(path, text, 0o644).map_err(told)?;
        }
        Ok(())
    }

    /// Tells the stand-ins how to behave.
    fn say_manner(&self) -> io::Result<()> {
        let flags = OFlag::O_WRONLY | OFlag::O_CREAT | OFlag::O_TRUNC;
        beneath::open(self.layout.root(), Path::new(MANNER), flags)?
            .write_all(self.manner()?.as_bytes())
    }

    fn manner(&self) -> io::Result<String> {
        let manner = Manner {
            user: self.blueprint.user,
            answers: self.blueprint.answers.clone(),
            unknown: self.blueprint.unknown,
            docker: self.blueprint.docker.rules.clone(),
        };
        Ok(serde_json::to_string(&manner)?)
    }

    /// Puts into docker what the case says, and what the deployed apps have there.
    fn furnish_docker(&self) -> io::Result<()> {
        let mut setting = self.blueprint.docker.clone();
        let deployed: Vec<_> = self
            .blueprint
            .apps
            .iter()
            .filter(|app| app.deployed)
            .collect();
        setting
            .images
            .splice(0..0, deployed.iter().map(|app| deployed::image(app)));
        setting
            .containers
            .splice(0..0, deployed.iter().map(|app| deployed::container(app)));
        if setting.is_empty() {
            return Ok(());
        }
        let state = DockerState::of(&setting)
            .map_err(|why| io::Error::new(io::ErrorKind::InvalidInput, format!("docker: {why}")))?;
        Store::at(self.layout.docker()).change(|kept| *kept = state)
    }

    /// Makes what a host has outside of Dokku and what `sshcommand` gives the user `dokku`.
    fn furnish_host(&self) -> io::Result<()> {
        let root = self.layout.root();
        furnish_etc(&root.join("etc"))?;
        for name in OF_THE_HOST {
            make_dir(&root.join(name))?;
        }
        self.put("home/dokku/.ssh/authorized_keys", "", 0o600)
    }

    fn make_app(&self, state: &State, app: &App) -> io::Result<()> {
        make_dir(&self.layout.dokku_root().join(&app.name))?;
        state.make_app(&app.name)?;
        if !app.config.is_empty() {
            state.set_config(Some(&app.name), &app.config)?;
        }
        if !app.domains.is_empty() {
            let text = app
                .domains
                .iter()
                .map(|domain| format!("{domain}\n"))
                .collect::<String>();
            self.put(&format!("home/dokku/{}/VHOST", app.name), &text, 0o644)?;
        }
        if app.deployed {
            let container = format!("home/dokku/{}/CONTAINER.web.1", app.name);
            self.put(&container, &format!("{}\n", deployed::id(app)), 0o644)?;
        }
        Ok(())
    }

    /// Writes a file at a path below the root. The plugin's own files are there already: no link of it is followed.
    fn put(&self, path: &str, text: &str, mode: u32) -> io::Result<()> {
        let (root, path) = (self.layout.root(), Path::new(path.trim_start_matches('/')));
        if let Some(parent) = path.parent() {
            beneath::make_dirs(root, parent)?;
        }
        let flags = OFlag::O_WRONLY | OFlag::O_CREAT | OFlag::O_TRUNC;
        let mut file = beneath::open(root, path, flags)?;
        file.set_permissions(Permissions::from_mode(mode))?;
        file.write_all(text.as_bytes())
    }
}

/// Folders that every Debian has, below the root.
const OF_THE_HOST: [&str; 5] = [
    "var/cache",
    "var/log/nginx",
    "var/spool/cron/crontabs",
    "var/tmp",
    "var/www",
];

/// Who owns a world in truth. The compiled programs of a real Dokku ask the machine itself, where there need be no user
/// `dokku`.
fn real_user() -> impl Iterator<Item = (OsString, OsString)> {
    let user = unistd::User::from_uid(geteuid()).ok().flatten();
    let group = Group::from_gid(getegid()).ok().flatten();
    let named = |key: &str, name: Option<String>| name.map(|name| (key.into(), name.into()));
    [
        named("DOKKU_SYSTEM_USER", user.map(|user| user.name)),
        named("DOKKU_SYSTEM_GROUP", group.map(|group| group.name)),
    ]
    .into_iter()
    .flatten()
}

impl Drop for World<'_> {
    fn drop(&mut self) {
        if let Some(place) = self.place.take() {
            if self.blueprint.spares_keys {
                self.stock.keep_keys(&place);
            }
            self.stock.give_back(place);
        }
    }
}

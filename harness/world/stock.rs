//! Places for worlds, and installations that can be used again.
//!
//! To build an installation costs more than to run a case in it. So the place of a case that has ended is used again,
//! but only if the seal that was set when it was built proves that the case changed nothing in it; all else in the
//! place is made anew for each case, and so are the plugins where the next case wants others. A case can't tell a used
//! place from a new one.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use nix::sys::stat::{Mode, umask};

use super::blueprint::Installation;
use super::installation::{Program, Seal, clear, make_dir, settle};
use super::keys::Keys;
use super::layout::Layout;
use super::nature::Nature;
use super::user::User;
use crate::sandbox::{
    self, Cell, Extent, Fence, Isolation, Plot, SUPERVISOR, Site, Supervisors, Walls, remove,
};

/// The folder of the ground that becomes `/etc` in a cell.
const ETC: &str = "etc";
/// The file of the ground that the worlds' programs are links to: where this program is to be seen at.
const PROGRAM: &str = "program";
/// The file of the ground whose time is that of the file system.
const CLOCK: &str = "clock";

/// All the worlds of one run.
#[derive(Debug)]
pub struct Stock {
    /// They are started by way of the ground, so they stand before it.
    supervisors: Supervisors,
    ground: Plot,
    /// The ground as it was made.
    nature: Nature,
    /// Where the ground is.
    site: Site,
    isolation: Isolation,
    /// What becomes `/etc` in a cell.
    etc: PathBuf,
    /// The file of this very program.
    own: PathBuf,
    /// What the worlds' programs are made from.
    program: Program,
    clock: PathBuf,
    next: AtomicUsize,
    free: Mutex<Vec<Place>>,
    /// The private keys that were made, by what is installed where they were.
    keys: Mutex<HashMap<Installation, Keys>>,
}

/// A world's place with an installation in it.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) layout: Layout,
    fittings: Fittings,
    seal: Seal,
    /// The folders that stay from case to case beside the installation, as they were made.
    frame: Vec<(PathBuf, Nature)>,
    /// How much there is before a case.
    pub(super) installed: Extent,
}

/// What is installed at a place: what makes two places alike.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Fittings {
    installation: Installation,
    /// The programs that answers stand in for.
    programs: Vec<String>,
}

impl Place {
    /// True if no case has changed what stays: neither the installation, nor what the folders that it lies in would hand
    /// down to all that is made in them.
    fn is_as_built(&self) -> bool {
        let is_same = |(folder, built): &(PathBuf, Nature)| {
            Nature::of(folder).is_ok_and(|nature| nature == *built)
        };
        self.seal.holds() && self.frame.iter().all(is_same)
    }
}

impl Fittings {
    /// True if a place with these can be given the others without being built anew.
    fn can_become(&self, other: &Self) -> bool {
        let (mine, theirs) = (&self.installation, &other.installation);
        let is_plain = |one: &Installation| one.plugins.iter().all(|plugin| !plugin.core);
        mine.origin == theirs.origin && is_plain(mine) && is_plain(theirs)
    }
}

impl Stock {
    /// A stock of worlds in a new folder of its own, for steps that are run at this level. `program` is the file of this
    /// very program, which the worlds' stand-ins are links to. Sets the umask of the process to that of Dokku, 022.
    ///
    /// # Errors
    /// If the folder can't be made.
    pub fn new(program: PathBuf, isolation: Isolation) -> io::Result<Self> {
        // What a world is made of has the modes that a package gives it, and a plugin the umask that Dokku gives it.
        umask(Mode::S_IWGRP | Mode::S_IWOTH);
        let site = Site::find()?;
        let ground = site.plot()?;
        let file = match isolation {
            Isolation::Strict => PathBuf::from(sandbox::PROGRAM_IN_CELL),
            Isolation::Portable | Isolation::Off => program.clone(),
        };
        furnish(ground.path(), &program, &file, isolation)
            .map_err(|error| where_it_happened(&site, &error))?;
        let path = fs::canonicalize(ground.path())?;
        Ok(Self {
            supervisors: Supervisors::new(ground.path().join(SUPERVISOR)),
            nature: Nature::of(&path)?,
            etc: path.join(ETC),
            clock: ground.path().join(CLOCK),
            program: Program {
                file,
                link: ground.path().join(PROGRAM),
            },
            ground,
            site,
            isolation,
            own: program,
            next: AtomicUsize::new(0),
            free: Mutex::default(),
            keys: Mutex::default(),
        })
    }

    /// The folder that all worlds lie in.
    #[must_use]
    pub fn ground(&self) -> &Path {
        self.ground.path()
    }

    /// Where they are, with all else that is kept there.
    #[must_use]
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// The level that its worlds are made for.
    #[must_use]
    pub fn isolation(&self) -> Isolation {
        self.isolation
    }

    /// Those who run the steps in its worlds.
    #[must_use]
    pub fn supervisors(&self) -> &Supervisors {
        &self.supervisors
    }

    /// What stands between a step of this user, in a world with or without settings of its own, and the machine.
    pub(super) fn walls(&self, layout: &Layout, user: User, own_settings: bool) -> Walls {
        let world = layout.root().to_owned();
        match self.isolation {
            Isolation::Off => Walls::None,
            Isolation::Portable => {
                Walls::Fence(Fence::around(world, user.id(), vec![self.own.clone()]))
            }
            Isolation::Strict => Walls::Cell(Box::new(Cell {
                root: world,
                etc: (!own_settings).then(|| self.etc.clone()),
                program: self.own.clone(),
                seen: Vec::new(),
                user: user.id(),
            })),
        }
    }

    pub(super) fn take(
        &self,
        installation: &Installation,
        programs: &[String],
    ) -> io::Result<Place> {
        let wanted = Fittings {
            installation: installation.clone(),
            programs: programs.to_vec(),
        };
        let taken = match self.find(&wanted) {
            Some(place) if place.fittings == wanted => Ok(place),
            Some(place) => self.refit(place, wanted),
            None => self.build(wanted),
        };
        taken.map_err(|error| where_it_happened(&self.site, &error))
    }

    /// The free place that suits best, if one suits at all.
    fn find(&self, wanted: &Fittings) -> Option<Place> {
        let mut free = self.free.lock().ok()?;
        let same = free.iter().rposition(|place| place.fittings == *wanted);
        let near = || {
            free.iter()
                .position(|place| place.fittings.can_become(wanted))
        };
        let index = same.or_else(near)?;
        Some(free.remove(index))
    }

    fn build(&self, fittings: Fittings) -> io::Result<Place> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let root = fs::canonicalize(self.ground.path())?.join(format!("world-{number}"));
        let layout = match self.isolation {
            Isolation::Strict => Layout::rooted(root),
            Isolation::Portable | Isolation::Off => Layout::new(root),
        };
        fittings
            .installation
            .build(&layout, &self.program, &fittings.programs)?;
        if self.isolation == Isolation::Strict {
            sandbox::make_mount_points(layout.root())?;
        }
        self.sealed(layout, fittings)
    }

    /// Puts others in place of the plugins and programs of a place.
    fn refit(&self, place: Place, wanted: Fittings) -> io::Result<Place> {
        let Place {
            layout, fittings, ..
        } = place;
        let (old, new) = (&fittings.installation.plugins, &wanted.installation.plugins);
        clear(
            &layout,
            missing(old, new),
            missing(&fittings.programs, &wanted.programs),
        )?;
        settle(
            &layout,
            &self.program,
            missing(new, old),
            missing(&wanted.programs, &fittings.programs),
        )?;
        self.sealed(layout, wanted)
    }

    fn sealed(&self, layout: Layout, fittings: Fittings) -> io::Result<Place> {
        let seal = Seal::set(&layout, &self.clock)?;
        let frame = frame(&layout)
            .into_iter()
            .map(|folder| Nature::of(&folder).map(|nature| (folder, nature)))
            .collect::<io::Result<_>>()?;
        Ok(Place {
            installed: Extent::of(layout.root()),
            layout,
            fittings,
            seal,
            frame,
        })
    }

    /// Removes all of a place but its installation, and makes anew what a step may have something laid over.
    fn sweep(&self, layout: &Layout) -> io::Result<()> {
        let mut kept = vec![layout.bin(), layout.core_plugins(), layout.plugins()];
        // Root may change these, and a case may be given files of its own there.
        let changing = [ETC, "opt", "root", "run", "srv"].map(|name| layout.root().join(name));
        let is_strict = self.isolation == Isolation::Strict;
        if is_strict {
            kept.extend(sandbox::mount_points(layout.root()));
            kept.retain(|path| !changing.contains(path));
        }
        sweep_folder(layout.root(), &kept)?;
        changing
            .iter()
            .filter(|_| is_strict)
            .try_for_each(|folder| make_dir(folder))
    }

    /// True if nobody has given the folders of a place attributes that change whatever is made in them. No step comes to
    /// those of another's world where that is the root of its own.
    pub(super) fn is_untouched(&self, place: &Place) -> bool {
        if self.isolation == Isolation::Strict {
            return true;
        }
        // What is not there any more hands nothing down.
        let is_like = |folder: &Path, built: &Nature| {
            Nature::of(folder).map_or_else(
                |error| error.kind() == io::ErrorKind::NotFound,
                |nature| nature.has_attributes_of(built),
            )
        };
        // What is furnished is made as the folder is that most of it lies in.
        let Some((_, made)) = place.frame.first() else {
            return false;
        };
        let furnished = place.layout.furnished();
        is_like(self.ground(), &self.nature)
            && place
                .frame
                .iter()
                .all(|(folder, built)| is_like(folder, built))
            && furnished.iter().all(|folder| is_like(folder, made))
    }

    /// The keys that were made where the same is installed: nobody's tests meet those of others.
    pub(super) fn keys(&self, place: &Place) -> Keys {
        let known = self.keys.lock().ok();
        let known = known.and_then(|keys| keys.get(&place.fittings.installation).cloned());
        known.unwrap_or_default()
    }

    /// Keeps the keys that were made in a place.
    pub(super) fn keep_keys(&self, place: &Place) {
        if let Ok(mut known) = self.keys.lock() {
            let installation = place.fittings.installation.clone();
            known
                .entry(installation)
                .or_default()
                .add(Keys::of(&place.layout));
        }
    }

    /// Takes a place back after a case. What can't be used again is removed.
    pub(super) fn give_back(&self, place: Place) {
        let intact = place.is_as_built() && self.sweep(&place.layout).is_ok();
        if !intact {
            let _ = remove(place.layout.root());
        } else if let Ok(mut free) = self.free.lock() {
            free.push(place);
        }
    }
}

/// Gives a ground what all its worlds share. `file` is where this program is to be seen at.
fn furnish(ground: &Path, program: &Path, file: &Path, isolation: Isolation) -> io::Result<()> {
    fs::write(ground.join(CLOCK), "")?;
    symlink(program, ground.join(SUPERVISOR))?;
    symlink(file, ground.join(PROGRAM))?;
    match isolation {
        Isolation::Strict => sandbox::furnish_etc(&ground.join(ETC)),
        Isolation::Portable | Isolation::Off => Ok(()),
    }
}

/// An error with the folder that the ground is in, which is where room has to be made.
fn where_it_happened(site: &Site, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", site.path().display()))
}

/// What is in the one and not in the other.
fn missing<'v, T: PartialEq>(from: &'v [T], than: &'v [T]) -> impl Iterator<Item = &'v T> {
    from.iter().filter(|item| !than.contains(item))
}

/// The folders that the installation lies in.
fn frame(layout: &Layout) -> Vec<PathBuf> {
    let lib = layout.lib_root();
    let above = lib.ancestors();
    let within = above.take_while(|folder| folder.starts_with(layout.root()));
    within.map(Path::to_owned).collect()
}

/// Removes all that lies in a folder but what is kept and the folders that lead to it.
fn sweep_folder(folder: &Path, kept: &[PathBuf]) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if kept.contains(&path) {
            continue;
        }
        match kept.iter().any(|kept| kept.starts_with(&path)) {
            true => sweep_folder(&path, kept)?,
            false => remove(&path)?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use rustix::fs::{XattrFlags, lsetxattr};

    use super::super::blueprint::Blueprint;
    use super::super::host::World;
    use super::super::origin::Origin;
    use super::*;
    use crate::dokku::Version;

    fn mark(folder: &Path) -> bool {
        lsetxattr(folder, "user.mark", b"x", XattrFlags::empty()).is_ok()
    }

    #[test]
    fn what_a_case_sets_on_the_folders_of_a_world_the_next_does_not_find() {
        let installation = Installation {
            origin: Origin::BuiltIn(Version::NEWEST),
            plugins: Vec::new(),
        };
        for isolation in [Isolation::Strict, Isolation::Portable] {
            let stock = Stock::new("/bin/true".into(), isolation).unwrap();
            let world = || World::new(&stock, &installation, Blueprint::default()).unwrap();
            let folders = |world: &World<'_>| {
                let strict = ["etc", "opt", "root", "run", "srv"];
                let strict = strict.map(|name| world.layout().root().join(name));
                let mut folders = world.layout().furnished().to_vec();
                folders.extend(frame(world.layout()));
                folders.extend(
                    strict
                        .into_iter()
                        .filter(|_| isolation == Isolation::Strict),
                );
                folders
            };
            let first = world();
            let (count, root) = (folders(&first).len(), first.layout().root().to_owned());
            drop(first);
            assert_eq!(world().layout().root(), root, "it is used again");
            for at in 0..count {
                let used = world();
                let folder = &folders(&used)[at];
                let is_portable = isolation == Isolation::Portable;
                if mark(folder) && is_portable {
                    assert!(!used.is_itself(), "{folder:?}");
                }
                drop(used);
                let next = world();
                assert!(next.is_itself());
                let plain = Nature::of(&next.layout().lib_root()).unwrap();
                for folder in folders(&next) {
                    let nature = Nature::of(&folder).unwrap();
                    assert!(nature.has_attributes_of(&plain), "{folder:?} of {at}");
                }
            }
        }
    }
}

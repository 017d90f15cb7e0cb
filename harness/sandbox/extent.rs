//! How much lies in a folder, however deep, while somebody may be moving its folders about.

use std::ffi::CString;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

use nix::NixPath;
use nix::dir::Dir;
use nix::fcntl::{AT_FDCWD, AtFlags, OFlag, openat};
use nix::sys::stat::{FileStat, Mode, SFlag, fstat, fstatat};
use serde::{Deserialize, Serialize};

/// How many folders on the way down are held open, to come back to. From deeper ones the way up is by their `..`.
const HELD: usize = 16;

/// What lies in folders.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extent {
    /// How many bytes it takes on the disk.
    pub bytes: u64,
    /// How many files and folders there are.
    pub files: u64,
}

impl Extent {
    /// Of all that lies in a folder, as far as this process may look into it.
    #[must_use]
    pub fn of(folder: &Path) -> Self {
        let mut extent = Self::default();
        extent.add(folder, |_| false);
        extent
    }

    /// Adds all that lies in a folder, of its own file system and without following links, until there is `enough`; true
    /// if there was. What this process may not look into is passed over, and so may be a part of what is moved to
    /// another place meanwhile. However deep a folder is, it costs neither stack nor descriptors.
    pub(super) fn add(&mut self, folder: &Path, enough: impl Fn(&Self) -> bool) -> bool {
        let Some((top, stat)) = open(AT_FDCWD, folder) else {
            return false;
        };
        let mut way = vec![self.look_into(top, &stat)];
        while let Some(place) = way.last_mut() {
            if enough(self) {
                return true;
            }
            let (Some(folder), Some(name)) = (&place.folder, place.inner.pop()) else {
                go_up(&mut way);
                continue;
            };
            let here = |stat: &FileStat| stat.st_dev == place.id.0;
            if let Some((inner, stat)) = open(folder, name.as_c_str()).filter(|(_, at)| here(at)) {
                let inner = self.look_into(inner, &stat);
                if way.len() > HELD
                    && let Some(place) = way.last_mut()
                {
                    place.folder = None;
                }
                way.push(inner);
            }
        }
        enough(self)
    }

    /// Adds what is in one folder itself.
    fn look_into(&mut self, folder: OwnedFd, stat: &FileStat) -> Place {
        let mut inner = Vec::new();
        let mut list = folder.try_clone().ok().and_then(|fd| Dir::from_fd(fd).ok());
        for entry in list.iter_mut().flat_map(Dir::iter).flatten() {
            let name = entry.file_name();
            if [c".", c".."].contains(&name) {
                continue;
            }
            self.files += 1;
            let Ok(stat) = fstatat(&folder, name, AtFlags::AT_SYMLINK_NOFOLLOW) else {
                continue;
            };
            let blocks = u64::try_from(stat.st_blocks).unwrap_or(0);
            self.bytes = self.bytes.saturating_add(blocks.saturating_mul(512));
            if SFlag::from_bits_truncate(stat.st_mode) & SFlag::S_IFMT == SFlag::S_IFDIR {
                inner.push(name.to_owned());
            }
        }
        Place {
            id: id(stat),
            folder: Some(folder),
            inner,
        }
    }
}

/// A folder on the way from the top to the one that is looked into.
struct Place {
    /// What it is known by again.
    id: (u64, u64),
    /// None while a deeper one is looked into whose `..` it is.
    folder: Option<OwnedFd>,
    /// The folders in it that are still to be looked into.
    inner: Vec<CString>,
}

/// Leaves the last place for the one before; for the last that is held open, if one was moved away meanwhile.
fn go_up(way: &mut Vec<Place>) {
    let left = way.pop();
    if let Some(place) = way.last_mut().filter(|place| place.folder.is_none()) {
        let above = left.and_then(|left| left.folder).and_then(|folder| {
            let (above, stat) = open(&folder, c"..")?;
            (id(&stat) == place.id).then_some(above)
        });
        place.folder = above;
    }
    while way.last().is_some_and(|place| place.folder.is_none()) {
        way.pop();
    }
}

fn id(stat: &FileStat) -> (u64, u64) {
    (stat.st_dev, stat.st_ino)
}

fn open<P: ?Sized + NixPath>(parent: impl AsFd, name: &P) -> Option<(OwnedFd, FileStat)> {
    let flags = OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
    let folder = openat(parent, name, flags, Mode::empty()).ok()?;
    let stat = fstat(&folder).ok()?;
    Some((folder, stat))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;
    use crate::sandbox::{nest, remove};

    fn all(folder: &Path) -> Extent {
        let mut extent = Extent::default();
        assert!(!extent.add(folder, |_| false));
        extent
    }

    #[test]
    fn all_is_counted_however_deep_and_nothing_twice() {
        let place = tempfile::tempdir().unwrap();
        for name in ["a", "b", "c"] {
            fs::create_dir(place.path().join(name)).unwrap();
            nest(&place.path().join(name), 2_000);
        }
        fs::write(place.path().join("x"), [1; 100_000]).unwrap();
        symlink("/", place.path().join("link")).unwrap();
        let extent = all(place.path());
        assert_eq!(extent.files, 3 * 2_002 + 2);
        assert!(extent.bytes >= 100_000);
        let mut part = Extent::default();
        assert!(part.add(place.path(), |extent| extent.files > 100));
        assert!(part.files < 200);
        for name in ["a", "b", "c"] {
            remove(&place.path().join(name)).unwrap();
        }
    }

    #[test]
    fn what_was_moved_away_does_not_mislead() {
        let dir = tempfile::tempdir().unwrap();
        let open = |path: &str| open(AT_FDCWD, &dir.path().join(path)).unwrap();
        fs::create_dir_all(dir.path().join("a/b")).unwrap();
        let place = |path, is_held| {
            let (folder, stat) = open(path);
            Place {
                id: id(&stat),
                folder: Some(folder).filter(|_| is_held),
                inner: Vec::new(),
            }
        };
        let way = || vec![place("", true), place("a", false), place("a/b", true)];
        let mut stays = way();
        go_up(&mut stays);
        assert_eq!(stays.len(), 2);
        assert!(stays.iter().all(|place| place.folder.is_some()));
        let mut moved = way();
        fs::rename(dir.path().join("a/b"), dir.path().join("b")).unwrap();
        go_up(&mut moved);
        assert_eq!(moved.len(), 1);
        assert!(moved.iter().all(|place| place.folder.is_some()));
    }
}

//! Places for worlds, and installations that can be used again.
//!
//! To build an installation costs more than to run a case in it. So the place of a case that has ended is used again,
//! but only if the seal that was set when it was built proves that the case changed nothing in it; all else in the
//! place is made anew for each case. A case can't tell a used place from a new one.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::blueprint::Installation;
use super::installation::Seal;
use super::layout::Layout;

/// How old a seal must be to prove anything: some kernels keep times of change in steps of 10 ms at most, and a change
/// within the same step as the building would not be seen.
const RIPE: Duration = Duration::from_millis(20);

/// All the worlds of one run.
#[derive(Debug)]
pub struct Stock {
    ground: TempDir,
    program: PathBuf,
    next: AtomicUsize,
    free: Mutex<HashMap<Key, Vec<Place>>>,
}

/// What makes two installations alike: what is installed, and the programs that answers stand in for.
type Key = (Installation, Vec<String>);

/// A world's place with an installation in it.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) layout: Layout,
    key: Key,
    seal: Seal,
    built: Instant,
}

impl Stock {
    /// A stock of worlds in a new folder below the system's folder of temporary files. `program` is the file of this
    /// very program, which the worlds' stand-ins are links to.
    ///
    /// # Errors
    /// If the folder can't be made.
    pub fn new(program: PathBuf) -> io::Result<Self> {
        let ground = tempfile::Builder::new()
            .prefix("dokku-conform-")
            .tempdir()?;
        // Where the system's folder is reached by a link, the plugin's own `pwd -P` would show another name.
        fs::set_permissions(ground.path(), fs::Permissions::from_mode(0o755))?;
        Ok(Self {
            ground,
            program,
            next: AtomicUsize::new(0),
            free: Mutex::default(),
        })
    }

    /// The folder that all worlds lie in.
    #[must_use]
    pub fn ground(&self) -> &Path {
        self.ground.path()
    }

    pub(super) fn take(&self, installation: &Installation, extra: &[String]) -> io::Result<Place> {
        let key = (installation.clone(), extra.to_vec());
        let used = self
            .free
            .lock()
            .ok()
            .and_then(|mut free| free.get_mut(&key)?.pop());
        match used {
            Some(place) => Ok(place),
            None => self.build(key),
        }
    }

    fn build(&self, key: Key) -> io::Result<Place> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let root = fs::canonicalize(self.ground.path())?.join(format!("world-{number}"));
        let layout = Layout::new(root);
        key.0.build(&layout, &self.program, &key.1)?;
        let seal = Seal::set(&layout)?;
        Ok(Place {
            layout,
            key,
            seal,
            built: Instant::now(),
        })
    }

    /// Takes a place back after a case. What can't be used again is removed.
    pub(super) fn give_back(&self, place: Place) {
        let intact =
            place.built.elapsed() > RIPE && place.seal.holds() && sweep(&place.layout).is_ok();
        if !intact {
            let _ = remove(place.layout.root());
        } else if let Ok(mut free) = self.free.lock() {
            free.entry(place.key.clone()).or_default().push(place);
        }
    }
}

impl Drop for Stock {
    fn drop(&mut self) {
        // A case may have left folders that even their owner can't enter; the folder's own clean-up stops at those.
        let _ = remove(self.ground.path());
    }
}

/// Removes all of a place but its installation.
fn sweep(layout: &Layout) -> io::Result<()> {
    let keep = [layout.bin(), layout.core_plugins(), layout.plugins()];
    let mut folder = layout.root().to_owned();
    for step in ["", "var", "lib", "dokku"] {
        folder.push(step);
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if !keep.iter().any(|kept| kept.starts_with(&path)) {
                remove(&path)?;
            }
        }
    }
    Ok(())
}

/// Removes a file or a whole folder, giving itself the right to where a case took it away.
fn remove(path: &Path) -> io::Result<()> {
    let meta = fs::symlink_metadata(path)?;
    if !meta.is_dir() {
        return fs::remove_file(path);
    }
    if fs::remove_dir_all(path).is_ok() {
        return Ok(());
    }
    open_up(path);
    fs::remove_dir_all(path)
}

/// Makes every folder below a folder readable and writable by its owner, as far as it can.
fn open_up(path: &Path) {
    let _ = fs::set_permissions(path, fs::Permissions::from_mode(0o700));
    for entry in fs::read_dir(path).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            open_up(&entry.path());
        }
    }
}

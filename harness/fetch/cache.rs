//! Where sources are kept from one run to the next.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::brought::Brought;
use super::git::Git;
use super::limits::Limits;
use super::local;
use super::missing::Missing;
use super::remote::{PROTOCOLS, Remote};
use super::shelf::Shelf;
use crate::roster::{Reference, Source, Url};
use crate::sandbox::Cancel;

/// How long is spent on what is only told of a folder.
const FOR_A_FOLDER: Duration = Duration::from_secs(10);

/// Where sources are kept from one run to the next. Any number of runs may use one at the same time.
#[derive(Clone, Debug)]
pub struct Cache {
    folder: PathBuf,
    limits: Limits,
    harness: PathBuf,
}

impl Cache {
    /// Opens the cache in this folder, which is made if it is not there; without one, `dokku-conform/sources` in the user's
    /// folder for caches.
    ///
    /// # Errors
    /// [`Missing::NoCacheFolder`] if there is no such folder, and [`Missing::Cache`] or [`Missing::DiskFull`] if it can't be
    /// made.
    pub fn open(folder: Option<PathBuf>) -> Result<Self, Missing> {
        let folder = folder.or_else(usual).ok_or(Missing::NoCacheFolder)?;
        let make = || {
            fs::create_dir_all(&folder)?;
            Ok((fs::canonicalize(&folder)?, std::env::current_exe()?))
        };
        let (real, harness) =
            make().map_err(|error: std::io::Error| Missing::of_cache(&folder, &error))?;
        Ok(Self {
            folder: real,
            limits: Limits::default(),
            harness,
        })
    }

    /// The same with other limits.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// The same with another file of this program to watch over git.
    #[must_use]
    pub fn watched_by(self, harness: PathBuf) -> Self {
        Self { harness, ..self }
    }

    /// Brings a source. With the network, what is there now; `offline`, what the cache has. What the cache has never takes
    /// the place of what can't be reached: yesterday's plugin is not today's.
    ///
    /// # Errors
    /// [`Missing`] if it can't be brought.
    pub fn bring(
        &self,
        source: &Source,
        offline: bool,
        cancel: &Cancel,
    ) -> Result<Brought, Missing> {
        match source {
            Source::Git { url, reference } => self.remote(url, reference.as_ref(), offline, cancel),
            Source::Path(path) => {
                local::look(path)?;
                if !path.join(".git").exists() {
                    return Ok(Brought::own(path.clone(), None, Vec::new()));
                }
                let time = FOR_A_FOLDER.min(self.limits.time);
                match self.git(Instant::now() + time, cancel) {
                    Ok(git) => local::bring(path, &git),
                    // It is there all the same.
                    Err(_) => Ok(Brought::own(path.clone(), None, Vec::new())),
                }
            }
        }
    }

    fn remote(
        &self,
        url: &Url,
        reference: Option<&Reference>,
        offline: bool,
        cancel: &Cancel,
    ) -> Result<Brought, Missing> {
        let waits_until = Instant::now() + self.limits.time;
        let shelf = Shelf::open(&self.folder, url, waits_until, cancel)?;
        let git = self.git(Instant::now() + self.limits.time, cancel)?;
        let git = match offline {
            true => git,
            false => git.with_network(PROTOCOLS, url.is_ssh()),
        };
        let remote = Remote {
            folder: &self.folder,
            shelf,
            git,
            url,
            reference,
        };
        remote.bring(offline)
    }

    fn git<'c>(&'c self, until: Instant, cancel: &'c Cancel) -> Result<Git<'c>, Missing> {
        Git::new(&self.folder, &self.harness, self.limits, until, cancel)
    }
}

/// The folder in the user's own for caches.
fn usual() -> Option<PathBuf> {
    let folder = |name: &str| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    let caches = folder("XDG_CACHE_HOME").or_else(|| Some(folder("HOME")?.join(".cache")))?;
    Some(caches.join("dokku-conform/sources"))
}

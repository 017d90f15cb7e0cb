//! The lock of an app while it is deployed.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::PathBuf;

use rustix::fs::{FlockOperation, flock};

use super::builds;
use super::failure::Failure;
use super::host::Host;
use super::say;

/// A lock that is held.
#[derive(Debug)]
pub(super) struct DeployLock {
    app: String,
    path: PathBuf,
    /// Its lock goes with it.
    file: File,
}

impl DeployLock {
    /// Locks an app, or fails; the host as it is while the lock is held, on which the build has an id.
    pub(super) fn acquire(host: &Host, app: &str) -> Result<(Host, Self), Failure> {
        let failed = |error: io::Error| Failure::new(error.to_string());
        let host = builds::named(host);
        let folder = host.lib.join("data/apps").join(app);
        fs::create_dir_all(&folder).map_err(failed)?;
        let path = folder.join(".deploy.lock");
        let mut file = File::create(&path).map_err(failed)?;
        if flock(&file, FlockOperation::NonBlockingLockExclusive).is_err() {
            say::warn(&format!(
                "{app} currently has a deploy lock in place. Exiting..."
            ));
            let text = "Run 'apps:unlock' to release the existing deploy lock";
            return Err(Failure::new(text));
        }
        let id = host.variable(builds::ID).unwrap_or_default();
        writeln!(file, "{id}").map_err(failed)?;
        let app = app.to_owned();
        Ok((host, Self { app, path, file }))
    }

    /// Tells how the build ended, and gives the lock back.
    pub(super) fn release(self, host: &Host, failure: Option<&Failure>) {
        builds::ended(host, &self.app, failure);
        // Whoever took the file away has given the lock back.
        let _ = fs::remove_file(&self.path);
        drop(self.file);
    }
}

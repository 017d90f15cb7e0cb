//! The state of a world's docker, in a file that many processes change.
//!
//! One at a time: each holds a lock on a file beside it. What is written takes the place of what was there in one step, so
//! that a process that is killed leaves the state before or the one after.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};

use super::State;

/// Where a state is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Store {
    path: PathBuf,
}

impl Store {
    /// The store in a file, which need not be there.
    #[must_use]
    pub fn at(path: PathBuf) -> Self {
        Self { path }
    }

    /// Changes the state while nobody else does, and gives what the change gives. A file that is not there is a docker in
    /// which nothing was ever done.
    ///
    /// # Errors
    /// If the file can't be read, is none that a store wrote, or can't be written.
    pub fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> io::Result<T> {
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(self.beside("lock"))?;
        flock(&lock, FlockOperation::LockExclusive)?;
        let before = read(&self.path)?;
        let mut state = before.clone();
        let told = change(&mut state);
        if state != before {
            self.write(&state)?;
        }
        // The lock goes with its file.
        drop(lock);
        Ok(told)
    }

    fn write(&self, state: &State) -> io::Result<()> {
        let new = self.beside("new");
        let mut file = File::create(&new)?;
        file.write_all(&serde_json::to_vec(state)?)?;
        fs::rename(&new, &self.path)
    }

    /// A file beside the state's.
    fn beside(&self, extension: &str) -> PathBuf {
        self.path.with_extension(extension)
    }
}

fn read(path: &Path) -> io::Result<State> {
    match fs::read(path) {
        Ok(bytes) => Ok(serde_json::from_slice(&bytes)?),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(State::default()),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::super::rules::Rules;
    use super::*;

    #[test]
    fn fifty_at_a_time_lose_no_update() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::at(folder.path().join("docker.json"));
        thread::scope(|scope| {
            for number in 0..50 {
                let store = store.clone();
                scope.spawn(move || {
                    let line = ["volume".into(), "create".into(), format!("volume-{number}")];
                    store
                        .change(|state| super::super::ask(state, &Rules::default(), &line))
                        .unwrap();
                });
            }
        });
        let state = read(&store.path).unwrap();
        assert_eq!(state.volumes.len(), 50);
        assert_eq!(state.asked, 50);
    }

    #[test]
    fn what_a_killed_process_left_half_written_is_not_the_state() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::at(folder.path().join("docker.json"));
        store.change(|state| state.asked += 1).unwrap();
        fs::write(store.beside("new"), "{\"ma").unwrap();
        assert_eq!(store.change(|state| state.asked).unwrap(), 1);
        store.change(|state| state.asked += 1).unwrap();
        assert_eq!(read(&store.path).unwrap().asked, 2);
    }

    #[test]
    fn what_is_no_state_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::at(folder.path().join("docker.json"));
        fs::write(folder.path().join("docker.json"), "[]").unwrap();
        assert!(store.change(|_| ()).is_err());
    }
}

//! `plugn update`: a plugin's checkout is brought to the newest of its branch, or pinned.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::PathBuf;

use super::child::{Script, Streams, collect, say};
use super::ended::Ended;

/// The file in a checkout that says what it is pinned to.
const PIN: &str = ".plugin_committish";

/// A plugin's checkout.
pub(super) struct Checkout<'a> {
    script: Script<'a>,
    plugin: &'a OsStr,
    folder: PathBuf,
}

impl<'a> Checkout<'a> {
    /// The one of this plugin, in this folder.
    pub(super) fn new(script: Script<'a>, plugin: &'a OsStr, folder: PathBuf) -> Self {
        Self {
            script,
            plugin,
            folder,
        }
    }

    /// Brings it up to date, or to a commit, branch or tag. What git says of it nobody sees.
    ///
    /// # Errors
    /// With git's status, where git fails.
    pub(super) fn update(&self, committish: &OsStr) -> Result<(), Ended> {
        if !self.folder.is_dir() {
            self.tell("not installed");
            return Err(Ended(1));
        }
        if !self.folder.join(".git").is_dir() {
            self.tell("not managed by git");
            return Ok(());
        }
        self.trust()?;
        if committish.is_empty() {
            self.advance()
        } else {
            self.pin(committish)
        }
    }

    fn advance(&self) -> Result<(), Ended> {
        if self.git(&["symbolic-ref", "HEAD"]).is_err() {
            let pin = fs::read_to_string(self.folder.join(PIN)).unwrap_or_default();
            say(format!("Plugin pinned to {}", pin.trim_end_matches('\n')).as_bytes());
            return Ok(());
        }
        self.git(&["fetch"])?;
        self.git(&["pull"])?;
        self.tell("updated");
        Ok(())
    }

    fn pin(&self, committish: &OsStr) -> Result<(), Ended> {
        self.git(&["fetch"])?;
        self.git(&["fetch", "--tags"])?;
        self.git_with(&["checkout".as_ref(), committish])?;
        // A tag and a commit have nothing to pull.
        let _ = self.git(&["pull"]);
        let mut line = committish.to_owned();
        line.push("\n");
        fs::write(self.folder.join(PIN), line.as_encoded_bytes()).map_err(|_| Ended(1))?;
        self.tell(&format!(
            "updated and pinned to {}",
            committish.to_string_lossy()
        ));
        Ok(())
    }

    /// Has git take the folder, which may be another user's.
    fn trust(&self) -> Result<(), Ended> {
        let folder = self.folder.as_os_str();
        let all = ["config", "--global", "--get-all", "safe.directory"];
        let known = self.git(&all).unwrap_or_default();
        let known = String::from_utf8_lossy(&known);
        if known.contains(&*folder.to_string_lossy()) {
            return Ok(());
        }
        let add = ["config", "--global", "--add", "safe.directory"].map(OsStr::new);
        self.git_with(&[&add[..], &[folder]].concat())?;
        Ok(())
    }

    fn git(&self, words: &[&str]) -> Result<Vec<u8>, Ended> {
        let words: Vec<&OsStr> = words.iter().map(OsStr::new).collect();
        self.git_with(&words)
    }

    /// What git says there, where it does well.
    fn git_with(&self, words: &[&OsStr]) -> Result<Vec<u8>, Ended> {
        let place = [OsStr::new("-C"), self.folder.as_os_str()];
        let arguments: Vec<OsString> = place.iter().chain(words).map(OsString::from).collect();
        let (status, said) = collect(|pipe| {
            let to = Streams {
                stdout: Some(pipe),
                stderr: Some(pipe),
                ..Streams::default()
            };
            Some(self.script.run_with(OsStr::new("git"), &arguments, to))
        });
        match status {
            Some(0) => Ok(said),
            status => Err(Ended(status.unwrap_or(1))),
        }
    }

    fn tell(&self, what: &str) {
        say(format!("Plugin ({}) {what}", self.plugin.to_string_lossy()).as_bytes());
    }
}

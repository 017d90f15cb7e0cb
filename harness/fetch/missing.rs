//! Why a plugin is not there.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::visible::visible_path;

/// Why a plugin is not there. Each is a sentence that says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Missing {
    /// The harness has no program to bring it with.
    #[error("no program `git` is on PATH: install git, or give the plugin as `path`")]
    NoGit,
    /// There is no place for the cache.
    #[error(
        "there is no place to keep sources: neither XDG_CACHE_HOME nor HOME names a folder; set one of them, or name one"
    )]
    NoCacheFolder,
    /// The cache can't be used.
    #[error(
        "the cache can't be used: {cause}; see to the rights on {}, or name another folder",
        visible_path(folder)
    )]
    Cache {
        /// The folder.
        folder: PathBuf,
        /// What the system says.
        cause: String,
    },
    /// Another run is bringing the same source, and does not come to an end.
    #[error("another run had the source in the cache to itself for {}: try again when it has ended", seconds(*.0))]
    Busy(Duration),
    /// It took too long.
    #[error(
        "it was not there after {}: try again, or allow it more time if it is slow{}", seconds(*time), kept(date.as_ref())
    )]
    Deadline {
        /// How long it had.
        time: Duration,
        /// When the cache last had it.
        date: Option<String>,
    },
    /// It is too large.
    #[error("it is too large: {0}; a plugin that is meant to be so can be given as `path`")]
    TooLarge(String),
    /// There is no such repository, or none that everybody may read.
    #[error(
        "the repository has vanished: {said}; correct its address, or say why it is `disabled`"
    )]
    Repository {
        /// Git's own words.
        said: String,
    },
    /// The repository has no such branch, tag or commit.
    #[error(
        "the repository has no `{reference}`: {said}; correct `ref`, or leave it out for the default branch; a commit is \
         written in full"
    )]
    Reference {
        /// What was asked for.
        reference: String,
        /// Git's own words.
        said: String,
    },
    /// The repository is not for everybody.
    #[error(
        "the repository is gone or asks who is there, and nobody is there to answer: {said}; correct its address, or bring \
         it by way of ssh:// with a key that an agent holds"
    )]
    Credentials {
        /// Git's own words.
        said: String,
    },
    /// The place that it is kept at can't be reached.
    #[error("it can't be reached: {said}; see to the network, and try again{}", kept(date.as_ref()))]
    Unreachable {
        /// Git's own words.
        said: String,
        /// When the cache last had it.
        date: Option<String>,
    },
    /// The network is not to be used, and the cache does not have it.
    #[error("the cache does not have it: run once without --offline")]
    NotCached,
    /// What the cache has of it is damaged, and can't be brought anew.
    #[error(
        "what the cache has of it is damaged: {said}; run once without --offline to bring it anew"
    )]
    Damaged {
        /// What is wrong with it.
        said: String,
    },
    /// There is no room for it.
    #[error(
        "there is no room for it in {}: {said}; make room, or name another folder for the cache",
        visible_path(folder)
    )]
    DiskFull {
        /// The folder.
        folder: PathBuf,
        /// What the system says.
        said: String,
    },
    /// There is no such folder.
    #[error("{} does not exist: correct `path`, which is meant from where the list is", visible_path(.0))]
    NoFolder(PathBuf),
    /// It is no folder, or can't be looked into.
    #[error(
        "{} can't be used: {cause}; give the plugin's folder as `path`",
        visible_path(path)
    )]
    Folder {
        /// The path.
        path: PathBuf,
        /// What is wrong with it.
        cause: String,
    },
    /// Somebody asked the run to stop.
    #[error("interrupted")]
    Cancelled,
    /// Something else went wrong.
    #[error("git could not bring it: {said}")]
    Other {
        /// Git's own words, or what the system says.
        said: String,
    },
}

impl Missing {
    /// That the system did not let the cache in this folder be used.
    pub(super) fn of_cache(folder: &Path, error: &io::Error) -> Self {
        let folder = folder.to_owned();
        let full = [
            io::ErrorKind::StorageFull,
            io::ErrorKind::QuotaExceeded,
            io::ErrorKind::FileTooLarge,
        ];
        let cause = error.to_string();
        match full.contains(&error.kind()) {
            true => Self::DiskFull {
                folder,
                said: cause,
            },
            false => Self::Cache { folder, cause },
        }
    }
}

fn seconds(time: Duration) -> String {
    format!("{} s", time.as_secs_f64())
}

/// What the cache has all the same.
fn kept(date: Option<&String>) -> String {
    date.map(|date| format!("; --offline takes what the cache has from {date}"))
        .unwrap_or_default()
}

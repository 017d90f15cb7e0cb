//! Bringing a plugin from a repository.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::brought::Brought;
use super::git::{Call, Failure, Git};
use super::known::{Known, Point};
use super::missing::Missing;
use super::said::Trouble;
use super::seal;
use super::shelf::Shelf;
use crate::roster::{Reference, Url};
use crate::sandbox::{Extent, remove};
use crate::today::today;

/// What git may bring something by.
pub(super) const PROTOCOLS: &str = "file:git:http:https:ssh";

/// The default branch.
const DEFAULT: &str = "HEAD";

/// How many bytes a file's line may have in the list of a tree, on the average.
const LINE: u64 = 400;

/// How many letters of a commit are told.
const SHORT: usize = 10;

/// What is brought, and what with.
pub(super) struct Remote<'r> {
    pub(super) folder: &'r Path,
    pub(super) shelf: Shelf,
    pub(super) git: Git<'r>,
    pub(super) url: &'r Url,
    pub(super) reference: Option<&'r Reference>,
}

impl Remote<'_> {
    /// Brings it, from the network or from the cache alone. What the cache has of it is used as far as it is sound, and made
    /// anew where it is not.
    pub(super) fn bring(&self, offline: bool) -> Result<Brought, Missing> {
        let mut known = self.shelf.known();
        // What is asked for by its commit may be known as what a branch led to.
        let is_that = |point: &&Point| point.commit == self.key();
        let by_name = known.references.get(self.key());
        let before = by_name
            .or_else(|| known.references.values().find(is_that))
            .cloned();
        let mut notes = Vec::new();
        let was_there = self.shelf.repository().exists();
        let mut attempt = self.attempt(before.as_ref(), offline);
        if let Err(Failure::Said {
            trouble: Trouble::Other,
            said,
        }) = &attempt
            && was_there
            && !offline
        {
            notes.push(format!(
                "what the cache had of it was damaged, and was brought anew: {said}"
            ));
            self.shelf.forget().map_err(|error| self.of_cache(&error))?;
            attempt = self.attempt(before.as_ref(), offline);
        }
        match &attempt {
            // As far as it came, it takes room that nobody wants.
            Err(Failure::Missing(Missing::TooLarge(_))) => {
                self.shelf.forget().map_err(|error| self.of_cache(&error))?;
            }
            Err(_) => self.shelf.clear(),
            Ok(_) => {}
        }
        let (point, is_tag, path) =
            attempt.map_err(|failure| self.missing(failure, before.as_ref(), offline))?;
        match &before {
            Some(before) if offline => {
                notes.push(format!("it is what the cache has from {}", before.date))
            }
            Some(before) => notes.extend(self.turn(before, &point, is_tag)),
            None => {}
        }
        let commit = point.commit.clone();
        let lease = self
            .shelf
            .lease(&commit)
            .map_err(|error| self.of_cache(&error))?;
        if !offline {
            self.keep(&mut known, before.as_ref(), point)?;
        }
        Ok(Brought {
            path,
            commit: Some(commit),
            notes,
            _lease: Some(lease),
        })
    }

    fn attempt(
        &self,
        before: Option<&Point>,
        offline: bool,
    ) -> Result<(Point, bool, PathBuf), Failure> {
        // Where a commit leads never changes.
        let is_settled =
            self.reference.is_some_and(Reference::is_commit) && self.shelf.repository().exists();
        let (point, is_tag) = match before {
            Some(before) if offline || is_settled => (before.clone(), false),
            None if offline => return Err(Missing::NotCached.into()),
            _ => self.fetch()?,
        };
        let path = self.tree(&point.commit)?;
        Ok((point, is_tag, path))
    }

    /// Fetches what is asked for; true beside it for a tag.
    fn fetch(&self) -> Result<(Point, bool), Failure> {
        let repository = self.shelf.repository();
        if !repository.exists() {
            let init = ["init", "--quiet", "--bare", "--template="];
            self.git.look(&Call::on(&repository, &init))?;
        }
        let name = format!("refs/conform/{}", seal::name(self.key()));
        let refspec = format!("+{}:{name}", self.key());
        let fetch = [
            "fetch",
            "--quiet",
            "--depth=1",
            "--no-tags",
            "--force",
            "--update-shallow",
            "--no-recurse-submodules",
            "--",
            self.url.as_str(),
            &refspec,
        ];
        self.git.run(&Call {
            growing: Some((&repository, Extent::of(&repository))),
            ..Call::on(&repository, &fetch)
        })?;
        let is_tag = fs::read_to_string(repository.join("FETCH_HEAD"))
            .is_ok_and(|text| text.contains("\ttag '"));
        let of_commit = format!("{name}^{{commit}}");
        let log = ["log", "-1", "--format=%H %ct", &of_commit, "--"];
        let line = self.git.look(&Call::on(&repository, &log))?;
        let line = String::from_utf8_lossy(&line);
        let (commit, made) = line.trim().split_once(' ').unwrap_or_default();
        if !matches!(commit.len(), 40 | 64) {
            return Err(unexpected("names no commit"));
        }
        let point = Point {
            commit: commit.to_owned(),
            date: today().to_string(),
            made: made.parse().unwrap_or_default(),
        };
        Ok((point, is_tag))
    }

    /// The plugin's folder at a commit, which is checked out where it is not there or was touched.
    fn tree(&self, commit: &str) -> Result<PathBuf, Failure> {
        let path = self.shelf.tree(commit).join(self.url.repository());
        if self.shelf.is_sound(commit) && path.is_dir() {
            return Ok(path);
        }
        let repository = self.shelf.repository();
        self.measure(&repository, commit)?;
        let fresh = self.git.scratch("tree");
        let folder = fresh.join(self.url.repository());
        let make = || {
            match remove(&fresh) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            fs::create_dir_all(&folder)
        };
        make().map_err(|error| self.of_cache(&error))?;
        let index = self.git.scratch("index");
        // A list that an attempt before has left would say that all is there.
        let _ = fs::remove_file(&index);
        let read = [
            OsStr::new("read-tree"),
            OsStr::new("--reset"),
            OsStr::new("-u"),
            OsStr::new(commit),
        ];
        self.git.look(&Call {
            environment: vec![
                ("GIT_INDEX_FILE", index.as_os_str()),
                ("GIT_WORK_TREE", folder.as_os_str()),
            ],
            growing: Some((&fresh, Extent::default())),
            ..Call::on(&repository, &read)
        })?;
        self.shelf
            .put(commit, &fresh)
            .map_err(|error| self.of_cache(&error))?;
        Ok(path)
    }

    /// Sees to it that a commit is small enough, before a file of it is written.
    fn measure(&self, repository: &Path, commit: &str) -> Result<(), Failure> {
        let limits = self.git.limits();
        let list = ["ls-tree", "-r", "-l", "-z", "--full-tree", commit];
        let files = self.git.look(&Call {
            cap: limits.files.saturating_mul(LINE).max(1 << 20),
            ..Call::on(repository, &list)
        })?;
        let mut extent = Extent::default();
        for line in files
            .split(|byte| *byte == 0)
            .filter(|line| !line.is_empty())
        {
            let head = line.split(|byte| *byte == b'\t').next().unwrap_or_default();
            let size = head.rsplit(|byte| *byte == b' ').next().unwrap_or_default();
            let size: Option<u64> = std::str::from_utf8(size)
                .ok()
                .and_then(|size| size.parse().ok());
            extent.files += 1;
            // A submodule has no size: nothing of it is brought.
            extent.bytes = extent.bytes.saturating_add(size.unwrap_or_default());
        }
        match extent.bytes > limits.bytes || extent.files > limits.files {
            true => Err(self.git.too_large(extent).into()),
            false => Ok(()),
        }
    }

    /// Keeps where it led to, and lets go of what it led to before.
    fn keep(&self, known: &mut Known, before: Option<&Point>, point: Point) -> Result<(), Missing> {
        let has_moved = before.is_some_and(|before| before.commit != point.commit);
        known.url = self.url.to_string();
        known.references.insert(self.key().to_owned(), point);
        self.shelf
            .keep(known)
            .map_err(|error| self.of_cache(&error))?;
        if has_moved {
            let gc = ["gc", "--quiet", "--prune=now"];
            // What is not let go now is next time.
            let _ = self.git.look(&Call::on(&self.shelf.repository(), &gc));
        }
        Ok(())
    }

    /// What is worth telling of a branch or tag that leads elsewhere than before.
    fn turn(&self, before: &Point, now: &Point, is_tag: bool) -> Option<String> {
        let (key, date) = (self.key(), &before.date);
        let (old, new) = (short(&before.commit), short(&now.commit));
        if before.commit == now.commit {
            return None;
        }
        if is_tag {
            return Some(format!(
                "the tag `{key}` led to {old} on {date}, and leads to {new} now"
            ));
        }
        (now.made < before.made).then(|| {
            format!("`{key}` leads to an older commit than on {date}, {new} after {old}: its history was rewritten")
        })
    }

    /// What is asked for, in git's words.
    fn key(&self) -> &str {
        self.reference.map_or(DEFAULT, Reference::as_str)
    }

    fn missing(&self, failure: Failure, before: Option<&Point>, offline: bool) -> Missing {
        let date = before.map(|point| point.date.clone()).filter(|_| !offline);
        match failure {
            Failure::Missing(Missing::Deadline { time, .. }) => Missing::Deadline { time, date },
            Failure::Missing(missing) => missing,
            Failure::Said { said, .. } if offline => Missing::Damaged { said },
            Failure::Said { trouble, said } => match trouble {
                Trouble::Repository => Missing::Repository { said },
                Trouble::Reference => Missing::Reference {
                    reference: self.key().to_owned(),
                    said,
                },
                Trouble::Credentials => Missing::Credentials { said },
                Trouble::Unreachable => Missing::Unreachable { said, date },
                Trouble::DiskFull | Trouble::Other => Missing::Other { said },
            },
        }
    }

    fn of_cache(&self, error: &io::Error) -> Missing {
        Missing::of_cache(self.folder, error)
    }
}

fn unexpected(said: &str) -> Failure {
    Failure::Said {
        trouble: Trouble::Other,
        said: said.to_owned(),
    }
}

fn short(commit: &str) -> &str {
    commit.get(..SHORT).unwrap_or(commit)
}

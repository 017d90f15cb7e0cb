//! The plugins of a list, brought to this machine.

use std::env;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use clap::Args;
use rayon::prelude::*;

use super::ground;
use super::progress::Progress;
use super::status::{Status, tell};
use crate::fetch::{Brought, Cache, Limits};
use crate::report::{Disabled, Header, Shard, digest_of};
use crate::roster::{Entry, Reference, Roster, Row, Source};
use crate::run::{Listed, Provenance};
use crate::sandbox::Cancel;
use crate::spec;

/// How many sources are brought at the same time: most of it is waiting.
const AT_ONCE: usize = 8;

/// Which plugins of a list are brought, and how.
#[derive(Debug, Args)]
pub(super) struct Gathering {
    /// Take these rows of the list alone
    #[arg(long, value_name = "NAME,...", value_delimiter = ',')]
    pub(super) plugin: Vec<String>,
    /// Where sources and results are kept from run to run [default: dokku-conform in $XDG_CACHE_HOME or ~/.cache]
    #[arg(long, value_name = "DIR")]
    cache: Option<PathBuf>,
    /// Use no network: take what the cache has of each source
    #[arg(long)]
    pub(super) offline: bool,
    /// How many seconds bringing one source may take [default: 120]
    #[arg(long, value_name = "SECONDS", value_parser = ground::seconds, allow_negative_numbers = true)]
    fetch_timeout: Option<Duration>,
}

/// A list that was read.
pub(super) struct List {
    /// Its file, as the person named it.
    pub(super) path: String,
    /// The digest of its text.
    pub(super) digest: String,
    roster: Roster,
}

impl List {
    /// Reads the list at a path; a mistake in a row is told, and is that row's.
    pub(super) fn read(path: &Path) -> Result<Self, Status> {
        let source = spec::Source::read(path).map_err(Status::usage)?;
        let roster = Roster::read(&source).map_err(Status::usage)?;
        for mistake in roster.mistakes() {
            tell(mistake);
        }
        Ok(Self {
            path: path.display().to_string(),
            digest: digest_of([&source.text]),
            roster,
        })
    }

    /// How many rows it has.
    pub(super) fn rows(&self) -> usize {
        self.roster.rows.len()
    }

    /// The rows that are left out, with their reasons.
    pub(super) fn disabled(&self) -> impl Iterator<Item = Disabled> {
        let entries = self
            .roster
            .rows
            .iter()
            .filter_map(|row| row.entry.as_ref().ok());
        entries.filter_map(|entry| {
            Some(Disabled {
                name: entry.name.clone(),
                reason: entry.disabled.clone()?,
            })
        })
    }
}

/// The rows that the run is about, each with its place in the list, from 1.
fn chosen<'l>(
    arguments: &Gathering,
    list: &'l List,
    shard: Option<Shard>,
) -> Result<Vec<(usize, &'l Row)>, Status> {
    let all = &list.roster.rows;
    if let Some(name) =
        (arguments.plugin.iter()).find(|name| all.iter().all(|row| row.name != **name))
    {
        let file = &list.path;
        return Err(Status::usage(format!("{file} has no plugin {name:?}")));
    }
    let is_meant = |(place, row): &(usize, &Row)| {
        let is_on = row
            .entry
            .as_ref()
            .map_or(true, |entry| entry.disabled.is_none());
        let is_named = arguments.plugin.is_empty() || arguments.plugin.contains(&row.name);
        is_on && is_named && shard.is_none_or(|shard| shard.has(*place))
    };
    let rows = (1..).zip(all).filter(is_meant).collect::<Vec<_>>();
    match rows.is_empty() {
        // A shard may be empty where there are more shards than plugins.
        true if shard.is_none() => Err(Status::usage(
            "no plugin of the list is left: all are `disabled`",
        )),
        _ => Ok(rows),
    }
}

/// The plugins of a list, brought or not.
pub(super) struct Gathered {
    pub(super) listed: Vec<Listed>,
    /// What keeps them in the cache as long as this is.
    _leases: Vec<Brought>,
}

impl Gathering {
    /// Brings the plugins of a list, or of one part of it: as they are now, or as this record has them.
    pub(super) fn gather(
        &self,
        list: &List,
        shard: Option<Shard>,
        recorded: Option<&Header>,
        cancel: &Cancel,
    ) -> Result<Gathered, Status> {
        let rows = chosen(self, list, shard)?;
        let bringer = Bringer {
            cache: self.cache()?,
            offline: self.offline,
            cancel,
            leases: Mutex::default(),
        };
        let progress = Progress::of(rows.len(), "plugins brought");
        let one = |(place, row): &(usize, &Row)| {
            let listed = match earlier(recorded, &row.name) {
                Some(provenance) => bringer.again(row, provenance),
                None => bringer.first(*place, row),
            };
            progress.step();
            listed
        };
        let pool = rayon::ThreadPoolBuilder::new().num_threads(AT_ONCE).build();
        let listed = pool
            .map_err(Status::broken)?
            .install(|| rows.par_iter().map(one).collect());
        progress.end();
        if cancel.requested() {
            return Err(Status::broken(
                "interrupted while plugins were brought: nothing ran",
            ));
        }
        Ok(Gathered {
            listed,
            _leases: bringer.leases.into_inner().map_err(|_| Status::Broken)?,
        })
    }

    /// Brings what one source leads to.
    pub(super) fn bring(&self, source: &Source, cancel: &Cancel) -> Result<Brought, Status> {
        let brought = self.cache()?.bring(source, self.offline, cancel);
        brought.map_err(Status::usage)
    }

    fn cache(&self) -> Result<Cache, Status> {
        let cache = Cache::open(Some(self.folder()?.join("sources"))).map_err(Status::usage)?;
        let mut limits = Limits::default();
        limits.time = self.fetch_timeout.unwrap_or(limits.time);
        Ok(cache.with_limits(limits))
    }

    /// Where sources and results are kept.
    pub(super) fn folder(&self) -> Result<PathBuf, Status> {
        let known = |name: &str| env::var_os(name).map(PathBuf::from);
        let folder = |name: &str| known(name).filter(|path| path.is_absolute());
        let caches = || folder("XDG_CACHE_HOME").or_else(|| Some(folder("HOME")?.join(".cache")));
        let own = self.cache.clone();
        own.or_else(|| Some(caches()?.join("dokku-conform")))
            .ok_or_else(|| {
                Status::usage(
                    "there is no place to keep sources and results: neither XDG_CACHE_HOME nor HOME names a folder; name one by --cache",
                )
            })
    }
}

/// Who brings the plugins.
struct Bringer<'c> {
    cache: Cache,
    offline: bool,
    cancel: &'c Cancel,
    leases: Mutex<Vec<Brought>>,
}

/// What the record that is gone on with says of a plugin.
fn earlier<'r>(recorded: Option<&'r Header>, name: &str) -> Option<&'r Provenance> {
    let mut plugins = recorded?.plugins.iter();
    let plugin = plugins.find(|plugin| plugin.label == name)?;
    plugin.provenance.as_ref()
}

impl Bringer<'_> {
    /// A row's plugin as it is now.
    fn first(&self, place: usize, row: &Row) -> Listed {
        let mut provenance = Provenance {
            row: place,
            ..Provenance::default()
        };
        let entry = match &row.entry {
            Ok(entry) => entry,
            Err(mistakes) => {
                let why = format!("its row can't be read: {mistakes}");
                return listed(row, None, Err(why), provenance);
            }
        };
        provenance.section.clone_from(&entry.section);
        let claim = entry.compatibility.as_ref();
        provenance.compatibility = claim.map(|claim| claim.text().to_owned());
        if let Source::Git { reference, .. } = &entry.source {
            provenance.reference = reference.as_ref().map(ToString::to_string);
        }
        let path = match self.cache.bring(&entry.source, self.offline, self.cancel) {
            Ok(brought) => {
                provenance.commit.clone_from(&brought.commit);
                provenance.notes.clone_from(&brought.notes);
                Ok(self.leased(brought))
            }
            Err(missing) => Err(missing.to_string()),
        };
        listed(row, Some(entry), path, provenance)
    }

    /// A row's plugin as the record that is gone on with had it: what has moved on since is a matter of the next run.
    fn again(&self, row: &Row, provenance: &Provenance) -> Listed {
        let mut provenance = provenance.clone();
        let entry = row.entry.as_ref().ok();
        let path = match (provenance.missing.take(), entry) {
            (Some(missing), _) => Err(missing),
            (None, None) => Err("its row can't be read any more".to_owned()),
            (None, Some(entry)) => {
                let source = pinned(&entry.source, provenance.commit.as_deref());
                let bring = |offline| self.cache.bring(&source, offline, self.cancel);
                let brought = bring(self.offline).or_else(|_| bring(true));
                let path = brought.map(|brought| self.leased(brought));
                path.map_err(|missing| missing.to_string())
            }
        };
        listed(row, entry, path, provenance)
    }

    fn leased(&self, brought: Brought) -> PathBuf {
        let path = brought.path.clone();
        if let Ok(mut leases) = self.leases.lock() {
            leases.push(brought);
        }
        path
    }
}

/// The same source at this commit.
fn pinned(source: &Source, commit: Option<&str>) -> Source {
    let reference = commit.and_then(|commit| Reference::parse(commit).ok());
    match (source, reference) {
        (Source::Git { url, .. }, Some(reference)) => Source::Git {
            url: url.clone(),
            reference: Some(reference),
        },
        _ => source.clone(),
    }
}

fn listed(
    row: &Row,
    entry: Option<&Entry>,
    place: Result<PathBuf, String>,
    provenance: Provenance,
) -> Listed {
    let from = |entry: &Entry| match &entry.source {
        Source::Git { url, .. } => url.to_string(),
        Source::Path(path) => path.display().to_string(),
    };
    let versions = entry.and_then(|entry| entry.dokku.as_ref());
    Listed {
        label: row.name.clone(),
        from: entry.map(from).unwrap_or_default(),
        place,
        name: None,
        versions: versions.map_or_else(Vec::new, |versions| versions.all().to_vec()),
        known: entry.map(|entry| entry.expectations.clone()),
        provenance,
    }
}

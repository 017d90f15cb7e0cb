//! `dokku-conform nightly`: hold every plugin of a list against the requirements.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use clap::Args;
use rayon::prelude::*;

use super::circumstances::circumstances;
use super::form::Form;
use super::ground;
use super::manner::Manner;
use super::output::{self, Output};
use super::progress::Progress;
use super::reports::Wanted;
use super::resume;
use super::session::Session;
use super::status::{Status, tell};
use crate::dokku::{Version, Versions};
use crate::fetch::{Brought, Cache, Limits};
use crate::plugin::FileKind;
use crate::report::{
    Disabled, Ecosystem, Header, ListRecord, Member, Memory, Record, Shard, digest_of, inert,
};
use crate::roster::{Entry, Reference, Roster, Row, Source};
use crate::run::{Check, Checked, Ground, Listed, Options, Plan, Provenance, Selection};
use crate::spec;
use crate::today::today;
use crate::visible::visible_path;

/// How many sources are brought at the same time: most of it is waiting.
const AT_ONCE: usize = 8;

/// Check every plugin of a list: bring each, run what changed since the last night, and tell what came out otherwise
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The list, as `dokku-conform schema plugins` describes it
    #[arg(value_name = "LIST")]
    list: PathBuf,
    /// The Dokku versions to imitate, where a row names none: 0.38.27, 0.38 (its newest), 0.30..0.38, `minors`, `newest`,
    /// `all` [default: newest]
    #[arg(long, value_name = "VERSION,...", value_delimiter = ',')]
    dokku: Vec<Versions>,
    /// Take these rows alone
    #[arg(long, value_name = "NAME,...", value_delimiter = ',')]
    plugin: Vec<String>,
    /// Take one part of the list, as 2/4 for the second of four; `merge` joins their records
    #[arg(long, value_name = "I/N")]
    shard: Option<Shard>,
    /// Check these requirements only
    #[arg(long, value_name = "ID,...", value_delimiter = ',')]
    only: Vec<String>,
    /// Leave these requirements out
    #[arg(long, value_name = "ID,...", value_delimiter = ',')]
    skip: Vec<String>,
    /// Specs to add to the built-in ones, or to put in their place
    #[arg(long, value_name = "DIR")]
    specs: Option<PathBuf>,
    /// What is expected to fail, keyed by plugin, beside what the list and each plugin's conformance.yaml say
    #[arg(long, value_name = "FILE")]
    expectations: Option<PathBuf>,
    /// Write the state of all these plugins into this file, as Markdown: what they break most, what they keep from their
    /// neighbours, the help of a host that has them all, names that collide, and drafts of issues
    #[arg(long, value_name = "FILE")]
    ecosystem: Option<PathBuf>,
    /// Write the whole set into this folder: record.jsonl, changes.txt, report.html, summary.md, compatibility.md and
    /// ecosystem.md
    #[arg(long, value_name = "DIR")]
    into: Option<PathBuf>,
    /// Where sources and results are kept from night to night [default: dokku-conform in $XDG_CACHE_HOME or ~/.cache]
    #[arg(long, value_name = "DIR")]
    cache: Option<PathBuf>,
    /// Run everything, whatever earlier nights came to
    #[arg(long)]
    no_cache: bool,
    /// Use no network: take what the cache has of each source
    #[arg(long)]
    offline: bool,
    /// How many seconds bringing one source may take [default: 120]
    #[arg(long, value_name = "SECONDS", value_parser = ground::seconds, allow_negative_numbers = true)]
    fetch_timeout: Option<Duration>,
    #[command(flatten)]
    manner: Manner,
}

/// The name of the page about all plugins in that folder.
const PAGE: &str = "ecosystem.md";

/// The reports of `--into`, with the names of their files.
const SET: [(Form, &str); 5] = [
    (Form::Jsonl, "record.jsonl"),
    (Form::Text, "changes.txt"),
    (Form::Html, "report.html"),
    (Form::Markdown, "summary.md"),
    (Form::Compatibility, "compatibility.md"),
];

/// Runs the subcommand. Without `--baseline` it ends as `check` does; with one, as `compare`.
pub(super) fn main(arguments: &Arguments) -> Result<Status, Status> {
    let manner = &arguments.manner;
    let wanted = wanted(arguments)?;
    let older = manner.older(&wanted)?;
    let list = read(&arguments.list)?;
    let recorded = manner.resume.as_deref().and_then(resume::header);
    let rows = chosen(arguments, &list)?;
    let ground = ground::ground(&manner.isolated, manner.timeout)?;
    let folder = folder(arguments)?;
    let (listed, _leases) = bring(arguments, &folder, &rows, recorded.as_ref(), &ground)?;
    let options = options(arguments);
    let check = Check::of_list(listed, &options).map_err(Status::usage)?;
    for doubt in &check.doubts {
        tell(doubt);
    }
    let is_empty = !check.plugins.is_empty() && check.plugins.iter().all(is_missing);
    let plan = check.plan_on(
        recorded
            .as_ref()
            .and_then(Header::day)
            .unwrap_or_else(today),
    );
    let header = header(arguments, &wanted, &list, &check, &plan, &ground);
    let memory = match arguments.no_cache || manner.repeat.is_some() {
        true => None,
        false => Some(memory(arguments, &folder, &header)?),
    };
    let session = Session {
        manner,
        plan: &plan,
        ground: &ground,
        header,
        wanted,
        older,
        memory: memory.as_ref(),
    };
    let page = page(arguments)?;
    let record = session.run()?;
    if let Some(page) = page {
        write_page(page, &record, &check, &ground, manner.strict)?;
    }
    if let Some(memory) = &memory {
        memory.sweep();
    }
    if is_empty {
        return Err(Status::broken(
            "no plugin of the list could be had: nothing was checked, and the record says why of each",
        ));
    }
    Ok(manner.status(&record))
}

/// Where the page about all plugins is to be written, if it is wanted.
fn page(arguments: &Arguments) -> Result<Option<Output>, Status> {
    let in_set = arguments.into.as_ref().map(|folder| folder.join(PAGE));
    let path = arguments.ecosystem.clone().or(in_set);
    path.map(|path| Output::open(Some(&path))).transpose()
}

/// Writes that page, with the help of a host that has all plugins, in the newest of the versions.
fn write_page(
    mut output: Output,
    record: &Record,
    check: &Check,
    ground: &Ground,
    strict: bool,
) -> Result<(), Status> {
    let there = check.plugins.iter().filter(|checked| !is_missing(checked));
    let there: Vec<&Checked> = there.collect();
    let plugins: Vec<_> = there
        .iter()
        .map(|checked| Arc::clone(&checked.plugin))
        .collect();
    let version = check.all_versions().last().copied();
    let page = Ecosystem {
        record,
        members: there.into_iter().map(member).collect(),
        help: ground.help_of_all(&plugins, version.unwrap_or(Version::NEWEST)),
        strict,
    };
    output.write(&inert(&page.page()))?;
    output.end()
}

fn member(checked: &Checked) -> Member {
    let plugin = &checked.plugin;
    let triggers = plugin.files().iter().filter_map(|file| match &file.kind {
        FileKind::Trigger(name) if !file.kind.is_of_set_up() => Some(name.clone()),
        _ => None,
    });
    Member {
        label: checked.label.clone(),
        name: plugin.name().to_owned(),
        commands: (plugin.commands().iter())
            .map(|command| command.name.clone())
            .collect(),
        triggers: triggers.collect(),
    }
}

fn is_missing(checked: &Checked) -> bool {
    let listed = checked.provenance.as_ref();
    listed.is_some_and(|listed| listed.missing.is_some())
}

/// The reports that are to be written, with those of `--into`.
fn wanted(arguments: &Arguments) -> Result<Vec<Wanted>, Status> {
    let mut wanted = arguments.manner.reports.wanted()?;
    let Some(folder) = &arguments.into else {
        return Ok(wanted);
    };
    fs::create_dir_all(folder).map_err(|error| {
        let name = visible_path(folder);
        Status::usage(format!("--into {name}: {error}"))
    })?;
    for (form, name) in SET {
        let file = Some(folder.join(name));
        for other in &wanted {
            Output::apart(file.as_deref(), other.file.as_deref())?;
        }
        wanted.push(Wanted { form, file });
    }
    // The first record is the one that is written as it goes, and taken up again by --resume.
    wanted.sort_by_key(|one| one.form != Form::Jsonl || one.file.is_none());
    Ok(wanted)
}

/// Reads the list; a mistake in a row is told, and is that row's.
fn read(path: &Path) -> Result<List, Status> {
    let source = spec::Source::read(path).map_err(Status::usage)?;
    let roster = Roster::read(&source).map_err(Status::usage)?;
    for mistake in roster.mistakes() {
        tell(mistake);
    }
    Ok(List {
        path: path.display().to_string(),
        digest: digest_of([&source.text]),
        roster,
    })
}

/// A list that was read.
struct List {
    /// Its file, as the person named it.
    path: String,
    /// The digest of its text.
    digest: String,
    roster: Roster,
}

impl List {
    fn disabled(&self) -> impl Iterator<Item = Disabled> {
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
fn chosen<'l>(arguments: &Arguments, list: &'l List) -> Result<Vec<(usize, &'l Row)>, Status> {
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
        is_on && is_named && arguments.shard.is_none_or(|shard| shard.has(*place))
    };
    let rows = (1..).zip(all).filter(is_meant).collect::<Vec<_>>();
    match rows.is_empty() {
        // A shard may be empty where there are more shards than plugins.
        true if arguments.shard.is_none() => Err(Status::usage(
            "no plugin of the list is left: all are `disabled`",
        )),
        _ => Ok(rows),
    }
}

/// Brings the plugins of these rows. What keeps them in the cache comes too, to be held as long as they are used.
fn bring(
    arguments: &Arguments,
    folder: &Path,
    rows: &[(usize, &Row)],
    recorded: Option<&Header>,
    ground: &Ground,
) -> Result<(Vec<Listed>, Vec<Brought>), Status> {
    let cache = Cache::open(Some(folder.join("sources")));
    let mut limits = Limits::default();
    limits.time = arguments.fetch_timeout.unwrap_or(limits.time);
    let cache = cache.map_err(Status::usage)?.with_limits(limits);
    let progress = Progress::of(rows.len(), "plugins brought");
    let leases = Mutex::new(Vec::new());
    let one = |(place, row): &(usize, &Row)| {
        let listed = match earlier(recorded, &row.name) {
            Some(provenance) => again(&cache, row, provenance, ground, &leases),
            None => first(&cache, arguments.offline, *place, row, ground, &leases),
        };
        progress.step();
        listed
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(AT_ONCE).build();
    let listed = pool
        .map_err(Status::broken)?
        .install(|| rows.par_iter().map(one).collect());
    progress.end();
    if ground.cancel.requested() {
        return Err(Status::broken(
            "interrupted while plugins were brought: nothing ran",
        ));
    }
    Ok((listed, leases.into_inner().map_err(|_| Status::Broken)?))
}

/// What the record that is gone on with says of a plugin.
fn earlier<'r>(recorded: Option<&'r Header>, name: &str) -> Option<&'r Provenance> {
    let mut plugins = recorded?.plugins.iter();
    let plugin = plugins.find(|plugin| plugin.label == name)?;
    plugin.provenance.as_ref()
}

/// A row's plugin as it is now.
fn first(
    cache: &Cache,
    offline: bool,
    place: usize,
    row: &Row,
    ground: &Ground,
    leases: &Mutex<Vec<Brought>>,
) -> Listed {
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
    provenance.compatibility = entry
        .compatibility
        .as_ref()
        .map(|claim| claim.text().to_owned());
    if let Source::Git { reference, .. } = &entry.source {
        provenance.reference = reference.as_ref().map(ToString::to_string);
    }
    let path = match cache.bring(&entry.source, offline, &ground.cancel) {
        Ok(brought) => {
            provenance.commit.clone_from(&brought.commit);
            provenance.notes.clone_from(&brought.notes);
            Ok(leased(brought, leases))
        }
        Err(missing) => Err(missing.to_string()),
    };
    listed(row, Some(entry), path, provenance)
}

/// A row's plugin as the record that is gone on with had it: what has moved on since is a matter of the next night.
fn again(
    cache: &Cache,
    row: &Row,
    provenance: &Provenance,
    ground: &Ground,
    leases: &Mutex<Vec<Brought>>,
) -> Listed {
    let mut provenance = provenance.clone();
    let entry = row.entry.as_ref().ok();
    let path = match (provenance.missing.take(), entry) {
        (Some(missing), _) => Err(missing),
        (None, None) => Err("its row can't be read any more".to_owned()),
        (None, Some(entry)) => {
            let source = pinned(&entry.source, provenance.commit.as_deref());
            let brought = cache.bring(&source, false, &ground.cancel);
            let brought = brought.or_else(|_| cache.bring(&source, true, &ground.cancel));
            let path = brought.map(|brought| leased(brought, leases));
            path.map_err(|missing| missing.to_string())
        }
    };
    listed(row, entry, path, provenance)
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

fn leased(brought: Brought, leases: &Mutex<Vec<Brought>>) -> PathBuf {
    let path = brought.path.clone();
    if let Ok(mut leases) = leases.lock() {
        leases.push(brought);
    }
    path
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

fn options(arguments: &Arguments) -> Options {
    let versions = arguments.dokku.iter().flat_map(Versions::all);
    Options {
        name: None,
        specs: arguments.specs.clone(),
        selection: Selection {
            only: arguments.only.clone(),
            skip: arguments.skip.clone(),
        },
        versions: versions.copied().collect(),
        expectations: arguments.expectations.clone(),
    }
}

fn header(
    arguments: &Arguments,
    wanted: &[Wanted],
    list: &List,
    check: &Check,
    plan: &Plan,
    ground: &Ground,
) -> Header {
    let reports = wanted.iter().filter_map(|one| one.file.as_deref());
    let reports: Vec<PathBuf> = reports
        .chain(arguments.manner.resume.as_deref())
        .filter_map(output::place)
        .collect();
    let path = |path: &PathBuf| path.display().to_string();
    let own = [
        ("--specs", arguments.specs.as_ref().map(path)),
        ("--expectations", arguments.expectations.as_ref().map(path)),
    ];
    let own = own
        .into_iter()
        .filter_map(|(option, value)| Some((option, value?)));
    let options: Vec<String> = own
        .chain(arguments.manner.decisive())
        .flat_map(|(option, value)| [option.to_owned(), value])
        .collect();
    let versions = check.versions.iter().map(Version::to_string);
    let rest = [&arguments.only, &arguments.skip, &arguments.plugin];
    let rest = rest.into_iter().flat_map(|words| {
        let end = std::iter::once(String::new());
        words.iter().cloned().chain(end)
    });
    let common: Vec<String> = versions.chain(rest).chain(options.clone()).collect();
    Header {
        options,
        list: Some(ListRecord {
            path: list.path.clone(),
            rows: list.roster.rows.len(),
            disabled: list.disabled().collect(),
            plan: digest_of(std::iter::once(&list.digest).chain(&common)),
            shard: arguments.shard,
        }),
        ..Header::new(check, plan, ground, &reports)
    }
}

/// What earlier nights came to.
fn memory(arguments: &Arguments, folder: &Path, header: &Header) -> Result<Memory, Status> {
    let ground = circumstances(arguments.specs.as_deref())?;
    Memory::open(folder.join("results"), header, &ground).map_err(|error| {
        let name = visible_path(folder);
        Status::usage(format!(
            "results can't be kept in {name}: {error}; name another folder by --cache, or say --no-cache"
        ))
    })
}

/// Where sources and results are kept.
fn folder(arguments: &Arguments) -> Result<PathBuf, Status> {
    let known = |name: &str| env::var_os(name).map(PathBuf::from);
    let folder = |name: &str| known(name).filter(|path| path.is_absolute());
    let caches = || folder("XDG_CACHE_HOME").or_else(|| Some(folder("HOME")?.join(".cache")));
    let own = arguments.cache.clone();
    own.or_else(|| Some(caches()?.join("dokku-conform")))
        .ok_or_else(|| {
            Status::usage(
                "there is no place to keep sources and results: neither XDG_CACHE_HOME nor HOME names a folder; name one by --cache",
            )
        })
}

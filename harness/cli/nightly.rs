//! `dokku-conform nightly`: hold every plugin of a list against the requirements.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::circumstances::circumstances;
use super::form::Form;
use super::gather::{Gathering, List};
use super::ground;
use super::manner::Manner;
use super::output::Output;
use super::reports::Wanted;
use super::resume;
use super::session::Session;
use super::status::{Status, tell};
use super::subject::Rules;
use crate::dokku::{Version, Versions};
use crate::plugin::FileKind;
use crate::report::{
    Ecosystem, Header, ListRecord, Member, Memory, Record, Shard, digest_of, inert,
};
use crate::run::{Check, Checked, Ground, HelpOfAll, Plan};
use crate::today::today;
use crate::visible::visible_path;

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
    #[command(flatten)]
    gathering: Gathering,
    /// Take one part of the list, as 2/4 for the second of four; `merge` joins their records
    #[arg(long, value_name = "I/N")]
    shard: Option<Shard>,
    #[command(flatten)]
    rules: Rules,
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
    /// Run everything, whatever earlier nights came to
    #[arg(long)]
    no_cache: bool,
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
    let list = List::read(&arguments.list)?;
    let recorded = manner.resume.as_deref().and_then(resume::header);
    let ground = ground::ground(&manner.isolated, manner.timeout)?;
    let gathering = &arguments.gathering;
    let gathered = gathering.gather(&list, arguments.shard, recorded.as_ref(), &ground.cancel)?;
    let versions = arguments.dokku.iter().flat_map(Versions::all).copied();
    let expectations = arguments.expectations.clone();
    let options = (arguments.rules).options(None, versions.collect(), expectations);
    let check = Check::of_list(gathered.listed, &options).map_err(Status::usage)?;
    for doubt in &check.doubts {
        tell(doubt);
    }
    // Of a part of the list it says nothing that no other part could have one.
    let is_empty = arguments.shard.is_none()
        && !check.plugins.is_empty()
        && check.plugins.iter().all(|one| one.missing().is_some());
    let plan = check.plan_on(
        recorded
            .as_ref()
            .and_then(Header::day)
            .unwrap_or_else(today),
    );
    let header = header(arguments, &wanted, &list, &check, &plan, &ground);
    let memory = match arguments.no_cache || manner.repeat.is_some() {
        true => None,
        false => Some(memory(arguments, &gathering.folder()?, &header, &check)?),
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
        let help = help_of_all(&check, &ground, memory.as_ref());
        write_page(page, &record, &check, help, manner.strict)?;
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

/// The plugins that are there to be looked at.
fn there(check: &Check) -> Vec<&Checked> {
    let plugins = check.plugins.iter();
    plugins
        .filter(|checked| checked.missing().is_none())
        .collect()
}

/// The help of a host that has all plugins, in the newest of the versions.
fn help_of_all(
    check: &Check,
    ground: &Ground,
    memory: Option<&Memory>,
) -> Result<HelpOfAll, String> {
    let there = there(check);
    let plugins = there.iter().map(|checked| Arc::clone(&checked.plugin));
    let plugins: Vec<_> = plugins.collect();
    let version = check.all_versions().last().copied();
    let version = version.unwrap_or(Version::NEWEST);
    let seen = || ground.help_of_all(&plugins, version);
    match memory {
        Some(memory) => memory.help_of_all(&there, version, seen),
        None => seen(),
    }
}

/// Writes that page.
fn write_page(
    mut output: Output,
    record: &Record,
    check: &Check,
    help: Result<HelpOfAll, String>,
    strict: bool,
) -> Result<(), Status> {
    let page = Ecosystem {
        record,
        members: there(check).into_iter().map(member).collect(),
        help,
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

fn header(
    arguments: &Arguments,
    wanted: &[Wanted],
    list: &List,
    check: &Check,
    plan: &Plan,
    ground: &Ground,
) -> Header {
    let path = |path: &PathBuf| path.display().to_string();
    let options = arguments.manner.decisive(vec![
        ("--specs", arguments.rules.specs.as_ref().map(path)),
        ("--expectations", arguments.expectations.as_ref().map(path)),
    ]);
    let versions = check.versions.iter().map(Version::to_string);
    let rest = [
        &arguments.rules.only,
        &arguments.rules.skip,
        &arguments.gathering.plugin,
    ];
    let rest = rest.into_iter().flat_map(|words| {
        let end = std::iter::once(String::new());
        words.iter().cloned().chain(end)
    });
    let common: Vec<String> = versions.chain(rest).chain(options.clone()).collect();
    Header {
        options,
        list: Some(ListRecord {
            path: list.path.clone(),
            rows: list.rows(),
            disabled: list.disabled().collect(),
            plan: digest_of(std::iter::once(&list.digest).chain(&common)),
            shard: arguments.shard,
        }),
        ..Header::new(check, plan, ground, &arguments.manner.reports_of(wanted))
    }
}

/// What earlier nights came to.
fn memory(
    arguments: &Arguments,
    folder: &Path,
    header: &Header,
    check: &Check,
) -> Result<Memory, Status> {
    let ground = circumstances(arguments.rules.specs.as_deref())?;
    Memory::open(folder.join("results"), header, &check.plugins, &ground).map_err(|error| {
        let name = visible_path(folder);
        Status::usage(format!(
            "results can't be kept in {name}: {error}; name another folder by --cache, or say --no-cache"
        ))
    })
}

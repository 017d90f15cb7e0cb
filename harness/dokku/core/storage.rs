//! The commands and triggers of the core plugin storage, as they were since they are written in Go: which folders of
//! the host containers see.
//!
//! Since 0.38.0 a mount is an entry of the host, which a file tells of, and an attachment of the app, in a list among
//! its properties. Before, it was an option of docker's.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha1::{Digest as _, Sha1};

use super::app_name;
use super::docker_options;
use super::failure::Failure;
use super::host::Host;
use super::properties::Properties;
use super::report::{self, Kind, Values, go_json};
use super::request::{Known, Request};
use super::say;
use crate::dokku::{Timeline, Version};

/// Where the mounts of an app are kept.
#[derive(Clone, Copy)]
enum Place {
    Options,
    Attachments,
}

const PLACE: Timeline<Place> = Timeline::new(
    Place::Options,
    &[(Version::new(0, 38, 0), Place::Attachments)],
);

/// Whether `ro` is told apart from the other options of a mount.
const KNOWS_READONLY: Timeline<bool> = Timeline::new(false, &[(Version::new(0, 38, 13), true)]);

/// Whether those who make a folder are told to make an entry.
const DEPRECATES: Timeline<bool> = Timeline::new(false, &[(Version::new(0, 38, 7), true)]);

const REPORT: Kind = Kind {
    plugin: "storage",
    prefix: "storage",
    legacy_keys: true,
};

/// The phases in which containers see what is mounted.
const PHASES: [&str; 2] = ["deploy", "run"];

/// What stands in for the name of a process where a mount is for all.
const EVERY_PROCESS: &str = "_default_";

/// A folder or volume of the host, as the file of its entry tells.
#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    name: String,
    scheduler: String,
    #[serde(default)]
    host_path: String,
    schema_version: u8,
}

/// A mount of an app, as one line of its properties tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Attachment {
    entry_name: String,
    container_path: String,
    phases: Vec<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    process_type: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    subpath: String,
    #[serde(default, skip_serializing_if = "is_false")]
    readonly: bool,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    volume_options: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    volume_chown: String,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks with a reference"
)]
fn is_false(value: &bool) -> bool {
    !value
}

/// A mount as it is told: `host:container[:options]`.
#[derive(Debug, Default, Serialize)]
struct Row {
    #[serde(skip_serializing_if = "String::is_empty")]
    entry_name: String,
    host_path: String,
    container_path: String,
    #[serde(skip_serializing_if = "is_false")]
    readonly: bool,
    #[serde(skip_serializing_if = "String::is_empty")]
    volume_options: String,
}

impl Row {
    /// The parts of a text that is a mount.
    fn parse(text: &str, knows_readonly: bool) -> Self {
        let mut parts = text.splitn(3, ':').map(str::to_owned);
        let mut row = Self {
            host_path: parts.next().unwrap_or_default(),
            container_path: parts.next().unwrap_or_default(),
            volume_options: parts.next().unwrap_or_default(),
            ..Self::default()
        };
        if knows_readonly {
            let options = std::mem::take(&mut row.volume_options);
            let (readonly, rest): (Vec<&str>, Vec<&str>) =
                options.split(',').partition(|option| *option == "ro");
            row.readonly = !readonly.is_empty();
            row.volume_options = rest.join(",");
        }
        row
    }

    fn text(&self) -> String {
        let readonly = self.readonly.then_some("ro");
        let options = [readonly, Some(self.volume_options.as_str())];
        let options: Vec<&str> = options
            .into_iter()
            .flatten()
            .filter(|option| !option.is_empty())
            .collect();
        let mut parts = vec![self.host_path.clone(), self.container_path.clone()];
        parts.extend((!options.is_empty()).then(|| options.join(",")));
        parts.join(":")
    }
}

/// Answers `storage:NAME` with the arguments after it.
pub(super) fn run(
    host: &Host,
    name: &str,
    arguments: &[String],
    out: &mut dyn Write,
) -> Result<(), Failure> {
    if name == "report" {
        return report::run(host, REPORT, arguments, |scope| values(host, scope), out);
    }
    let command = format!("storage:{name}");
    let valued: &[&str] = match name {
        "ensure-directory" => &["--chown"],
        "list" => &["--format"],
        _ => &[],
    };
    let known = Known {
        valued,
        ..Known::default()
    };
    let request = Request::parse(&command, arguments, known)?;
    match name {
        "ensure-directory" => ensure_directory(host, &request, out),
        "list" => list(host, &request, out),
        "mount" => mount(host, &request),
        "unmount" => unmount(host, &request),
        _ => Err(Failure::unmodelled(format!("`dokku {command}`"))),
    }
}

/// Who is to own a folder; none if its owner is left as it is.
fn owner(word: &str, out: &mut dyn Write) -> Result<Option<u16>, Failure> {
    Ok(Some(match word {
        "herokuish" => 32767,
        "heroku" => 1000,
        "packeto" => {
            let text = "Detected deprecated chown flag 'packeto'. Using 'paketo' instead. Please update your configuration.";
            say::detail(out, text);
            2000
        }
        "paketo" => 2000,
        "root" => 0,
        "false" => return Ok(None),
        number => number
            .parse()
            .map_err(|_| Failure::new("Unsupported chown permissions"))?,
    }))
}

/// Makes a folder. That it is given to its owner is left out: a world has one.
fn ensure_directory(
    host: &Host,
    request: &Request<'_>,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let name = request.word(0);
    if *DEPRECATES.asked(host.version) {
        say::warn("Deprecated: please use 'storage:create' instead of 'storage:ensure-directory'");
    }
    if name.is_empty() {
        return Err(Failure::new("Please specify a directory to create"));
    }
    let is_allowed = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
    if !name.chars().all(is_allowed) {
        let text = "Directory can only contain the following set of characters: [A-Za-z0-9_-]";
        return Err(Failure::new(text));
    }
    let owner = owner(request.value("--chown").unwrap_or("herokuish"), out)?;
    let place = host.lib.join("data/storage").join(name);
    say::step(out, &format!("Ensuring {} exists", place.display()));
    fs::create_dir_all(place)
        .map_err(|error| Failure::new(format!("Unable to create directory: {error}")))?;
    let mut detail = |text: &str| {
        if !host.quiet {
            say::detail(out, text);
        }
    };
    if let Some(owner) = owner {
        detail(&format!("Setting directory ownership to {owner}:{owner}"));
    }
    detail("Directory ready for mounting");
    Ok(())
}

/// Fails unless a text tells of a folder or a volume and where containers see it.
fn check_paths(text: &str) -> Result<(), Failure> {
    let is_mount = match text.strip_prefix('/') {
        Some(rest) => rest.contains(":/"),
        None => text.split_once(":/").is_some_and(|(name, _)| {
            let mut letters = name.chars();
            let is_letter = |letter: char| letter.is_ascii_alphanumeric();
            name.len() > 1
                && letters.next().is_some_and(is_letter)
                && letters.all(|letter| is_letter(letter) || matches!(letter, '_' | '.' | '-'))
        }),
    };
    let two = "Storage path must be two valid paths divided by colon.";
    match text {
        _ if is_mount => Ok(()),
        text if text.starts_with('/') => Err(Failure::new(two)),
        _ => Err(Failure::new(format!(
            "Volume name must be two characters or more. Volume name must not contain invalid characters. {two}"
        ))),
    }
}

/// The app and the mount that a command names.
fn named<'a>(host: &Host, request: &Request<'a>) -> Result<(&'a str, &'a str), Failure> {
    let (app, text) = (request.word(0), request.word(1));
    app_name::verify(host, app)?;
    if matches!(PLACE.asked(host.version), Place::Options) || text.contains(':') {
        check_paths(text)?;
    } else if entry_file(host, text).exists() {
        return Err(Failure::unmodelled(
            "storage entries with names of their own",
        ));
    }
    Ok((app, text))
}

fn mount(host: &Host, request: &Request<'_>) -> Result<(), Failure> {
    let (app, text) = named(host, request)?;
    let exists = || Failure::new("Mount path already exists.");
    let Place::Attachments = PLACE.asked(host.version) else {
        let option = format!("-v {text}");
        let is_there = |phase: &&str| docker_options::in_file(host, app, phase).contains(&option);
        if PHASES.iter().any(is_there) {
            return Err(exists());
        }
        return PHASES
            .iter()
            .try_for_each(|phase| docker_options::add(host, app, phase, &option));
    };
    if !text.contains(':') {
        return Err(Failure::new(format!(
            "storage entry {text:?} does not exist; create it first with `dokku storage:create`"
        )));
    }
    let attachment = attachment(host, text)?;
    let mut all = attachments(host, app)?;
    let is_same = |one: &Attachment| {
        (&one.entry_name, &one.container_path, &one.process_type)
            == (
                &attachment.entry_name,
                &attachment.container_path,
                &attachment.process_type,
            )
    };
    if all.iter().any(is_same) {
        return Err(exists());
    }
    all.push(attachment);
    save(host, app, &all)
}

fn unmount(host: &Host, request: &Request<'_>) -> Result<(), Failure> {
    let (app, text) = named(host, request)?;
    let missing = || Failure::new("Mount path does not exist.");
    let Place::Attachments = PLACE.asked(host.version) else {
        let option = format!("-v {text}");
        let is_there = |phase: &&str| docker_options::in_file(host, app, phase).contains(&option);
        if !PHASES.iter().any(is_there) {
            return Err(missing());
        }
        return PHASES
            .iter()
            .try_for_each(|phase| docker_options::remove_from_file(host, app, phase, &option));
    };
    if !text.contains(':') {
        let text = format!("storage entry {text:?} is not mounted on app {app:?}");
        return Err(Failure::new(text));
    }
    let row = Row::parse(text, *KNOWS_READONLY.asked(host.version));
    let entry = entry_name(&row.host_path);
    let all = attachments(host, app)?;
    let is_named =
        |one: &Attachment| one.entry_name == entry && one.container_path == row.container_path;
    let left: Vec<Attachment> = all.iter().filter(|one| !is_named(one)).cloned().collect();
    if left.len() == all.len() {
        return Err(missing());
    }
    save(host, app, &left)
}

/// The name of the entry that a folder or a volume has without having been given one.
fn entry_name(host_path: &str) -> String {
    let text = match host_path.starts_with('/') {
        true => host_path.to_owned(),
        false => format!("vol:{host_path}"),
    };
    let digest = Sha1::digest(text.as_bytes());
    let hex: String = digest
        .iter()
        .take(5)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("legacy-{hex}")
}

fn entry_file(host: &Host, name: &str) -> PathBuf {
    let folder = host.lib.join("data/storage-registry/entries");
    folder.join(format!("{name}.json"))
}

/// The attachment that a mount comes to, whose entry there is from then on.
fn attachment(host: &Host, text: &str) -> Result<Attachment, Failure> {
    let row = Row::parse(text, *KNOWS_READONLY.asked(host.version));
    let entry = Entry {
        name: entry_name(&row.host_path),
        scheduler: "docker-local".to_owned(),
        host_path: row.host_path,
        schema_version: 1,
    };
    let file = entry_file(host, &entry.name);
    if !file.exists() {
        write_entry(&file, &entry).map_err(|error| Failure::new(error.to_string()))?;
    }
    Ok(Attachment {
        entry_name: entry.name,
        container_path: row.container_path,
        phases: PHASES.map(str::to_owned).to_vec(),
        process_type: EVERY_PROCESS.to_owned(),
        subpath: String::new(),
        readonly: row.readonly,
        volume_options: row.volume_options,
        volume_chown: String::new(),
    })
}

fn write_entry(file: &Path, entry: &Entry) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(file, serde_json::to_string_pretty(entry)?)?;
    fs::set_permissions(file, fs::Permissions::from_mode(0o600))
}

fn attachments(host: &Host, app: &str) -> Result<Vec<Attachment>, Failure> {
    let items = Properties::new(&host.lib, "storage", app).items("mounts");
    let lines = items
        .iter()
        .map(|line| line.trim())
        .filter(|line| !line.is_empty());
    let read = lines.map(serde_json::from_str);
    read.collect::<Result<_, _>>()
        .map_err(|_| Failure::unmodelled("storage attachments that are no JSON"))
}

fn save(host: &Host, app: &str, all: &[Attachment]) -> Result<(), Failure> {
    let lines: Vec<String> = all.iter().map(go_json).collect();
    Properties::new(&host.lib, "storage", app).set_items("mounts", &lines)
}

/// The mounts of an app in a phase.
fn rows(host: &Host, app: &str, phase: &str) -> Result<Vec<Row>, Failure> {
    if let Place::Options = PLACE.asked(host.version) {
        let options = docker_options::in_file(host, app, phase);
        let mounts = options
            .iter()
            .filter_map(|option| option.strip_prefix("-v "));
        return Ok(mounts.map(|mount| Row::parse(mount, false)).collect());
    }
    let mut all = attachments(host, app)?;
    all.retain(|one| one.phases.iter().any(|of| of == phase));
    all.sort_by(|one, other| {
        (&one.entry_name, &one.container_path).cmp(&(&other.entry_name, &other.container_path))
    });
    all.into_iter().map(|one| row(host, app, one)).collect()
}

fn row(host: &Host, app: &str, attachment: Attachment) -> Result<Row, Failure> {
    let name = attachment.entry_name;
    let text = fs::read_to_string(entry_file(host, &name)).unwrap_or_default();
    let entry: Entry = serde_json::from_str(&text).map_err(|_| {
        Failure::unmodelled(format!("storage of {app} whose entry {name} can't be read"))
    })?;
    let host_path = match entry.host_path.as_str() {
        "" => entry.name,
        path => path.to_owned(),
    };
    Ok(Row {
        entry_name: name,
        host_path,
        container_path: attachment.container_path,
        readonly: attachment.readonly,
        volume_options: attachment.volume_options,
    })
}

fn list(host: &Host, request: &Request<'_>, out: &mut dyn Write) -> Result<(), Failure> {
    let app = request.word(0);
    app_name::verify(host, app)?;
    let format = request.value("--format").unwrap_or("text");
    if !["text", "json"].contains(&format) {
        return Err(Failure::new("Invalid --format value specified"));
    }
    let rows = rows(host, app, "deploy")?;
    if format == "json" {
        if !matches!(PLACE.asked(host.version), Place::Attachments)
            || !*KNOWS_READONLY.asked(host.version)
        {
            return Err(Failure::unmodelled("`dokku storage:list` as json"));
        }
        say::line(out, &go_json(&rows));
        return Ok(());
    }
    say::step_unless_quiet(host, out, &format!("{app} volume bind-mounts:"));
    for row in rows {
        match host.quiet {
            true => say::line(out, &row.text()),
            false => say::detail(out, &row.text()),
        }
    }
    Ok(())
}

/// What `storage:report` shows, as it was from 0.38.22 on.
fn values(host: &Host, scope: &str) -> Values {
    if scope == "--global" {
        return Values::new();
    }
    let mounts = |phase| {
        let rows = rows(host, scope, phase).unwrap_or_default();
        let texts: Vec<String> = rows
            .iter()
            .map(|row| format!("-v {}", row.text()))
            .collect();
        texts.join(" ")
    };
    let mut values: Values = ["build", "deploy", "run"]
        .iter()
        .map(|phase| (format!("--storage-{phase}-mounts"), mounts(phase)))
        .collect();
    let all = attachments(host, scope).unwrap_or_default();
    for (index, one) in all.into_iter().enumerate() {
        let Ok(row) = row(host, scope, one.clone()) else {
            continue;
        };
        let fields = [
            ("entry-name", one.entry_name),
            ("host-path", row.host_path),
            ("container-path", one.container_path),
            ("phases", one.phases.join(",")),
            ("process-type", one.process_type),
            ("subpath", one.subpath),
            ("readonly", one.readonly.to_string()),
            ("volume-options", one.volume_options),
            ("volume-chown", one.volume_chown),
        ];
        for (name, value) in fields {
            values.insert(format!("--storage-attachment.{}.{name}", index + 1), value);
        }
    }
    values
}

/// Answers `docker-args-<phase>`: the mounts of the app, without what comes in.
pub(super) fn arguments(
    host: &Host,
    phase: &str,
    app: &str,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    for row in rows(host, app, phase)? {
        // Who closed the stream wants no more of it.
        let _ = write!(out, " -v {}", row.text());
    }
    Ok(())
}

/// The versions in which something changed here that the programs ask.
pub(super) fn asked_turns() -> impl Iterator<Item = Version> {
    [PLACE.turns(), KNOWS_READONLY.turns(), DEPRECATES.turns()]
        .into_iter()
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mount_is_a_path_or_a_volume_and_a_path() {
        for right in ["/a:/b", "/a b:/c:ro", "vol-1:/b", "ab:/c"] {
            assert!(check_paths(right).is_ok(), "{right}");
        }
        for wrong in ["/a", "/a:b", "a:/b", "-ab:/c", "a b:/c", ""] {
            assert!(check_paths(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_entry_without_a_name_is_named_by_its_place() {
        assert_eq!(entry_name("/a"), "legacy-2256c6ac80");
        assert_eq!(entry_name("data"), "legacy-a587fb1a6f");
    }

    #[test]
    fn readonly_is_told_apart_and_joined_again() {
        let row = Row::parse("/a:/b:z,ro", true);
        assert!(row.readonly && row.volume_options == "z");
        assert_eq!(row.text(), "/a:/b:ro,z");
        assert_eq!(Row::parse("/a:/b:z,ro", false).text(), "/a:/b:z,ro");
        assert_eq!(Row::parse("/a:/b", true).text(), "/a:/b");
    }
}

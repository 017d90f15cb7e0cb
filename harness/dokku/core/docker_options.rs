//! The commands and triggers of the core plugin docker-options: what is passed to docker, by app and phase.
//!
//! Until 0.38.0 they were shell scripts, and the options lay in files of the app.

use std::fs;
use std::io::{self, Read as _, Write};
use std::path::PathBuf;

use super::app_name;
use super::failure::Failure;
use super::host::Host;
use super::option_words::{self, NotWords};
use super::properties::Properties;
use super::report::{self, Kind, Values};
use super::request::{Known, Request};
use super::say;
use crate::dokku::{Timeline, Version};

/// The phases of a deployment that have options of their own.
const PHASES: [&str; 3] = ["build", "deploy", "run"];

/// The phase that processes can have options of their own in.
const OF_PROCESSES: &str = "deploy";

/// What stands in for the name of a process where options are for all.
const EVERY_PROCESS: &str = "_default_";

/// Where the options are kept.
#[derive(Clone, Copy)]
enum Place {
    Files,
    Properties,
}

const PLACE: Timeline<Place> =
    Timeline::new(Place::Files, &[(Version::new(0, 38, 0), Place::Properties)]);

/// What is done about what a shell would expand in an option.
const KEEPS_EXPANSIONS: Timeline<bool> = Timeline::new(false, &[(Version::new(0, 38, 25), true)]);

/// Whether an option is found again by its words, however they are quoted.
const COMPARES_WORDS: Timeline<bool> = Timeline::new(false, &[(Version::new(0, 38, 26), true)]);

/// How the report is headed, and whether json has lists of the options too.
const KIND: Timeline<Kind> = Timeline::new(
    Kind {
        plugin: "docker-options",
        prefix: "docker options",
        legacy_keys: false,
    },
    &[(
        Version::new(0, 38, 22),
        Kind {
            plugin: "docker-options",
            prefix: "docker-options",
            legacy_keys: true,
        },
    )],
);

/// Answers `docker-options:NAME` with the arguments after it.
pub(super) fn run(
    host: &Host,
    name: &str,
    arguments: &[String],
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let command = format!("docker-options:{name}");
    let known = Known {
        valued: &["--process"],
        ends_with_words: true,
        ..Known::default()
    };
    match name {
        "add" => change(
            host,
            &Request::parse(&command, arguments, known)?,
            Change::Add,
        ),
        "remove" => change(
            host,
            &Request::parse(&command, arguments, known)?,
            Change::Remove,
        ),
        "clear" => clear(host, &Request::parse(&command, arguments, known)?, out),
        "list" => list(host, &command, arguments, out),
        "report" if arguments.iter().any(|argument| argument.contains("json")) => {
            Err(Failure::unmodelled("`dokku docker-options:report` as json"))
        }
        "report" => {
            let kind = *KIND.asked(host.version);
            report::run(host, kind, arguments, |app| values(host, app), out)
        }
        _ => Err(Failure::unmodelled(format!("`dokku {command}`"))),
    }
}

#[derive(Clone, Copy)]
enum Change {
    Add,
    Remove,
}

fn change(host: &Host, request: &Request<'_>, change: Change) -> Result<(), Failure> {
    let app = request.word(0);
    app_name::verify(host, app)?;
    let phases = phases(request.word(1))?;
    let (options, mut processes) = options(host, &request.words_from(2).join(" "))?;
    if options.is_empty() {
        let verb = match change {
            Change::Add => "add to",
            Change::Remove => "remove from",
        };
        let text = format!("Please specify docker options to {verb} the phase");
        return Err(Failure::new(text));
    }
    processes.splice(0..0, named_processes(request));
    check_processes(&processes, &phases)?;
    if processes.iter().any(|_| has_procfile(host, app)) {
        return Err(Failure::unmodelled(
            "docker options of a process of a Procfile",
        ));
    }
    if processes.is_empty() {
        processes.push(EVERY_PROCESS.to_owned());
    }
    for option in &options {
        for process in &processes {
            for phase in &phases {
                let mut kept = kept(host, app, process, phase);
                match change {
                    Change::Add => kept.push(option.clone()),
                    Change::Remove => kept.retain(|one| !is_same(host, one, option)),
                }
                kept.sort();
                properties(host, app).set_items(&key(process, phase), &kept)?;
            }
        }
    }
    Ok(())
}

fn has_procfile(host: &Host, app: &str) -> bool {
    host.lib.join("data/ps").join(app).join("Procfile").exists()
}

fn properties(host: &Host, app: &str) -> Properties {
    Properties::new(&host.lib, "docker-options", app)
}

fn key(process: &str, phase: &str) -> String {
    format!("{process}.{phase}")
}

/// The options that are kept for a process in a phase.
fn kept(host: &Host, app: &str, process: &str, phase: &str) -> Vec<String> {
    let items = properties(host, app).items(&key(process, phase));
    let items = items.iter().map(|item| item.trim().to_owned());
    items.filter(|item| !item.is_empty()).collect()
}

fn is_same(host: &Host, kept: &str, option: &str) -> bool {
    let words = |text| option_words::split(text).ok();
    kept == option
        || (words(kept).is_some_and(|kept| words(option) == Some(kept))
            && *COMPARES_WORDS.asked(host.version))
}

/// The phases of a list with commas; none if the list is empty.
fn phases(list: &str) -> Result<Vec<&str>, Failure> {
    let phases: Vec<&str> = list.split(',').filter(|_| !list.is_empty()).collect();
    if phases.iter().all(|phase| PHASES.contains(phase)) {
        Ok(phases)
    } else {
        let text = format!("Phase(s) must be one of [{}]", PHASES.join(" "));
        Err(Failure::new(text))
    }
}

/// The options that a text holds, each a flag with its values, and the processes named among them.
fn options(host: &Host, text: &str) -> Result<(Vec<String>, Vec<String>), Failure> {
    if text.contains(['$', '`', '~', '{']) && !KEEPS_EXPANSIONS.asked(host.version) {
        return Err(Failure::unmodelled(
            "docker options that a shell would expand",
        ));
    }
    let words = option_words::split(text)
        .map_err(|NotWords| Failure::unmodelled("docker options that are no words of a shell"))?;
    let mut groups: Vec<Vec<String>> = Vec::new();
    for word in words {
        let is_flag = word.len() > 1 && word.starts_with('-');
        match groups.last_mut() {
            Some(group) if !is_flag => group.push(word),
            _ => groups.push(vec![word]),
        }
    }
    let (mut options, mut processes) = (Vec::new(), Vec::new());
    for group in groups {
        match group.as_slice() {
            [flag] if flag == "--process" => {
                return Err(Failure::new("--process requires a value"));
            }
            [flag, process] if flag == "--process" => processes.push(process.clone()),
            [flag, rest @ ..] if flag == "--process" => {
                let count = rest.len();
                let text = format!("--process accepts a single value, got {count}");
                return Err(Failure::new(text));
            }
            [flag, rest @ ..] if flag.starts_with("--process=") => {
                if !rest.is_empty() {
                    let text = "--process=value cannot be followed by additional tokens";
                    return Err(Failure::new(text));
                }
                processes.extend(flag.strip_prefix("--process=").map(str::to_owned));
            }
            words => options.push(option_words::join(words)),
        }
    }
    Ok((options, processes))
}

/// The processes that the flags before the app name, also several in one.
fn named_processes(request: &Request<'_>) -> Vec<String> {
    let given = request.values("--process");
    let each = given.flat_map(|list| list.split(','));
    each.map(str::to_owned).collect()
}

fn check_processes(processes: &[String], phases: &[&str]) -> Result<(), Failure> {
    for process in processes {
        match process.as_str() {
            "" => return Err(Failure::new("--process value must not be empty")),
            EVERY_PROCESS => return Err(reserved()),
            _ => {}
        }
    }
    match phases.iter().find(|phase| **phase != OF_PROCESSES) {
        Some(phase) if !processes.is_empty() => Err(not_of_processes(phase)),
        _ => Ok(()),
    }
}

fn reserved() -> Failure {
    Failure::new(format!(
        "{EVERY_PROCESS:?} is reserved and cannot be used as a --process value"
    ))
}

fn not_of_processes(phase: &str) -> Failure {
    Failure::new(format!(
        "--process is only supported for the {OF_PROCESSES} phase, got {phase:?}"
    ))
}

fn clear(host: &Host, request: &Request<'_>, out: &mut dyn Write) -> Result<(), Failure> {
    let (app, list) = (request.word(0), request.word(1));
    app_name::verify(host, app)?;
    let processes = named_processes(request);
    let mut phases = phases(list)?;
    let clearing = format!("Clearing docker-options for {app} on");
    if processes.is_empty() {
        if phases.is_empty() {
            say::step(out, &format!("{clearing} all phases"));
        }
        for phase in &phases {
            say::step(out, &format!("{clearing} phase {phase}"));
        }
        let cleared = if phases.is_empty() {
            &PHASES[..]
        } else {
            &phases
        };
        return cleared
            .iter()
            .try_for_each(|phase| properties(host, app).delete(&key(EVERY_PROCESS, phase)));
    }
    if phases.is_empty() {
        phases.push(OF_PROCESSES);
    }
    check_processes(&processes, &phases)?;
    for process in &processes {
        for phase in &phases {
            say::step(
                out,
                &format!("{clearing} phase {phase} for process {process}"),
            );
            properties(host, app).delete(&key(process, phase))?;
        }
    }
    Ok(())
}

fn list(
    host: &Host,
    command: &str,
    arguments: &[String],
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let known = Known {
        valued: &["--process", "--phase"],
        ..Known::default()
    };
    let request = Request::parse(command, arguments, known)?;
    let app = request.word(0);
    app_name::verify(host, app)?;
    let phase = match request.value("--phase").unwrap_or_default() {
        "" => return Err(Failure::new("--phase is required")),
        phase if PHASES.contains(&phase) => phase,
        _ => {
            let text = format!("Phase must be one of [{}]", PHASES.join(" "));
            return Err(Failure::new(text));
        }
    };
    let process = match request.value("--process").unwrap_or_default() {
        "" => EVERY_PROCESS,
        EVERY_PROCESS => return Err(reserved()),
        _ if phase != OF_PROCESSES => return Err(not_of_processes(phase)),
        process => process,
    };
    for option in kept(host, app, process, phase) {
        say::line(out, &option);
    }
    Ok(())
}

/// The file of an app's options in a phase.
fn file(host: &Host, app: &str, phase: &str) -> PathBuf {
    let name = format!("DOCKER_OPTIONS_{}", phase.to_ascii_uppercase());
    host.app(app).join(name)
}

/// What `docker-options:report` shows.
fn values(host: &Host, app: &str) -> Values {
    let of = |process: &str, phase| kept(host, app, process, phase).join(" ");
    let mut values = Values::new();
    if app != "--global" {
        for phase in PHASES {
            values.insert(
                format!("--docker-options-{phase}"),
                of(EVERY_PROCESS, phase),
            );
        }
    }
    for (name, _) in properties(host, app).all("") {
        let known = name.rsplit_once('.').filter(|(process, phase)| {
            !process.is_empty() && *process != EVERY_PROCESS && PHASES.contains(phase)
        });
        if let Some((process, _)) = known {
            let flag = format!("--docker-options-{OF_PROCESSES}.{process}");
            values.insert(flag, of(process, OF_PROCESSES));
        }
    }
    values
}

/// Adds an option of every process in a phase, as other core plugins do.
pub(super) fn add(host: &Host, app: &str, phase: &str, option: &str) -> Result<(), Failure> {
    match PLACE.at(host.version) {
        Place::Properties => {
            let mut kept = kept(host, app, EVERY_PROCESS, phase);
            kept.push(option.to_owned());
            kept.sort();
            properties(host, app).set_items(&key(EVERY_PROCESS, phase), &kept)
        }
        Place::Files => {
            let mut lines = in_file(host, app, phase);
            lines.push(option.to_owned());
            write_file(host, app, phase, lines)
        }
    }
}

/// The options of every process of an app in a phase.
pub(super) fn of_every_process(host: &Host, app: &str, phase: &str) -> Vec<String> {
    kept(host, app, EVERY_PROCESS, phase)
}

/// The options in the file of an app for a phase.
pub(super) fn in_file(host: &Host, app: &str, phase: &str) -> Vec<String> {
    let text = fs::read_to_string(file(host, app, phase)).unwrap_or_default();
    let lines = text.lines().filter(|line| !line.is_empty());
    lines.map(str::to_owned).collect()
}

/// Takes an option out of the file of an app for a phase.
pub(super) fn remove_from_file(
    host: &Host,
    app: &str,
    phase: &str,
    option: &str,
) -> Result<(), Failure> {
    let mut lines = in_file(host, app, phase);
    lines.retain(|line| line != option);
    write_file(host, app, phase, lines)
}

fn write_file(host: &Host, app: &str, phase: &str, mut lines: Vec<String>) -> Result<(), Failure> {
    lines.sort();
    lines.dedup();
    let text: String = lines.iter().flat_map(|line| [line, "\n"]).collect();
    fs::write(file(host, app, phase), text).map_err(|error| Failure::new(error.to_string()))
}

/// Answers `docker-args-<phase>`, and `docker-args-process-deploy`, which is for one process: passes on what comes in,
/// and adds the options of the app that fit where its image comes from.
pub(super) fn arguments(
    host: &Host,
    trigger: &str,
    words: &[String],
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let word = |index: usize| words.get(index).map_or("", String::as_str);
    let mut text = Vec::new();
    io::stdin()
        .lock()
        .read_to_end(&mut text)
        .map_err(|error| Failure::new(error.to_string()))?;
    let of_process = trigger == "docker-args-process-deploy";
    let phase = trigger.rsplit('-').next().unwrap_or_default();
    let process = match word(2) {
        _ if !of_process => EVERY_PROCESS,
        "" | EVERY_PROCESS => "",
        process => process,
    };
    for option in kept(host, word(0), process, phase) {
        if is_passed(&option, phase, word(1)) {
            text.extend(format!(" {option}").bytes());
        }
    }
    // Who closed the stream wants no more of it.
    let _ = out.write_all(&text);
    Ok(())
}

/// True if an option is passed to docker in a phase, with an image that comes from such a source.
fn is_passed(option: &str, phase: &str, source: &str) -> bool {
    let is_any = |names: &[&str]| {
        names.iter().any(|name| {
            let rest = option.strip_prefix(name);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['=', ' ']))
        })
    };
    if option.starts_with('#') {
        false
    } else if option.starts_with("--restart") {
        phase == "deploy"
    } else {
        match source {
            "dockerfile" | "nixpacks" | "railpack" => !is_any(&["--link", "-v", "--volume"]),
            "herokuish" => !is_any(&["--file", "--build-args"]),
            _ => true,
        }
    }
}

/// The versions in which something changed here that shows in what there is of an app.
pub(super) fn turns() -> impl Iterator<Item = Version> {
    PLACE.turns().into_iter()
}

/// Those in which something changed that the programs ask.
pub(super) fn asked_turns() -> impl Iterator<Item = Version> {
    [
        KEEPS_EXPANSIONS.turns(),
        COMPARES_WORDS.turns(),
        KIND.turns(),
    ]
    .into_iter()
    .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_goes_where_it_fits() {
        for (option, phase, source, fits) in [
            ("--restart=always", "deploy", "dockerfile", true),
            ("--restart=always", "run", "", false),
            ("--link a:b", "build", "dockerfile", false),
            ("--link-local-ip=1", "build", "dockerfile", true),
            ("-v /a:/a", "deploy", "herokuish", true),
            ("--build-args=x", "deploy", "herokuish", false),
            ("# note", "deploy", "", false),
        ] {
            assert_eq!(
                is_passed(option, phase, source),
                fits,
                "{option} {phase} {source}"
            );
        }
    }
}

//! The commands and triggers of the core plugin ps: the processes of apps.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;

use serde::Serialize;

use super::app_name;
use super::common_helper::{is_deployed, scheduler};
use super::docker;
use super::docker_options;
use super::failure::Failure;
use super::host::Host;
use super::properties::Properties;
use super::release;
use super::report::{self, Kind, Values, go_json};
use super::request::{Known, Request};
use super::say;
use super::setting::Settings;
use crate::dokku::{Timeline, Turn, Version};

/// The policy by which docker starts the containers of an app again.
const POLICY: &str = "on-failure:10";

/// Whether a new app is given that policy as an option of docker's.
const POLICY_IS_OPTION: Timeline<bool> = Timeline::new(
    false,
    &[
        (Version::new(0, 7, 0), true),
        (Version::new(0, 38, 9), false),
    ],
);

/// Where it is kept how many processes of each type an app has.
#[derive(Clone, Copy)]
enum ScalePlace {
    Nowhere,
    /// The file DOKKU_SCALE of the app.
    File,
    /// A list among its properties.
    List,
    /// Two lists, one for types that the app has no more.
    Lists,
}

const SCALE_PLACE: Timeline<ScalePlace> = Timeline::new(
    ScalePlace::Nowhere,
    &[
        (Version::new(0, 22, 0), ScalePlace::File),
        (Version::new(0, 25, 0), ScalePlace::List),
        (Version::new(0, 36, 10), ScalePlace::Lists),
    ],
);

const SETTINGS: Settings = Settings {
    plugin: "ps",
    own: &[
        "dockerfile-start-cmd",
        "procfile-path",
        "restart-policy",
        "restore",
        "skip-deploy",
        "start-cmd",
        "stop-timeout-seconds",
    ],
    shared: &[
        "procfile-path",
        "restart-policy",
        "skip-deploy",
        "stop-timeout-seconds",
    ],
};

const REPORT: Kind = Kind {
    plugin: "ps",
    prefix: "ps",
    legacy_keys: true,
};

/// Gives a new app what the plugin keeps of it besides its folder below DOKKU_LIB_ROOT.
pub(super) fn create(host: &Host, app: &str) -> Result<(), Failure> {
    if *POLICY_IS_OPTION.at(host.version) {
        docker_options::add(host, app, "deploy", &format!("--restart={POLICY}"))?;
    }
    let properties = Properties::new(&host.lib, "ps", app);
    let scale = ["web=1".to_owned()];
    match SCALE_PLACE.at(host.version) {
        ScalePlace::Nowhere => Ok(()),
        ScalePlace::File => fs::write(host.app(app).join("DOKKU_SCALE"), "web=1\n")
            .map_err(|error| Failure::new(error.to_string())),
        ScalePlace::List => properties.set_items("scale", &scale),
        ScalePlace::Lists => {
            properties.set_items("scale.old", &[])?;
            properties.set_items("scale", &scale)
        }
    }
}

/// Answers `ps:NAME` with the arguments after it.
pub(super) fn run(
    host: &Host,
    name: &str,
    arguments: &[String],
    out: &mut dyn Write,
) -> Result<(), Failure> {
    if name == "report" {
        return report::run(host, REPORT, arguments, |scope| values(host, scope), out);
    }
    let command = format!("ps:{name}");
    let known = match name {
        "scale" => Known {
            flags: &["--skip-deploy"],
            valued: &["--format"],
            ends_with_words: false,
        },
        "set" => Known {
            flags: &["--global"],
            ..Known::default()
        },
        _ => Known::default(),
    };
    let request = Request::parse(&command, arguments, known)?;
    if name == "set" {
        return set(host, &request, out);
    }
    let app = request.word(0);
    app_name::verify(host, app)?;
    match name {
        "scale" => scale(host, &request, out),
        "start" => start(host, app),
        "stop" => stop(host, app, out),
        "restart" => restart(host, app, request.word(1)),
        "rebuild" => host.tell("receive-app", &[app]),
        "inspect" => host.tell("scheduler-inspect", &[&scheduler(host, app), app]),
        _ => Err(Failure::unmodelled(format!("`dokku {command}`"))),
    }
}

/// True if an app is deployed; if not, that is said.
fn deployed_or_told(host: &Host, app: &str) -> Result<bool, Failure> {
    let deployed = is_deployed(host, app)?;
    if !deployed {
        say::warn(&format!("App {app} has not been deployed"));
    }
    Ok(deployed)
}

/// Answers the trigger `app-restart` too.
pub(super) fn restart(host: &Host, app: &str, process: &str) -> Result<(), Failure> {
    if !deployed_or_told(host, app)? {
        return Ok(());
    }
    let tag = release::running_tag(host, app, "");
    let mut words = vec![app, &tag];
    words.extend((!process.is_empty()).then_some(process));
    host.tell("deploy", &words)
}

fn start(host: &Host, app: &str) -> Result<(), Failure> {
    if !deployed_or_told(host, app)? {
        return Ok(());
    }
    host.tell("pre-start", &[app])
        .map_err(|failure| failure.because("Failure in pre-start hook: "))?;
    let status = host
        .ask("scheduler-app-status", &[&scheduler(host, app), app])
        .text;
    match status.split_once(' ') {
        Some((_, "true")) => say::warn(&format!("App {app} already running")),
        other => {
            say::warn(match other {
                Some((_, "mixed")) => "App is running in mixed mode, releasing",
                _ => "App has been detected as not running, releasing",
            });
            let tag = release::running_tag(host, app, "");
            host.tell("release-and-deploy", &[app, &tag])?;
        }
    }
    host.tell("proxy-build-config", &[app])
}

fn stop(host: &Host, app: &str, out: &mut dyn Write) -> Result<(), Failure> {
    if !deployed_or_told(host, app)? {
        return Ok(());
    }
    say::step_unless_quiet(host, out, &format!("Stopping {app}"));
    host.tell("scheduler-stop", &[&scheduler(host, app), app])?;
    host.tell("post-stop", &[app])
}

fn set(host: &Host, request: &Request<'_>, out: &mut dyn Write) -> Result<(), Failure> {
    let (scope, rest) = match request.has("--global") {
        true => ("--global", 0),
        false => (request.word(0), 1),
    };
    let (name, value) = (request.word(rest), request.word(rest + 1));
    let is_policy = ["", "no", "always", "unless-stopped", "on-failure"].contains(&value)
        || value.starts_with("on-failure:");
    if name == "restart-policy" && !is_policy {
        return Err(Failure::new("Invalid restart-policy specified"));
    }
    SETTINGS.set(host, scope, name, value, out)
}

/// How many processes there are of a type.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct Formation {
    process_type: String,
    quantity: i64,
}

/// Reads `TYPE=COUNT` words, of each type the first.
fn formations<'a>(words: impl Iterator<Item = &'a str>) -> Result<Vec<Formation>, Failure> {
    let mut formations: Vec<Formation> = Vec::new();
    for word in words {
        let (process, count) = word
            .split_once('=')
            .ok_or_else(|| Failure::new(format!("Missing count for process type {word}")))?;
        let quantity = count
            .trim()
            .parse()
            .map_err(|_| Failure::new(format!("Invalid count for process type {process}")))?;
        let process_type = process.trim().to_owned();
        if formations
            .iter()
            .all(|one| one.process_type != process_type)
        {
            formations.push(Formation {
                process_type,
                quantity,
            });
        }
    }
    Ok(formations)
}

/// The processes of an app, by type.
fn kept(host: &Host, app: &str) -> Result<BTreeMap<String, Formation>, Failure> {
    let properties = Properties::new(&host.lib, "ps", app);
    let mut all = BTreeMap::new();
    for list in ["scale", "scale.old"] {
        let items = properties.items(list);
        for formation in formations(items.iter().map(String::as_str))? {
            all.entry(formation.process_type.clone())
                .or_insert(formation);
        }
    }
    Ok(all)
}

fn scale(host: &Host, request: &Request<'_>, out: &mut dyn Write) -> Result<(), Failure> {
    let (app, words) = (request.word(0), request.words_from(1));
    if words.is_empty() {
        return show_scale(host, app, request.value("--format"), out);
    }
    let can_scale = Properties::new(&host.lib, "ps", app).get("can-scale");
    if can_scale.is_some_and(|can_scale| can_scale != "true") {
        let text = format!(
            "App {app} contains an app.json file with a formations key and cannot be manually scaled"
        );
        return Err(Failure::new(text));
    }
    if host.lib.join("data/ps").join(app).join("Procfile").exists() {
        return Err(Failure::unmodelled(
            "`dokku ps:scale` of an app with a Procfile",
        ));
    }
    say::step(
        out,
        &format!("Scaling {app} processes: {}", words.join(" ")),
    );
    let wanted = formations(words.iter().copied())?;
    let before = self::kept(host, app)?;
    let mut updated = wanted.clone();
    let properties = Properties::new(&host.lib, "ps", app);
    let items = properties.items("scale");
    for old in formations(items.iter().map(String::as_str))? {
        if updated
            .iter()
            .all(|one| one.process_type != old.process_type)
        {
            updated.push(old);
        }
    }
    // Without a Procfile every type is one that the app has no more, once it has no processes.
    let (gone, kept): (Vec<_>, Vec<_>) = updated.iter().partition(|one| one.quantity == 0);
    let lines = |all: Vec<&Formation>| -> Vec<String> {
        let line = |one: &Formation| format!("{}={}", one.process_type, one.quantity);
        all.into_iter().map(line).collect()
    };
    properties.set_items("scale.old", &lines(gone))?;
    properties.set_items("scale", &lines(kept))?;
    if request.has("--skip-deploy") || !is_deployed(host, app)? {
        return Ok(());
    }
    let tag = release::running_tag(host, app, "");
    let is_new = |one: &&Formation| before.get(&one.process_type) != Some(*one);
    let changed = wanted.iter().filter(is_new);
    changed.into_iter().try_for_each(|one| {
        let told = [app, &tag, &one.process_type];
        host.tell("deploy", &told)
    })
}

fn show_scale(
    host: &Host,
    app: &str,
    format: Option<&str>,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let all: Vec<Formation> = kept(host, app)?.into_values().collect();
    if format == Some("json") {
        say::line(out, &go_json(&all));
        return Ok(());
    }
    say::step_unless_quiet(host, out, &format!("Scaling for {app}"));
    if !host.quiet {
        say::line(out, "proctype: qty");
        say::line(out, "--------: ---");
    }
    for one in all {
        let process = format!("{}:", one.process_type);
        say::line(out, &format!("{process:5} {}", one.quantity));
    }
    Ok(())
}

/// What `ps:report` shows, as it was from 0.38.22 on.
fn values(host: &Host, scope: &str) -> Values {
    let property = |scope: &str, name: &str| {
        Properties::new(&host.lib, "ps", scope)
            .get(name)
            .unwrap_or_default()
    };
    let defaults = [
        ("procfile-path", "Procfile"),
        ("restart-policy", POLICY),
        ("skip-deploy", "false"),
        ("stop-timeout-seconds", "30"),
    ];
    let mut values = statuses(host, scope);
    for (name, default) in defaults {
        let global = property("--global", name);
        let candidates = [property(scope, name), global.clone(), default.to_owned()];
        let computed = candidates.into_iter().find(|value| !value.is_empty());
        values.insert(
            format!("--ps-computed-{name}"),
            computed.unwrap_or_default(),
        );
        values.insert(format!("--ps-global-{name}"), global);
        if scope != "--global" {
            values.insert(format!("--ps-{name}"), property(scope, name));
        }
    }
    if scope != "--global" {
        for name in ["dockerfile-start-cmd", "start-cmd"] {
            values.insert(format!("--ps-{name}"), property(scope, name));
            values.insert(format!("--ps-computed-{name}"), property(scope, name));
        }
        let or_true = |name| match Properties::new(&host.lib, "ps", scope).get(name) {
            Some(value) => value,
            None => "true".to_owned(),
        };
        let can_scale = (or_true("can-scale") == "true").to_string();
        let deployed = is_deployed(host, scope).unwrap_or(false).to_string();
        let status = host.ask("scheduler-app-status", &[&scheduler(host, scope), scope]);
        let (count, running) = status.text.split_once(' ').unwrap_or(("-1", ""));
        values.extend(
            [
                ("--ps-can-scale", can_scale),
                ("--restore", or_true("restore")),
                ("--deployed", deployed),
                ("--processes", count.to_owned()),
                ("--running", running.to_owned()),
            ]
            .map(|(name, value)| (name.to_owned(), value)),
        );
    }
    values
}

/// The state of each container of an app, by what docker says.
fn statuses(host: &Host, app: &str) -> Values {
    let entries = fs::read_dir(host.app(app)).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let status = |name: String| {
        let process = name.strip_prefix("CONTAINER.")?;
        let text = fs::read_to_string(host.app(app).join(&name)).ok()?;
        let id = text.lines().next().unwrap_or_default();
        let ran = docker::run(&["inspect", "--format", "{{ .State.Status }}", id]).ok()?;
        let state = match ran.stdout.as_str() {
            "" => "missing",
            state => state,
        };
        let short: String = id.chars().take(11).collect();
        Some((
            format!("--status-{process}"),
            format!("{state} (CID: {short})"),
        ))
    };
    names.filter_map(status).collect()
}

/// Answers `ps-get-property`.
pub(super) fn property(
    host: &Host,
    app: &str,
    name: &str,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let of = |scope| Properties::new(&host.lib, "ps", scope).get(name);
    let set = |value: &String| !value.is_empty();
    let computed = of(app).filter(set).or_else(|| of("--global").filter(set));
    let default = match name {
        "restore" => "true",
        "skip-deploy" => "false",
        "restart-policy" => POLICY,
        "stop-timeout-seconds" => "30",
        _ => {
            let text = format!("Invalid ps property specified: {name}");
            return Err(Failure::new(text));
        }
    };
    say::line(out, computed.as_deref().unwrap_or(default));
    Ok(())
}

/// Answers `ps-can-scale`.
pub(super) fn set_can_scale(host: &Host, app: &str, can: &str) -> Result<(), Failure> {
    Properties::new(&host.lib, "ps", app).set("can-scale", can)
}

/// Answers `core-post-deploy`: the app is started anew with the host, and has only the types of processes that it has.
pub(super) fn deployed(host: &Host, app: &str) -> Result<(), Failure> {
    let properties = Properties::new(&host.lib, "ps", app);
    properties.delete("scale.old")?;
    properties.set("restore", "true")
}

/// The policy by which docker starts containers again, as an option of docker's.
pub(super) fn policy_option(host: &Host, app: &str) -> String {
    let of = |scope| Properties::new(&host.lib, "ps", scope).get("restart-policy");
    let set = |value: &String| !value.is_empty();
    let policy = of(app).filter(set).or_else(|| of("--global").filter(set));
    format!(" --restart={}", policy.as_deref().unwrap_or(POLICY))
}

/// Answers `ps-current-scale`.
pub(super) fn current_scale(host: &Host, app: &str, out: &mut dyn Write) -> Result<(), Failure> {
    let all = kept(host, app)?;
    let lines: Vec<String> = all
        .values()
        .map(|one| format!("{}={}", one.process_type, one.quantity))
        .collect();
    // Who closed the stream wants no more of it.
    let _ = write!(out, "{}", lines.join("\n"));
    Ok(())
}

/// The versions in which something changed here.
pub(super) fn turns() -> impl Iterator<Item = Turn> {
    let policy = &[
        "ps:",
        "ps_",
        "docker-option",
        "docker_option",
        "DOCKER_OPTION",
        "restart",
    ];
    let scale = &["scale", "SCALE", "ps:report", "ps-", "config/ps"];
    Turn::seen_by(policy, POLICY_IS_OPTION.turns()).chain(Turn::seen_by(scale, SCALE_PLACE.turns()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formation_has_a_type_and_a_count() {
        let of = |words: &[&str]| formations(words.iter().copied());
        let web = Formation {
            process_type: "web".to_owned(),
            quantity: 2,
        };
        assert_eq!(of(&["web=2", "web=3"]).unwrap(), [web]);
        assert_eq!(
            of(&["web"]).unwrap_err(),
            Failure::new("Missing count for process type web")
        );
        assert_eq!(
            of(&["web=x"]).unwrap_err(),
            Failure::new("Invalid count for process type web")
        );
    }
}

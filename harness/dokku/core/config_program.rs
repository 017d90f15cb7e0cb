//! `config/config_sub VERB ...`, `config/subcommands/VERB config:VERB ...` and the config triggers.

use std::io::Write;

use super::env_file::{self, Variables};
use super::failure::Failure;
use super::host::{Host, Scope};
use super::{app_name, common_helper, modelled, say};
use crate::dokku::{Timeline, Version};

/// What ends the one value that `get` shows.
const END_OF_VALUE: Timeline<&str> = Timeline::new("", &[(Version::new(0, 12, 0), "\n")]);

/// What is said where no app is named.
const UNNAMED: Timeline<&str> = Timeline::new(
    "Please specify an app or --global",
    &[(
        Version::new(0, 21, 0),
        "Please specify an app to run the command on",
    )],
);

/// Whether `get` says why it fails for an app that is not there.
const GET_SAYS: Timeline<bool> = Timeline::new(false, &[(Version::new(0, 21, 0), true)]);

/// Whether nothing to set or to unset is a mistake.
const WANTS_SOMETHING: Timeline<bool> = Timeline::new(false, &[(Version::new(0, 18, 0), true)]);

/// Whether variables can be exported as JSON.
const EXPORTS_JSON: Timeline<bool> = Timeline::new(false, &[(Version::new(0, 15, 5), true)]);

/// What is said of plugins whose trigger failed.
const TRIGGER_FAILED: Timeline<&str> =
    Timeline::new("exit status 1", &[(Version::new(0, 34, 0), "")]);

/// Fails unless the app of a command is there.
fn verify(host: &Host, app: &str, verb: &str) -> Result<(), Failure> {
    if app.is_empty() {
        return Err(Failure::new(*UNNAMED.asked(host.version)));
    }
    match app_name::verify(host, app) {
        Err(Failure::Said { .. }) if verb == "get" && !GET_SAYS.asked(host.version) => {
            Err(Failure::Silent(1))
        }
        other => other,
    }
}

/// Whether the app of a call must exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum App {
    /// Any name will do, as for the functions of `config/functions` from 0.27.5 on.
    Trusted,
    /// It must, as for the commands.
    Verified,
}

/// What a call was given: its flags, and the words between them.
#[derive(Debug, Default)]
struct Request {
    global: bool,
    no_restart: bool,
    encoded: bool,
    merged: bool,
    quoted: bool,
    format: Option<String>,
    words: Vec<String>,
}

impl Request {
    fn parse(arguments: &[String]) -> Result<Self, Failure> {
        let mut request = Self::default();
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--global" => request.global = true,
                "--no-restart" => request.no_restart = true,
                "--encoded" => request.encoded = true,
                "--merged" => request.merged = true,
                "--quoted" => request.quoted = true,
                "--format" => {
                    let format = arguments.next().cloned();
                    let missing =
                        || Failure::unmodelled("flag `--format` of config without a value");
                    request.format = Some(format.ok_or_else(missing)?);
                }
                "--" => request.words.extend(arguments.by_ref().cloned()),
                flag if flag.starts_with("--format=") => {
                    request.format = flag.strip_prefix("--format=").map(str::to_owned);
                }
                flag if flag.starts_with('-') && flag != "-" => {
                    return Err(Failure::unmodelled(format!("flag `{flag}` of config")));
                }
                word => request.words.push(word.to_owned()),
            }
        }
        Ok(request)
    }

    fn scope(&self) -> Scope {
        match self.words.first() {
            Some(app) if !self.global => Scope::of(app),
            _ => Scope::Global,
        }
    }

    /// What upstream calls the app of the call: the host as a whole has a name for the functions and none for the
    /// commands.
    fn called(&self, app: App) -> &str {
        match (self.global, app) {
            (true, App::Trusted) => "--global",
            (true, App::Verified) => "",
            (false, _) => self.words.first().map_or("", String::as_str),
        }
    }

    /// The words after the app.
    fn rest(&self) -> &[String] {
        let skipped = usize::from(!self.global);
        self.words.get(skipped..).unwrap_or_default()
    }
}

/// Answers one call of a verb.
pub(super) fn run(
    host: &Host,
    verb: &str,
    arguments: &[String],
    app: App,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let request = Request::parse(arguments)?;
    if app == App::Verified && !request.global {
        let named = request.words.first().map_or("", String::as_str);
        verify(host, named, verb)?;
    }
    answer(host, verb, &request, app, out)
}

fn answer(
    host: &Host,
    verb: &str,
    request: &Request,
    app: App,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let scope = request.scope();
    match verb {
        "get" => get(host, &scope, request, out),
        "set" => set(host, &scope, request, app, out),
        "unset" => unset(host, &scope, request, app, out),
        "clear" => clear(host, &scope, request, app, out),
        "keys" => {
            for name in variables(host, &scope, request.merged).keys() {
                let _ = writeln!(out, "{name}");
            }
            Ok(())
        }
        "export" => export(host, &scope, request, out),
        "show" => {
            if !host.quiet {
                let name = match request.called(app) {
                    "" => "global",
                    name => name,
                };
                let _ = writeln!(out, "=====> {name} env vars");
            }
            let _ = writeln!(
                out,
                "{}",
                columns("", &variables(host, &scope, request.merged))
            );
            Ok(())
        }
        _ => Err(Failure::unmodelled(format!("`config:{verb}`"))),
    }
}

/// The variables that an app runs with: its own, and those of the host that it has not.
pub(super) fn of_app(host: &Host, app: &str) -> Variables {
    variables(host, &Scope::of(app), true)
}

/// The value of one variable, if it is set.
pub(super) fn value(host: &Host, scope: &Scope, name: &str) -> Option<String> {
    env_file::is_name(name)
        .then(|| variables(host, scope, false).remove(name))
        .flatten()
}

fn variables(host: &Host, scope: &Scope, merged: bool) -> Variables {
    let mut variables = Variables::new();
    if merged {
        variables = env_file::read(&host.env_file(&Scope::Global));
    }
    variables.extend(env_file::read(&host.env_file(scope)));
    variables
}

fn get(host: &Host, scope: &Scope, request: &Request, out: &mut dyn Write) -> Result<(), Failure> {
    let name = match request.rest() {
        [] => return Err(Failure::new("Expected: key")),
        [name] => name,
        [_, more @ ..] => {
            let more = more.join(" ");
            return Err(Failure::new(format!("Unexpected argument(s): [{more}]")));
        }
    };
    let value = value(host, scope, name).ok_or(Failure::Silent(1))?;
    let value = if request.quoted {
        in_quotes(&value)
    } else {
        value
    };
    let _ = write!(out, "{value}{}", END_OF_VALUE.asked(host.version));
    Ok(())
}

fn set(
    host: &Host,
    scope: &Scope,
    request: &Request,
    app: App,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    if request.encoded {
        return Err(Failure::unmodelled("flag `--encoded` of config:set"));
    }
    if request.rest().is_empty() {
        return nothing_given(host, "At least one env pair must be given");
    }
    let mut given = Variables::new();
    for pair in request.rest() {
        let (name, value) = pair
            .split_once('=')
            .ok_or_else(|| Failure::new(format!("Invalid env pair: {pair}")))?;
        given.insert(name.to_owned(), value.to_owned());
    }
    check(given.keys())?;
    if !host.quiet {
        let _ = writeln!(out, "-----> Setting config vars");
        let _ = writeln!(out, "{}", columns("       ", &given));
    }
    let names: Vec<&str> = given.keys().map(String::as_str).collect();
    let mut all = variables(host, scope, false);
    all.extend(given.clone());
    store(host, scope, &all, out)?;
    changed(host, request.called(app), "set", &names);
    restarted(host, scope, request, out)
}

/// What comes of a call that is to change nothing.
fn nothing_given(host: &Host, mistake: &str) -> Result<(), Failure> {
    match WANTS_SOMETHING.asked(host.version) {
        true => Err(Failure::new(mistake)),
        false => Ok(()),
    }
}

fn unset(
    host: &Host,
    scope: &Scope,
    request: &Request,
    app: App,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let names = request.rest();
    if names.is_empty() {
        return nothing_given(host, "At least one key must be given");
    }
    check(names.iter())?;
    let mut all = variables(host, scope, false);
    let before = all.len();
    for name in names {
        let removed = all.remove(name).is_some();
        if !host.quiet {
            let _ = if removed {
                writeln!(out, "-----> Unsetting {name}")
            } else {
                writeln!(
                    out,
                    "-----> Skipping {name}, it is not set in the environment"
                )
            };
        }
    }
    if all.len() != before {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        store(host, scope, &all, out)?;
        changed(host, request.called(app), "unset", &names);
    }
    restarted(host, scope, request, out)
}

fn clear(
    host: &Host,
    scope: &Scope,
    request: &Request,
    app: App,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let all = variables(host, scope, false);
    if !host.quiet {
        for name in all.keys() {
            let _ = writeln!(out, "-----> Unsetting {name}");
        }
    }
    if !all.is_empty() {
        store(host, scope, &Variables::new(), out)?;
        changed(host, request.called(app), "clear", &[]);
    }
    restarted(host, scope, request, out)
}

fn export(
    host: &Host,
    scope: &Scope,
    request: &Request,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let all = variables(host, scope, request.merged);
    let text = exported(
        &all,
        request.format.as_deref().unwrap_or("exports"),
        host.version,
    )?;
    // Who closed the stream wants no more of it.
    let _ = out.write_all(text.as_bytes());
    Ok(())
}

/// The variables in one of the formats, with what ends it.
fn exported(all: &Variables, format: &str, version: Version) -> Result<String, Failure> {
    let each = |shape: &dyn Fn(&str, &str) -> String, between: &str| {
        let all: Vec<String> = all.iter().map(|(name, value)| shape(name, value)).collect();
        all.join(between)
    };
    Ok(match format {
        "exports" => {
            each(
                &|name, value| format!("export {name}={}", in_quotes(value)),
                "\n",
            ) + "\n"
        }
        "shell" => each(&|name, value| format!("{name}={}", in_quotes(value)), " ") + " ",
        "docker-args" => {
            each(
                &|name, value| format!("--env={name}={}", in_quotes(value)),
                " ",
            ) + "\n"
        }
        "docker-args-keys" => each(&|name, _| format!("--env={name}"), " ") + "\n",
        "pack-keys" => each(&|name, _| format!("--env {name}"), " ") + "\n",
        "pretty" => columns("", all) + "\n",
        "envfile" => env_file::render(all, version) + "\n",
        "json" if !EXPORTS_JSON.asked(version) => {
            return Err(Failure::new("Unknown export format: json"));
        }
        "json" => serde_json::json!(all).to_string() + "\n",
        other => {
            return Err(Failure::unmodelled(format!(
                "export format `{other}` of config"
            )));
        }
    })
}

/// A name and its value a line, the values under each other.
fn columns(prefix: &str, all: &Variables) -> String {
    let width = all
        .keys()
        .map(|name| name.chars().count() + 1)
        .max()
        .unwrap_or(0);
    let lines: Vec<String> = all
        .iter()
        .map(|(name, value)| format!("{prefix}{:width$}  {value}", format!("{name}:")))
        .collect();
    lines.join("\n")
}

fn in_quotes(value: &str) -> String {
    format!("'{}'", value.replace('\'', r"'\''"))
}

fn check<'a>(names: impl Iterator<Item = &'a String>) -> Result<(), Failure> {
    match names.into_iter().find(|name| !env_file::is_name(name)) {
        Some(name) => Err(Failure::new(format!("Invalid key name: '{name}'"))),
        None => Ok(()),
    }
}

/// Writes the variables, after what was said so far.
fn store(host: &Host, scope: &Scope, all: &Variables, out: &mut dyn Write) -> Result<(), Failure> {
    // Who closed the stream wants no more of it.
    let _ = out.flush();
    env_file::write(&host.env_file(scope), all, host.version)
        .map_err(|error| Failure::new(error.to_string()))
}

/// Tells the plugins what was done with which variables. Their failure does not undo it.
fn changed(host: &Host, app: &str, done: &str, names: &[&str]) {
    let reason = match host.tell("post-config-update", &[&[app, done], names].concat()) {
        Ok(()) => return,
        Err(Failure::Said { text, .. }) => text,
        Err(_) => (*TRIGGER_FAILED.asked(host.version)).to_owned(),
    };
    eprintln!(" !     Failure while triggering post-config-update: {reason}");
}

/// A deployed app is released and deployed anew after its variables changed. If that fails, it is said.
fn restarted(
    host: &Host,
    scope: &Scope,
    request: &Request,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let Scope::App(app) = scope else {
        return Ok(());
    };
    if request.no_restart || !common_helper::is_deployed(host, app)? {
        return Ok(());
    }
    if !modelled::asked("common", "release-and-deploy", host.version) {
        let what = "the restart of a deployed app after config:set";
        return Err(Failure::unmodelled(what));
    }
    if host.ask("ps-get-property", &[app, "restore"]).text == "false" {
        return Ok(());
    }
    say::step(out, &format!("Restarting app {app}"));
    if let Err(failure) = host.tell("release-and-deploy", &[app, "", "config-redeploy"]) {
        say::warn(&format!("Failure while restarting app: {}", failure.text()));
    }
    Ok(())
}

/// The versions in which something changed here that the programs ask.
pub(super) fn asked_turns() -> impl Iterator<Item = Version> {
    [
        END_OF_VALUE.turns(),
        EXPORTS_JSON.turns(),
        GET_SAYS.turns(),
        TRIGGER_FAILED.turns(),
        UNNAMED.turns(),
        WANTS_SOMETHING.turns(),
    ]
    .into_iter()
    .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Variables {
        let pairs = [("A", "it's"), ("LONG", "b c")];
        Variables::from(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())))
    }

    #[test]
    fn formats_quote_for_the_shell() {
        let exported = |format| exported(&sample(), format, Version::NEWEST).unwrap();
        assert_eq!(
            exported("exports"),
            "export A='it'\\''s'\nexport LONG='b c'\n"
        );
        assert_eq!(exported("shell"), "A='it'\\''s' LONG='b c' ");
        assert_eq!(exported("docker-args-keys"), "--env=A --env=LONG\n");
        assert_eq!(exported("pretty"), "A:     it's\nLONG:  b c\n");
        assert_eq!(exported("json"), "{\"A\":\"it's\",\"LONG\":\"b c\"}\n");
    }

    #[test]
    fn flags_may_stand_anywhere() {
        let words = ["app", "--no-restart", "A=b"].map(str::to_owned);
        let request = Request::parse(&words).unwrap();
        assert!(request.no_restart && request.scope() == Scope::App("app".to_owned()));
        assert_eq!(request.rest(), ["A=b"]);
    }
}

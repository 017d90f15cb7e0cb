//! The scheduler docker-local, which runs each process of an app in a container on the host, as it did from 0.38.0 on.
//!
//! Upstream stops old containers a minute after they were replaced. A world does not last as long.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use super::common_helper::is_deployed;
use super::containers::{self, Named};
use super::failure::Failure;
use super::host::Host;
use super::option_words;
use super::properties::Properties;
use super::{checks, config_program, docker, modelled, release, say};

const PLUGIN: &str = "scheduler-docker-local";

/// Answers one trigger; none if it is not among those of a deployment.
pub(super) fn trigger(
    host: &Host,
    trigger: &str,
    arguments: &[String],
    out: &mut dyn Write,
) -> Option<Result<(), Failure>> {
    let word = |index: usize| arguments.get(index).map_or("", String::as_str);
    let is_modelled = modelled::asked(PLUGIN, "scheduler-deploy", host.version);
    if !is_modelled && host.has_container(word(1)) {
        return None;
    }
    Some(match trigger {
        "scheduler-stop" | "scheduler-retire" if !is_modelled => Ok(()),
        "scheduler-deploy" | "scheduler-stop" | "scheduler-app-status"
            if word(0) != "docker-local" =>
        {
            Ok(())
        }
        "scheduler-deploy" => Deployment::prepared(host, word(1), word(2))
            .and_then(|deployment| deployment.run(word(3), out)),
        "scheduler-stop" => stop(host, word(1), word(2) == "true"),
        "scheduler-app-status" => status(host, word(1)).map(|status| say::line(out, &status)),
        "scheduler-retire" => retire(host, word(1)),
        "scheduler-register-retired" => register(host, word(0), word(1), word(2)),
        "core-post-deploy" => rename(host, word(0), out),
        "check-deploy" => check(host, arguments, out),
        "post-release-builder" => {
            announce_checks(out);
            Ok(())
        }
        _ => return None,
    })
}

/// What all containers of one deployment share.
struct Deployment<'h> {
    host: &'h Host,
    app: &'h str,
    tag: &'h str,
    image: String,
    /// What made the image, in the word that other plugins are told.
    source: &'static str,
    binds_all: bool,
    /// How long an old container goes on, in seconds.
    wait: String,
}

impl<'h> Deployment<'h> {
    fn prepared(host: &'h Host, app: &'h str, tag: &'h str) -> Result<Self, Failure> {
        let image = release::image(host, app, tag)?;
        let source = source_of(host, app, &image)?;
        let binds_all = host.ask("network-get-property", &[app, "bind-all-interfaces"]);
        host.consult("ps-get-property", &[app, "stop-timeout-seconds"]);
        host.consult("procfile-exists", &[app]);
        let wait = host.ask("checks-get-property", &[app, "wait-to-retire"]);
        Ok(Self {
            host,
            app,
            tag,
            image,
            source,
            binds_all: binds_all.text == "true",
            wait: wait.text,
        })
    }

    /// Deploys the processes of one type, or of each, `web` before the others.
    fn run(&self, only: &str, out: &mut dyn Write) -> Result<(), Failure> {
        let (host, app) = (self.host, self.app);
        let old: Vec<Named> = containers::of(host, app)
            .into_iter()
            .filter(|one| only.is_empty() || one.process == only)
            .collect();
        let scale = host.ask("ps-current-scale", &[app]).text;
        let mut formation: Vec<(&str, usize)> = scale
            .lines()
            .filter_map(|line| line.split_once('='))
            .filter(|(process, _)| only.is_empty() || *process == only)
            .filter_map(|(process, count)| Some((process, count.parse().ok()?)))
            .collect();
        for (process, _) in &formation {
            host.consult("procfile-get-command", &[app, process, "5000"]);
        }
        formation.sort_by_key(|(process, _)| *process != "web");
        for (process, count) in formation {
            self.deploy(process, count, out)?;
        }
        say::step(out, "Running post-deploy");
        host.call("core-post-deploy", &[app, "", "", self.tag])?;
        host.call("post-deploy", &[app, "", "", self.tag])?;
        if old.is_empty() {
            return Ok(());
        }
        for one in &old {
            docker::run(&["container", "kill", "--signal=SIGTERM", &one.id])?;
        }
        let wait = &self.wait;
        say::step(
            out,
            &format!("Shutting down old containers in {wait} seconds"),
        );
        Ok(())
    }

    /// What other plugins want docker to be told of a process, or of one container of it.
    fn options(&self, process: &str, number: Option<&str>) -> Result<Vec<String>, Failure> {
        let (app, tag) = (self.app, self.tag);
        let mut first = vec![app, tag, process];
        let mut second = vec![app, self.source, tag, process];
        first.extend(number);
        second.extend(number);
        let mut words = self.host.words("docker-args-deploy", &first)?;
        words.extend(self.host.words("docker-args-process-deploy", &second)?);
        Ok(words)
    }

    fn deploy(&self, process: &str, count: usize, out: &mut dyn Write) -> Result<(), Failure> {
        let (host, app) = (self.host, self.app);
        say::step(out, &format!("Deploying {process} (count={count})"));
        let is_checked = !checks::is_exempt(host, app, process, "disabled");
        if !is_checked {
            self.stop_at_once(process, out)?;
        }
        let options = self.options(process, None)?;
        let publishes = |word: &String| {
            ["-p", "-P", "--publish", "--publish-all"].contains(&word.as_str())
                || word.starts_with("--publish")
        };
        if options.iter().any(publishes) {
            warn_of_ports(process, count, is_checked);
        }
        host.consult("app-json-process-deploy-parallelism", &[app, process]);
        for number in 1..=count {
            self.start(process, number, is_checked, out)?;
        }
        host.call("scheduler-post-deploy-process", &[app, process])?;
        let gone = containers::of(host, app);
        let gone = gone
            .iter()
            .filter(|one| one.process == process && one.number > count);
        for one in gone {
            let wait = &self.wait;
            let dyno = one.dyno();
            let text = format!("Scheduling orphaned container shutdown in {wait} seconds ({dyno})");
            say::detail(out, &text);
            host.call("scheduler-register-retired", &[app, &one.id, wait])?;
            containers::forget(host, app, process, one.number);
        }
        Ok(())
    }

    /// Stops the containers of a process before there are new ones.
    fn stop_at_once(&self, process: &str, out: &mut dyn Write) -> Result<(), Failure> {
        let text = "Zero downtime is disabled, stopping currently running containers ";
        say::detail(out, &format!("{text} ({process})"));
        let old = containers::of(self.host, self.app);
        for one in old.iter().filter(|one| one.process == process) {
            if !containers::runs(&one.id)? {
                continue;
            }
            say::detail(out, &format!("Stopping {} ({process})", one.id));
            let retired = [self.app, &one.id, &self.wait];
            self.host.call("scheduler-register-retired", &retired)?;
            docker::run(&["container", "update", "--restart=no", &one.id])?;
            docker::run(&["container", "stop", &one.id])?;
        }
        Ok(())
    }

    /// Starts one container and waits until it is well; from then on it is the app's.
    fn start(
        &self,
        process: &str,
        number: usize,
        is_checked: bool,
        out: &mut dyn Write,
    ) -> Result<(), Failure> {
        let (host, app, wait) = (self.host, self.app, &self.wait);
        let index = number.to_string();
        let dyno = format!("{process}.{number}");
        let (port, published) = match process {
            "web" => self.ports(),
            _ => (String::new(), Vec::new()),
        };
        let mut line = vec!["container".to_owned(), "create".to_owned()];
        line.extend(self.options(process, Some(&index))?);
        line.extend([
            format!("--label=com.dokku.process-type={process}"),
            format!("--label=com.dokku.dyno={dyno}"),
            format!("--env=DYNO={dyno}"),
            format!("--name={app}.{dyno}.upcoming-{}", std::process::id()),
        ]);
        line.extend(self.wants_init().then(|| "--init".to_owned()));
        line.extend([
            format!("--label=com.dokku.app-name={app}"),
            "--label=com.dokku.container-type=deploy".to_owned(),
        ]);
        let for_all = host.variable("DOKKU_GLOBAL_RUN_ARGS").unwrap_or_default();
        line.extend(words(&for_all)?);
        line.extend(published);
        line.push(format!("--env=PORT={port}"));
        line.push(self.image.clone());
        line.extend(self.command(process)?);
        let id = docker::said(&line, &config_program::of_app(host, app))?;
        host.call(
            "post-container-create",
            &["app", &id, app, "deploy", process],
        )?;
        docker::run(&["container", "start", &id])?;
        let address = host.ask("network-get-ipaddr", &[app, process, &id]).text;
        if is_checked {
            say::detail(out, &format!("Attempting pre-flight checks ({dyno})"));
            let check = [app, &id, process, &port, &address, &index];
            if let Err(failure) = host.call("check-deploy", &check) {
                host.call("scheduler-register-retired", &[app, &id, wait])?;
                docker::run(&["container", "update", "--restart=no", &id])?;
                docker::run(&["container", "stop", &id])?;
                return Err(failure);
            }
        }
        let file = host.app(app).join(format!("CONTAINER.{dyno}"));
        if let Ok(old) = fs::read_to_string(&file) {
            let text = format!("Scheduling old container shutdown in {wait} seconds ({dyno})");
            say::detail(out, &text);
            host.call("scheduler-register-retired", &[app, old.trim(), wait])?;
        }
        fs::write(file, format!("{id}\n")).map_err(|error| Failure::new(error.to_string()))?;
        if !address.is_empty() {
            host.call("network-write-ipaddr", &[app, process, &index, &address])?;
        }
        if !port.is_empty() {
            host.call("network-write-port", &[app, process, &index, &port])?;
        }
        Ok(())
    }

    /// The port that the web process is told of, and what docker is told where all interfaces are bound.
    fn ports(&self) -> (String, Vec<String>) {
        let text = self.host.ask("ports-get", &[self.app]).text;
        let (mut port, mut published) = (String::new(), Vec::new());
        for mapping in text.split_whitespace() {
            let mut parts = mapping.split(':');
            let scheme = parts.next().unwrap_or_default();
            let of_container = parts.nth(1).unwrap_or_default();
            if scheme != "udp" && port.is_empty() {
                of_container.clone_into(&mut port);
            }
            let option = ["-p".to_owned(), of_container.to_owned()];
            if self.binds_all && !published.ends_with(&option) {
                published.extend(option);
            }
        }
        (port, published)
    }

    /// True if docker is to put a process of its own before the app's.
    fn wants_init(&self) -> bool {
        let of = |scope| {
            let value = Properties::new(&self.host.lib, PLUGIN, scope);
            value.get("init-process").filter(|value| !value.is_empty())
        };
        of(self.app)
            .or_else(|| of("--global"))
            .is_none_or(|value| value == "true")
    }

    /// What a container runs; nothing for what its image says.
    fn command(&self, process: &str) -> Result<Vec<String>, Failure> {
        let property = |name| {
            let value = Properties::new(&self.host.lib, "ps", self.app).get(name);
            value.filter(|value| !value.is_empty())
        };
        let of_builder = (self.source == "herokuish").then(|| format!("/start {process}"));
        let own = property("start-cmd").or(of_builder);
        match own.filter(|_| self.source != "dockerfile") {
            Some(command) => words(&command),
            None => words(&property("dockerfile-start-cmd").unwrap_or_default()),
        }
    }
}

fn words(text: &str) -> Result<Vec<String>, Failure> {
    option_words::split(text).map_err(|_| Failure::unmodelled(format!("the words of `{text}`")))
}

/// What made an image, in the word that plugins are told.
fn source_of(host: &Host, app: &str, image: &str) -> Result<&'static str, Failure> {
    let template = "{{index .Config.Labels \"io.buildpacks.stack.id\" }}";
    if !["", "<no value>"].contains(&docker::shown(image, template)?.as_str()) {
        return Ok("pack");
    }
    let variables = config_program::of_app(host, app);
    let user = variables
        .get("DOKKU_APP_USER")
        .map_or("herokuishuser", String::as_str);
    let env = docker::shown(image, "{{range .Config.Env}}{{println .}}{{end}}")?;
    let is_of_buildpack = env.lines().any(|line| line == format!("USER={user}"));
    Ok(if is_of_buildpack {
        "herokuish"
    } else {
        "dockerfile"
    })
}

fn warn_of_ports(process: &str, count: usize, is_checked: bool) {
    if count > 1 {
        say::warn(&format!(
            "Deploys may fail when publishing ports and scaling to multiple containers. Consider scaling process type {process} to 1."
        ));
    } else if is_checked {
        say::warn(&format!(
            "Deploys may fail when publishing ports and enabling zero downtime. Consider disabling zero downtime for process type {process}."
        ));
    }
}

fn announce_checks(out: &mut dyn Write) {
    say::head(out, "Processing deployment checks");
    say::detail(
        out,
        "No web healthchecks found in app.json. Simple container checks will be performed.",
    );
    say::detail(
        out,
        "For more efficient zero downtime deployments, add healthchecks to your app.json. See https://dokku.com/docs/deployment/zero-downtime-deploys/ for examples",
    );
}

/// Says whether a new container is well, which it is while it runs. What the program says that looks at it is left out.
fn check(host: &Host, arguments: &[String], out: &mut dyn Write) -> Result<(), Failure> {
    let word = |index: usize| arguments.get(index).map_or("", String::as_str);
    let (app, id, process) = (word(0), word(1), word(2));
    let dyno = format!("{process}.{}", word(5));
    if checks::is_exempt(host, app, process, "skipped") {
        let text = format!("Zero downtime checks have been skipped ({dyno})");
        say::head_unless_quiet(host, out, &text);
        return Ok(());
    }
    if containers::runs(id)? {
        say::detail(out, &format!("All checks successful ({dyno})"));
        return Ok(());
    }
    docker::run(&["container", "update", "--restart=no", id])?;
    docker::run(&["container", "stop", id])?;
    say::warn(&format!("Could not start due to 1 failed checks ({dyno})"));
    Err(Failure::Silent(1))
}

/// Gives the new containers of an app the names of the old ones.
fn rename(host: &Host, app: &str, out: &mut dyn Write) -> Result<(), Failure> {
    say::step(out, "Renaming containers");
    let scale = host.ask("ps-current-scale", &[app]).text;
    let is_known = |process: &str| {
        let mut types = scale.lines().filter_map(|line| line.split_once('='));
        types.any(|(known, _)| known == process)
    };
    for one in containers::of(host, app) {
        if !is_known(&one.process) {
            let text = format!(
                "Container type ({}) is no longer defined. Removing state",
                one.process
            );
            say::detail_unless_quiet(host, out, &text);
            containers::forget(host, app, &one.process, one.number);
            continue;
        }
        rename_one(host, &format!("{app}.{}", one.dyno()), &one.id, out)?;
    }
    Ok(())
}

fn rename_one(host: &Host, name: &str, id: &str, out: &mut dyn Write) -> Result<(), Failure> {
    let filter = format!("name=^.?{name}$");
    let words = ["container", "ls", "--all", "--quiet", "--filter", &filter];
    let before = docker::run(&words)?.stdout;
    if !before.is_empty() {
        let all = before.lines().collect::<Vec<_>>().join(" ");
        let text = format!("Found previous container(s) ({all}) named {name}");
        say::detail_unless_quiet(host, out, &text);
    }
    for old in before.lines() {
        let dated = format!("{name}.{}", now());
        let text = format!("Renaming container ({old}) {name} to {dated}");
        say::detail_unless_quiet(host, out, &text);
        if !docker::run(&["container", "rename", name, &dated])?.succeeded {
            say::warn("Unable to rename container");
        }
    }
    let current = docker::shown(id, "{{.Name}}")?;
    let current = current.trim_start_matches('/');
    if current.is_empty() {
        return Ok(());
    }
    let short: String = id.chars().take(12).collect();
    let text = format!("Renaming container {current} ({short}) to {name}");
    say::detail_unless_quiet(host, out, &text);
    if !docker::run(&["container", "rename", id, name])?.succeeded {
        say::warn(&format!("Failed to rename container {current} ({short})"));
    }
    Ok(())
}

/// The seconds since 1970.
fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap_or_default().as_secs()
}

/// How many containers an app has, and whether they run.
fn status(host: &Host, app: &str) -> Result<String, Failure> {
    let all = containers::of(host, app);
    let mut running = 0;
    for one in &all {
        running += usize::from(containers::runs(&one.id)?);
    }
    let word = match running {
        0 => "false",
        count if count == all.len() => "true",
        _ => "mixed",
    };
    Ok(format!("{} {word}", all.len()))
}

/// Stops whatever runs of an app.
fn stop(host: &Host, app: &str, removes: bool) -> Result<(), Failure> {
    let time = host
        .ask("ps-get-property", &[app, "stop-timeout-seconds"])
        .text;
    let time = format!("-t={}", if time.is_empty() { "30" } else { &time });
    let mut ids = Vec::new();
    if is_deployed(host, app)? {
        for one in containers::of(host, app) {
            ids.extend(containers::runs(&one.id)?.then_some(one.id));
        }
    }
    let of_app = format!("label=com.dokku.app-name={app}");
    let others = ["container", "ls", "-q", "--no-trunc", "-f", &of_app];
    let others = docker::run(&others)?.stdout;
    for other in others.lines() {
        if !ids.iter().any(|id| id == other) {
            ids.push(other.to_owned());
        }
    }
    for id in &ids {
        docker::run(&["container", "update", "--restart=no", id])?;
        docker::run(&["container", "stop", &time, id])?;
    }
    if removes {
        let left = docker::run(&["ps", "-q", "-f", &of_app])?.stdout;
        for id in left.lines() {
            host.call("scheduler-register-retired", &[app, id])?;
            docker::run(&["container", "rm", "--force", id])?;
        }
    }
    Ok(())
}

/// The file that tells which containers are to go, and when.
fn retired(host: &Host) -> PathBuf {
    host.lib.join("data/scheduler-docker-local/dead-containers")
}

/// Writes down that a container is to go. Its image is left as it is.
fn register(host: &Host, app: &str, id: &str, wait: &str) -> Result<(), Failure> {
    let file = retired(host);
    let text = fs::read_to_string(&file).unwrap_or_default();
    if id.is_empty() || text.contains(id) {
        return Ok(());
    }
    let end = now() + wait.parse().unwrap_or(60);
    let written = || -> std::io::Result<()> {
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&file, format!("{text}{app} {id} {end}\n"))
    };
    written().map_err(|error| Failure::new(error.to_string()))
}

/// Removes the containers that are to go, of which there are none in the first minute.
fn retire(host: &Host, app: &str) -> Result<(), Failure> {
    let text = fs::read_to_string(retired(host)).unwrap_or_default();
    let is_due = |line: &str| {
        let mut words = line.split(' ');
        let of_app = words.next().is_some_and(|one| app.is_empty() || one == app);
        let end = words.nth(1).and_then(|end| end.parse::<u64>().ok());
        of_app && end.is_some_and(|end| end < now())
    };
    match text.lines().any(is_due) {
        true => Err(Failure::unmodelled(
            "the removal of old containers of an app",
        )),
        false => Ok(()),
    }
}

/// Removes the containers that a removed app left running.
pub(super) fn remove_all(app: &str) -> Result<(), Failure> {
    let of_app = format!("label=com.dokku.app-name={app}");
    let left = docker::run(&["container", "ls", "--filter", &of_app, "-q"])?.stdout;
    for id in left.lines() {
        docker::run(&["container", "rm", "--force", id])?;
    }
    Ok(())
}

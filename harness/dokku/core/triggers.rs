//! The triggers of core plugins that have an answer.

use std::fs;
use std::io::Write;
use std::path::Path;

use super::common_helper::{scheduler, visible};
use super::config_program::{self, App};
use super::failure::Failure;
use super::host::{Host, Scope};
use super::properties::Properties;
use super::{
    app_json, app_name, apps, builder, builds, docker, docker_local, docker_options, extraction,
    git, keeping, modelled, network, ports, proxy, ps, release, storage,
};
use crate::dokku::{Timeline, Version};

/// Whether network-get-listeners warns those who do not name a type of processes, which it takes for `web`; before,
/// there was no other.
const TYPE_WANTED: Timeline<bool> = Timeline::new(false, &[(Version::new(0, 20, 0), true)]);

/// Answers one trigger of one core plugin.
pub(super) fn run(
    host: &Host,
    plugin: &str,
    trigger: &str,
    arguments: &[String],
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let word = |index: usize| arguments.get(index).map_or("", String::as_str);
    let property = |name: &str| {
        Properties::new(&host.lib, plugin, word(0))
            .get(name)
            .filter(|value| !value.is_empty())
    };
    let unmodelled = || {
        Err(Failure::unmodelled(format!(
            "trigger {trigger} of the core plugin {plugin}"
        )))
    };
    if !modelled::asked(plugin, trigger, host.version) {
        return unmodelled();
    }
    if let Some(came) = keeping::run(host, plugin, trigger, word(0), word(1)) {
        return came;
    }
    if let Some(came) = of_deployment(host, plugin, trigger, arguments, out) {
        return came;
    }
    // Who closed the stream wants no more of it.
    let mut say = |text: &str| {
        let _ = writeln!(out, "{text}");
        Ok(())
    };
    match (plugin, trigger) {
        ("common", "app-list") => {
            let all = host.apps();
            let apps = if word(0) == "false" {
                all
            } else {
                visible(host, &all)?
            };
            apps.iter().try_for_each(|app| say(app))
        }
        ("apps", "app-exists") => app_name::verify(host, word(0)),
        ("apps", "app-create") => apps::create(host, word(0), out),
        ("apps", "app-maybe-create") => apps::maybe_create(host, word(0)),
        ("apps", "app-destroy") => apps::destroy_if_confirmed(host, word(0), out),
        ("docker-options", _) => docker_options::arguments(host, trigger, arguments, out),
        ("ps", "post-stop") => Properties::new(&host.lib, plugin, word(0)).set("restore", "false"),
        ("ps", "ps-current-scale") => ps::current_scale(host, word(0), out),
        ("storage", "docker-args-deploy") => storage::arguments(host, "deploy", word(0), out),
        ("storage", "docker-args-run") => storage::arguments(host, "run", word(0), out),
        ("builds", "builds-generate-id") => say(&builds::new_id()),
        ("builds", "builds-record-start") => {
            builds::start(host, word(0), word(1), word(2), word(3))
        }
        ("builds", "builds-record-finalize") => builds::finish(host, word(0), word(1), word(2)),
        ("ps", "app-restart") => ps::restart(host, word(0), word(1)),
        ("apps", "deploy-source-set") => {
            let properties = Properties::new(&host.lib, plugin, word(0));
            properties.set("deploy-source", word(1))?;
            properties.set("deploy-source-metadata", word(2))
        }
        ("config", "config-get") if word(0) == "--global" => {
            value(host, &Scope::Global, word(1), out)
        }
        ("config", "config-get") => value(host, &Scope::of(word(0)), word(1), out),
        ("config", "config-get-global") => value(host, &Scope::Global, word(0), out),
        ("config", "config-set") => config_program::run(host, "set", arguments, App::Trusted, out),
        ("config", "config-unset") => {
            let mut words: Vec<String> = arguments
                .iter()
                .filter(|word| !matches!(word.as_str(), "true" | "false"))
                .cloned()
                .collect();
            let restarts = arguments.last().is_some_and(|word| word == "true");
            words.extend((!restarts).then(|| "--no-restart".to_owned()));
            config_program::run(host, "unset", &words, App::Trusted, out)
        }
        ("config", "config-export") => {
            let mut words = vec![format!("--format={}", word(3)), word(0).to_owned()];
            words.extend((word(1) == "true").then(|| "--global".to_owned()));
            words.extend((word(2) == "true").then(|| "--merged".to_owned()));
            config_program::run(host, "export", &words, App::Verified, out)
        }
        ("scheduler", "scheduler-detect") => {
            let global = Properties::new(&host.lib, plugin, "--global").get("selected");
            let chosen = property("selected").or(global.filter(|value| !value.is_empty()));
            say(chosen.as_deref().unwrap_or("docker-local"))
        }
        ("scheduler-docker-local", "scheduler-is-deployed") => {
            if word(0) != "docker-local" || host.has_container(word(1)) {
                Ok(())
            } else {
                Err(Failure::Silent(1))
            }
        }
        ("scheduler-null", "scheduler-is-deployed") => Ok(()),
        ("scheduler-k3s", "scheduler-is-deployed") if word(0) != "k3s" => Ok(()),
        ("registry", "deployed-app-image-tag") if property("push-on-release").is_none() => Ok(()),
        ("registry", "deployed-app-image-repo") if property("image-repo-template").is_none() => {
            let own = format!("dokku/{}", word(0));
            say(property("image-repo")
                .as_deref()
                .map_or(own.as_str(), str::trim))
        }
        ("registry", "deployed-app-repository") if property("server").is_none() => say(""),
        ("network", "network-get-listeners") => {
            let process_type = if word(1).is_empty() { "web" } else { word(1) };
            if word(1).is_empty() && *TYPE_WANTED.asked(host.version) {
                let text = "Please specify a processType argument for the network-get-listeners plugin trigger";
                eprintln!(" !     Deprecated: {text}");
            }
            say(&network::listeners(host, word(0), process_type).join(" "))
        }
        ("network", "network-get-static-listeners") => say(property("static-web-listener")
            .as_deref()
            .unwrap_or_default()),
        ("network", "network-get-property") => say(&network::computed(host, word(0), word(1))?),
        ("network", "network-config-exists") => {
            say(&network::has_config(host, word(0)).to_string())
        }
        ("network", "network-get-ipaddr") => {
            say(&network::address(host, word(0), word(1), word(2))?)
        }
        ("network", "network-write-ipaddr") => written(
            host,
            word(0),
            &format!("IP.{}.{}", word(1), word(2)),
            word(3),
        ),
        ("network", "network-write-port") => written(
            host,
            word(0),
            &format!("PORT.{}.{}", word(1), word(2)),
            word(3),
        ),
        ("network", "network-build-config") => network::build_config(host, word(0), out),
        ("proxy", "proxy-is-enabled") => say(&proxy::is_enabled(host, word(0)).to_string()),
        ("proxy", "proxy-type") => say(&proxy::kind(host, word(0))),
        ("ports", "ports-get") => ports::get(host, word(0), word(1), out),
        ("ports", "ports-get-property") => say(&ports::property(host, word(0), word(1))),
        ("ports", "ports-get-available") => {
            ports::available().map_or(Ok(()), |port| say(&port.to_string()))
        }
        ("ports", "ports-clear") => ports::clear(host, word(0)),
        ("ports", "ports-set-detected") => ports::set_detected(host, word(0), word(1)),
        ("ports", "ports-configure") => ports::configure(host, word(0), out),
        ("scheduler-k3s", "scheduler-stop" | "scheduler-post-delete" | "scheduler-app-status")
            if word(0) != "k3s" =>
        {
            Ok(())
        }
        ("scheduler-null", "scheduler-app-status") if word(0) != "null" => Ok(()),
        ("cron", "scheduler-stop") => Ok(()),
        ("checks", "checks-get-property") if word(1) != "wait-to-retire" => Err(Failure::Silent(1)),
        ("checks", "checks-get-property") => {
            let global = Properties::new(&host.lib, plugin, "--global").get("wait-to-retire");
            let value = property("wait-to-retire").or(global.filter(|value| !value.is_empty()));
            say(value.as_deref().unwrap_or("60"))
        }
        // It writes to the log of events alone.
        ("20_events", "user-auth") => Ok(()),
        ("ssh-keys", "user-auth") => {
            let guarded = ["ssh-keys:add", "ssh-keys:remove"]
                .iter()
                .any(|name| word(2).contains(name));
            if guarded && word(0) != "root" && !word(1).contains("admin") {
                let text = "You must be root, or a dokku admin, to execute this command";
                return Err(Failure::Plain(text.to_owned()));
            }
            Ok(())
        }
        (
            "caddy-vhosts" | "haproxy-vhosts" | "openresty-vhosts" | "traefik-vhosts",
            "certs-force",
        ) => {
            let proxy = plugin.trim_end_matches("-vhosts");
            let address = Properties::new(&host.lib, proxy, "--global").get("letsencrypt-email");
            let has_address = address.is_some_and(|address| !address.trim().is_empty());
            if has_address && host.ask("proxy-type", &[word(0)]).text == proxy {
                return say("true");
            }
            Ok(())
        }
        ("certs", "certs-exists") => {
            let tls = host.app(word(0)).join("tls");
            let both = ["server.crt", "server.key"]
                .iter()
                .all(|file| tls.join(file).is_file());
            say(if both { "true" } else { "false" })
        }
        _ => unmodelled(),
    }
}

/// Answers a trigger by which an app is deployed; none if it is none of those.
fn of_deployment(
    host: &Host,
    plugin: &str,
    trigger: &str,
    arguments: &[String],
    out: &mut dyn Write,
) -> Option<Result<(), Failure>> {
    let word = |index: usize| arguments.get(index).map_or("", String::as_str);
    let (app, source) = (word(0), Path::new(word(1)));
    let is_proxy = || proxy::kind(host, app) == plugin.trim_end_matches("-vhosts");
    Some(match (plugin, trigger) {
        (_, "core-post-extract") => extraction::core(host, plugin, app, source),
        ("buildpacks", "post-extract") => extraction::buildpacks(host, app, source),
        ("git", _) => git::trigger(host, trigger, arguments, out),
        ("app-json", _) => return app_json::run(host, trigger, arguments, out),
        ("scheduler-docker-local", "post-deploy") => cron(host, app),
        ("scheduler-docker-local", _) => {
            return docker_local::trigger(host, trigger, arguments, out);
        }
        ("common", "deploy") => release::deploy(host, app, word(1), word(2)),
        ("common", "release-and-deploy") => {
            release::release_and_deploy(host, app, word(1), word(2), out)
        }
        ("common", "core-post-deploy") => {
            Properties::new(&host.lib, plugin, app).set("deployed", "true")
        }
        ("config", "docker-args-deploy" | "docker-args-run") => {
            let words = ["--format=docker-args-keys", "--merged", app].map(str::to_owned);
            let mut said = Vec::new();
            let came = config_program::run(host, "export", &words, App::Trusted, &mut said);
            say_plainly(
                out,
                &format!(" {}", String::from_utf8_lossy(&said).trim_end()),
            );
            came
        }
        ("cron", "post-deploy") => cron(host, app),
        // There is something to say of addresses that are none of nginx's names alone.
        ("domains", "core-post-deploy")
            if !Path::new("/etc/nginx/sites-enabled/default").exists() =>
        {
            Ok(())
        }
        ("logs", "docker-args-process-deploy") => {
            let of = |scope| Properties::new(&host.lib, plugin, scope).get("max-size");
            let own = of(app).filter(|size| !size.is_empty());
            let size = own
                .or_else(|| of("--global"))
                .unwrap_or_else(|| "10m".to_owned());
            logs(host, app, &size, out)
        }
        ("network", "core-post-deploy") => network::attach(host, app, "attach-post-deploy"),
        ("network", "post-container-create") => {
            network::attach(host, word(2), "attach-post-create")
        }
        ("network", "docker-args-process-build") if word(1) == "dockerfile" => Ok(()),
        ("network", "docker-args-process-deploy" | "docker-args-process-build") => {
            network::option(host, app).map(|option| say_plainly(out, &option))
        }
        // An app of nginx has the labels of openresty too where it has names. They are left out.
        (
            "caddy-vhosts" | "haproxy-vhosts" | "openresty-vhosts" | "traefik-vhosts",
            "docker-args-process-deploy" | "core-post-deploy",
        ) if !is_proxy() => Ok(()),
        ("ps", "core-post-deploy") => ps::deployed(host, app),
        ("ps", "docker-args-process-deploy") => {
            say_plainly(out, &ps::policy_option(host, app));
            Ok(())
        }
        // No app has a Procfile: see `extraction`. Its processes stay as they are.
        ("ps", "procfile-exists") => Err(Failure::new("Procfile does not exist")),
        ("ps", "procfile-get-command" | "post-release-builder") => Ok(()),
        ("ps", "ps-get-property") => ps::property(host, app, word(1), out),
        ("ps", "ps-can-scale") => ps::set_can_scale(host, app, word(1)),
        ("registry", "post-release-builder") => release::before_deployment(host, word(1), word(2)),
        ("resource", "docker-args-process-deploy" | "docker-args-process-build")
            if Properties::new(&host.lib, plugin, app).all("").is_empty() =>
        {
            Ok(())
        }
        ("scheduler-k3s", "core-post-deploy") if scheduler(host, app) != "k3s" => Ok(()),
        ("scheduler-k3s", "scheduler-deploy") if app != "k3s" => Ok(()),
        _ if plugin == "builder" || plugin.starts_with("builder-") => {
            return builder::trigger(host, plugin, trigger, arguments, out);
        }
        _ => return None,
    })
}

/// How much docker is to keep of what an app says, as far as its logs can be limited.
fn logs(host: &Host, app: &str, size: &str, out: &mut dyn Write) -> Result<(), Failure> {
    let options = docker_options::of_every_process(host, app, "deploy");
    let chosen = options
        .iter()
        .find_map(|one| one.strip_prefix("--log-driver="));
    let driver = match chosen {
        Some(driver) => driver.to_owned(),
        None => docker::run(&["system", "info", "--format", "{{ .LoggingDriver }}"])?.stdout,
    };
    if ["local", "json-file"].contains(&driver.as_str()) && size != "unlimited" {
        say_plainly(out, &format!(" --log-opt=max-size={size} "));
    }
    Ok(())
}

/// The tasks of a deployed app, which are none unless a plugin has some: it is not modelled how they come to the crontab.
fn cron(host: &Host, app: &str) -> Result<(), Failure> {
    let scheduler = scheduler(host, app);
    if !host.ask("cron-entries", &[&scheduler]).text.is_empty() {
        host.lacks("the crontab after a deployment");
    }
    Ok(())
}

/// Says a text without a newline. Who closed the stream wants no more of it.
fn say_plainly(out: &mut dyn Write, text: &str) {
    let _ = write!(out, "{text}");
}

/// The value of a variable, without a newline; nothing if it is not set.
fn value(host: &Host, scope: &Scope, name: &str, out: &mut dyn Write) -> Result<(), Failure> {
    let value = config_program::value(host, scope, name).unwrap_or_default();
    let _ = write!(out, "{value}");
    Ok(())
}

/// Writes a file of an app, without a newline.
fn written(host: &Host, app: &str, name: &str, text: &str) -> Result<(), Failure> {
    fs::write(host.app(app).join(name), text).map_err(|error| Failure::new(error.to_string()))
}

/// The versions in which something changed here that the programs ask.
pub(super) fn asked_turns() -> impl Iterator<Item = Version> {
    [TYPE_WANTED.turns()].into_iter().flatten()
}

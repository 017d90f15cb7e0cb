//! The container that the options of `run` and `create` ask for.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use super::super::daemon::Wanted;
use super::super::daemon::container::{Config, Endpoint, Host, Restart};
use super::super::daemon::mount::{Mount, Place};
use super::super::daemon::port::{Publish, range};
use super::super::options::Line;
use super::super::setting::with_protocol;
use super::bytes;

/// Options that docker heeds and that show nowhere but in `inspect`, where what they would show is unknown.
const UNCOUNTED: [&str; 27] = [
    "annotation",
    "blkio-weight",
    "blkio-weight-device",
    "cgroup-parent",
    "cgroupns",
    "cpu-period",
    "cpu-quota",
    "cpuset-cpus",
    "cpuset-mems",
    "device",
    "device-cgroup-rule",
    "dns-option",
    "dns-search",
    "domainname",
    "gpus",
    "group-add",
    "mac-address",
    "memory-swappiness",
    "oom-kill-disable",
    "oom-score-adj",
    "pids-limit",
    "security-opt",
    "storage-opt",
    "sysctl",
    "ulimit",
    "userns",
    "uts",
];

/// What is asked for.
///
/// # Errors
/// In docker's words, if it can't be.
pub(super) fn wanted(line: &Line) -> Result<Wanted, String> {
    let image = line.operand(0).to_owned();
    let command: Vec<String> = line.operands.iter().skip(1).cloned().collect();
    let mut config = Config {
        env: environment(line)?,
        command: (!command.is_empty()).then_some(command),
        entrypoint: line.value("entrypoint").map(|word| vec![word.to_owned()]),
        exposed: BTreeSet::new(),
        volumes: BTreeSet::new(),
        working_dir: line.value("workdir").unwrap_or_default().to_owned(),
        user: line.value("user").unwrap_or_default().to_owned(),
        labels: labels(&line.values("label"), &line.values("label-file"))?,
        stop_signal: line.value("stop-signal").unwrap_or_default().to_owned(),
    };
    let mut host = host(line)?;
    for publish in &host.published {
        config.exposed.insert(publish.container.clone());
    }
    for port in line.values("expose") {
        let (ports, protocol) = port.split_once('/').unwrap_or((port, "tcp"));
        let (first, last) = range(ports).ok_or_else(|| {
            format!("invalid range format for --expose: {port}, error: invalid port")
        })?;
        let all = (first..=last).map(|port| with_protocol(&format!("{port}/{protocol}")));
        config.exposed.extend(all);
    }
    let mounts = mounts(line, &mut config, &mut host)?;
    let networks = networks(line, &mut host)?;
    Ok(Wanted {
        name: line
            .value("name")
            .filter(|name| !name.is_empty())
            .map(str::to_owned),
        image,
        config,
        host,
        mounts,
        networks,
    })
}

fn host(line: &Line) -> Result<Host, String> {
    let size = |name: &str| match line.value(name) {
        None => Ok(0),
        Some("-1") => Ok(-1),
        Some(text) => bytes(text).ok_or_else(|| {
            format!("invalid argument \"{text}\" for \"--{name}\" flag: invalid size: '{text}'")
        }),
    };
    let owned = |name: &str| {
        line.values(name)
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let mut published = Vec::new();
    for text in line.values("publish") {
        published.extend(Publish::read(text)?);
    }
    let restart = Restart::read(line.value("restart").unwrap_or_default())?;
    let auto_remove = line.is("rm");
    if auto_remove && restart.name != "no" {
        return Err("conflicting options: cannot specify both --restart and --rm".into());
    }
    Ok(Host {
        hostname: line.value("hostname").map(str::to_owned),
        tty: line.is("tty"),
        open_stdin: line.is("interactive"),
        published,
        publish_all: line.is("publish-all"),
        restart,
        auto_remove,
        privileged: line.is("privileged"),
        read_only: line.is("read-only"),
        network_mode: "bridge".into(),
        links: owned("link"),
        volumes_from: owned("volumes-from"),
        binds: Vec::new(),
        memory: size("memory")?,
        memory_reservation: size("memory-reservation")?,
        memory_swap: size("memory-swap")?,
        nano_cpus: cpus(line)?,
        cpu_shares: number(line, "cpu-shares")?.unwrap_or_default(),
        shm_size: size("shm-size")?,
        log_driver: line.value("log-driver").unwrap_or_default().to_owned(),
        log_options: pairs(&line.values("log-opt")),
        extra_hosts: owned("add-host"),
        cap_add: owned("cap-add"),
        cap_drop: owned("cap-drop"),
        dns: owned("dns"),
        init: line.is("init"),
        cid_file: line.value("cidfile").unwrap_or_default().to_owned(),
        stop_timeout: number(line, "stop-timeout")?,
        tmpfs: line
            .values("tmpfs")
            .into_iter()
            .map(|text| text.split_once(':').unwrap_or((text, "")))
            .map(|(path, options)| (path.to_owned(), options.to_owned()))
            .collect(),
        runtime: line.value("runtime").map(str::to_owned),
        ipc: line.value("ipc").map(str::to_owned),
        pid: line.value("pid").unwrap_or_default().to_owned(),
        has_uncounted: line.given(&UNCOUNTED).is_some(),
    })
}

pub(super) fn number(line: &Line, name: &str) -> Result<Option<i64>, String> {
    let Some(text) = line.value(name) else {
        return Ok(None);
    };
    let number = text.parse().map_err(|_| {
        format!("invalid argument \"{text}\" for \"--{name}\" flag: strconv.ParseInt: parsing \"{text}\": invalid syntax")
    })?;
    Ok(Some(number))
}

/// A number of processors, in billionths.
fn cpus(line: &Line) -> Result<i64, String> {
    let Some(text) = line.value("cpus") else {
        return Ok(0);
    };
    let wrong = || {
        format!(
            "invalid argument \"{text}\" for \"--cpus\" flag: failed to parse {text} as a rational number"
        )
    };
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let part: String = part.chars().chain(std::iter::repeat('0')).take(9).collect();
    format!("{whole}{part}").parse().map_err(|_| wrong())
}

/// `name=value` texts.
pub(super) fn pairs(texts: &[&str]) -> BTreeMap<String, String> {
    let split = |text: &&str| {
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        (name.to_owned(), value.to_owned())
    };
    texts.iter().map(split).collect()
}

/// Labels, and those of files.
fn labels(texts: &[&str], files: &[&str]) -> Result<BTreeMap<String, String>, String> {
    let mut labels = BTreeMap::new();
    for path in files {
        for text in lines(path)? {
            labels.extend(pairs(&[&text]));
        }
    }
    labels.extend(pairs(texts));
    match labels.contains_key("") {
        true => Err("invalid label format: \"\"".to_owned()),
        false => Ok(labels),
    }
}

/// The variables of `--env` and of files; one without a value has that of docker's own caller.
pub(super) fn environment(line: &Line) -> Result<Vec<String>, String> {
    let mut variables = Vec::new();
    for path in line.values("env-file") {
        variables.extend(lines(path)?);
    }
    variables.extend(line.values("env").into_iter().map(str::to_owned));
    let full = |text: String| match text.split_once('=') {
        Some(("", _)) => Some(Err(format!("invalid environment variable: {text}"))),
        Some(_) => Some(Ok(text)),
        None => std::env::var(&text)
            .ok()
            .map(|value| Ok(format!("{text}={value}"))),
    };
    variables.into_iter().filter_map(full).collect()
}

/// The lines of a file that say something.
fn lines(path: &str) -> Result<Vec<String>, String> {
    let text = fs::read_to_string(path).map_err(|error| {
        let why = match error.kind() {
            std::io::ErrorKind::NotFound => "no such file or directory".to_owned(),
            std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
            _ => error.to_string(),
        };
        format!("open {path}: {why}")
    })?;
    let says = |line: &&str| !line.is_empty() && !line.starts_with('#');
    Ok(text
        .lines()
        .map(str::trim_start)
        .filter(says)
        .map(str::to_owned)
        .collect())
}

fn mounts(line: &Line, config: &mut Config, host: &mut Host) -> Result<Vec<Mount>, String> {
    let mut mounts: Vec<Mount> = Vec::new();
    for text in line.values("volume") {
        let mount = Mount::read(text)?;
        match mount.place {
            Place::Volume if mount.name.is_empty() => {
                config.volumes.insert(mount.target.clone());
            }
            _ => host.binds.push(text.to_owned()),
        }
        mounts.push(mount);
    }
    for text in line.values("mount") {
        mounts.push(Mount::long(text)?);
    }
    let mut targets = BTreeSet::new();
    match mounts
        .iter()
        .find(|mount| !targets.insert(mount.target.clone()))
    {
        Some(mount) => Err(format!(
            "Error response from daemon: Duplicate mount point: {}",
            mount.target
        )),
        None => Ok(mounts),
    }
}

fn networks(line: &Line, host: &mut Host) -> Result<BTreeMap<String, Endpoint>, String> {
    let mut networks = BTreeMap::new();
    let mut asked = line.values("network");
    asked.extend(line.values("net"));
    let mut aliases = line.values("network-alias");
    aliases.extend(line.values("net-alias"));
    let common = Endpoint {
        aliases: aliases.into_iter().map(str::to_owned).collect(),
        wanted: line.value("ip").map(str::to_owned),
        address: None,
    };
    if asked.is_empty() {
        asked.push("bridge");
    }
    for (at, text) in asked.iter().enumerate() {
        let mut endpoint = if at == 0 {
            common.clone()
        } else {
            Endpoint::default()
        };
        let mut name = (*text).to_owned();
        if text.contains('=') {
            for (key, value) in text.split(',').filter_map(|field| field.split_once('=')) {
                match key.trim() {
                    "name" => value.clone_into(&mut name),
                    "alias" => endpoint.aliases.push(value.to_owned()),
                    "ip" => endpoint.wanted = Some(value.to_owned()),
                    _ => return Err(format!("invalid field key {key}")),
                }
            }
        }
        if name == "default" {
            "bridge".clone_into(&mut name);
        }
        if at == 0 {
            host.network_mode.clone_from(&name);
        }
        if name.starts_with("container:") {
            return Ok(BTreeMap::new());
        }
        if !common.aliases.is_empty()
            && matches!(name.as_str(), "bridge" | "host" | "none")
            && at == 0
        {
            return Err("Error response from daemon: network-scoped alias is supported only for containers in user defined networks".to_owned());
        }
        networks.insert(name, endpoint);
    }
    Ok(networks)
}

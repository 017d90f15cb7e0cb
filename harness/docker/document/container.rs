//! What `inspect` shows of a container.

use std::collections::BTreeMap;

use super::super::daemon::clock::{NEVER, exact};
use super::super::daemon::container::{Container, Phase};
use super::super::daemon::mount::Place;
use super::super::daemon::network::Network;
use super::super::daemon::port::Binding;
use super::super::daemon::volume::folder;
use super::super::daemon::{State, id_of, short};
use super::{Host, config, map};
use crate::go_template::{Field, Kind, Value};

/// What `inspect` shows of a container.
pub(in super::super) fn container(state: &State, one: &Container) -> Value {
    let words = one.words();
    let (path, args) = words
        .split_first()
        .map_or(("", &[][..]), |(path, args)| (path.as_str(), args));
    let hostname = one.host.hostname.clone();
    let host = Host {
        name: &hostname.unwrap_or_else(|| short(&one.id).to_owned()),
        image: &one.image,
        tty: one.host.tty,
        open_stdin: one.host.open_stdin,
        is_detached: true,
        stop_timeout: one
            .host
            .stop_timeout
            .map_or(Value::Nil(Kind::Pointer), Value::Int),
    };
    let lies = format!("/var/lib/docker/containers/{}", one.id);
    let file = |name: &str| format!("{lies}/{name}");
    let fields = vec![
        Field::named("ID", "Id", one.id.as_str()),
        Field::new("Created", exact(one.created)),
        Field::new("Path", unknown_program(one, path.into())),
        Field::new("Args", unknown_program(one, Value::list(args))),
        Field::new("State", life(one)),
        Field::new("Image", one.image_id.as_str()),
        Field::new("ResolvConfPath", file("resolv.conf")),
        Field::new("HostnamePath", file("hostname")),
        Field::new("HostsPath", file("hosts")),
        Field::new("LogPath", file(&format!("{}-json.log", one.id))),
        Field::new("Name", format!("/{}", one.name)),
        Field::new("RestartCount", one.restarts),
        Field::new("Driver", "overlay2"),
        Field::new("Platform", "linux"),
        Field::new("MountLabel", ""),
        Field::new("ProcessLabel", ""),
        Field::new("AppArmorProfile", "docker-default"),
        Field::new("ExecIDs", Value::Nil(Kind::List)),
        Field::new("HostConfig", host_config(one)),
        Field::new(
            "GraphDriver",
            Value::Unknown("where docker keeps its layers".into()),
        ),
        Field::optional("SizeRw", Value::Nil(Kind::Pointer)),
        Field::optional("SizeRootFs", Value::Nil(Kind::Pointer)),
        Field::new("Mounts", mounts(one)),
        Field::new("Config", config(&one.config, one.is_partly_unknown, host)),
        Field::new("NetworkSettings", settings(state, one)),
    ];
    Value::Struct("types.ContainerJSON", fields)
}

/// What is run is not known where the image is to say it.
fn unknown_program(one: &Container, known: Value) -> Value {
    match one.is_partly_unknown && one.config.entrypoint.is_none() {
        true => Value::Unknown("the entrypoint of an image that was pulled".into()),
        false => known,
    }
}

/// A value that nobody knows while it is not known whether the program has ended.
fn doubtful(one: &Container, known: impl Into<Value>) -> Value {
    match &one.doubt {
        Some(what) => Value::Unknown(what.clone()),
        None => known.into(),
    }
}

fn life(one: &Container) -> Value {
    let exit = match one.exit {
        Some(status) => Value::Int(i64::from(status)),
        None => Value::Unknown("the exit status of a program that was stopped".into()),
    };
    let at = |moment: Option<u64>| moment.map_or_else(|| NEVER.to_owned(), exact);
    let fields = vec![
        Field::new("Status", doubtful(one, one.phase.word())),
        Field::new("Running", doubtful(one, one.is_up())),
        Field::new("Paused", doubtful(one, one.phase == Phase::Paused)),
        Field::new("Restarting", doubtful(one, false)),
        Field::new("OOMKilled", doubtful(one, false)),
        Field::new("Dead", doubtful(one, false)),
        Field::new("Pid", doubtful(one, one.pid)),
        Field::new("ExitCode", doubtful(one, exit)),
        Field::new("Error", one.error.as_str()),
        Field::new("StartedAt", at(one.started)),
        Field::new("FinishedAt", at(one.finished)),
        Field::optional("Health", Value::Nil(Kind::Pointer)),
    ];
    Value::Struct("types.ContainerState", fields)
}

fn bindings(all: &[Binding]) -> Value {
    let binding = |one: &Binding| {
        let fields = vec![
            Field::named("HostIP", "HostIp", one.address.as_str()),
            Field::new("HostPort", one.port.to_string()),
        ];
        Value::Struct("nat.PortBinding", fields)
    };
    Value::List(all.iter().map(binding).collect())
}

/// The ports that were asked to be published.
fn wanted_ports(one: &Container) -> Value {
    let mut ports: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for publish in &one.host.published {
        let port = publish
            .host
            .map(|port| port.to_string())
            .unwrap_or_default();
        let fields = vec![
            Field::named("HostIP", "HostIp", publish.address.as_str()),
            Field::new("HostPort", port),
        ];
        let binding = Value::Struct("nat.PortBinding", fields);
        ports
            .entry(publish.container.clone())
            .or_default()
            .push(binding);
    }
    let ports = ports
        .into_iter()
        .map(|(port, all)| (port, Value::List(all)));
    map(Kind::List, ports.collect())
}

fn host_config(one: &Container) -> Value {
    let host = &one.host;
    let uncounted = |own: Value| match host.has_uncounted {
        true => {
            Value::Unknown("an option of a container that the world keeps no account of".into())
        }
        false => own,
    };
    let nil = || uncounted(Value::Nil(Kind::List));
    let log = vec![
        Field::new(
            "Type",
            match host.log_driver.as_str() {
                "" => "json-file",
                driver => driver,
            },
        ),
        Field::new("Config", Value::texts(&host.log_options)),
    ];
    let restart = vec![
        Field::new("Name", host.restart.name.as_str()),
        Field::new("MaximumRetryCount", host.restart.most),
    ];
    let paths = |names: &[&str]| Value::List(names.iter().map(|name| Value::from(*name)).collect());
    let fields = vec![
        Field::new("Binds", Value::some_list(&host.binds)),
        Field::new("ContainerIDFile", host.cid_file.as_str()),
        Field::new("LogConfig", Value::Struct("container.LogConfig", log)),
        Field::new("NetworkMode", host.network_mode.as_str()),
        Field::new("PortBindings", wanted_ports(one)),
        Field::new(
            "RestartPolicy",
            Value::Struct("container.RestartPolicy", restart),
        ),
        Field::new("AutoRemove", host.auto_remove),
        Field::new("VolumeDriver", ""),
        Field::new("VolumesFrom", Value::some_list(&host.volumes_from)),
        Field::new(
            "ConsoleSize",
            Value::List(vec![Value::Int(0), Value::Int(0)]),
        ),
        Field::optional("Annotations", uncounted(Value::Nil(Kind::Map))),
        Field::new("CapAdd", Value::some_list(&host.cap_add)),
        Field::new("CapDrop", Value::some_list(&host.cap_drop)),
        Field::new("CgroupnsMode", "private"),
        Field::named("DNS", "Dns", Value::list(&host.dns)),
        Field::named("DNSOptions", "DnsOptions", Value::List(Vec::new())),
        Field::named("DNSSearch", "DnsSearch", Value::List(Vec::new())),
        Field::new("ExtraHosts", Value::some_list(&host.extra_hosts)),
        Field::new("GroupAdd", nil()),
        Field::new("IpcMode", host.ipc.as_deref().unwrap_or("private")),
        Field::new("Cgroup", ""),
        Field::new("Links", links(one)),
        Field::new("OomScoreAdj", 0),
        Field::new("PidMode", host.pid.as_str()),
        Field::new("Privileged", host.privileged),
        Field::new("PublishAllPorts", host.publish_all),
        Field::new("ReadonlyRootfs", host.read_only),
        Field::new("SecurityOpt", nil()),
        Field::optional("StorageOpt", Value::Nil(Kind::Map)),
        Field::optional("Tmpfs", Value::texts(&host.tmpfs)),
        Field::new("UTSMode", uncounted("".into())),
        Field::new("UsernsMode", uncounted("".into())),
        Field::new(
            "ShmSize",
            match host.shm_size {
                0 => 64 << 20,
                size => size,
            },
        ),
        Field::optional("Sysctls", uncounted(Value::Nil(Kind::Map))),
        Field::optional("Runtime", host.runtime.as_deref().unwrap_or("runc")),
        Field::new("Isolation", ""),
        Field::named("CPUShares", "CpuShares", host.cpu_shares),
        Field::new("Memory", host.memory),
        Field::named("NanoCPUs", "NanoCpus", host.nano_cpus),
        Field::new("CgroupParent", uncounted("".into())),
        Field::new("BlkioWeight", 0),
        Field::named("CPUPeriod", "CpuPeriod", 0),
        Field::named("CPUQuota", "CpuQuota", 0),
        Field::new("CpusetCpus", uncounted("".into())),
        Field::new("CpusetMems", uncounted("".into())),
        Field::new("Devices", uncounted(Value::List(Vec::new()))),
        Field::new("DeviceCgroupRules", nil()),
        Field::new("DeviceRequests", nil()),
        Field::new("MemoryReservation", host.memory_reservation),
        Field::new("MemorySwap", host.memory_swap),
        Field::new("MemorySwappiness", Value::Nil(Kind::Pointer)),
        Field::new("OomKillDisable", Value::Nil(Kind::Pointer)),
        Field::new("PidsLimit", uncounted(Value::Nil(Kind::Pointer))),
        Field::new("Ulimits", nil()),
        Field::new(
            "MaskedPaths",
            paths(&[
                "/proc/asound",
                "/proc/acpi",
                "/proc/kcore",
                "/proc/keys",
                "/proc/latency_stats",
                "/proc/timer_list",
                "/proc/timer_stats",
                "/proc/sched_debug",
                "/proc/scsi",
                "/sys/firmware",
                "/sys/devices/virtual/powercap",
            ]),
        ),
        Field::new(
            "ReadonlyPaths",
            paths(&[
                "/proc/bus",
                "/proc/fs",
                "/proc/irq",
                "/proc/sys",
                "/proc/sysrq-trigger",
            ]),
        ),
        Field::optional(
            "Init",
            match host.init {
                true => Value::Bool(true),
                false => Value::Nil(Kind::Pointer),
            },
        ),
    ];
    Value::Struct("container.HostConfig", fields)
}

/// The links as they are told: `/container:/name/alias`.
fn links(one: &Container) -> Value {
    let told = |link: &String| {
        let (name, alias) = link.split_once(':').unwrap_or((link, link));
        format!("/{name}:/{}/{alias}", one.name)
    };
    let told: Vec<String> = one.host.links.iter().map(told).collect();
    Value::some_list(&told)
}

fn mounts(one: &Container) -> Value {
    let mount = |mount: &super::super::daemon::mount::Mount| {
        let (kind, source, driver) = match mount.place {
            Place::Bind => ("bind", mount.source.clone(), ""),
            Place::Volume => ("volume", folder(&mount.name), "local"),
            Place::Tmpfs => ("tmpfs", String::new(), ""),
        };
        let propagation = if mount.place == Place::Bind {
            "rprivate"
        } else {
            ""
        };
        let fields = vec![
            Field::optional("Type", kind),
            Field::optional("Name", mount.name.as_str()),
            Field::new("Source", source),
            Field::new("Destination", mount.target.as_str()),
            Field::optional("Driver", driver),
            Field::new("Mode", mount.mode.as_str()),
            Field::new("RW", mount.writable),
            Field::new("Propagation", propagation),
        ];
        Value::Struct("types.MountPoint", fields)
    };
    Value::List(one.mounts.iter().map(mount).collect())
}

fn settings(state: &State, one: &Container) -> Value {
    let all = one.networks.keys().filter_map(|name| {
        let network = state.network(name).ok()?;
        Some((name.clone(), endpoint(one, network)))
    });
    let bridge = one.networks.get("bridge").and(state.network("bridge").ok());
    let part = |name: &'static str| match bridge.map(|network| endpoint(one, network)) {
        Some(Value::Struct(_, fields)) => {
            let found = fields.into_iter().find(|field| field.name == name);
            found.map_or(Value::from(""), |field| field.value)
        }
        _ if name.ends_with("Len") => Value::Int(0),
        _ => Value::from(""),
    };
    let is_on = one.is_up() && !one.networks.is_empty();
    let sandbox = if is_on {
        id_of(&format!("sandbox {}", one.id))
    } else {
        String::new()
    };
    let key = if is_on {
        format!("/var/run/docker/netns/{}", short(&sandbox))
    } else {
        String::new()
    };
    let mut ports: BTreeMap<String, Value> = BTreeMap::new();
    if one.is_up() {
        let exposed = one.config.exposed.iter();
        ports.extend(exposed.map(|port| (port.clone(), Value::Nil(Kind::List))));
        ports.extend(
            one.ports
                .iter()
                .map(|(port, all)| (port.clone(), bindings(all))),
        );
    }
    let fields = vec![
        Field::new("Bridge", ""),
        Field::new("SandboxID", sandbox),
        Field::new("SandboxKey", key),
        Field::new("Ports", map(Kind::List, ports)),
        Field::new("HairpinMode", false),
        Field::new("LinkLocalIPv6Address", ""),
        Field::new("LinkLocalIPv6PrefixLen", 0),
        Field::new("SecondaryIPAddresses", Value::Nil(Kind::List)),
        Field::new("SecondaryIPv6Addresses", Value::Nil(Kind::List)),
        Field::new("EndpointID", part("EndpointID")),
        Field::new("Gateway", part("Gateway")),
        Field::new("GlobalIPv6Address", ""),
        Field::new("GlobalIPv6PrefixLen", 0),
        Field::new("IPAddress", part("IPAddress")),
        Field::new("IPPrefixLen", part("IPPrefixLen")),
        Field::new("IPv6Gateway", ""),
        Field::new("MacAddress", part("MacAddress")),
        Field::new("Networks", map(Kind::Pointer, all.collect())),
    ];
    Value::Struct("types.NetworkSettings", fields)
}

/// What a container has in a network.
fn endpoint(one: &Container, network: &Network) -> Value {
    let own = one.networks.get(&network.name);
    let address = own.and_then(|own| own.address.clone()).unwrap_or_default();
    let is_on = !address.is_empty();
    let if_on = |text: String| if is_on { text } else { String::new() };
    let aliases: Vec<String> = own.map(|own| own.aliases.clone()).unwrap_or_default();
    let is_own = !super::super::daemon::network::PREDEFINED.contains(&network.name.as_str());
    let mut names: Vec<String> = Vec::new();
    if is_own {
        names.push(one.name.clone());
        names.extend(aliases.iter().cloned());
        names.push(short(&one.id).to_owned());
        names.extend(one.host.hostname.clone());
        let mut seen = std::collections::BTreeSet::new();
        names.retain(|name| seen.insert(name.clone()));
    }
    let ipam = match own.and_then(|own| own.wanted.clone()) {
        Some(wanted) => Value::Struct(
            "network.EndpointIPAMConfig",
            vec![Field::optional("IPv4Address", wanted)],
        ),
        None => Value::Nil(Kind::Pointer),
    };
    let fields = vec![
        Field::new("IPAMConfig", ipam),
        Field::new("Links", Value::Nil(Kind::List)),
        Field::new("Aliases", Value::some_list(&aliases)),
        Field::new("MacAddress", if_on(mac(&address))),
        Field::new("DriverOpts", Value::Nil(Kind::Map)),
        Field::new("NetworkID", network.id.as_str()),
        Field::new("EndpointID", if_on(endpoint_id(one, network))),
        Field::new("Gateway", if_on(network.gateway().unwrap_or_default())),
        Field::new("IPAddress", address.as_str()),
        Field::new("IPPrefixLen", if is_on { network.prefix() } else { 0 }),
        Field::new("IPv6Gateway", ""),
        Field::new("GlobalIPv6Address", ""),
        Field::new("GlobalIPv6PrefixLen", 0),
        Field::new("DNSNames", Value::some_list(&names)),
    ];
    Value::Struct("*network.EndpointSettings", fields)
}

/// The id of a container's place in a network.
pub(super) fn endpoint_id(one: &Container, network: &Network) -> String {
    id_of(&format!("endpoint {} {}", one.id, network.id))
}

/// The hardware's address that docker gives with an address.
pub(super) fn mac(address: &str) -> String {
    let numbers = address
        .split('.')
        .filter_map(|part| part.parse::<u8>().ok());
    let letters: Vec<String> = numbers.map(|number| format!("{number:02x}")).collect();
    format!("02:42:{}", letters.join(":"))
}

//! The commands on docker itself.

use super::super::daemon::{Done, State};
use super::super::format::printed;
use super::super::options::Line;
use super::super::reply::Reply;
use super::super::{COMMIT, VERSION};
use crate::go_template::{Field, Value};

/// The version of the interface between docker's two halves.
const API: &str = "1.47";
/// The language that docker is written in.
const GO: &str = "go1.22.11";
/// When it was built.
const BUILT: &str = "Wed Jan 22 13:41:48 2025";

/// What `docker version` says of the half that is called.
pub(super) fn client() -> String {
    format!(
        "Client: Docker Engine - Community\n Version:           {VERSION}\n API version:       {API}\n Go version:        {GO}\n Git commit:        {COMMIT}\n Built:             {BUILT}\n OS/Arch:           linux/amd64\n Context:           default\n"
    )
}

/// `docker version`.
pub(super) fn version(line: &Line) -> Done<Reply> {
    let half = |own: Vec<Field>| {
        let mut fields = vec![
            Field::new("Version", VERSION),
            Field::new("Os", "linux"),
            Field::new("Arch", "amd64"),
            Field::new("GoVersion", GO),
            Field::new("BuildTime", BUILT),
        ];
        fields.extend(own);
        fields
    };
    let client_half = half(vec![
        Field::hidden("Platform", Value::Unknown("docker's platform".into())),
        Field::named("APIVersion", "ApiVersion", API),
        Field::named("DefaultAPIVersion", "DefaultAPIVersion", API),
        Field::new("GitCommit", COMMIT),
        Field::new("Context", "default"),
    ]);
    let server_half = half(vec![
        Field::hidden("Platform", Value::Unknown("docker's platform".into())),
        Field::hidden("Components", Value::Unknown("docker's components".into())),
        Field::named("APIVersion", "ApiVersion", API),
        Field::named("MinAPIVersion", "MinAPIVersion", "1.24"),
        Field::new("GitCommit", "4c9b3b0"),
        Field::hidden(
            "KernelVersion",
            Value::Unknown("the kernel's version".into()),
        ),
        Field::new("Experimental", false),
    ]);
    match line.value("format") {
        None | Some("") => Ok(Reply::says(format!(
            "{}\nServer: Docker Engine - Community\n Engine:\n  Version:          {VERSION}\n  API version:      {API} (minimum version 1.24)\n  Go version:       {GO}\n  Git commit:       4c9b3b0\n  Built:            {BUILT}\n  OS/Arch:          linux/amd64\n  Experimental:     false\n",
            client()
        ))),
        Some(format) => printed(
            format,
            &Value::Struct(
                "system.versionInfo",
                vec![
                    Field::new("Client", Value::Struct("system.clientVersion", client_half)),
                    Field::new("Server", Value::Struct("*types.Version", server_half)),
                ],
            ),
        ),
    }
}

/// What `docker info` says of the half that is called.
pub(super) fn client_of_info() -> String {
    format!(
        "Client: Docker Engine - Community\n Version:    {VERSION}\n Context:    default\n Debug Mode: false\n\nServer:\n"
    )
}

/// `docker info`.
pub(super) fn info(state: &State, line: &Line) -> Done<Reply> {
    let count = |up: bool, paused: bool| {
        let is = |one: &&super::super::daemon::container::Container| {
            one.is_up() == up && (one.phase.word() == "paused") == paused
        };
        i64::try_from(state.containers.iter().filter(is).count()).unwrap_or(i64::MAX)
    };
    let (running, paused, stopped) = (count(true, false), count(true, true), count(false, false));
    let images = i64::try_from(state.images.len()).unwrap_or(i64::MAX);
    match line.value("format") {
        None | Some("") => Ok(Reply::says(format!(
            "{} Containers: {}\n  Running: {running}\n  Paused: {paused}\n  Stopped: {stopped}\n Images: {images}\n Server Version: {VERSION}\n Storage Driver: overlay2\n Logging Driver: json-file\n Cgroup Driver: systemd\n Cgroup Version: 2\n OSType: linux\n Architecture: x86_64\n Docker Root Dir: /var/lib/docker\n Debug Mode: false\n Experimental: false\n Live Restore Enabled: false\n\n",
            client_of_info(),
            running + paused + stopped,
        ))),
        Some(format) => {
            let unknown = |name: &'static str| {
                Field::hidden(
                    name,
                    Value::Unknown(format!("docker's information on `{name}`")),
                )
            };
            let mut fields = vec![
                Field::new("Containers", running + paused + stopped),
                Field::new("ContainersRunning", running),
                Field::new("ContainersPaused", paused),
                Field::new("ContainersStopped", stopped),
                Field::new("Images", images),
                Field::new("Driver", "overlay2"),
                Field::new("LoggingDriver", "json-file"),
                Field::new("CgroupDriver", "systemd"),
                Field::new("CgroupVersion", "2"),
                Field::new("OSType", "linux"),
                Field::new("Architecture", "x86_64"),
                Field::new("DockerRootDir", "/var/lib/docker"),
                Field::new("ServerVersion", VERSION),
                Field::new("ExperimentalBuild", false),
            ];
            let others = [
                "ID",
                "DriverStatus",
                "Plugins",
                "MemoryLimit",
                "SwapLimit",
                "KernelVersion",
                "OperatingSystem",
                "NCPU",
                "MemTotal",
                "Name",
                "Labels",
                "Runtimes",
                "Swarm",
                "SecurityOptions",
                "ClientInfo",
                "HttpProxy",
                "HttpsProxy",
                "NoProxy",
                "RegistryConfig",
                "InitBinary",
                "Warnings",
                "ServerErrors",
            ];
            fields.extend(others.map(unknown));
            printed(format, &Value::Struct("system.dockerInfo", fields))
        }
    }
}

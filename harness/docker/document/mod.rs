//! What `inspect` shows.

mod container;
mod image;
mod network;
mod volume;

pub(super) use container::container;
pub(super) use image::image;
pub(super) use network::network;
pub(super) use volume::volume;

use std::collections::BTreeMap;

use super::daemon::container::Config;
use crate::go_template::{Field, Kind, Value};

/// What there may be to a configuration that only a registry's image says.
fn of_image<T: Into<Value>>(own: T, is_empty: bool, is_partly_unknown: bool, what: &str) -> Value {
    match is_empty && is_partly_unknown {
        true => Value::Unknown(format!("the {what} of an image that was pulled")),
        false => own.into(),
    }
}

fn words(words: Option<&Vec<String>>) -> Value {
    words.map_or(Value::Nil(Kind::List), |words| Value::list(words))
}

/// The fields that the configurations of containers and images have in common.
fn config(config: &Config, is_partly_unknown: bool, host: Host<'_>) -> Value {
    let unknown = |own: Value, what: &str| {
        let is_empty = own.is_empty();
        of_image(own, is_empty, is_partly_unknown, what)
    };
    let attach = !host.is_detached;
    let fields = vec![
        Field::new("Hostname", host.name),
        Field::new("Domainname", ""),
        Field::new("User", unknown(config.user.as_str().into(), "user")),
        Field::new("AttachStdin", false),
        Field::new("AttachStdout", attach),
        Field::new("AttachStderr", attach),
        Field::optional(
            "ExposedPorts",
            unknown(Value::set(&config.exposed), "exposed ports"),
        ),
        Field::new("Tty", host.tty),
        Field::new("OpenStdin", host.open_stdin),
        Field::new("StdinOnce", false),
        Field::new("Env", unknown(Value::some_list(&config.env), "environment")),
        Field::new("Cmd", unknown(words(config.command.as_ref()), "command")),
        Field::optional("Healthcheck", Value::Nil(Kind::Pointer)),
        Field::optional("ArgsEscaped", false),
        Field::new("Image", host.image),
        Field::new("Volumes", unknown(Value::set(&config.volumes), "volumes")),
        Field::new(
            "WorkingDir",
            unknown(config.working_dir.as_str().into(), "working directory"),
        ),
        Field::new(
            "Entrypoint",
            unknown(words(config.entrypoint.as_ref()), "entrypoint"),
        ),
        Field::optional("NetworkDisabled", false),
        Field::optional("MacAddress", ""),
        Field::new("OnBuild", Value::Nil(Kind::List)),
        Field::new("Labels", Value::texts(&config.labels)),
        Field::optional("StopSignal", config.stop_signal.as_str()),
        Field::optional("StopTimeout", host.stop_timeout),
        Field::optional("Shell", Value::Nil(Kind::List)),
    ];
    Value::Struct("container.Config", fields)
}

/// What of a configuration comes from how a container is run.
struct Host<'h> {
    name: &'h str,
    image: &'h str,
    tty: bool,
    open_stdin: bool,
    is_detached: bool,
    stop_timeout: Value,
}

/// A map of values; nil where there are none.
fn map(kind: Kind, entries: BTreeMap<String, Value>) -> Value {
    Value::Map(kind, entries)
}

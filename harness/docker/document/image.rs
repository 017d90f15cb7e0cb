//! What `inspect` shows of an image.

use super::super::daemon::clock::exact;
use super::super::daemon::image::Image;
use super::{Host, config};
use crate::go_template::{Field, Kind, Value};

/// What `inspect` shows of an image.
pub(in super::super) fn image(one: &Image) -> Value {
    let host = Host {
        name: "",
        image: "",
        tty: false,
        open_stdin: false,
        is_detached: true,
        stop_timeout: Value::Nil(Kind::Pointer),
    };
    let unknown = |what: &str| Value::Unknown(format!("the {what} of an image"));
    let fields = vec![
        Field::named("ID", "Id", one.id.as_str()),
        Field::new("RepoTags", Value::list(&one.tags)),
        Field::new("RepoDigests", Value::list(&one.digests)),
        Field::new("Parent", ""),
        Field::new("Comment", one.comment.as_str()),
        Field::new("Created", exact(one.created)),
        Field::new("DockerVersion", ""),
        Field::new("Author", one.author.as_str()),
        Field::new("Config", config(&one.config, !one.is_known, host)),
        Field::new("Architecture", "amd64"),
        Field::optional("Variant", ""),
        Field::new("Os", "linux"),
        Field::optional("OsVersion", ""),
        Field::new("Size", unknown("size")),
        Field::new("GraphDriver", unknown("layers")),
        Field::new("RootFS", unknown("layers")),
        Field::new("Metadata", unknown("metadata")),
    ];
    Value::Struct("types.ImageInspect", fields)
}

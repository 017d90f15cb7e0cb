//! What `inspect` shows of a volume.

use std::collections::BTreeMap;

use super::super::daemon::clock::coarse;
use super::super::daemon::volume::Volume;
use crate::go_template::{Field, Kind, Value};

/// What `inspect` shows of a volume.
pub(in super::super) fn volume(one: &Volume) -> Value {
    let texts = |map: &BTreeMap<String, String>| match map.is_empty() {
        true => Value::Nil(Kind::Map),
        false => Value::texts(map),
    };
    let fields = vec![
        Field::new("CreatedAt", coarse(one.created)),
        Field::new("Driver", one.driver.as_str()),
        Field::new("Labels", texts(&one.labels)),
        Field::new("Mountpoint", one.folder()),
        Field::new("Name", one.name.as_str()),
        Field::new("Options", texts(&one.options)),
        Field::new("Scope", "local"),
    ];
    Value::Struct("volume.Volume", fields)
}

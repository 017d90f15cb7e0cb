//! `plugin.toml` parses and has what plugn reads.

use super::kind::Inspected;
use crate::plugin::{Field, Fields, Finding, Manifest, Place, Plugin};

pub(super) fn inspect(plugin: &Plugin) -> Inspected {
    let mut inspected = Inspected {
        looked_at: 1,
        ..Inspected::default()
    };
    match plugin.manifest() {
        Manifest::Absent => inspected.find(at(None, "is missing")),
        Manifest::Unread(why) => inspected.doubt(at(None, &format!("was not read: {why}"))),
        Manifest::Broken { line, message } => {
            inspected.find(at(*line, &format!("is not TOML: {message}")));
        }
        Manifest::Parsed(fields) => fields_of(fields, &mut inspected),
    }
    inspected
}

fn fields_of(fields: &Fields, inspected: &mut Inspected) {
    if !fields.plugin {
        return inspected.find(at(None, "has no [plugin]"));
    }
    for (name, field) in [
        ("description", &fields.description),
        ("version", &fields.version),
    ] {
        match field {
            Field::Missing => inspected.find(at(None, &format!("has no `{name}` in [plugin]"))),
            Field::NoText(kind) => {
                inspected.find(at(
                    None,
                    &format!("`{name}` is no text, but of type {kind}"),
                ));
            }
            Field::Text(_) if field.text().is_none() => {
                inspected.find(at(None, &format!("`{name}` is empty")));
            }
            Field::Text(_) if field.has_controls() => {
                inspected.doubt(at(None, &format!("`{name}` has control characters")));
            }
            Field::Text(_) => {}
        }
    }
    if !fields.config {
        inspected.find(at(
            None,
            "has no [plugin.config]: plugn complains at every trigger",
        ));
    }
}

fn at(line: Option<u32>, message: &str) -> Finding {
    let place = Place {
        file: "plugin.toml".to_owned(),
        line,
    };
    Finding::new(place, format!("plugin.toml {message}"))
}

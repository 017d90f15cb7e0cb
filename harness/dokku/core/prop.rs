//! `common/prop VERB PLUGIN APP NAME ...`: properties for shell plugins.

use std::io::Write;

use super::failure::Failure;
use super::host::Host;
use super::properties::Properties;
use crate::dokku::{Timeline, Version};

/// Whether what is to be deleted has to be there.
const DELETES_WHAT_IS_THERE: Timeline<bool> =
    Timeline::new(true, &[(Version::new(0, 21, 0), false)]);

/// Answers one call. A verb that there is none of is passed over in silence, as upstream does.
pub(super) fn run(host: &Host, arguments: &[String], out: &mut dyn Write) -> Result<(), Failure> {
    let word = |index: usize| arguments.get(index).map_or("", String::as_str);
    let properties = Properties::new(&host.lib, word(1), word(2));
    let name = word(3);
    match word(0) {
        "get" => shown(properties.get(name).unwrap_or_default(), out),
        "get-with-default" => shown(
            properties.get(name).unwrap_or_else(|| word(4).to_owned()),
            out,
        ),
        "get-all" => listed(&properties.all(""), out),
        "get-all-by-prefix" => listed(&properties.all(name), out),
        "set" => return properties.set(name, word(4)),
        "del" if *DELETES_WHAT_IS_THERE.asked(host.version) && !properties.exists(name) => {
            return Err(properties.kept(name));
        }
        "del" => return properties.delete(name),
        "exists" if !properties.exists(name) => return Err(Failure::Silent(1)),
        "setup" => return Properties::new(&host.lib, word(1), "").set_up(),
        "setup-app" => return properties.set_up(),
        "destroy" => properties.destroy(),
        "clone" => {
            let copy = Properties::new(&host.lib, word(1), word(3));
            for (name, value) in properties.all("") {
                copy.set(&name, &value)?;
            }
        }
        "lrange" => {
            for item in properties.items(name) {
                shown(item, out);
            }
        }
        "llen" => shown(properties.items(name).len().to_string(), out),
        "lindex" => {
            let index = number(word(4), None)?;
            let items = properties.items(name);
            let item = items
                .get(index)
                .ok_or_else(|| Failure::Plain("Index not found".to_owned()))?;
            // An empty item is a line too.
            let _ = writeln!(out, "{item}");
        }
        "lismember" if !properties.items(name).iter().any(|item| item == word(4)) => {
            return Err(Failure::Plain("Value not found".to_owned()));
        }
        "rpush" => return properties.add_item(name, word(4), number(word(5), Some(0))?),
        "lset" => return properties.replace_item(name, word(4), number(word(5), None)?),
        "lrem" => return properties.remove_items(name, |item| item == word(4)),
        "lrem-by-prefix" => return properties.remove_items(name, |item| item.starts_with(word(4))),
        // Upstream reads the plugin as the app and the app as the name, and so do we.
        "lwrite" => {
            let misread = Properties::new(&host.lib, word(1), word(1));
            return misread.set_items(word(2), arguments.get(4..).unwrap_or_default());
        }
        "migrate-config-to-property" => {
            return Err(Failure::unmodelled(
                "`common/prop migrate-config-to-property`",
            ));
        }
        _ => {}
    }
    Ok(())
}

/// A line with the value, if it is not empty. Who closed the stream wants no more of it.
fn shown(value: impl AsRef<str>, out: &mut dyn Write) {
    if !value.as_ref().is_empty() {
        let _ = writeln!(out, "{}", value.as_ref());
    }
}

fn listed(all: &[(String, String)], out: &mut dyn Write) {
    for (name, value) in all {
        let _ = writeln!(out, "{name} {}", value.strip_suffix('\n').unwrap_or(value));
    }
}

/// An index; an empty one is the default, or refused where there is none.
fn number(text: &str, default: Option<usize>) -> Result<usize, Failure> {
    match (text, default) {
        ("", Some(default)) => Ok(default),
        _ => text.parse().map_err(|_| Failure::Silent(1)),
    }
}

/// The versions in which something changed here that the programs ask.
pub(super) fn asked_turns() -> impl Iterator<Item = Version> {
    DELETES_WHAT_IS_THERE.turns().into_iter()
}

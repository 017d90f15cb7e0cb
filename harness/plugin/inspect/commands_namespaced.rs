//! Every command is of the plugin's own name, and none is Dokku's.

use super::kind::Inspected;
use crate::dokku::{Version, core, reserved};
use crate::plugin::{Finding, Plugin};

pub(super) fn inspect(plugin: &Plugin, version: Version) -> Inspected {
    let mut inspected = Inspected::default();
    let own = format!("{}:", plugin.name());
    let name_taken = core::plugins(version).any(|core| core == plugin.name());
    for command in plugin.commands() {
        inspected.looked_at += 1;
        let name = command.name.as_str();
        let taken = reserved(name, version);
        let foreign = name != plugin.name() && !name.starts_with(&own);
        let message = match (taken, foreign) {
            (Some(why), _) => format!("`{name}` is not the plugin's to answer: {why}"),
            (None, true) => format!(
                "`{name}` is not of the plugin's own name `{}`",
                plugin.name()
            ),
            (None, false) if name_taken => format!(
                "`{name}` is in the space of a plugin that Dokku {version} itself comes with"
            ),
            (None, false) => continue,
        };
        inspected.find(Finding {
            place: command.place.clone(),
            message,
            excerpt: None,
        });
    }
    inspected.or_skip("its text names no command")
}

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
        let mut find = |message: String| {
            inspected.find(Finding::new(command.place.clone(), message));
        };
        // Two faults, and each is said: the one is the author's in every version, the other came with a Dokku release.
        let is_foreign = name != plugin.name() && !name.starts_with(&own);
        if is_foreign {
            find(format!(
                "`{name}` is not of the plugin's own name `{}`",
                plugin.name()
            ));
        }
        if let Some(why) = reserved(name, version) {
            find(format!("`{name}` is not the plugin's to answer: {why}"));
        } else if !is_foreign && name_taken {
            find(format!(
                "`{name}` is in the space of a plugin that Dokku {version} itself comes with"
            ));
        }
    }
    inspected.or_skip("its text names no command")
}

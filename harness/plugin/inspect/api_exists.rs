//! What the plugin uses of Dokku exists in that version.

use super::kind::{Inspected, finding};
use crate::dokku::Version;
use crate::plugin::{Certainty, Effect, Finding, Kind, Plugin, Use};

pub(super) fn inspect(plugin: &Plugin, version: Version) -> Inspected {
    let mut inspected = Inspected {
        looked_at: plugin.reached().count(),
        ..Inspected::default()
    };
    for one in plugin.api_uses() {
        if one.works_in(version) || one.effect == Effect::Silent || has_own_rule(one.kind) {
            continue;
        }
        match one.certainty {
            Certainty::Certain => inspected.find(found(plugin, one, one.says(version))),
            Certainty::Unsure(why) => {
                let message = format!("{}: {why}", one.says(version));
                inspected.doubt(found(plugin, one, message));
            }
            Certainty::Guarded => {}
        }
    }
    inspected.doubt_unread(plugin);
    for (file, script) in plugin.reached() {
        if file.text().is_ok_and(|text| text.contains('\u{fffd}')) {
            let message = "has bytes that are not UTF-8: what they spell was not looked at";
            inspected.doubt(finding(file, None, message.to_owned()));
        }
        for (invocation, word) in script.sources() {
            let Some(own) = plugin.own_file(file, script, word) else {
                continue;
            };
            let line = Some(invocation.site.line);
            if own.path == file.path {
                inspected.doubt(finding(file, line, "sources itself".to_owned()));
            } else if let Err(why) = own.script() {
                let message = format!("sources {}, which was not looked at: {why}", own.name);
                inspected.doubt(finding(file, line, message));
            }
        }
    }
    inspected.or_skip("it has no scripts")
}

/// True for what another requirement judges: `triggers-known` and `commands-namespaced`.
fn has_own_rule(kind: Kind) -> bool {
    matches!(kind, Kind::Trigger | Kind::Name)
}

fn found(plugin: &Plugin, one: &Use, message: String) -> Finding {
    let file = plugin
        .files()
        .iter()
        .find(|file| file.name == one.place.file);
    let found = match file {
        Some(file) => finding(file, one.place.line, message),
        None => Finding::new(one.place.clone(), message),
    };
    Finding {
        about: Some(one.name.clone()),
        ..found
    }
}

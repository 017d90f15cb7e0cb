//! What Dokku finds of a plugin by the names of its files, and by its own.

use super::used::{Certainty, Kind, Use};
use crate::dokku::api::{self, Life};
use crate::dokku::{Span, is_taken, releases};
use crate::plugin::reach::SUBCOMMANDS;
use crate::plugin::{FileKind, Place, Plugin, PluginFile};

/// The triggers that the plugin implements, and its name.
pub(super) fn uses(plugin: &Plugin) -> Vec<Use> {
    let hooks = plugin.files().iter().filter(|file| file.executable);
    let mut uses: Vec<Use> = hooks.filter_map(|file| hook(plugin, file)).collect();
    let place = Place {
        file: ".".to_owned(),
        line: None,
    };
    uses.push(Use::new(
        place,
        Kind::Name,
        plugin.name(),
        free(plugin.name()),
        Certainty::Certain,
    ));
    uses
}

fn hook(plugin: &Plugin, file: &PluginFile) -> Option<Use> {
    let FileKind::Trigger(name) = &file.kind else {
        return None;
    };
    // What lies beside its successor, or is another file's helper, is kept on purpose.
    let is_kept = plugin.is_referenced(file)
        || api::trigger::successors(name)
            .any(|successor| plugin.files().iter().any(|other| other.name == successor));
    let place = Place {
        file: file.name.clone(),
        line: None,
    };
    let certainty = if is_kept {
        Certainty::Guarded
    } else {
        Certainty::Certain
    };
    let life = api::trigger::life(name)?;
    Some(Use::new(place, Kind::Trigger, name, life, certainty).silent())
}

/// The versions in which nothing of Dokku's bears the name.
fn free(name: &str) -> Life {
    let taken: Life = releases()
        .iter()
        .filter(|version| is_taken(name, **version))
        .map(|version| Span {
            since: Some(*version),
            until: Some(*version),
        })
        .collect();
    taken.not()
}

/// The versions in which a file is run at all, as far as its place tells.
pub(super) fn run_in(plugin: &Plugin, file: &PluginFile) -> Life {
    match &file.kind {
        FileKind::Trigger(name) if !plugin.is_referenced(file) => {
            api::trigger::life(name).unwrap_or_else(Life::always)
        }
        FileKind::Subcommand(_) if !plugin.answers_by_itself() => Life::from(Span {
            since: Some(SUBCOMMANDS),
            until: None,
        }),
        _ => Life::always(),
    }
}

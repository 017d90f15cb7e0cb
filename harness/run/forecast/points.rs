//! The versions in which something of a plugin's interest changed.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use crate::dokku::{self, Span, Version, api, core, reserved};
use crate::plugin::Plugin;

/// In how many places a scout is run at most.
const SCOUTED: usize = 8;

/// The versions that a forecast tells apart.
#[derive(Clone, Debug)]
pub(super) struct Points {
    /// Both ends of the range, and each version of it in which something changed that the plugin meets, oldest first.
    pub(super) versions: Vec<Version>,
    /// The places of those that are scouted: the ends, of what changed in something that the plugin uses by name as much
    /// as there is room for, and some of what changed for all.
    pub(super) scouted: BTreeSet<usize>,
}

impl Points {
    pub(super) fn of(plugin: &Plugin, range: &RangeInclusive<Version>) -> Self {
        let mut own = core::turns_of(&named_functions(plugin));
        let lives = plugin.api_uses().iter().map(|one| &one.harmless);
        own.extend(lives.flat_map(|life| life.spans().iter().flat_map(Span::turns)));
        if plugin.sources_any_core_file() {
            own.extend(api::file::changes());
        }
        let commands = plugin.commands().iter();
        own.extend(commands.flat_map(|command| reserved::turns_of(&command.name)));
        let mut all = dokku::turns();
        all.extend(&own);
        // Both ends are looked at themselves, so that what is said of an end names it.
        all.extend([*range.start(), *range.end()]);
        all.retain(|point| range.contains(point));
        let versions: Vec<Version> = all.into_iter().collect();
        let places = |is_wanted: &dyn Fn(&Version) -> bool| -> Vec<usize> {
            let all = versions.iter().enumerate();
            all.filter(|(_, version)| is_wanted(version))
                .map(|(place, _)| place)
                .collect()
        };
        let mut scouted: BTreeSet<usize> = [0, versions.len().saturating_sub(1)].into();
        scouted.extend(spread(&places(&|one| own.contains(one)), SCOUTED));
        let rest = SCOUTED.saturating_sub(scouted.len());
        scouted.extend(spread(&places(&|one| !own.contains(one)), rest));
        Self { versions, scouted }
    }
}

/// Not more than so many of these, evenly spread.
fn spread(places: &[usize], most: usize) -> impl Iterator<Item = usize> {
    let count = places.len().min(most);
    (0..count).filter_map(move |index| places.get(index * places.len() / count).copied())
}

/// The core functions that the plugin's text names, in whatever way.
fn named_functions(plugin: &Plugin) -> BTreeSet<&str> {
    let texts = plugin
        .files()
        .iter()
        .filter(|file| file.is_shell() || file.is_entry())
        .filter_map(|file| file.text().ok());
    let words: BTreeSet<&str> = texts.flat_map(core::words_in).collect();
    let known = core::functions().iter().map(|function| function.name);
    known.filter(|name| words.contains(name)).collect()
}

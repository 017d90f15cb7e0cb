//! The versions in which something of a plugin's interest changed.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use super::super::unchanged::own_turns;
use crate::dokku::{self, Version};
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
        let own = own_turns(plugin);
        let mut all: BTreeSet<Version> = dokku::turns().iter().map(|turn| turn.at).collect();
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

//! The versions in which something of a plugin's interest changed.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use crate::dokku::{self, Version, core, triggers};
use crate::plugin::{FileKind, Plugin};

/// How many of the points that every plugin meets lie between two that are scouted.
const STRIDE: usize = 8;

/// The versions that a forecast tells apart.
#[derive(Clone, Debug)]
pub(super) struct Points {
    /// The first version of the range, and each of it in which something changed that the plugin meets, oldest first.
    pub(super) versions: Vec<Version>,
    /// The places of those that are scouted: the ends, what changed in something that the plugin uses by name, and some
    /// of what changed for all.
    pub(super) scouted: BTreeSet<usize>,
}

impl Points {
    pub(super) fn of(plugin: &Plugin, range: &RangeInclusive<Version>) -> Self {
        let mut own = core::turns_of(&named_functions(plugin));
        own.extend(turns_of_triggers(plugin));
        own.extend(turns_of_name(plugin.name()));
        let mut all = dokku::turns();
        all.extend(&own);
        all.insert(*range.start());
        all.retain(|point| range.contains(point));
        let versions: Vec<Version> = all.into_iter().collect();
        let last = versions.len().saturating_sub(1);
        let scouted = versions.iter().enumerate().filter(|(place, version)| {
            *place == last || place % STRIDE == 0 || own.contains(version)
        });
        Self {
            scouted: scouted.map(|(place, _)| place).collect(),
            versions,
        }
    }
}

/// The core functions that the plugin's text names, in whatever way.
fn named_functions(plugin: &Plugin) -> BTreeSet<&str> {
    let texts = plugin
        .files()
        .iter()
        .filter(|file| file.is_shell() || file.is_entry())
        .filter_map(|file| file.text().ok());
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-';
    let words: BTreeSet<&str> = texts
        .flat_map(|text| text.split(move |letter| !is_letter(letter)))
        .collect();
    let known = core::functions().iter().map(|function| function.name);
    known.filter(|name| words.contains(name)).collect()
}

fn turns_of_triggers(plugin: &Plugin) -> impl Iterator<Item = Version> {
    let names = plugin.files().iter().filter_map(|file| match &file.kind {
        FileKind::Trigger(name) => Some(name),
        _ => None,
    });
    names.flat_map(|name| {
        let lives = [triggers::span(name), triggers::absence(name)];
        lives.into_iter().flatten().flat_map(|span| span.turns())
    })
}

/// The versions in which Dokku took the plugin's name for one of its own, or gave it up.
fn turns_of_name(name: &str) -> Vec<Version> {
    let is_taken = |version: Version| {
        core::plugins(version).any(|core| core == name)
            || dokku::reserved(name, version).is_some()
            || dokku::reserved(&format!("{name}:help"), version).is_some()
    };
    let releases = dokku::releases();
    let pairs = releases.iter().zip(releases.iter().skip(1));
    pairs
        .filter(|(one, next)| is_taken(**one) != is_taken(**next))
        .map(|(_, next)| *next)
        .collect()
}

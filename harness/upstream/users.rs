//! Which plugins use what changed.

use std::collections::BTreeSet;

use crate::dokku::surface::{Change, Changes, Facet, Surface, What};
use crate::plugin::{Certainty, Place, Plugin, Reference};

/// A place in a plugin that uses what changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The plugin's label.
    pub plugin: String,
    /// What kind of thing it uses.
    pub facet: Facet,
    /// Its name.
    pub name: String,
    /// Where.
    pub place: Place,
    /// How much hangs on it.
    pub hold: Hold,
}

/// How much of a plugin hangs on what it uses.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hold {
    /// It is reached, and nothing stands between its absence and a failure.
    Plain,
    /// The text does not tell whether it is reached, for this reason.
    Unsure(String),
    /// The plugin asks first, or does something else where it fails.
    Guarded,
}

impl Hold {
    fn of(certainty: Certainty) -> Self {
        match certainty {
            Certainty::Certain => Self::Plain,
            Certainty::Unsure(why) => Self::Unsure(why.to_owned()),
            Certainty::Guarded => Self::Guarded,
        }
    }
}

/// Where plugins, each with its label, use what a change takes from them or gives in another way: in the order of the
/// changes, then of the plugins. A call of a function that is somewhere else now, in a script that has sourced that too, is
/// no use of what changed.
#[must_use]
pub fn users<'p>(
    plugins: impl IntoIterator<Item = (&'p str, &'p Plugin)>,
    changes: &Changes,
    new: &Surface,
) -> Vec<User> {
    let breaking = || changes.changes.iter().filter(|change| concerns(change));
    let wanted: BTreeSet<(Facet, String)> = breaking()
        .map(|change| (change.facet, change.name.clone()))
        .collect();
    let found: Vec<(&str, Vec<Reference>)> = plugins
        .into_iter()
        .map(|(label, plugin)| (label, plugin.references(&wanted)))
        .collect();
    breaking()
        .flat_map(|change| {
            found
                .iter()
                .flat_map(move |(label, references)| of_change(change, label, references, new))
        })
        .collect()
}

/// True if the text of a plugin can tell that it uses what changed: a name of one word is anybody's, and no function's.
fn concerns(change: &Change) -> bool {
    let is_own_name = change.facet != Facet::Function || change.name.contains(['_', '-']);
    change.may_break() && is_own_name
}

fn of_change<'r>(
    change: &'r Change,
    label: &'r str,
    references: &'r [Reference],
    new: &'r Surface,
) -> impl Iterator<Item = User> {
    let is_it = move |one: &&Reference| one.facet == change.facet && one.name == change.name;
    let has_still = move |one: &&Reference| {
        let moved = matches!(change.what, What::Moved { .. }) && one.facet == Facet::Function;
        let sourced = one.sourced.as_ref().filter(|_| moved);
        sourced.is_some_and(|files| new.brings(files.iter().map(String::as_str), &one.name))
    };
    references
        .iter()
        .filter(is_it)
        .filter(move |one| !has_still(one))
        .map(move |one| User {
            plugin: label.to_owned(),
            facet: one.facet,
            name: one.name.clone(),
            place: one.place.clone(),
            hold: match one.reached.contains(new.version) {
                true => Hold::of(one.certainty),
                false => Hold::Guarded,
            },
        })
}

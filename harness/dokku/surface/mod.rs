//! What a Dokku offers to plugins, as one thing that can be held against another: its API surface.
//!
//! That of a release is made from this program's own tables, [`Surface::of_release`]. That of a tree is read from its
//! files, which others do and put in here. What one way of looking can't tell is no difference to what the other tells.

mod arguments;
mod change;
mod command;
mod facet;
mod release;

use std::collections::{BTreeMap, BTreeSet};

pub use arguments::arguments;
pub use change::{Change, Changes, What};
pub use command::command_of;
pub use facet::Facet;
pub use release::{APP_MISSING, path_name};

use super::Version;
use super::core::Audience;

/// What a Dokku offers to plugins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Surface {
    /// The version that it is of, or else the one that it is taken for.
    pub version: Version,
    /// Where it was read.
    pub source: Source,
    /// What could not be told, in a sentence each.
    pub gaps: Vec<String>,
    items: BTreeMap<Facet, BTreeMap<String, Item>>,
    /// The core files that each core file sources.
    sourced: BTreeMap<String, BTreeSet<String>>,
    /// The facets that it does not tell of, beside those that no surface of its source does.
    silent: BTreeSet<Facet>,
    /// What only running tells of a facet that is told otherwise.
    untold: BTreeSet<(Facet, String)>,
}

/// Where a surface was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// In this program's own tables.
    Tables,
    /// In the files of a real Dokku.
    Tree,
}

/// One thing that a Dokku offers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Item {
    /// Where it is: the core files that define a function, the place of a file that Dokku keeps. Empty where its name
    /// says it all.
    pub places: BTreeSet<String>,
    /// How it is used, if that can be told.
    pub manner: Option<Manner>,
    /// Whom it is for, if that is known.
    pub audience: Option<Audience>,
}

/// How something is used, in a text that is only compared with one from such a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Manner {
    /// The arguments of a trigger as the documentation has them.
    Documented(String),
    /// The arguments that scripts call a trigger with.
    Called(String),
    /// A value, as the tables have it.
    Value(String),
    /// A value, as a script writes it.
    Written(String),
}

impl Manner {
    /// Its text.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Documented(text)
            | Self::Called(text)
            | Self::Value(text)
            | Self::Written(text) => text,
        }
    }

    /// True if both are from such a place that a difference of theirs is one of Dokku.
    fn is_comparable(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

impl Item {
    /// What is at these places.
    #[must_use]
    pub fn at(places: impl IntoIterator<Item = String>) -> Self {
        Self {
            places: places.into_iter().collect(),
            ..Self::default()
        }
    }

    /// What is used so.
    #[must_use]
    pub fn used(manner: Option<Manner>) -> Self {
        Self {
            manner,
            ..Self::default()
        }
    }
}

impl Surface {
    /// That of a tree that is taken for this version, with nothing in it yet.
    #[must_use]
    pub fn of_tree(version: Version) -> Self {
        Self::empty(version, Source::Tree)
    }

    fn empty(version: Version, source: Source) -> Self {
        Self {
            version,
            source,
            gaps: Vec::new(),
            items: BTreeMap::new(),
            sourced: BTreeMap::new(),
            silent: BTreeSet::new(),
            untold: BTreeSet::new(),
        }
    }

    /// True if this way of looking tells of such things.
    #[must_use]
    pub fn tells(&self, facet: Facet) -> bool {
        let is_told = self.source == Source::Tables || Facet::IN_A_TREE.contains(&facet);
        is_told && !self.silent.contains(&facet)
    }

    /// Says that nothing is known of a kind of things.
    pub fn leave_out(&mut self, facet: Facet) {
        self.silent.insert(facet);
    }

    /// Puts something in. Where it is there already it has the places of both.
    pub fn put(&mut self, facet: Facet, name: impl Into<String>, item: Item) {
        let known = self.items.entry(facet).or_default().entry(name.into());
        let known = known.or_default();
        known.places.extend(item.places);
        known.manner = item.manner.or(known.manner.take());
        // What one of its places is for plugins is for them.
        known.audience = match (known.audience, item.audience) {
            (Some(Audience::Plugins), _) | (_, Some(Audience::Plugins)) => Some(Audience::Plugins),
            (known, new) => known.or(new),
        };
    }

    /// Says that nothing is known of one thing among others of its kind that are.
    pub fn leave_open(&mut self, facet: Facet, name: impl Into<String>) {
        self.untold.insert((facet, name.into()));
    }

    /// Says that one core file sources another.
    pub fn link(&mut self, from: impl Into<String>, to: impl Into<String>) {
        self.sourced
            .entry(from.into())
            .or_default()
            .insert(to.into());
    }

    /// Something that it has.
    #[must_use]
    pub fn get(&self, facet: Facet, name: &str) -> Option<&Item> {
        self.items.get(&facet)?.get(name)
    }

    /// All of a kind that it has, by name.
    pub fn all(&self, facet: Facet) -> impl Iterator<Item = (&str, &Item)> {
        let items = self.items.get(&facet).into_iter().flatten();
        items.map(|(name, item)| (name.as_str(), item))
    }

    /// True if a script that sources these core files has a function of this name, from them or what they source in turn.
    #[must_use]
    pub fn brings<'n>(&self, files: impl IntoIterator<Item = &'n str>, function: &str) -> bool {
        let Some(item) = self.get(Facet::Function, function) else {
            return false;
        };
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        let mut waiting: Vec<&str> = files.into_iter().collect();
        while let Some(file) = waiting.pop() {
            if item.places.contains(file) {
                return true;
            }
            if self.get(Facet::File, file).is_some() && seen.insert(file) {
                let more = self.sourced.get(file).into_iter().flatten();
                waiting.extend(more.map(String::as_str));
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_comes_with_the_file_that_is_sourced_or_with_what_that_sources() {
        let mut surface = Surface::of_tree(Version::NEWEST);
        for file in ["a/functions", "b/functions"] {
            surface.put(Facet::File, file, Item::default());
        }
        surface.put(Facet::Function, "f_b", Item::at(["b/functions".to_owned()]));
        surface.link("a/functions", "b/functions");
        surface.link("b/functions", "a/functions");
        assert!(surface.brings(["a/functions"], "f_b"));
        assert!(!surface.brings(["c/functions"], "f_b"));
        assert!(!surface.brings(["a/functions"], "f_a"));
    }

    #[test]
    fn what_is_put_in_twice_is_in_both_places_and_for_whoever_it_is_for_in_one() {
        let mut surface = Surface::of_tree(Version::NEWEST);
        for (file, audience) in [("a", Audience::Plugins), ("b", Audience::Help)] {
            let item = Item {
                audience: Some(audience),
                ..Item::at([file.to_owned()])
            };
            surface.put(Facet::Function, "f_x", item);
        }
        let item = surface.get(Facet::Function, "f_x").unwrap();
        assert_eq!(item.places.len(), 2);
        assert_eq!(item.audience, Some(Audience::Plugins));
    }
}

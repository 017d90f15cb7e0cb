//! One surface held against another.

use std::collections::{BTreeMap, BTreeSet};

use super::{Facet, Item, Manner, Source, Surface, path_name};
use crate::dokku::core::Audience;
use crate::dokku::{Version, api, releases};

/// Something that one Dokku offers in another way than the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What kind of thing.
    pub facet: Facet,
    /// Its name.
    pub name: String,
    /// What became of it.
    pub what: What,
    /// Where it was before, as far as that is more than its name says: the core files of a function that is gone.
    pub places: BTreeSet<String>,
    /// What takes its place in the newer Dokku, in a few words, if something does.
    pub instead: Option<String>,
    /// The first version that is so, if both are releases.
    pub since: Option<Version>,
    /// Whom it is for, if that is known.
    pub audience: Option<Audience>,
}

/// What became of something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// The older Dokku does not have it.
    Added,
    /// The newer Dokku does not have it.
    Removed,
    /// It is used in another way.
    Changed {
        /// The way in the older one.
        from: String,
        /// The way in the newer one.
        to: String,
    },
    /// It is somewhere else.
    Moved {
        /// Where it was and is no more.
        from: String,
        /// Where it is.
        to: String,
    },
}

impl What {
    /// The word for it.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed { .. } => "changed",
            Self::Moved { .. } => "moved",
        }
    }
}

impl Change {
    /// True unless it is known to be Dokku's own affair.
    #[must_use]
    pub fn is_for_plugins(&self) -> bool {
        !matches!(self.audience, Some(Audience::Core | Audience::Help))
    }

    /// True if a plugin that relied on it may have to change.
    #[must_use]
    pub fn may_break(&self) -> bool {
        match self.facet {
            // A name that Dokku takes is none that another plugin can have.
            Facet::Plugin => self.what == What::Added,
            // A further definition takes nothing away.
            Facet::Function => matches!(self.what, What::Removed | What::Moved { .. }),
            _ => self.what != What::Added,
        }
    }
}

/// All that two Dokkus differ in, as far as both are told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// The changes: by kind, then by name.
    pub changes: Vec<Change>,
    /// The kinds of things that were not compared, since one side does not tell of them.
    pub left_out: Vec<Facet>,
    /// What else could not be told or compared, in a sentence each.
    pub gaps: Vec<String>,
}

impl Changes {
    /// What changed from the one to the other.
    #[must_use]
    pub fn between(old: &Surface, new: &Surface) -> Self {
        let (told, left_out): (Vec<Facet>, Vec<Facet>) = Facet::ALL
            .iter()
            .partition(|facet| old.tells(**facet) && new.tells(**facet));
        let mut changes: Vec<Change> = told
            .iter()
            .flat_map(|facet| of_facet(*facet, old, new))
            .collect();
        date(&mut changes, old, new);
        let mut gaps = of_both(&old.gaps, &new.gaps);
        gaps.extend(uncompared(&told, old, new));
        Self {
            changes,
            left_out,
            gaps,
        }
    }

    /// The change of this thing, if it changed.
    #[must_use]
    pub fn of(&self, facet: Facet, name: &str) -> Option<&Change> {
        let mut changes = self.changes.iter();
        changes.find(|one| one.facet == facet && one.name == name)
    }
}

fn of_facet(facet: Facet, old: &Surface, new: &Surface) -> Vec<Change> {
    let names: BTreeSet<&str> = [old, new]
        .iter()
        .flat_map(|side| side.all(facet).map(|(name, _)| name))
        .collect();
    let is_told = |name: &&str| {
        let key = (facet, (*name).to_owned());
        !old.untold.contains(&key) && !new.untold.contains(&key)
    };
    names
        .into_iter()
        .filter(is_told)
        .filter_map(|name| {
            let (before, after) = (old.get(facet, name), new.get(facet, name));
            let what = what(before, after)?;
            let audience = [before, after]
                .into_iter()
                .flatten()
                .filter_map(|item| item.audience)
                .min_by_key(|audience| *audience != Audience::Plugins);
            // What each help defines for itself is nowhere else where one of them goes.
            let is_kept = matches!(what, What::Changed { .. } | What::Moved { .. });
            if audience == Some(Audience::Help) && is_kept {
                return None;
            }
            let gone = match what {
                What::Removed if facet == Facet::Function => before.map(|item| item.places.clone()),
                _ => None,
            };
            Some(Change {
                facet,
                name: name.to_owned(),
                instead: instead(facet, name, &what, new),
                what,
                places: gone.unwrap_or_default(),
                since: None,
                audience,
            })
        })
        .collect()
}

fn what(before: Option<&Item>, after: Option<&Item>) -> Option<What> {
    let (before, after) = match (before, after) {
        (None, None) => return None,
        (None, Some(_)) => return Some(What::Added),
        (Some(_), None) => return Some(What::Removed),
        (Some(before), Some(after)) => (before, after),
    };
    let list = |places: &BTreeSet<String>| places.iter().cloned().collect::<Vec<_>>().join(", ");
    if before.places != after.places {
        let gone: BTreeSet<String> = before.places.difference(&after.places).cloned().collect();
        let come: BTreeSet<String> = after.places.difference(&before.places).cloned().collect();
        let to = if come.is_empty() {
            &after.places
        } else {
            &come
        };
        return Some(match gone.is_empty() {
            true => What::Changed {
                from: list(&before.places),
                to: list(&after.places),
            },
            false => What::Moved {
                from: list(&gone),
                to: list(to),
            },
        });
    }
    let (from, to) = (before.manner.as_ref()?, after.manner.as_ref()?);
    (from.is_comparable(to) && from != to).then(|| What::Changed {
        from: from.text().to_owned(),
        to: to.text().to_owned(),
    })
}

/// What takes the place of what is gone, as far as the tables know.
fn instead(facet: Facet, name: &str, what: &What, new: &Surface) -> Option<String> {
    let entry = |entries: &[api::Entry]| {
        let is_it = |entry: &&api::Entry| match facet {
            Facet::Path => path_name(entry.name) == name,
            _ => entry.name == name,
        };
        let entry = entries.iter().find(is_it);
        entry
            .map(|entry| entry.instead)
            .filter(|advice| !advice.is_empty() && api::is_possible(advice, new.version))
    };
    if *what == What::Added {
        return None;
    }
    let advice = match facet {
        Facet::Function if *what == What::Removed => api::instead("function", name, new.version),
        Facet::File => api::instead("file", name, new.version),
        Facet::Variable => api::instead("variable", name, new.version),
        Facet::Command => entry(api::commands()),
        Facet::Path => entry(api::paths()),
        Facet::Setting => entry(api::settings()),
        Facet::Form => api::form(name).map(|form| form.instead),
        Facet::Trigger if *what == What::Removed => {
            let successors: Vec<&str> = api::trigger::successors(name)
                .filter(|successor| new.get(Facet::Trigger, successor).is_some())
                .collect();
            let took = (!successors.is_empty())
                .then(|| format!("implement {} in its place", successors.join(" or ")));
            return took.or_else(|| api::instead("call", name, new.version).map(str::to_owned));
        }
        _ => None,
    };
    advice.map(str::to_owned)
}

/// Finds the version since which each change holds, where both sides are releases and the second is the newer.
fn date(changes: &mut [Change], old: &Surface, new: &Surface) {
    if old.source == Source::Tree || new.source == Source::Tree {
        return;
    }
    let place = |wanted| releases().iter().position(|one| *one == wanted);
    let (Some(first), Some(last)) = (place(old.version), place(new.version)) else {
        return;
    };
    if last <= first {
        return;
    }
    let mut open: BTreeMap<usize, Version> =
        (0..changes.len()).map(|at| (at, new.version)).collect();
    let between = releases().get(first + 1..last).unwrap_or_default();
    for version in between.iter().rev() {
        let surface = Surface::of_release(*version);
        open.retain(|at, since| {
            let Some(change) = changes.get_mut(*at) else {
                return false;
            };
            let name = &change.name;
            let is_so = surface.get(change.facet, name) == new.get(change.facet, name);
            match is_so {
                true => *since = *version,
                false => change.since = Some(*since),
            }
            is_so
        });
        if open.is_empty() {
            return;
        }
    }
    for (at, since) in open {
        if let Some(change) = changes.get_mut(at) {
            change.since = Some(since);
        }
    }
}

/// What can't be told of both sides, then of one alone.
fn of_both(old: &[String], new: &[String]) -> Vec<String> {
    let only = |which: &str, gaps: &[String], than: &[String]| {
        let only = gaps.iter().filter(|gap| !than.contains(gap));
        only.map(|gap| format!("of the {which} Dokku: {gap}"))
            .collect::<Vec<_>>()
    };
    let both = old.iter().filter(|gap| new.contains(gap)).cloned();
    both.chain(only("older", old, new))
        .chain(only("newer", new, old))
        .collect()
}

/// What both sides have and only one tells the manner of, or each in its own way.
fn uncompared(told: &[Facet], old: &Surface, new: &Surface) -> Vec<String> {
    let count = |facet: Facet| {
        let both = old.all(facet).filter_map(|(name, before)| {
            let after = new.get(facet, name)?;
            Some((before.manner.as_ref(), after.manner.as_ref()))
        });
        let is_open = |pair: &(Option<&Manner>, Option<&Manner>)| match pair {
            (Some(one), Some(other)) => !one.is_comparable(other),
            (None, None) => facet == Facet::Trigger,
            _ => true,
        };
        both.filter(is_open).count()
    };
    let what = |facet| match facet {
        Facet::Trigger => Some("arguments"),
        Facet::Variable => Some("values"),
        _ => None,
    };
    told.iter()
        .filter_map(|facet| Some((what(*facet)?, count(*facet), *facet)))
        .filter(|(_, count, _)| *count > 0)
        .map(|(what, count, facet)| {
            let noun = if count == 1 {
                facet.as_str()
            } else {
                facet.plural()
            };
            format!("the {what} of {count} {noun} could not be compared")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn between(old: &str, new: &str) -> Changes {
        let of = |version: &str| Surface::of_release(version.parse().unwrap());
        Changes::between(&of(old), &of(new))
    }

    #[test]
    fn a_release_differs_from_itself_in_nothing() {
        for version in releases() {
            let surface = Surface::of_release(*version);
            let changes = Changes::between(&surface, &surface);
            assert_eq!(changes.changes, [], "{version}");
            assert_eq!(changes.left_out, []);
        }
    }

    #[test]
    fn what_went_came_and_moved_is_told_with_its_version() {
        let changes = between("0.20.0", "0.22.0");
        let gone = changes.of(Facet::Function, "ps_restart").unwrap();
        assert_eq!(gone.what, What::Removed);
        assert_eq!(gone.since, Some(Version::new(0, 22, 0)));
        assert_eq!(gone.places, ["ps/functions".to_owned()].into());
        assert!(gone.is_for_plugins() && gone.may_break());
        let changes = between("0.37.10", "0.38.0");
        let moved = changes.of(Facet::Path, "$DOKKU_ROOT/*/ENV").unwrap();
        let expected = What::Moved {
            from: "$DOKKU_ROOT/*/ENV".to_owned(),
            to: "$DOKKU_LIB_ROOT/config/*/ENV".to_owned(),
        };
        assert_eq!(moved.what, expected);
        assert!(moved.instead.is_some());
        let file = changes.of(Facet::File, "docker-options/functions").unwrap();
        assert_eq!(file.what, What::Removed);
        let changes = between("0.4.14", "0.5.0");
        let moved = changes.of(Facet::Function, "is_app_vhost_enabled").unwrap();
        assert!(matches!(&moved.what, What::Moved { to, .. } if to == "common/functions"));
        let changes = between("0.23.9", "0.24.0");
        let status = changes
            .changes
            .iter()
            .find(|one| one.facet == Facet::Status);
        let expected = What::Changed {
            from: "1".to_owned(),
            to: "20".to_owned(),
        };
        assert_eq!(status.unwrap().what, expected);
    }

    #[test]
    fn arguments_are_compared_where_both_tell_them_alike() {
        let surface = |manner: Option<Manner>| {
            let mut surface = Surface::of_tree(Version::NEWEST);
            surface.put(Facet::Trigger, "post-deploy", Item::used(manner));
            surface
        };
        let documented = |text: &str| surface(Some(Manner::Documented(text.to_owned())));
        let changes = Changes::between(&documented("APP"), &documented("APP PORT"));
        assert_eq!(changes.changes.len(), 1);
        assert_eq!(changes.gaps, [""; 0]);
        let called = surface(Some(Manner::Called("APP PORT".to_owned())));
        for other in [called, surface(None)] {
            let changes = Changes::between(&documented("APP"), &other);
            assert_eq!(changes.changes, []);
            assert_eq!(
                changes.gaps,
                ["the arguments of 1 trigger could not be compared"]
            );
        }
    }

    #[test]
    fn of_a_tree_only_what_a_tree_can_tell_is_compared() {
        let release = Surface::of_release(Version::NEWEST);
        let changes = Changes::between(&release, &Surface::of_tree(Version::NEWEST));
        assert!(changes.left_out.contains(&Facet::Path));
        assert!(changes.changes.iter().all(|one| one.facet != Facet::Path));
        assert!(changes.changes.iter().all(|one| one.since.is_none()));
    }
}

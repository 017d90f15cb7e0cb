//! The surface of a release, from this program's tables.

use std::collections::BTreeSet;

use super::arguments::documented;
use super::{Facet, Item, Manner, Source, Surface, command_of};
use crate::dokku::core::{self, Audience, table};
use crate::dokku::{Version, api, environment, statuses, triggers};

/// Where what Dokku keeps lies since a version in which it moved. Beside the versions that it lay at its first place.
const MOVES: &str = include_str!("../data/api/path_moves.tsv");

/// What the functions export that the dispatcher calls before it looks for the plugin that answers.
const EXPORTS: &str = include_str!("../data/api/exports.tsv");

impl Surface {
    /// That of a release.
    #[must_use]
    pub fn of_release(version: Version) -> Self {
        let mut surface = Self::empty(version, Source::Tables);
        functions(&mut surface, version);
        files(&mut surface, version);
        for name in triggers::names().filter(|name| triggers::exists(name, version)) {
            let text = documented(name, version).map(|text| Manner::Documented(text.to_owned()));
            surface.put(Facet::Trigger, name, Item::used(text));
        }
        variables(&mut surface, version);
        for name in api::commands_in(version, command_of) {
            surface.put(Facet::Command, name, Item::default());
        }
        for (name, status) in [
            ("DOKKU_NOT_IMPLEMENTED_EXIT", statuses::NOT_IMPLEMENTED),
            ("DOKKU_VALID_EXIT", statuses::VALID),
            (APP_MISSING, statuses::app_missing(version)),
        ] {
            let value = Manner::Value(status.to_string());
            surface.put(Facet::Status, name, Item::used(Some(value)));
        }
        paths(&mut surface, version);
        for entry in (api::settings().iter()).filter(|one| one.life.contains(version)) {
            surface.put(Facet::Setting, entry.name, Item::default());
        }
        for (name, form) in api::forms().filter(|(_, form)| form.life.contains(version)) {
            let manner = Manner::Value(form.what.to_owned());
            surface.put(Facet::Form, name, Item::used(Some(manner)));
        }
        for name in core::plugins(version) {
            surface.put(Facet::Plugin, name, Item::default());
        }
        surface
    }
}

/// What the status is called that `verify_app_name` ends with for an app that does not exist.
pub const APP_MISSING: &str = "verify_app_name of a missing app";

fn functions(surface: &mut Surface, version: Version) {
    for function in core::functions_in(version) {
        let item = Item {
            audience: Some(function.audience),
            ..Item::at([function.file.to_owned()])
        };
        surface.put(Facet::Function, function.name, item);
    }
}

/// The core files, each for whom its functions are.
fn files(surface: &mut Surface, version: Version) {
    for path in api::file::paths_in(version) {
        let of_it = |audience: Audience| {
            let mut functions = core::functions_in(version);
            functions.any(|one| one.file == path && one.audience == audience)
        };
        let audience = [Audience::Plugins, Audience::Core, Audience::Help]
            .into_iter()
            .find(|one| of_it(*one));
        let item = Item {
            audience,
            ..Item::default()
        };
        surface.put(Facet::File, path, item);
        for (to, span) in api::file::sourced(path) {
            if span.contains(version) {
                surface.link(path, to);
            }
        }
    }
}

fn variables(surface: &mut Surface, version: Version) {
    for (name, text) in environment::exported_in(version) {
        surface.put(Facet::Variable, name, Item::used(Some(Manner::Value(text))));
    }
    for row in table::rows(EXPORTS) {
        if let Some([name, first, last]) = table::cells(row)
            && table::span(first, last).is_some_and(|span| span.contains(version))
        {
            surface.put(Facet::Variable, name, Item::default());
        }
    }
}

fn paths(surface: &mut Surface, version: Version) {
    let moves = || table::rows(MOVES).filter_map(table::cells::<3>);
    let targets: BTreeSet<&str> = moves().map(|[_, _, place]| place).collect();
    for entry in api::paths() {
        let moved = moves().find(|[path, since, _]| {
            *path == entry.name && table::span(since, "").is_some_and(|span| span.contains(version))
        });
        let place = match (entry.life.contains(version), moved) {
            (true, _) => entry.name,
            (false, Some([_, _, place])) => place,
            (false, None) => continue,
        };
        // What is the new place of another is told with that.
        if !targets.contains(entry.name) {
            surface.put(
                Facet::Path,
                path_name(entry.name),
                Item::at([path_name(place)]),
            );
        }
    }
}

/// A path of the tables as scripts write it, and as a surface calls it.
#[must_use]
pub fn path_name(path: &str) -> String {
    path.replacen("$ROOT/", "$DOKKU_ROOT/", 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_move_is_of_a_path_that_went_in_that_version() {
        for row in table::rows(MOVES) {
            let [path, since, _] = table::cells(row).unwrap();
            let since: Version = since.parse().unwrap();
            let entry = api::paths().iter().find(|one| one.name == path).unwrap();
            assert!(!entry.life.contains(since), "{row}");
            assert!(entry.life.contains(since.previous().unwrap()), "{row}");
        }
    }

    #[test]
    fn every_export_is_read_and_agrees_with_what_plugins_are_held_to() {
        for row in table::rows(EXPORTS) {
            let [name, first, last] = table::cells(row).unwrap();
            let span = table::span(first, last).unwrap();
            if let Some(known) = api::variable(name) {
                assert_eq!(known.life, api::Life::from(span), "{name}");
            }
        }
    }

    #[test]
    fn a_release_has_what_its_tables_say() {
        let old = Surface::of_release("0.21.4".parse().unwrap());
        let new = Surface::of_release("0.22.0".parse().unwrap());
        assert!(old.get(Facet::Function, "ps_restart").is_some());
        assert!(new.get(Facet::Function, "ps_restart").is_none());
        assert!(new.get(Facet::Command, "ps:restart").is_some());
        assert!(old.get(Facet::Command, "ps:restartall").is_some());
        assert!(new.get(Facet::Command, "ps:restartall").is_none());
        assert!(new.get(Facet::Trigger, "release-and-deploy").is_some());
        assert!(new.brings(["ps/functions"], "verify_app_name"));
        for facet in Facet::ALL {
            assert!(
                new.tells(*facet) && new.all(*facet).next().is_some(),
                "{facet}"
            );
        }
    }
}

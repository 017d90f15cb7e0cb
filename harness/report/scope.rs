//! What a record is about, as its cases speak of it.

use std::collections::{HashMap, HashSet};

use super::Header;
use crate::dokku::Version;
use crate::run;
use crate::spec::Level;

/// The plugins, Dokku versions and requirements of a record.
#[derive(Debug)]
pub(super) struct Scope<'h> {
    plugins: HashSet<&'h str>,
    versions: HashSet<Version>,
    /// The level of each requirement, by the plugin that brings it along, if one does, and its id.
    rules: HashMap<(Option<&'h str>, &'h str), Level>,
}

impl<'h> Scope<'h> {
    /// That of the record with this header.
    pub(super) fn of(header: &'h Header) -> Self {
        let rules = header.requirements.iter();
        // What is asked of every run is a requirement also of one that did not say so.
        let of_runs = [run::source(), run::expectations()].into_iter().flatten();
        let of_runs = of_runs.map(|rule| ((None, rule.id.as_str()), rule.level));
        let own = rules.map(|rule| ((rule.plugin.as_deref(), &*rule.id), rule.level));
        Self {
            plugins: header.plugins.iter().map(|one| &*one.label).collect(),
            versions: header.dokku.iter().copied().collect(),
            rules: of_runs.chain(own).collect(),
        }
    }

    /// True if it is about a plugin with this label.
    pub(super) fn has_plugin(&self, label: &str) -> bool {
        self.plugins.contains(label)
    }

    /// True if it is about this Dokku version.
    pub(super) fn has_version(&self, version: Version) -> bool {
        self.versions.contains(&version)
    }

    /// The level of a requirement that a plugin is held to, its own or else one of all; none if it is not asked.
    pub(super) fn level(&self, plugin: &str, id: &str) -> Option<Level> {
        let own = self.rules.get(&(Some(plugin), id));
        own.or_else(|| self.rules.get(&(None, id))).copied()
    }
}

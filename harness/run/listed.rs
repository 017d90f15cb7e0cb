//! A plugin of a list, as a check takes it.

use std::path::PathBuf;
use std::sync::Arc;

use rayon::prelude::*;

use super::check::{known_failures, requirements};
use super::{Check, CheckError, Checked, Options, Provenance};
use crate::dokku::Version;
use crate::plugin::Plugin;
use crate::spec::{KnownFailures, ListedFailures, Requirement};

/// A plugin of a list, brought or not.
#[derive(Debug)]
pub struct Listed {
    /// What the list calls it: no other of the list is called so.
    pub label: String,
    /// Where it is to be had, in the list's words.
    pub from: String,
    /// Its directory, or why there is none.
    pub place: Result<PathBuf, String>,
    /// The name that it is installed under, if the list says so.
    pub name: Option<String>,
    /// The Dokku versions that it alone is checked in; those of the check for none.
    pub versions: Vec<Version>,
    /// What the list expects to fail of it.
    pub known: Option<ListedFailures>,
    /// Where it came from.
    pub provenance: Provenance,
}

impl Check {
    /// The check of the plugins of a list. What speaks against one of them is that one's alone: there is nothing to check of
    /// it then, which its provenance says.
    ///
    /// # Errors
    /// What speaks against all of them: broken specs, or a requirement that does not exist.
    pub fn of_list(listed: Vec<Listed>, options: &Options) -> Result<Self, CheckError> {
        let rules = requirements(options.specs.as_deref())?;
        options.selection.of(rules.clone())?;
        let known = options.expectations.as_deref();
        let known = known.map(known_failures).transpose()?;
        let open = |listed: Listed| Checked::of_list(listed, &rules, options, known.as_ref());
        let plugins: Vec<Checked> = listed.into_par_iter().map(open).collect();
        let versions = match options.versions.all() {
            [] => vec![Version::NEWEST],
            versions => versions.to_vec(),
        };
        let names = plugins.iter().map(|checked| checked.plugin.name());
        let names: Vec<&str> = names.collect();
        let doubts = known.map_or_else(Vec::new, |known| known.doubts(&names));
        Ok(Self {
            plugins,
            versions,
            doubts,
        })
    }
}

impl Checked {
    /// A plugin of a list; without anything to check if something speaks against it.
    fn of_list(
        listed: Listed,
        rules: &[Requirement],
        options: &Options,
        file: Option<&KnownFailures>,
    ) -> Self {
        let Listed {
            label,
            place,
            name,
            versions,
            known,
            mut provenance,
            from,
        } = listed;
        let options = Options {
            name,
            ..options.clone()
        };
        let opened = place.and_then(|path| {
            let listed = |rules: &[Requirement]| match &known {
                Some(known) => known.of(rules),
                None => Ok(Vec::new()),
            };
            let opened = Self::open(&path, rules, &options, file, &listed);
            // Where it lies in a cache is nothing to whoever reads the record elsewhere.
            let path = path.display().to_string();
            opened.map_err(|error| error.to_string().replace(&path, &from))
        });
        let checked = opened.unwrap_or_else(|missing| {
            provenance.missing = Some(missing);
            Self {
                plugin: Arc::new(Plugin::unseen(&label)),
                label: String::new(),
                path: PathBuf::new(),
                requirements: Vec::new(),
                known: Vec::new(),
                versions: None,
                provenance: None,
            }
        });
        Self {
            label,
            path: PathBuf::from(from),
            versions: Some(versions).filter(|versions| !versions.is_empty()),
            provenance: Some(provenance),
            ..checked
        }
    }
}

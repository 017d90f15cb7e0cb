//! A file of what is known to fail of several plugins, keyed by their names.

use super::diagnostic::Diagnostics;
use super::load::{File, told};
use super::shape::nearest;
use super::validate::{self, At};
use super::{Diagnostic, KnownFailure, Requirement, Source, raw, schema};

/// What is known to fail of several plugins.
#[derive(Debug)]
pub struct KnownFailures {
    file: File,
    raw: raw::KnownFailures,
}

impl KnownFailures {
    /// Reads such a file. Whether requirements and cases exist is not looked at: a plugin may have its own.
    ///
    /// # Errors
    /// Every mistake in it that can be told.
    pub fn read(source: &Source) -> Result<Self, Diagnostics> {
        let read = |file: File| {
            let raw: raw::KnownFailures = file.decode(schema::known_failures())?;
            file.validate(|desk, at| {
                for (name, failures) in &raw.0 {
                    validate::known_failures(desk, failures, None, at.key(name));
                }
                Some(())
            })?;
            Ok(Self { file, raw })
        };
        File::read(source)
            .and_then(read)
            .map_err(|mistakes| Diagnostics::of(told(&source.name, mistakes)))
    }

    /// What is known to fail of the plugin with this name, which is held to these requirements.
    ///
    /// # Errors
    /// Every requirement and case that does not exist, and what is said twice.
    pub fn of(
        &self,
        plugin: &str,
        known: &[Requirement],
    ) -> Result<Vec<KnownFailure>, Diagnostics> {
        let Some(failures) = self.raw.0.get(plugin) else {
            return Ok(Vec::new());
        };
        self.file
            .validate(|desk, at: At<'_>| {
                let at = at.key(plugin);
                Some(validate::known_failures(desk, failures, Some(known), at))
            })
            .map_err(|mistakes| Diagnostics::of(told(self.file.name(), mistakes)))
    }

    /// What is worth telling of the names in it, for a run of these plugins. A run may be of some of them only, so that a
    /// name of none is no mistake; but one that is nearly that of a plugin of which nothing is said may be.
    #[must_use]
    pub fn doubts(&self, plugins: &[&str]) -> Vec<Diagnostic> {
        if !self.raw.0.keys().any(|name| plugins.contains(&&**name)) {
            let message = "says nothing of any plugin that is checked";
            let help = "its keys are the names that plugins are installed under";
            return vec![Diagnostic::of_file(self.file.name(), message).help(help)];
        }
        let unsaid = |plugin: &&str| !self.raw.0.contains_key(*plugin);
        let unsaid: Vec<&str> = plugins.iter().copied().filter(unsaid).collect();
        let strangers = self
            .raw
            .0
            .keys()
            .filter(|name| !plugins.contains(&&***name));
        let doubt = |name: &String| {
            let near = nearest(name, unsaid.iter().copied())?;
            let message = format!("no plugin that is checked is called `{name}`");
            let mistake = self.file.of_key(name, message);
            Some(mistake.help(format!("did you mean `{near}`?")))
        };
        strangers.filter_map(doubt).collect()
    }
}

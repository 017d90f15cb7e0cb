//! A file of what is known to fail of several plugins, keyed by their names.

use super::diagnostic::Diagnostics;
use super::load::{self, File, told};
use super::shape::nearest;
use super::validate::{self, At};
use super::{Diagnostic, KnownFailure, Requirement, Source, raw, schema};

/// How many keys of plugins that are not checked are told each.
const NAMED: usize = 10;

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

    /// What is worth telling of the names in it, for a run of these plugins: the keys of none of them, and what is below such
    /// a key of a requirement that is not built in. It is no mistake: a run may be of some of the plugins only, and another
    /// may bring rules of its own.
    #[must_use]
    pub fn doubts(&self, plugins: &[&str]) -> Vec<Diagnostic> {
        let unsaid = |plugin: &&str| !self.raw.0.contains_key(*plugin);
        let unsaid: Vec<&str> = plugins.iter().copied().filter(unsaid).collect();
        // Nobody can do anything about a program whose own rules are broken here.
        let known = load::builtin().unwrap_or_default();
        let mut doubts = Vec::new();
        let (mut strangers, mut others) = (0, Vec::new());
        for (name, failures) in &self.raw.0 {
            if plugins.contains(&&**name) {
                continue;
            }
            strangers += 1;
            let message = format!("no plugin that is checked is called `{name}`");
            let doubt = self.file.of_key(name, message);
            match nearest(name, unsaid.iter().copied()) {
                Some(near) => doubts.push(doubt.help(format!("did you mean `{near}`?"))),
                None => others.push(doubt),
            }
            doubts.extend(self.unknown(name, failures, &known));
        }
        if strangers == self.raw.0.len() {
            let message = "says nothing of any plugin that is checked";
            let help = "its keys are the names that plugins are installed under";
            doubts.insert(0, Diagnostic::of_file(self.file.name(), message).help(help));
        }
        let left = others.len().saturating_sub(NAMED);
        doubts.extend(others.into_iter().take(NAMED));
        if left > 0 {
            let message = format!("{left} more of its keys are of no plugin that is checked");
            doubts.push(Diagnostic::of_file(self.file.name(), message));
        }
        doubts
    }

    /// The requirements below this key that are none of these.
    fn unknown(
        &self,
        name: &str,
        failures: &[raw::KnownFailure],
        known: &[Requirement],
    ) -> Vec<Diagnostic> {
        let ids = || known.iter().map(|rule| rule.id.as_str());
        let unknown = failures
            .iter()
            .enumerate()
            .filter(|(_, failure)| !known.is_empty() && !ids().any(|id| id == failure.id));
        unknown
            .map(|(place, failure)| {
                let message = format!("no requirement of all plugins is called `{}`", failure.id);
                let doubt = self.file.of_item((name, place, "id"), message);
                match nearest(&failure.id, ids()) {
                    Some(near) => doubt.help(format!("did you mean `{near}`?")),
                    None => doubt.help(format!(
                        "`{name}` may bring one of its own, and is not checked here"
                    )),
                }
            })
            .collect()
    }
}

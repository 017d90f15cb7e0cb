//! What a person asked to be checked, read and found to make sense.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;

use super::readable::{self, Unreadable};
use super::{
    EXPECTATIONS, Plan, Provenance, SOURCE, SUITE, Selection, Trial, UnknownId, expectations,
    given, provenance, suite,
};
use crate::dokku::{Version, Versions};
use crate::plugin::{Hints, OpenError, Plugin};
use crate::spec::{
    self, Conformance, Diagnostic, Diagnostics, KnownFailure, KnownFailures, Requirement, Source,
    Values,
};

/// Plugins, the requirements that they are held to, and the Dokku versions.
#[derive(Debug)]
pub struct Check {
    /// The plugins with the requirements of each: those of Dokku, then its own.
    pub plugins: Vec<Checked>,
    /// The Dokku versions, oldest first.
    pub versions: Vec<Version>,
    /// What is worth telling of what was read, and speaks against nothing.
    pub doubts: Vec<Diagnostic>,
}

/// A plugin and what it is held to.
#[derive(Debug)]
pub struct Checked {
    /// The plugin.
    pub plugin: Arc<Plugin>,
    /// What a record calls it: its name, with its path where another plugin of the check has the same name.
    pub label: String,
    /// The directory as the person named it.
    pub path: PathBuf,
    /// The requirements.
    pub requirements: Vec<Arc<Requirement>>,
    /// What is known to fail of it.
    pub known: Vec<Arc<KnownFailure>>,
    /// The Dokku versions that it alone is checked in, in place of those of the check.
    pub versions: Option<Vec<Version>>,
    /// Where it came from, if it is of a list.
    pub provenance: Option<Provenance>,
}

/// How a check is to be made.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The name that the plugin is installed under, in place of the one that it shows.
    pub name: Option<String>,
    /// A folder of specs that are added to the built-in ones, or take the place of those with the same id.
    pub specs: Option<PathBuf>,
    /// Which requirements.
    pub selection: Selection,
    /// Which Dokku versions; the newest for none.
    pub versions: Versions,
    /// A file of what is known to fail of the plugins, beside what each says itself.
    pub expectations: Option<PathBuf>,
}

/// Why a check can't be made. All are the asker's to mend.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// A directory is no plugin.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// Specs are broken.
    #[error("{0}")]
    Specs(Diagnostics),
    /// Parts of a plugin can't be read.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// A requirement that does not exist.
    #[error(transparent)]
    UnknownId(#[from] UnknownId),
}

impl Check {
    /// The check of one plugin against every requirement in the newest Dokku.
    ///
    /// # Errors
    /// [`CheckError`] if the plugin or its specs can't be read.
    pub fn of_plugin(path: &Path) -> Result<Self, CheckError> {
        let (check, mut errors) = Self::new(&[path.to_owned()], &Options::default());
        if errors.is_empty() {
            Ok(check)
        } else {
            Err(errors.remove(0))
        }
    }

    /// The check of these plugins, and everything that speaks against it.
    #[must_use]
    pub fn new(paths: &[PathBuf], options: &Options) -> (Self, Vec<CheckError>) {
        let versions = match options.versions.all() {
            [] => vec![Version::NEWEST],
            versions => versions.to_vec(),
        };
        let mut check = Self {
            plugins: Vec::new(),
            versions,
            doubts: Vec::new(),
        };
        let mut errors = Vec::new();
        let known = options
            .expectations
            .as_deref()
            .map(known_failures)
            .transpose();
        let (rules, known) = match (requirements(options.specs.as_deref()), known) {
            (Ok(rules), Ok(known)) => (rules, known),
            (rules, known) => {
                errors.extend(rules.err().into_iter().chain(known.err()));
                return (check, errors);
            }
        };
        for path in paths {
            match Checked::open(path, &rules, options, known.as_ref(), &|_| Ok(Vec::new())) {
                // A directory that is named twice, as by two patterns, is one plugin.
                Ok(checked) if check.holds(&checked.plugin) => {}
                Ok(checked) => check.plugins.push(checked),
                Err(error) => errors.push(error),
            }
        }
        check.tell_apart();
        if let Some(known) = &known {
            let plugins = check.plugins.iter();
            let names: Vec<&str> = plugins.map(|checked| checked.plugin.name()).collect();
            check.doubts = known.doubts(&names);
        }
        (check, errors)
    }

    fn holds(&self, plugin: &Plugin) -> bool {
        self.plugins
            .iter()
            .any(|checked| checked.plugin.root() == plugin.root())
    }

    /// Gives plugins of the same name labels of their own.
    fn tell_apart(&mut self) {
        let mut bearers: BTreeMap<String, usize> = BTreeMap::new();
        for checked in &self.plugins {
            *bearers.entry(checked.label.clone()).or_default() += 1;
        }
        for checked in &mut self.plugins {
            if bearers.get(&checked.label).is_some_and(|count| *count > 1) {
                checked.label = format!("{} ({})", checked.label, checked.path.display());
            }
        }
    }

    /// Every trial of the check, whatever is expected to fail.
    #[must_use]
    pub fn plan(&self) -> Plan {
        let trials = self.plugins.iter();
        Plan {
            trials: trials.flat_map(|checked| self.trials(checked)).collect(),
        }
    }

    /// Every trial of the check with what is expected to fail on this day, and a case for each expectation.
    #[must_use]
    pub fn plan_on(&self, today: Date) -> Plan {
        let trials = self
            .plugins
            .iter()
            .flat_map(|checked| expectations::weave(self.trials(checked), &checked.known, today));
        Plan {
            trials: trials.collect(),
        }
    }

    fn trials(&self, checked: &Checked) -> Vec<Trial> {
        let (plugin, label) = (&checked.plugin, &checked.label);
        let of_version = |version: &Version| {
            let listed = checked.provenance.as_ref();
            let source = listed.and_then(|one| provenance::trial(plugin, label, one, *version));
            let rules = &checked.requirements;
            let rest = Plan::new(plugin, label, &[*version], rules).trials;
            source.into_iter().chain(rest)
        };
        let versions = checked.versions.as_ref().unwrap_or(&self.versions);
        versions.iter().flat_map(of_version).collect()
    }

    /// The Dokku versions that some plugin is checked in, oldest first.
    #[must_use]
    pub fn all_versions(&self) -> Vec<Version> {
        let of = |checked: &Checked| checked.versions.clone();
        let plugins = self.plugins.iter();
        let all = plugins.flat_map(|checked| of(checked).unwrap_or_else(|| self.versions.clone()));
        let all: BTreeSet<Version> = all.collect();
        all.into_iter().collect()
    }

    /// Every requirement that some plugin is held to, each once, in order; one that a plugin brings along itself with
    /// the plugin's label, since another may bring one with the same id.
    #[must_use]
    pub fn requirements(&self) -> Vec<(Option<&str>, Arc<Requirement>)> {
        let mut rules: Vec<(Option<&str>, Arc<Requirement>)> = Vec::new();
        let mut known = BTreeSet::new();
        for checked in &self.plugins {
            for rule in &checked.requirements {
                let owner = rule.own.then_some(checked.label.as_str());
                if known.insert((owner, rule.id.as_str())) {
                    rules.push((owner, Arc::clone(rule)));
                }
            }
        }
        rules
    }
}

/// The built-in requirements with those of a folder added or put in their place.
///
/// # Errors
/// [`CheckError::Specs`] if one is broken.
pub fn requirements(folder: Option<&Path>) -> Result<Vec<Requirement>, CheckError> {
    let mut rules = spec::builtin().map_err(CheckError::Specs)?;
    if let Some(folder) = folder {
        for rule in spec::load_dir(folder).map_err(CheckError::Specs)? {
            match rules.iter_mut().find(|known| known.id == rule.id) {
                Some(known) => *known = rule,
                None => rules.push(rule),
            }
        }
    }
    if let (Some(folder), Some(rule)) = (folder, rules.iter().find(|rule| is_of_runs(rule))) {
        let message = format!(
            "a requirement has the id `{}`, which is that of a rule for runs themselves",
            rule.id
        );
        let mistake = Diagnostic::of_file(folder, message).help("give it an id of its own");
        return Err(CheckError::Specs(mistake.into()));
    }
    rules.sort_by(|left, right| left.id.cmp(&right.id));
    Ok(rules)
}

/// True for an id that what no spec says goes by.
fn is_of_runs(rule: &Requirement) -> bool {
    [EXPECTATIONS, SOURCE, SUITE].contains(&rule.id.as_str())
}

/// A file of what is known to fail.
pub(super) fn known_failures(path: &Path) -> Result<KnownFailures, CheckError> {
    let read = Source::read(path).and_then(|source| KnownFailures::read(&source));
    read.map_err(CheckError::Specs)
}

/// The folder of a plugin in which its own specs are.
const OWN_SPECS: &str = "conformance";
/// The file of a plugin in which its author says what can't be guessed.
const SAYINGS: &str = "conformance.yaml";

/// How the name of that file is misspelt most often.
const MISSAID: &str = "conformance.yml";

/// The requirements that a plugin brings along itself.
fn own_requirements(plugin: &Path, known: &[Requirement]) -> Result<Vec<Requirement>, Diagnostics> {
    let folder = &plugin.join(OWN_SPECS);
    // A link to nothing is a mistake, not the absence of specs; a file of that name is none of theirs.
    if folder.is_file() || !is_there(folder) {
        return Ok(Vec::new());
    }
    let sources = Source::read_dir(folder)?;
    for source in &sources {
        inside(plugin, &source.name)?;
    }
    let mut rules = spec::load(&sources)?;
    rules.iter_mut().for_each(|rule| rule.own = true);
    let taken = rules
        .iter()
        .find(|rule| is_of_runs(rule) || known.iter().any(|known| known.id == rule.id));
    let Some(rule) = taken else { return Ok(rules) };
    let holds_it = |source: &&Source| {
        spec::load(std::slice::from_ref(*source))
            .is_ok_and(|rules| rules.iter().any(|found| found.id == rule.id))
    };
    let file = sources
        .iter()
        .find(holds_it)
        .map_or(folder, |source| &source.name);
    let message = format!("a requirement of Dokku itself has the id `{}`", rule.id);
    let mistake = Diagnostic::of_file(file, message).help("give it an id of its own");
    Err(mistake.into())
}

/// Refuses a file to which a link leads out of the plugin: what a mistake quotes of it would be the machine's.
fn inside(plugin: &Path, file: &Path) -> Result<(), Diagnostics> {
    match (plugin.canonicalize(), file.canonicalize()) {
        (Ok(plugin), Ok(real)) if !real.starts_with(&plugin) => {
            let message = "can't be read: it is a link out of the plugin";
            let mistake = Diagnostic::of_file(file, message).help("put the file itself there");
            Err(mistake.into())
        }
        // What is not there is told by whoever reads it.
        _ => Ok(()),
    }
}

/// True if anything is at this path, if only a link to nothing.
fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// What a plugin's author says of it; nothing if there is no such file.
fn sayings(plugin: &Path, rules: &[Requirement]) -> Result<Conformance, Diagnostics> {
    let path = plugin.join(SAYINGS);
    if !is_there(&path) {
        let missaid = plugin.join(MISSAID);
        if !is_there(&missaid) {
            return Ok(Conformance::default());
        }
        let message = format!("is not read under this name: call it {SAYINGS}");
        return Err(Diagnostic::of_file(&missaid, message).into());
    }
    inside(plugin, &path)?;
    // A failure of the plugin's own tests can be known too.
    let rules: Vec<Requirement> = rules
        .iter()
        .chain(suite().map(AsRef::as_ref))
        .cloned()
        .collect();
    spec::load_conformance(&Source::read(&path)?, &rules)
}

/// What of it is about the plugin's files.
fn hints(said: Conformance) -> Hints {
    let app = said.app_commands.into_iter().map(|command| (command, true));
    let other = said
        .other_commands
        .into_iter()
        .map(|command| (command, false));
    Hints {
        name: said.name,
        values: said.placeholders,
        app_commands: app.chain(other).collect(),
        trigger_files: said.trigger_files,
        programs: said
            .programs
            .iter()
            .filter_map(|program| given::program(program, &Values::default()).ok())
            .collect(),
        answers: said
            .answers
            .iter()
            .filter_map(|rule| given::answer(rule, &Values::default()).ok())
            .collect(),
    }
}

/// What else is known to fail of a plugin that is held to these requirements.
pub(super) type More<'m> = dyn Fn(&[Requirement]) -> Result<Vec<KnownFailure>, Diagnostics> + 'm;

impl Checked {
    /// Why there is nothing to check of it, if it is of a list and could not be had.
    #[must_use]
    pub fn missing(&self) -> Option<&str> {
        self.provenance.as_ref()?.missing.as_deref()
    }

    /// Opens the plugin in a directory, with what a file and `more` expect of it.
    pub(super) fn open(
        path: &Path,
        rules: &[Requirement],
        options: &Options,
        file: Option<&KnownFailures>,
        more: &More<'_>,
    ) -> Result<Self, CheckError> {
        let mut rules = rules.to_vec();
        if path.is_dir() {
            rules.extend(own_requirements(path, &rules).map_err(CheckError::Specs)?);
        }
        let mut said = sayings(path, &rules).map_err(CheckError::Specs)?;
        let mut known = std::mem::take(&mut said.expectations);
        let plugin = Plugin::open_with(path, options.name.as_deref(), hints(said))?;
        readable::see_to_it(&plugin, path)?;
        if let Some(file) = file {
            let more = file.of(plugin.name(), &rules).map_err(CheckError::Specs)?;
            known.extend(more);
        }
        known.extend(more(&rules).map_err(CheckError::Specs)?);
        Diagnostics::unless_empty(spec::repeated(&known)).map_err(CheckError::Specs)?;
        let rules = options.selection.of(rules)?;
        Ok(Self {
            label: plugin.name().to_owned(),
            plugin: Arc::new(plugin),
            path: path.to_owned(),
            requirements: rules.into_iter().map(Arc::new).collect(),
            known: known.into_iter().map(Arc::new).collect(),
            versions: None,
            provenance: None,
        })
    }
}

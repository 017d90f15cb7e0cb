//! Many plugins on one host: what its help looks like then.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::attempt::Play;
use super::fault::Fault;
use super::scene::Scene;
use super::{Fate, Ground, Trial};
use crate::dokku::{Span, Version, core};
use crate::plugin::Plugin;
use crate::sandbox::{Exit, Output};
use crate::spec::{Case, Given, Level, Observed, Requirement, Run, Script, Step, Template, Values};
use crate::world::{Installation, InstalledPlugin, PluginSource, Unknown};

/// How long the help of many plugins may take, each of which is asked in turn.
const PATIENCE: Duration = Duration::from_secs(120);

/// What `dokku help --all` prints on a host on which many plugins are installed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HelpOfAll {
    /// The Dokku version.
    pub version: Version,
    /// The names that could not be installed, since another plugin or the core has them.
    pub left_out: Vec<String>,
    /// The names of those that were not installed either, since a host has them as their `install` builds them.
    pub unbuilt: Vec<String>,
    /// The plugins that end it, without which the rest was seen.
    pub breakers: Vec<Breaker>,
    /// How it ended without those.
    pub exit: Exit,
    /// Its standard output, and then its standard error.
    pub streams: [String; 2],
}

/// A plugin that ended the help of the whole host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breaker {
    /// The name that it is installed under.
    pub name: String,
    /// How the help ended.
    pub exit: Exit,
    /// What stood on standard error.
    pub stderr: String,
}

impl Ground {
    /// What the help of a host is on which all of these are installed, in a version. Of a plugin that ends it, which its words
    /// on standard error name, that is noted, and the help is looked at without it.
    ///
    /// # Errors
    /// A sentence, if the world can't be made or its help can't be run.
    pub fn help_of_all(
        &self,
        plugins: &[Arc<Plugin>],
        version: Version,
    ) -> Result<HelpOfAll, String> {
        let (unbuilt, built): (Vec<_>, Vec<_>) =
            (plugins.iter().cloned()).partition(|one| one.is_unbuilt());
        let unbuilt: Vec<String> = unbuilt.iter().map(|one| one.name().to_owned()).collect();
        let (mut installed, left_out) = installable(&built, version);
        let mut breakers = Vec::new();
        loop {
            let observed = self.help_with(&installed, version)?;
            let observed = observed.ok_or("none of the plugins can be installed")?;
            let streams = [&observed.stdout, &observed.stderr].map(text);
            let breaker = match observed.exit {
                Exit::Status(0) => None,
                _ => {
                    let mut names = installed.iter().map(|one| one.name());
                    match names.position(|name| is_named(name, &streams[1])) {
                        None => self.silent_breaker(&installed, version)?,
                        named => named,
                    }
                }
            };
            match breaker {
                Some(place) => breakers.push(Breaker {
                    name: installed.remove(place).name().to_owned(),
                    exit: observed.exit,
                    stderr: text(&observed.stderr),
                }),
                None => {
                    return Ok(HelpOfAll {
                        version,
                        left_out,
                        unbuilt,
                        breakers,
                        exit: observed.exit,
                        streams,
                    });
                }
            }
        }
    }

    /// The first of the plugins, in the order in which they are asked, that ends the help without a word; none if it is
    /// none of them.
    fn silent_breaker(
        &self,
        installed: &[Arc<Plugin>],
        version: Version,
    ) -> Result<Option<usize>, String> {
        let ends = |some: &[Arc<Plugin>]| -> Result<bool, String> {
            let observed = self.help_with(some, version)?;
            Ok(observed.is_some_and(|observed| observed.exit != Exit::Status(0)))
        };
        // Of so many it does not end, of so many it does.
        let (mut few, mut many) = (0, installed.len());
        while many - few > 1 {
            let half = few.midpoint(many);
            match ends(installed.get(..half).unwrap_or(installed))? {
                true => many = half,
                false => few = half,
            }
        }
        // One that ends it only beside others is not the only one to blame.
        let Some(place) = many.checked_sub(1) else {
            return Ok(None);
        };
        let alone = installed.get(place..=place).unwrap_or_default();
        Ok(ends(alone)?.then_some(place))
    }

    /// The help of a host with these plugins; none without any.
    fn help_with(
        &self,
        installed: &[Arc<Plugin>],
        version: Version,
    ) -> Result<Option<Observed>, String> {
        let Some(first) = installed.first() else {
            return Ok(None);
        };
        let trial = trial(first, version).ok_or("the case has no name")?;
        let observed = self.help_in(&trial, installed);
        Ok(Some(observed.map_err(|fault| fault.to_string())?))
    }

    fn help_in(&self, trial: &Trial, installed: &[Arc<Plugin>]) -> Result<Observed, Fault> {
        let case = trial.case().ok_or(Fault::NoCase)?;
        let Script::Steps(steps) = &case.script else {
            return Err(Fault::NoCase);
        };
        let play = Play::new(trial, case, steps);
        let installation = Installation {
            origin: self.origin(trial.version),
            plugins: installed.iter().map(|one| installed_as(one)).collect(),
        };
        let mut scene = Scene::of(self, &play, Unknown::Fails, &installation)?;
        let step = steps.first().ok_or(Fault::NoCase)?;
        Ok(scene.play(step, None)?.0)
    }
}

fn text(output: &Output) -> String {
    output.text().into_owned()
}

/// True if a text names a file of the installed plugin with this name.
fn is_named(name: &str, text: &str) -> bool {
    let folders = ["enabled", "available"];
    folders
        .iter()
        .any(|folder| text.contains(&format!("/plugins/{folder}/{name}/")))
}

/// The plugins that can be installed together, and the names of the others.
fn installable(plugins: &[Arc<Plugin>], version: Version) -> (Vec<Arc<Plugin>>, Vec<String>) {
    let mut by_name: BTreeMap<&str, &Arc<Plugin>> = BTreeMap::new();
    let mut left_out = Vec::new();
    for plugin in plugins {
        let is_taken = core::plugins(version).any(|name| name == plugin.name());
        if is_taken || by_name.contains_key(plugin.name()) {
            left_out.push(plugin.name().to_owned());
        } else {
            by_name.insert(plugin.name(), plugin);
        }
    }
    (by_name.into_values().cloned().collect(), left_out)
}

fn installed_as(plugin: &Plugin) -> InstalledPlugin {
    InstalledPlugin {
        name: plugin.name().to_owned(),
        source: PluginSource::Directory(plugin.root().to_owned()),
        core: false,
    }
}

/// The trial of running the help of all.
fn trial(plugin: &Arc<Plugin>, version: Version) -> Option<Trial> {
    let args = ["help", "--all"].map(Template::literal).to_vec();
    let step = Step {
        deadline: Some(PATIENCE),
        ..Step::of(Run::Dokku { args })
    };
    let case = Case {
        name: "the help of all".to_owned(),
        each: None,
        given: Given::default(),
        fresh_worlds: false,
        script: Script::Steps(vec![step]),
        not_applicable: Vec::new(),
        undecided: Vec::new(),
        place: None,
    };
    let requirement = Requirement {
        id: "help-of-all".parse().ok()?,
        own: false,
        title: "The help of a host with many plugins".to_owned(),
        level: Level::May,
        holds: Span::default(),
        source: None,
        why: None,
        fix: None,
        applies: None,
        example: None,
        cases: vec![case],
    };
    Some(Trial {
        plugin: Arc::clone(plugin),
        label: plugin.name().to_owned(),
        requirement: Arc::new(requirement),
        index: 0,
        version,
        values: Values::new(),
        target: None,
        place: None,
        fate: Fate::Run,
        expected: None,
    })
}

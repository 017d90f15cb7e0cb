//! Many plugins on one host: what its help looks like then.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::attempt::Play;
use super::fault::Fault;
use super::scene::Scene;
use super::{Fate, Ground, Trial};
use crate::dokku::{Span, Version, core};
use crate::plugin::Plugin;
use crate::sandbox::{Exit, Output};
use crate::spec::{
    Case, Given, Level, Requirement, Run, Script, Stdin, Step, StepName, Template, Values,
};
use crate::world::{Installation, InstalledPlugin, PluginSource, Unknown};

/// How long the help of many plugins may take, each of which is asked in turn.
const PATIENCE: Duration = Duration::from_secs(120);

/// What `dokku help --all` prints on a host on which many plugins are installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelpOfAll {
    /// The Dokku version.
    pub version: Version,
    /// The names that could not be installed, since another plugin or the core has them.
    pub left_out: Vec<String>,
    /// How it ended.
    pub exit: Exit,
    /// Its standard output, and then its standard error.
    pub streams: [String; 2],
}

impl Ground {
    /// What the help of a host is on which all of these are installed, in a version.
    ///
    /// # Errors
    /// A sentence, if the world can't be made or its help can't be run.
    pub fn help_of_all(
        &self,
        plugins: &[Arc<Plugin>],
        version: Version,
    ) -> Result<HelpOfAll, String> {
        let (installed, left_out) = installable(plugins, version);
        let Some((first, _)) = installed.split_first() else {
            return Err("none of the plugins can be installed".to_owned());
        };
        let trial = trial(first, version).ok_or("the case has no name")?;
        let case = trial.case().ok_or("the case is none")?;
        let Script::Steps(steps) = &case.script else {
            return Err("the case runs nothing".to_owned());
        };
        let play = Play {
            trial: &trial,
            case,
            steps,
            installed: false,
            absent: &[],
        };
        let installation = Installation {
            origin: self.origin(version),
            plugins: installed
                .iter()
                .map(|plugin| installed_as(plugin))
                .collect(),
        };
        let run = || -> Result<HelpOfAll, Fault> {
            let mut scene = Scene::of(self, &play, Unknown::Fails, &installation)?;
            let step = steps.first().ok_or(Fault::NoCase)?;
            let (observed, _) = scene.play(step)?;
            let text = |output: &Output| output.text().into_owned();
            Ok(HelpOfAll {
                version,
                left_out,
                exit: observed.exit,
                streams: [text(&observed.stdout), text(&observed.stderr)],
            })
        };
        run().map_err(|fault| fault.to_string())
    }
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
    let step = Step {
        name: StepName::only(),
        run: Run::Dokku {
            args: ["help", "--all"].map(Template::literal).to_vec(),
        },
        stdin: Stdin::Empty,
        environment: BTreeMap::new(),
        deadline: Some(PATIENCE),
        tty: None,
        cwd: None,
        user: None,
        umask: None,
        expect: None,
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

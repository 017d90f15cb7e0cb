//! What a run will do, decided before anything runs.

use std::sync::Arc;

use super::{Fate, Outcome, Trial};
use crate::dokku::{Version, core};
use crate::plugin::{Plugin, Target};
use crate::spec::{Case, Expression, Placeholder, Requirement, Script, Values};

/// Every trial of a run, in the order of its record: by plugin, then version, then requirement, then case.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The trials.
    pub trials: Vec<Trial>,
}

impl Plan {
    /// The plan for a plugin, which the record calls by this label, and these versions and requirements.
    #[must_use]
    pub fn new(
        plugin: &Arc<Plugin>,
        label: &str,
        versions: &[Version],
        requirements: &[Arc<Requirement>],
    ) -> Self {
        let mut trials = Vec::new();
        for &version in versions {
            for requirement in requirements {
                let maker = Maker {
                    plugin,
                    label,
                    version,
                    requirement,
                };
                for (index, case) in requirement.cases.iter().enumerate() {
                    maker.add(index, case, &mut trials);
                }
            }
        }
        Self { trials }
    }
}

/// Makes the trials of one requirement.
struct Maker<'a> {
    plugin: &'a Arc<Plugin>,
    label: &'a str,
    version: Version,
    requirement: &'a Arc<Requirement>,
}

impl Maker<'_> {
    fn add(&self, index: usize, case: &Case, trials: &mut Vec<Trial>) {
        if let Some(fate) = self.does_not_apply(case) {
            trials.push(self.decided(index, None, fate));
            return;
        }
        let Some(each) = case.each else {
            let mut trial = self.trial(index, case);
            trial.place = self.hint(case, &trial.values);
            trials.push(trial);
            return;
        };
        let targets = self.plugin.targets(each, self.version);
        for target in &targets.items {
            trials.push(self.for_target(index, case, target));
        }
        for unknown in &targets.unknown {
            let label = Some(unknown.label.clone());
            let fate = Fate::Decided(Outcome::Skip, unknown.why.clone());
            trials.push(self.decided(index, label, fate));
        }
        if targets.items.is_empty() && targets.unknown.is_empty() {
            let fate = Fate::Absent(targets.none_because.to_owned());
            trials.push(self.decided(index, None, fate));
        }
    }

    fn does_not_apply(&self, case: &Case) -> Option<Fate> {
        let skip = |reason| Some(Fate::Decided(Outcome::Skip, reason));
        if !self.requirement.holds.contains(self.version) {
            let holds = self.requirement.holds;
            return skip(format!("the rule holds for Dokku {holds}"));
        }
        if let Some(only) = case.given.dokku.filter(|only| *only != self.version) {
            return skip(format!("the case is about Dokku {only} alone"));
        }
        if matches!(case.script, Script::Steps(_))
            && core::plugins(self.version).any(|name| name == self.plugin.name())
        {
            return skip(format!(
                "Dokku {} has a core plugin `{}`, so this one can't be installed",
                self.version,
                self.plugin.name()
            ));
        }
        let applies = self.requirement.applies.as_ref()?;
        let parts = self.plugin.parts(self.version);
        if applies.to(&parts) {
            return None;
        }
        let missing = applies
            .has
            .difference(&parts)
            .next()
            .or_else(|| applies.has_any.iter().next());
        missing.map(|part| Fate::Absent(format!("the plugin has no {part}")))
    }

    fn trial(&self, index: usize, case: &Case) -> Trial {
        let app = case
            .given
            .apps
            .first()
            .map_or_else(|| "conform-app".to_owned(), |app| app.name.clone());
        let mut values = Values::new()
            .with(Placeholder::Name, self.plugin.name())
            .with(Placeholder::App, app);
        if let Some(known) = case.given.companion() {
            let name = known.name_beside(self.plugin.name());
            values = values.with(Placeholder::Neighbour, name);
        }
        Trial {
            plugin: Arc::clone(self.plugin),
            label: self.label.to_owned(),
            requirement: Arc::clone(self.requirement),
            index,
            version: self.version,
            values,
            target: None,
            place: None,
            fate: Fate::Run,
            expected: None,
        }
    }

    fn for_target(&self, index: usize, case: &Case, target: &Target) -> Trial {
        let mut trial = self.trial(index, case);
        for (placeholder, value) in &target.bindings {
            trial.values = trial.values.with(*placeholder, value.clone());
        }
        trial.values = trial.values.with_arguments(target.arguments.clone());
        trial.target = Some(target.label.clone());
        trial.place = self
            .hint(case, &trial.values)
            .or_else(|| Some(target.place.clone()));
        trial
    }

    fn decided(&self, index: usize, target: Option<String>, fate: Fate) -> Trial {
        Trial {
            plugin: Arc::clone(self.plugin),
            label: self.label.to_owned(),
            requirement: Arc::clone(self.requirement),
            index,
            version: self.version,
            values: Values::new(),
            target,
            place: None,
            fate,
            expected: None,
        }
    }

    /// The place that the case itself names, if the plugin has it.
    fn hint(&self, case: &Case, values: &Values) -> Option<crate::plugin::Place> {
        if matches!(case.script, Script::Inspect(_)) {
            return None;
        }
        let hint = case.place.as_ref()?;
        let file = hint.file.fill(values).ok()?;
        self.plugin
            .find(&file, hint.line.as_ref().and_then(Expression::light))
    }
}

//! One use of Dokku's API.

use std::collections::BTreeMap;

use crate::dokku::api::{self, Life, Standing};
use crate::dokku::{Span, Version};
use crate::plugin::Place;

/// A use of something that not every version of Dokku has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// Where in the plugin.
    pub place: Place,
    /// What kind of thing is used.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// The versions that have what is used, where the use is made.
    pub life: Life,
    /// The versions in which the use does no harm: those that have it, and those in which the script is not run.
    pub harmless: Life,
    /// What its absence does.
    pub effect: Effect,
    /// How sure it is that the use is made.
    pub certainty: Certainty,
}

/// What kind of thing a plugin uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A shell function of a core file.
    Function,
    /// A shell function of a core file without which the plugin itself ends in failure.
    Needed,
    /// A program that Dokku brought.
    Program,
    /// A core file that is sourced.
    File,
    /// A trigger that the plugin calls.
    Call,
    /// A trigger that the plugin implements.
    Trigger,
    /// A variable that Dokku sets.
    Variable,
    /// A file or folder that Dokku keeps.
    Path,
    /// A command of `dokku`.
    Command,
    /// A key of the config that Dokku keeps its own settings under.
    Setting,
    /// The plugin's own name.
    Name,
    /// A way of use, such as the meaning of an argument: one of [`api::form`].
    Form,
}

/// What the absence of what is used does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// Nothing is said: a hook is not run, a text is not what it was.
    Silent,
    /// A command fails or does something else.
    Fails,
}

/// How sure it is that a use is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// The plugin asks first, or does something else where it fails.
    Guarded,
    /// The text does not tell whether it is reached.
    Unsure(&'static str),
    /// It is reached, unguarded.
    Certain,
}

impl Use {
    /// A use of what these versions have, by a script that runs in every version; its failure is seen.
    pub(super) fn new(
        place: Place,
        kind: Kind,
        name: &str,
        life: Life,
        certainty: Certainty,
    ) -> Self {
        Self {
            place,
            kind,
            name: name.to_owned(),
            harmless: life.clone(),
            life,
            effect: Effect::Fails,
            certainty,
        }
    }

    /// This use, with an absence that nobody is told of.
    pub(super) fn silent(self) -> Self {
        Self {
            effect: Effect::Silent,
            ..self
        }
    }
    /// True if the use works in that version, or is not made there.
    #[must_use]
    pub fn works_in(&self, version: Version) -> bool {
        self.harmless.contains(version)
    }

    /// True if nothing stands between the use and its failure.
    #[must_use]
    pub fn is_certain(&self) -> bool {
        self.certainty == Certainty::Certain
    }

    /// What is wrong with the use in that version, and what to do instead: one sentence without its full stop.
    #[must_use]
    pub fn says(&self, version: Version) -> String {
        let standing = self.standing(version);
        match self.instead(version) {
            Some(instead) => format!("{} {standing}; {instead}", self.subject()),
            None => format!("{} {standing}", self.subject()),
        }
    }

    /// What took the place of what is used, as seen from that version.
    #[must_use]
    pub fn instead(&self, version: Version) -> Option<String> {
        let entry = |entries: &'static [api::Entry]| {
            entries
                .iter()
                .find(|entry| entry.name == self.name)
                .map(|entry| entry.instead)
                .filter(|instead| !instead.is_empty() && api::is_possible(instead, version))
        };
        let of = |kind| api::instead(kind, &self.name, version);
        let advice = match self.kind {
            Kind::Function => match self.elsewhere(version) {
                Some(file) => {
                    return Some(format!("source \"$PLUGIN_CORE_AVAILABLE_PATH/{file}\""));
                }
                None => of("function"),
            },
            Kind::Program | Kind::Needed => of("function"),
            Kind::File => of("file"),
            Kind::Call => of("call"),
            Kind::Variable => of("variable"),
            Kind::Path => entry(api::paths()),
            Kind::Command => entry(api::commands()),
            Kind::Setting => entry(api::settings()),
            Kind::Trigger => return successors(&self.name, version),
            Kind::Name => None,
            Kind::Form => api::form(&self.name).map(|form| form.instead),
        };
        advice.map(str::to_owned)
    }

    /// This use, for a script that runs in these versions alone.
    pub(super) fn only_in(mut self, life: &Life) -> Self {
        self.harmless = self.harmless.or(&life.not());
        self
    }

    fn subject(&self) -> String {
        let name = &self.name;
        match self.kind {
            Kind::Function | Kind::Program => format!("calls `{name}`, which"),
            Kind::Needed => format!("refuses a Dokku without `{name}`, which"),
            Kind::File => format!("sources `{name}`, which"),
            Kind::Call => format!("calls the trigger {name}, which"),
            Kind::Trigger => format!("implements the trigger {name}, which"),
            Kind::Variable => format!("reads `${name}`, which"),
            Kind::Path => format!("reads `{}`, which", name.replace("$ROOT", "$DOKKU_ROOT")),
            Kind::Command => format!("runs `dokku {name}`, which"),
            Kind::Setting => format!("asks the config for `{name}`, which"),
            Kind::Name => format!("is called `{name}`, a name that"),
            Kind::Form => match api::form(name) {
                Some(form) => format!("{}, which", form.what),
                None => format!("{name}, which"),
            },
        }
    }

    fn standing(&self, version: Version) -> String {
        let file = self.elsewhere(version);
        if let Some(file) = file
            && self.life == Life::never()
        {
            return format!(
                "in Dokku {version} is in `{file}`, a file that this script does not source"
            );
        }
        let (gone, not_yet) = match self.kind {
            Kind::Trigger => ("is not called any more", "is called only"),
            Kind::Variable => ("is not set any more", "is set only"),
            Kind::Setting => ("is not kept in the config any more", "is kept there only"),
            Kind::Name => ("is Dokku's own", "is free only"),
            Kind::Form => ("does not hold any more", "holds only"),
            _ => ("is gone", "exists only"),
        };
        match (self.whole_life().at(version), file) {
            (Standing::Works, _) => format!("works in Dokku {version}"),
            (Standing::Gone { since } | Standing::Between { since, .. }, Some(file)) => {
                format!(
                    "since Dokku {since} is in `{file}`, a file that this script does not source"
                )
            }
            (_, Some(file)) => {
                format!(
                    "in Dokku {version} is in `{file}`, a file that this script does not source"
                )
            }
            (Standing::Gone { since }, None) => format!("{gone} since Dokku {since}"),
            (Standing::NotYet { from }, None) => format!("{not_yet} from Dokku {from} on"),
            (Standing::Between { since, until }, None) if self.kind == Kind::Form => {
                format!("does not hold from Dokku {since} until {until}")
            }
            (Standing::Between { since, until }, None) => {
                format!("{gone} since Dokku {since} and until {until} has it again")
            }
            (Standing::Never, None) => "no version of Dokku has".to_owned(),
        }
    }

    /// The versions that have what is used; for a function that is in none of the files that are sourced, those in which
    /// any file has it.
    fn whole_life(&self) -> Life {
        if !matches!(self.kind, Kind::Function | Kind::Needed) || self.life != Life::never() {
            return self.life.clone();
        }
        api::definitions(&self.name).fold(Life::never(), |life, (_, defined)| life.or(defined))
    }

    /// For a function: the core file that has it in that version.
    fn elsewhere(&self, version: Version) -> Option<&'static str> {
        if !matches!(self.kind, Kind::Function | Kind::Needed) || self.life.contains(version) {
            return None;
        }
        api::definitions(&self.name)
            .find(|(_, life)| life.contains(version))
            .map(|(file, _)| file)
    }
}

fn successors(trigger: &str, version: Version) -> Option<String> {
    let names: Vec<&str> = api::trigger::successors(trigger)
        .filter(|name| api::trigger::life(name).is_some_and(|life| life.contains(version)))
        .collect();
    (!names.is_empty()).then(|| format!("{} took its place", names.join(", ")))
}

/// One use for each place, kind and name: of those that are surest, what works for all.
pub(super) fn merged(uses: Vec<Use>) -> Vec<Use> {
    let mut merged: BTreeMap<(Place, Kind, String), Use> = BTreeMap::new();
    for one in uses {
        let key = (one.place.clone(), one.kind, one.name.clone());
        match merged.get_mut(&key) {
            Some(known) if known.certainty == one.certainty => {
                known.life = known.life.and(&one.life);
                known.harmless = known.harmless.and(&one.harmless);
                known.effect = known.effect.max(one.effect);
            }
            Some(known) if known.certainty > one.certainty => {}
            _ => {
                merged.insert(key, one);
            }
        }
    }
    // What every version has that there is a world of needs no care.
    let early = Life::from(Span {
        since: None,
        until: Version::OLDEST.previous(),
    });
    merged
        .into_values()
        .filter(|one| one.harmless.or(&early) != Life::always())
        .collect()
}

//! How much a range rests on.

use serde::{Deserialize, Serialize};

use super::outlook::EXISTS;
use super::samples::{Course, Key, Samples};
use crate::plugin::Plugin;
use crate::run::{Checked, Outcome};

/// How much of what tells the range could be judged: what the plugin uses of Dokku, and what it does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grounds {
    /// How many cases were judged in some version.
    pub judged: usize,
    /// How many were judged in none, though they apply.
    pub unclear: usize,
    /// Whether some of the text that Dokku runs could not be read.
    pub unread: bool,
}

impl Grounds {
    pub(super) fn of(checked: &Checked, samples: &Samples) -> Self {
        let mut grounds = Self {
            unread: is_unread(&checked.plugin),
            ..Self::default()
        };
        for (_, course) in telling(samples) {
            let has = |wanted: &dyn Fn(Outcome) -> bool| {
                course.verdicts.values().any(|one| wanted(one.outcome))
            };
            if has(&is_judgement) {
                grounds.judged += 1;
            } else if has(&|outcome| matches!(outcome, Outcome::Inconclusive | Outcome::Error)) {
                grounds.unclear += 1;
            }
        }
        grounds
    }

    /// True if the range may well be wrong.
    #[must_use]
    pub fn are_thin(&self) -> bool {
        self.unread || self.unclear > self.judged
    }
}

/// True if something that tells the range was judged in the point at this place.
pub(super) fn is_judged(samples: &Samples, place: usize) -> bool {
    telling(samples).any(|(_, course)| {
        course
            .at(place)
            .is_some_and(|verdict| is_judgement(verdict.outcome))
    })
}

/// The cases that tell the range.
fn telling(samples: &Samples) -> impl Iterator<Item = (&Key, &Course)> {
    let all = samples.courses.iter();
    all.filter(|(key, course)| course.is_run() || key.requirement == EXISTS)
}

fn is_judgement(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Pass | Outcome::Fail)
}

/// True if some of what Dokku runs of it is no shell script, or is one that could not be parsed whole.
fn is_unread(plugin: &Plugin) -> bool {
    let mut entries = plugin.files().iter().filter(|file| file.is_entry());
    entries.any(|file| file.script().is_err())
        || plugin
            .reached()
            .any(|(_, script)| !script.broken.is_empty())
}

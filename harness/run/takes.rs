//! What was seen of steps that several cases of a plugin ask for in the same world: one take of them serves all.
//!
//! Half the cases of a command begin with the same: the command as it is, which they then hold something against. A
//! trial that asks for the same a second time does so to see whether it comes out alike, and is given nothing.

use std::collections::{HashMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::attempt::Play;
use super::fault::Fault;
use super::{Ground, Trial, given};
use crate::dokku::{Era, Version};
use crate::spec::{Cwd, Neighbour, Observed, Run, Stdin, Step, User};
use crate::world::{Blueprint, Unknown};

/// How many plugins' takes are kept, each in one version: trials come in the order of these.
const GROUPS: usize = 4;
/// How many bytes of output a take may have that is kept.
const LARGEST: usize = 256 << 10;

/// What was seen of a step.
#[derive(Clone, Debug)]
pub(super) struct Take {
    pub(super) observed: Observed,
    /// The command line as one would type it.
    pub(super) command: String,
    /// How long it took.
    pub(super) took: Duration,
    /// The versions in which all that was asked of Dokku's past up to its end has the same answers.
    pub(super) era: Era,
}

/// What a step was played in, and what it was, in words: two that are alike in these are alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Setting {
    group: (PathBuf, Version),
    words: String,
}

/// The takes of a run.
#[derive(Debug, Default)]
pub struct Takes(Mutex<VecDeque<Group>>);

/// Those of one plugin in one version.
#[derive(Debug)]
struct Group {
    about: (PathBuf, Version),
    takes: HashMap<String, Kept>,
}

/// A take, and the trials that have seen it.
#[derive(Debug)]
struct Kept {
    take: Arc<Take>,
    seen_by: Vec<String>,
}

impl Takes {
    /// What was seen in this setting, unless this trial has seen it already.
    pub(super) fn recall(&self, setting: &Setting, trial: &Trial) -> Option<Take> {
        let mut groups = self.0.lock().ok()?;
        let group = groups.iter_mut().find(|one| one.about == setting.group)?;
        let kept = group.takes.get_mut(&setting.words)?;
        let name = trial.name();
        if kept.seen_by.contains(&name) {
            return None;
        }
        kept.seen_by.push(name);
        Some(Take::clone(&kept.take))
    }

    /// Keeps what a trial saw in this setting; the first take stays.
    pub(super) fn keep(&self, setting: Setting, trial: &Trial, take: &Take) {
        let (stdout, stderr) = (&take.observed.stdout, &take.observed.stderr);
        let Ok(mut groups) = self.0.lock() else {
            return;
        };
        if stdout.bytes().len() + stderr.bytes().len() > LARGEST {
            return;
        }
        let Setting { group, words } = setting;
        let place = groups.iter().position(|one| one.about == group);
        let place = place.unwrap_or_else(|| {
            groups.truncate(GROUPS - 1);
            groups.push_front(Group {
                about: group,
                takes: HashMap::new(),
            });
            0
        });
        if let Some(group) = groups.get_mut(place) {
            group.takes.entry(words).or_insert_with(|| Kept {
                take: Arc::new(take.clone()),
                seen_by: vec![trial.name()],
            });
        }
    }
}

/// All that a step of a case is, but for its name and what is expected of it.
#[derive(Debug)]
#[allow(dead_code, reason = "it is read by being written out")]
struct Words<'s> {
    blueprint: Blueprint,
    neighbours: &'s [Neighbour],
    run: Run<String>,
    stdin: (&'s Stdin, Option<String>),
    environment: Vec<(String, String)>,
    deadline: Duration,
    tty: bool,
    cwd: &'s Cwd,
    users: [Option<User>; 2],
    umask: Option<u32>,
    looks: (bool, bool),
}

impl Ground {
    /// The setting of a step that is played alone in a world that is fresh; none where it is not, and for a plugin's own
    /// rules, whose time is counted.
    pub(super) fn setting(
        &self,
        play: &Play<'_>,
        step: &Step,
        unknown: Unknown,
    ) -> Result<Option<Setting>, Fault> {
        let Play {
            trial, case, steps, ..
        } = *play;
        let is_alone = case.fresh_worlds || steps.len() == 1;
        let is_plain = !play.installed && play.absent.is_empty() && !trial.requirement.own;
        if !is_alone || !is_plain {
            return Ok(None);
        }
        let values = &trial.values;
        let words = Words {
            blueprint: given::blueprint(trial, case, unknown)?,
            neighbours: &case.given.neighbours,
            run: step.run.fill(values)?,
            stdin: (&step.stdin, step.stdin.text(values)?),
            environment: given::environment(case, step, values)?,
            deadline: self.deadline(step),
            tty: step.tty.unwrap_or(case.given.tty),
            cwd: step.cwd.as_ref().unwrap_or(&case.given.cwd),
            users: [step.user, case.given.user],
            umask: step.umask.or(case.given.umask),
            looks: (case.looks_at_files(), case.has_root()),
        };
        let root: &Path = trial.plugin.root();
        Ok(Some(Setting {
            group: (root.to_owned(), trial.version),
            words: format!("{} {words:?}", trial.plugin.name()),
        }))
    }
}

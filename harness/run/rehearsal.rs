//! What a trial would start, for who wants to start it otherwise.

use super::attempt::Play;
use super::fault::Fault;
use super::scene::Scene;
use super::{Ground, Trial};
use crate::sandbox;
use crate::spec::Script;
use crate::world::Unknown;

/// The worlds of a trial, ready to play in, and its processes in their order. Nothing of it has run.
#[derive(Debug)]
pub struct Rehearsal<'a> {
    /// The processes, as the runner would start them.
    pub processes: Vec<sandbox::Step>,
    /// The worlds that they are to run in; they go when this goes.
    _scenes: Vec<Scene<'a>>,
}

impl Ground {
    /// Makes the worlds of a trial, and tells what [`verdict`](Self::verdict) would start in them; nothing for a trial
    /// that reads the plugin's text alone.
    ///
    /// # Errors
    /// A sentence, if a world can't be made.
    pub fn rehearse<'a>(&'a self, trial: &'a Trial) -> Result<Rehearsal<'a>, String> {
        self.try_rehearse(trial).map_err(|fault| fault.to_string())
    }

    fn try_rehearse<'a>(&'a self, trial: &'a Trial) -> Result<Rehearsal<'a>, Fault> {
        let case = trial.case().ok_or(Fault::NoCase)?;
        let steps = match &case.script {
            Script::Inspect(_) | Script::Suite => [].as_slice(),
            Script::Steps(steps) => steps,
        };
        let play = Play::new(trial, case, steps);
        let mut scenes: Vec<Scene<'a>> = Vec::new();
        let mut processes = Vec::new();
        for step in steps {
            if case.fresh_worlds || scenes.is_empty() {
                scenes.push(Scene::new(self, &play, Unknown::Fails)?);
            }
            if let Some(scene) = scenes.last_mut() {
                processes.push(scene.prepare(step)?.0);
            }
        }
        Ok(Rehearsal {
            processes,
            _scenes: scenes,
        })
    }
}

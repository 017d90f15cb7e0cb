//! Where the steps of a case are played, one after another.

use std::time::{Duration, Instant};

use super::attempt::Play;
use super::fault::Fault;
use super::scene::Scene;
use super::takes::Take;
use super::{Ground, install};
use crate::spec::Step;
use crate::world::Unknown;

/// How long the steps of a case of a plugin's own rule may take together: whoever checks a plugin has not written it.
const OWN_TIME: Duration = Duration::from_secs(60);

/// The steps of a case, in one world or each in a fresh one.
pub(super) struct Stage<'a> {
    ground: &'a Ground,
    play: &'a Play<'a>,
    unknown: Unknown,
    scene: Option<Scene<'a>>,
    /// How much time the case has left, if it has not all it wants.
    left: Option<Duration>,
    /// What was seen of the plugin's `install`, the last time that it was run before a step.
    pub(super) install: Option<Take>,
}

impl<'a> Stage<'a> {
    /// One on which nothing was played yet; what its worlds do not model is answered as `unknown` says.
    pub(super) fn new(ground: &'a Ground, play: &'a Play<'a>, unknown: Unknown) -> Self {
        Self {
            ground,
            play,
            unknown,
            scene: None,
            left: play.trial.requirement.own.then_some(OWN_TIME),
            install: None,
        }
    }

    /// What is seen of a step, and how long it may take.
    pub(super) fn take(&mut self, step: &Step) -> Result<(Take, Duration), Fault> {
        let (ground, trial) = (self.ground, self.play.trial);
        let deadline = ground.deadline(step);
        let most = self.most().map_or(deadline, |most| most.min(deadline));
        let Some(takes) = &ground.takes else {
            return Ok((self.play(step)?, most));
        };
        let setting = ground.setting(self.play, step, self.unknown)?;
        let seen = setting.as_ref().and_then(|one| takes.recall(one, trial));
        let take = match seen {
            Some(take) => take,
            None => {
                let take = self.play(step)?;
                // What an interruption ended shows nothing.
                if let Some(setting) = setting.filter(|_| !ground.cancel.requested()) {
                    takes.keep(setting, trial, &take);
                }
                take
            }
        };
        Ok((take, most))
    }

    fn play(&mut self, step: &Step) -> Result<Take, Fault> {
        if self.play.case.fresh_worlds || self.scene.is_none() {
            // The world before goes first, so that this one can have its place.
            self.scene = None;
            self.scene = Some(Scene::new(self.ground, self.play, self.unknown)?);
            if self.play.installed {
                self.install = Some(self.play_timed(&install::step())?);
            }
        }
        self.play_timed(step)
    }

    /// How long a step may take, if not as long as it wants.
    fn most(&self) -> Option<Duration> {
        let most = self.ground.most;
        self.left.map(|left| left.min(most.unwrap_or(left)))
    }

    /// Plays a step in the time that is left for the case, and takes from that what it took.
    fn play_timed(&mut self, step: &Step) -> Result<Take, Fault> {
        let most = self.most();
        let scene = self.scene.as_mut().ok_or(Fault::NoCase)?;
        let began = Instant::now();
        let (observed, command) = scene.play(step, most)?;
        let took = began.elapsed();
        if let Some(left) = &mut self.left {
            *left = left.saturating_sub(took);
            if left.is_zero() {
                return Err(Fault::OutOfTime(OWN_TIME));
            }
        }
        Ok(Take {
            observed,
            command,
            took,
            era: scene.era(),
        })
    }
}

//! One run of all steps of a case, judged.

use std::time::{Duration, Instant};

use super::fault::Fault;
use super::scene::Scene;
use super::sentence::clipped;
use super::{Difference, Evidence, Ground, Outcome, StepEvidence, Trial, Verdict, install};
use crate::dokku::{Version, statuses};
use crate::sandbox::Exit;
use crate::spec::{
    Case, Mismatch, NoVerdict, Observations, Observed, Statuses, Step, Terms, judge, no_verdict,
};
use crate::world::Unknown;

/// How many bytes of what was expected, and of what was there, a difference shows; the evidence has all.
const SHOWN: usize = 16 << 10;

/// How long the steps of a case of a plugin's own rule may take together: whoever checks a plugin has not written it.
const OWN_TIME: Duration = Duration::from_secs(60);

/// What is to be played.
pub(super) struct Play<'a> {
    pub(super) trial: &'a Trial,
    pub(super) case: &'a Case,
    pub(super) steps: &'a [Step],
    /// Whether the plugin's `install` is run before each world's first step.
    pub(super) installed: bool,
    /// Programs that this machine does not have and that the world stands in for, only to see who calls them.
    pub(super) absent: &'a [String],
}

impl Play<'_> {
    /// The same, after the plugin's `install`.
    pub(super) fn after_install(&self) -> Self {
        Self {
            installed: true,
            ..*self
        }
    }
}

/// One run of all steps of a case.
pub(super) struct Attempt {
    pub(super) evidence: Evidence,
    slowest: u8,
    not_applicable: Option<String>,
    undecided: Option<String>,
}

impl Attempt {
    /// Whether all was as expected.
    pub(super) fn passes(&self) -> bool {
        self.evidence.differences.is_empty()
    }

    /// What was not as expected, without the texts, which may name a time or a process.
    pub(super) fn shape(&self) -> Vec<(Option<&str>, &str)> {
        let differences = self.evidence.differences.iter();
        differences
            .map(|one| (one.step.as_deref(), one.subject.as_str()))
            .collect()
    }

    /// What the case itself says of what was seen: that it does not apply, or that nothing can be told.
    pub(super) fn no_verdict(&self) -> Option<(Outcome, String)> {
        let skip = self.not_applicable.clone().map(|why| (Outcome::Skip, why));
        skip.or_else(|| {
            let why = self.undecided.clone()?;
            Some((Outcome::Inconclusive, why))
        })
    }

    /// The verdict that all was as expected. What no expectation looks at of standard error is left out: in a trace the
    /// order of the lines is often the scheduler's.
    pub(super) fn passed(mut self, play: &Play<'_>) -> Verdict {
        for (step, seen) in play.steps.iter().zip(&mut self.evidence.steps) {
            if !play.case.looks_at_stderr(&step.name) {
                seen.stderr.clear();
            }
        }
        self.verdict(Outcome::Pass, String::new())
    }

    /// The verdict that this run is the evidence of.
    pub(super) fn verdict(self, outcome: Outcome, reason: String) -> Verdict {
        Verdict {
            outcome,
            reason,
            evidence: self.evidence,
            flaky: false,
            slowest: self.slowest,
        }
    }
}

impl Ground {
    /// Runs all steps; what the world does not model is answered as `unknown` says.
    pub(super) fn attempt(&self, play: &Play, unknown: Unknown) -> Result<Attempt, Fault> {
        let Play {
            trial,
            case,
            steps,
            installed,
            ..
        } = *play;
        let mut seen = Observations::new();
        let mut evidence = Evidence {
            place: trial.place.clone(),
            ..Evidence::default()
        };
        let single = steps.len() == 1;
        let mut slowest = 0;
        let mut scene = None;
        let mut left = trial.requirement.own.then_some(OWN_TIME);
        for step in steps {
            if case.fresh_worlds || scene.is_none() {
                let mut new = Scene::new(self, play, unknown)?;
                if installed {
                    let (observed, command, _) =
                        self.play_timed(&mut new, &install::step(), &mut left)?;
                    evidence.install = Some(Box::new(told(None, command, &observed)));
                }
                scene = Some(new);
            }
            let Some(scene) = &mut scene else { continue };
            let most = self.most_of(left);
            let (observed, command, took) = self.play_timed(scene, step, &mut left)?;
            if !matches!(observed.exit, Exit::Deadline(_)) {
                let deadline = self.deadline(step);
                slowest = slowest.max(percent(
                    took,
                    most.map_or(deadline, |most| most.min(deadline)),
                ));
            }
            let name = (!single).then(|| step.name.to_string());
            evidence.steps.push(StepEvidence {
                environment: scene.environment(step)?,
                ..told(name, command, &observed)
            });
            seen.push(step.name.clone(), observed);
        }
        let terms = Terms {
            values: &trial.values,
            statuses: statuses(trial.version),
        };
        let reason = |reasons: &[NoVerdict]| {
            let here = reasons
                .iter()
                .filter(|reason| reason.holds.contains(trial.version));
            no_verdict(here, &seen, terms).map(|reason| reason.map(str::to_owned))
        };
        let not_applicable = reason(&case.not_applicable)?;
        let undecided = reason(&case.undecided)?;
        let mismatches = judge(steps, &seen, terms)?;
        evidence.differences = mismatches
            .into_iter()
            .map(|one| difference(one, single))
            .collect();
        evidence.find_line();
        Ok(Attempt {
            evidence,
            slowest,
            not_applicable,
            undecided,
        })
    }
}

impl Ground {
    /// How long a step of a case may take that has this much time left, if it has not all it wants.
    fn most_of(&self, left: Option<Duration>) -> Option<Duration> {
        left.map(|left| left.min(self.most.unwrap_or(left)))
    }

    /// Plays a step in the time that is left for the case, and takes from that what it took.
    fn play_timed(
        &self,
        scene: &mut Scene,
        step: &Step,
        left: &mut Option<Duration>,
    ) -> Result<(Observed, String, Duration), Fault> {
        let began = Instant::now();
        let (observed, command) = scene.play(step, self.most_of(*left))?;
        let took = began.elapsed();
        if let Some(left) = left {
            *left = left.saturating_sub(took);
            if left.is_zero() {
                return Err(Fault::OutOfTime(OWN_TIME));
            }
        }
        Ok((observed, command, took))
    }
}

/// How large a part the one is of the other, in percent; 100 for more than all of it.
pub(super) fn percent(part: Duration, whole: Duration) -> u8 {
    let percent = part.as_millis().saturating_mul(100) / whole.as_millis().max(1);
    u8::try_from(percent.min(100)).unwrap_or(100)
}

pub(super) fn told(name: Option<String>, command: String, observed: &Observed) -> StepEvidence {
    StepEvidence {
        name,
        command,
        environment: Vec::new(),
        exit: observed.exit,
        stdout: observed.stdout.text().into_owned(),
        stderr: observed.stderr.text().into_owned(),
        calls: observed.calls.clone(),
        changes: observed.changes.clone(),
        left: observed.left.clone(),
    }
}

fn statuses(version: Version) -> Statuses {
    Statuses {
        not_implemented: statuses::NOT_IMPLEMENTED,
        valid: statuses::VALID,
        app_missing: statuses::app_missing(version),
    }
}

fn difference(mismatch: Mismatch, single: bool) -> Difference {
    Difference {
        step: (!single).then(|| mismatch.step.to_string()),
        subject: mismatch.subject,
        expected: clipped(mismatch.expected, SHOWN),
        actual: clipped(mismatch.actual, SHOWN),
    }
}

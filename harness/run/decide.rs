//! How the runs of a case come to its verdict.

use std::cell::Cell;

use super::attempt::{Attempt, Play};
use super::doubt::{Doubt, Hearsay};
use super::fault::Fault;
use super::suite::Performances;
use super::{
    Evidence, Fate, Ground, Outcome, Trial, Verdict, doubt, expectations, inspect, install,
    sentence, steady,
};
use crate::sandbox::Isolation;
use crate::spec::Script;
use crate::world::{Origin, Unknown};

/// No plugin that keeps to itself comes to the record of its calls. Where others come to its rights too, it can't be known
/// which of them did, nor which spoilt a world. What comes of the words of a spec or of a plugin speaks neither
/// for nor against it, and is no failure of the harness: one plugin's own rule would else end the run of all others so.
/// All else is the harness's or the machine's doing.
pub(super) fn of_fault(fault: &Fault, trial: &Trial, level: Isolation) -> Verdict {
    let bare = Verdict::bare;
    match fault {
        Fault::Forged(_) if level == Isolation::Strict => bare(Outcome::Fail, fault.to_string()),
        Fault::Forged(_) => {
            let reason = format!("{fault}; at this level any other plugin's code can do that too");
            bare(Outcome::Inconclusive, reason)
        }
        Fault::Spoilt(_) | Fault::OutOfTime(_) => bare(Outcome::Inconclusive, fault.to_string()),
        _ if fault.is_of_words() || trial.requirement.own && fault.is_of_spec() => {
            let reason = format!("the case can't be run: {fault}");
            bare(Outcome::Inconclusive, reason)
        }
        _ => bare(Outcome::Error, fault.to_string()),
    }
}

impl Ground {
    /// Runs a trial to its verdict.
    #[must_use]
    pub fn verdict(&self, trial: &Trial) -> Verdict {
        match &trial.fate {
            Fate::Decided(outcome, reason) => Verdict {
                evidence: Evidence {
                    place: trial.place.clone(),
                    ..Evidence::default()
                },
                ..Verdict::bare(*outcome, reason)
            },
            Fate::Absent(lack) => Verdict::bare(Outcome::Skip, lack),
            Fate::Follows(trials) => {
                let verdicts = trials.iter().map(|trial| self.verdict(trial));
                let outcomes = verdicts.map(|verdict| (verdict.outcome, verdict.reason));
                expectations::follow(trial, outcomes)
            }
            Fate::OfSuite(part) => Performances::new(self).verdict(trial, part, 0).0,
            Fate::Run => self
                .run(trial)
                .unwrap_or_else(|fault| of_fault(&fault, trial, self.stock.isolation())),
        }
    }

    fn run(&self, trial: &Trial) -> Result<Verdict, Fault> {
        let case = trial.case().ok_or(Fault::NoCase)?;
        let here = self.stock.isolation();
        match &case.script {
            Script::Inspect(inspection) => Ok(inspect::verdict(trial, *inspection)),
            // What is to be played of it is told by its fate.
            Script::Suite => Err(Fault::NoCase),
            Script::Steps(steps) => {
                if let Some(needed) = case.given.isolation.filter(|level| *level > here) {
                    let reason =
                        format!("it is run only at isolation {needed}, and this is {here}");
                    return Ok(Verdict::bare(Outcome::Inconclusive, reason));
                }
                let era = Cell::default();
                let play = Play {
                    era: Some(&era),
                    ..Play::new(trial, case, steps)
                };
                let verdict = self.decide(&play)?;
                // A real Dokku notes nothing.
                let is_noted = matches!(self.origin(trial.version), Origin::BuiltIn(_));
                Ok(Verdict {
                    era: is_noted.then(|| era.get()),
                    ..verdict
                })
            }
        }
    }

    /// Runs the case, and again where the first run leaves a doubt that a second can remove.
    fn decide(&self, play: &Play) -> Result<Verdict, Fault> {
        let first = self.attempt(play, Unknown::Fails)?;
        let unmodelled = doubt::unmodelled(&first.evidence);
        if let Some((outcome, because)) = first.no_verdict() {
            return match (outcome, unmodelled) {
                (Outcome::Inconclusive, None) if self.awaits_install(play, &first) => {
                    self.decide(&play.after_install())
                }
                (_, None) => Ok(first.verdict(outcome, because)),
                (Outcome::Skip, Some(names)) => self.confirm(play, first, Some(because), names),
                (_, Some(names)) => Ok(first.verdict(Outcome::Inconclusive, names)),
            };
        }
        if let Some(because) = doubt::interpreter(play.trial, &first.evidence) {
            return Ok(first.verdict(Outcome::Inconclusive, because));
        }
        if first.passes() {
            return match unmodelled {
                None => Ok(first.passed(play)),
                Some(names) => self.confirm(play, first, None, names),
            };
        }
        let doubt = match unmodelled {
            Some(names) => Some(Doubt::Other(names)),
            None => self.doubt(play, &first.evidence)?,
        };
        match doubt {
            None => self.confirm_failure(play, first),
            Some(Doubt::NotInstalled(_)) if self.can_install(play) => {
                self.decide(&play.after_install())
            }
            Some(doubt) => Ok(first.verdict(Outcome::Inconclusive, doubt.to_string())),
        }
    }

    /// Why a failure may not be the plugin's own, as far as that does not rest on its word alone.
    fn doubt(&self, play: &Play, evidence: &Evidence) -> Result<Option<Doubt>, Fault> {
        let doubt = doubt::of_failure(play, evidence, self, Hearsay::Counts);
        let Some(Doubt::Missing(programs)) = doubt else {
            return Ok(doubt);
        };
        Ok(match self.called(play, &programs)? {
            Some(program) => Some(Doubt::Missing(vec![program])),
            None => doubt::of_failure(play, evidence, self, Hearsay::IsRefuted),
        })
    }

    /// The first of these programs, which this machine does not have, that the case calls when it is played again.
    fn called(&self, play: &Play, programs: &[String]) -> Result<Option<String>, Fault> {
        let again = Play {
            absent: programs,
            ..*play
        };
        let evidence = self.attempt(&again, Unknown::Fails)?.evidence;
        let mut steps = evidence.all_steps();
        let is_called = |program: &&String| {
            steps.any(|step| step.calls.iter().any(|call| call.program == **program))
        };
        Ok(programs.iter().find(is_called).cloned())
    }

    /// True if the case has no verdict for want of what `install` makes, and can be played again after it.
    fn awaits_install(&self, play: &Play, first: &Attempt) -> bool {
        let doubt = doubt::of_failure(play, &first.evidence, self, Hearsay::Counts);
        matches!(doubt, Some(Doubt::NotInstalled(_))) && self.can_install(play)
    }

    /// True if the case can be played once more in a world that the plugin's `install` has made ready for it.
    fn can_install(&self, play: &Play) -> bool {
        let is_apart = self.stock.isolation() == Isolation::Strict;
        is_apart && !play.installed && play.trial.plugin.has_trigger(install::TRIGGER)
    }

    /// A pass, or a skip for this reason, counts, whatever the world could not answer, if the opposite answer makes no
    /// difference.
    fn confirm(
        &self,
        play: &Play,
        first: Attempt,
        skipped: Option<String>,
        names: String,
    ) -> Result<Verdict, Fault> {
        let second = self.attempt(play, Unknown::Succeeds)?;
        Ok(match (skipped, second.no_verdict()) {
            (None, None) if second.passes() => first.passed(play),
            (Some(because), Some((Outcome::Skip, again))) if again == because => {
                first.verdict(Outcome::Skip, because)
            }
            _ => second.verdict(Outcome::Inconclusive, names),
        })
    }

    /// A failure counts if it comes again, and if what it compares is the same in both runs.
    fn confirm_failure(&self, play: &Play, first: Attempt) -> Result<Verdict, Fault> {
        let second = self.attempt(play, Unknown::Fails)?;
        if let Some(because) = steady::varying(play.steps, &first.evidence, &second.evidence) {
            return Ok(second.verdict(Outcome::Inconclusive, because));
        }
        if second.shape() != first.shape() {
            let reason = "it came out differently when it was run again";
            return Ok(Verdict {
                flaky: true,
                ..second.verdict(Outcome::Inconclusive, reason.into())
            });
        }
        let reason = sentence::of_failure(&first.evidence);
        Ok(first.verdict(Outcome::Fail, reason))
    }
}

//! How the runs of a case come to its verdict.

use super::attempt::{Attempt, Play};
use super::fault::Fault;
use super::{Fate, Ground, Outcome, Trial, Verdict, doubt, inspect, sentence};
use crate::spec::Script;
use crate::world::Unknown;

impl Ground {
    /// Runs a trial to its verdict.
    #[must_use]
    pub fn verdict(&self, trial: &Trial) -> Verdict {
        match &trial.fate {
            Fate::Decided(outcome, reason) => Verdict::bare(*outcome, reason),
            Fate::Run => self
                .run(trial)
                .unwrap_or_else(|fault| Verdict::bare(Outcome::Error, fault.to_string())),
        }
    }

    fn run(&self, trial: &Trial) -> Result<Verdict, Fault> {
        let case = trial.case().ok_or(Fault::NoCase)?;
        match &case.script {
            Script::Inspect(inspection) => Ok(inspect::verdict(trial, *inspection)),
            Script::Steps(steps) => self.decide(&Play { trial, case, steps }),
        }
    }

    /// Runs the case, and again where the first run leaves a doubt that a second can remove.
    fn decide(&self, play: &Play) -> Result<Verdict, Fault> {
        let first = self.attempt(play, Unknown::Fails)?;
        if let Some((outcome, because)) = first.no_verdict() {
            return Ok(first.verdict(outcome, because));
        }
        if let Some(because) = doubt::interpreter(play.trial, &first.evidence) {
            return Ok(first.verdict(Outcome::Inconclusive, because));
        }
        let unmodelled = doubt::unmodelled(&first.evidence);
        if first.passes() {
            return match unmodelled {
                None => Ok(first.verdict(Outcome::Pass, String::new())),
                Some(names) => self.confirm_pass(play, first, names),
            };
        }
        let doubt = unmodelled.or_else(|| doubt::of_failure(play.trial, &first.evidence));
        match doubt {
            None => self.confirm_failure(play, first),
            Some(because) => Ok(first.verdict(Outcome::Inconclusive, because)),
        }
    }

    /// A pass counts, whatever the world could not answer, if the opposite answer makes no difference.
    fn confirm_pass(&self, play: &Play, first: Attempt, names: String) -> Result<Verdict, Fault> {
        let second = self.attempt(play, Unknown::Succeeds)?;
        Ok(match second.passes() && second.no_verdict().is_none() {
            true => first.verdict(Outcome::Pass, String::new()),
            false => second.verdict(Outcome::Inconclusive, names),
        })
    }

    /// A failure counts if it comes again.
    fn confirm_failure(&self, play: &Play, first: Attempt) -> Result<Verdict, Fault> {
        let second = self.attempt(play, Unknown::Fails)?;
        if second.shape() != first.shape() {
            let reason = "it came out differently when it was run again";
            return Ok(second.verdict(Outcome::Inconclusive, reason.into()));
        }
        let reason = sentence::of_failure(&first.evidence);
        Ok(first.verdict(Outcome::Fail, reason))
    }
}

//! One run of all steps of a case, judged.

use std::cell::Cell;
use std::time::Duration;

use super::fault::Fault;
use super::sentence::clipped;
use super::stage::Stage;
use super::takes::Take;
use super::{Difference, Evidence, Ground, Outcome, StepEvidence, Trial, Verdict, given};
use crate::dokku::{Era, Version, statuses};
use crate::sandbox::Exit;
use crate::spec::{
    Case, Mismatch, NoVerdict, Observations, Observed, Statuses, Step, Terms, Unjudged, judge,
    no_verdict,
};
use crate::world::Unknown;

/// How many bytes of what was expected, and of what was there, a difference shows; the evidence has all.
const SHOWN: usize = 16 << 10;

/// What is to be played.
pub(super) struct Play<'a> {
    pub(super) trial: &'a Trial,
    pub(super) case: &'a Case,
    pub(super) steps: &'a [Step],
    /// Whether the plugin's `install` is run before each world's first step.
    pub(super) installed: bool,
    /// Programs that this machine does not have and that the world stands in for, only to see who calls them.
    pub(super) absent: &'a [String],
    /// Where it is noted in which versions all that was asked of Dokku's past has the same answers, if anybody wants to
    /// know.
    pub(super) era: Option<&'a Cell<Era>>,
}

impl<'a> Play<'a> {
    /// These steps of a trial's case, of a plugin as it lies there.
    pub(super) fn new(trial: &'a Trial, case: &'a Case, steps: &'a [Step]) -> Self {
        Self {
            trial,
            case,
            steps,
            installed: false,
            absent: &[],
            era: None,
        }
    }

    /// Notes what was asked in a take.
    fn note(&self, take: &Take) {
        if let Some(era) = self.era {
            era.set(era.get().and(take.era));
        }
    }

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
            era: None,
        }
    }
}

impl Ground {
    /// Runs all steps, up to one that shows that the case has no verdict; what the world does not model is answered as
    /// `unknown` says.
    pub(super) fn attempt(&self, play: &Play, unknown: Unknown) -> Result<Attempt, Fault> {
        let Play {
            trial, case, steps, ..
        } = *play;
        let terms = Terms {
            values: &trial.values,
            statuses: statuses(trial.version),
        };
        let single = steps.len() == 1;
        let mut stage = Stage::new(self, play, unknown);
        let mut seen = Observations::new();
        let mut evidence = Evidence {
            place: trial.place.clone(),
            ..Evidence::default()
        };
        let mut slowest = 0;
        for step in steps {
            let (take, most) = stage.take(step)?;
            play.note(&take);
            if !matches!(take.observed.exit, Exit::Deadline(_)) {
                slowest = slowest.max(percent(take.took, most));
            }
            let name = (!single).then(|| step.name.to_string());
            evidence.steps.push(StepEvidence {
                environment: given::environment(case, step, &trial.values)?,
                ..told(name, take.command, &take.observed)
            });
            seen.push(step.name.clone(), take.observed);
            let is_last = evidence.steps.len() == steps.len();
            // What settles the case leaves nothing to see in what follows.
            if !is_last && has_no_verdict_already(case, trial.version, &seen, terms)? {
                break;
            }
        }
        let install = stage.install.take();
        install.iter().for_each(|take| play.note(take));
        evidence.install = install.map(|it| Box::new(told(None, it.command, &it.observed)));
        let reason = |reasons: &[NoVerdict]| {
            let here = reasons_in(trial.version, reasons);
            no_verdict(here, &seen, terms).map(|reason| reason.map(str::to_owned))
        };
        let not_applicable = reason(&case.not_applicable)?;
        let undecided = reason(&case.undecided)?;
        if not_applicable.is_none() && undecided.is_none() {
            let mismatches = judge(steps, &seen, terms)?.into_iter();
            evidence.differences = mismatches.map(|one| difference(one, single)).collect();
        }
        evidence.find_line();
        Ok(Attempt {
            evidence,
            slowest,
            not_applicable,
            undecided,
        })
    }
}

/// The reasons against a verdict that count in a version.
fn reasons_in(version: Version, reasons: &[NoVerdict]) -> impl Iterator<Item = &NoVerdict> {
    reasons
        .iter()
        .filter(move |reason| reason.holds.contains(version))
}

/// True if what was seen so far, with steps to come, shows that a case has no verdict, and which one, whatever they show.
fn has_no_verdict_already(
    case: &Case,
    version: Version,
    seen: &Observations,
    terms: Terms<'_>,
) -> Result<bool, Fault> {
    let not_applicable = reasons_in(version, &case.not_applicable);
    for reason in not_applicable.chain(reasons_in(version, &case.undecided)) {
        let is_seen = reason
            .step
            .as_ref()
            .is_some_and(|step| seen.get(step).is_some());
        match no_verdict([reason], seen, terms) {
            Ok(Some(_)) => return Ok(true),
            Ok(None) if is_seen => {}
            // It may hold of what is to come, and goes before those after it.
            Ok(None) | Err(Unjudged::NotObserved(_)) => return Ok(false),
            Err(other) => return Err(other.into()),
        }
    }
    Ok(false)
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

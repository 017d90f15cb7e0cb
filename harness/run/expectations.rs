//! What is expected to fail, woven into a plan.
//!
//! Each expectation is a case of its own in each version that it is about: one that holds no longer is a failure, at
//! its line. What comes of it follows from the cases that it is about.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use jiff::civil::Date;

use super::{Fate, Outcome, Plan, Trial, Verdict};
use crate::dokku::{Span, Version};
use crate::plugin::Place;
use crate::spec::{Id, KnownFailure, Level, Requirement, Values};

/// The id of the requirement that expectations are cases of. No spec may have it.
pub const EXPECTATIONS: &str = "expectations";

/// The requirement that expectations are cases of; none only if its id were none.
#[must_use]
pub fn expectations() -> Option<&'static Arc<Requirement>> {
    static RULE: LazyLock<Option<Arc<Requirement>>> = LazyLock::new(|| {
        let id: Id = EXPECTATIONS.parse().ok()?;
        Some(Arc::new(Requirement {
            id,
            title: "What is expected to fail does so still".to_owned(),
            level: Level::Must,
            holds: Span::default(),
            source: None,
            why: Some(
                "An expectation takes a failure out of what fails a run. One that nothing answers to any more would hide \
                 the next failure of that rule."
                    .to_owned(),
            ),
            fix: Some(
                "Take the expectation out, or narrow its `case` or `dokku` to what fails still; \
                 to accept the failure for longer, move `expires`."
                    .to_owned(),
            ),
            applies: None,
            example: None,
            cases: Vec::new(),
        }))
    });
    RULE.as_ref()
}

impl Plan {
    /// The requirement that expectations are cases of, if there are such cases.
    #[must_use]
    pub fn expectations(&self) -> Option<Arc<Requirement>> {
        let rule = expectations()?;
        let mut trials = self.trials.iter();
        let has_some = trials.any(|trial| trial.requirement.id == rule.id);
        has_some.then(|| Arc::clone(rule))
    }
}

/// The plan of one plugin, with what is known to fail of it on this day. Its trials are in the order of their versions.
pub(super) fn weave(
    mut trials: Vec<Trial>,
    known: &[Arc<KnownFailure>],
    today: Date,
) -> Vec<Trial> {
    for trial in &mut trials {
        trial.expected = expected(trial, known, today);
    }
    let known: Vec<(&Arc<KnownFailure>, bool)> = known
        .iter()
        .map(|failure| (failure, trials.iter().any(|trial| is_about(failure, trial))))
        .collect();
    let mut woven = Vec::new();
    for version in trials.chunk_by(|one, other| one.version == other.version) {
        woven.extend_from_slice(version);
        let cases = known.iter();
        woven
            .extend(cases.filter_map(|(failure, matches)| case(failure, version, *matches, today)));
    }
    woven
}

/// The narrowest expectation that a trial fails, of those that still count.
fn expected(trial: &Trial, known: &[Arc<KnownFailure>], today: Date) -> Option<Arc<KnownFailure>> {
    let counts = |failure: &&Arc<KnownFailure>| {
        !is_over(failure, today) && failure.dokku.contains(trial.version) && covers(failure, trial)
    };
    let narrowest = known.iter().filter(counts);
    narrowest
        .max_by_key(|failure| failure.narrowness())
        .cloned()
}

fn is_over(failure: &KnownFailure, today: Date) -> bool {
    failure.expires.is_some_and(|last| last < today)
}

fn covers(failure: &KnownFailure, trial: &Trial) -> bool {
    trial.requirement.id == failure.id && failure.covers(failure.id.as_str(), &trial.case_name())
}

/// True if an expectation is about this trial, and the trial may fail.
fn is_about(failure: &KnownFailure, trial: &Trial) -> bool {
    covers(failure, trial)
        && failure.dokku.contains(trial.version)
        && !matches!(trial.fate, Fate::Absent(_))
}

/// The case of an expectation, in the version of these trials; none if the run is not about it: its requirement was not
/// selected, it is about other versions, or `matches` in others of the run alone.
fn case(failure: &KnownFailure, trials: &[Trial], matches: bool, today: Date) -> Option<Trial> {
    let is_of_rule = |trial: &&Trial| trial.requirement.id == failure.id;
    let first = trials.iter().find(is_of_rule)?;
    let version = first.version;
    let (about, concerned) = (&failure.dokku, first.requirement.holds);
    if !about.contains(version) || !concerned.contains(version) {
        return None;
    }
    let is_meant = |trial: &&Trial| is_about(failure, trial) && !is_of_another(trial, version);
    let meant: Vec<Trial> = trials.iter().filter(is_meant).cloned().collect();
    let fate = match failure.expires.filter(|_| is_over(failure, today)) {
        Some(last) => Fate::Decided(Outcome::Fail, expired(failure, last)),
        None if !meant.is_empty() => Fate::Follows(meant),
        None if matches => return None,
        None => Fate::Decided(Outcome::Fail, unmatched(failure, trials)),
    };
    Some(Trial {
        plugin: Arc::clone(&first.plugin),
        label: first.label.clone(),
        requirement: Arc::clone(expectations()?),
        index: 0,
        version,
        values: Values::new(),
        target: Some(failure.subject()),
        place: Some(place(failure)),
        fate,
        expected: None,
    })
}

/// True for a case that is about one version, and that another.
fn is_of_another(trial: &Trial, version: Version) -> bool {
    let only = trial.case().and_then(|case| case.given.dokku);
    only.is_some_and(|only| only != version)
}

/// Where an expectation stands, from the folder that the run was begun in.
#[must_use]
pub fn place(failure: &KnownFailure) -> Place {
    let file = failure.file.strip_prefix(".").unwrap_or(&failure.file);
    Place {
        file: Path::display(file).to_string(),
        line: u32::try_from(failure.spot.line).ok(),
    }
}

fn expired(failure: &KnownFailure, last: Date) -> String {
    let (id, reason) = (&failure.id, &failure.reason);
    format!("the expectation that `{id}` fails expired on {last}; it was: {reason}")
}

fn unmatched(failure: &KnownFailure, trials: &[Trial]) -> String {
    let mut covered = trials.iter().filter(|trial| covers(failure, trial));
    let lacks = covered.find_map(|trial| match &trial.fate {
        Fate::Absent(lack) => Some(lack.as_str()),
        _ => None,
    });
    let subject = failure.subject();
    match lacks {
        Some(lack) => format!("`{subject}` is expected to fail, and matches nothing: {lack}"),
        None => {
            let names = trials
                .iter()
                .filter(|trial| trial.requirement.id == failure.id);
            let names: Vec<String> = names.take(NAMED).map(Trial::case_name).collect();
            format!(
                "`{subject}` is expected to fail, and matches nothing: there are {}",
                names.join(", ")
            )
        }
    }
}

/// How many cases are named.
const NAMED: usize = 6;

/// What comes of an expectation from the outcomes, with their reasons, of what it is about. One that fails is enough.
/// What could not be judged may still fail: nothing is said of it then.
pub fn follow(
    place: Option<&Place>,
    outcomes: impl IntoIterator<Item = (Outcome, String)>,
) -> Verdict {
    let (mut passes, mut open, mut skipped) = (0_usize, None, None);
    for (outcome, reason) in outcomes {
        match outcome {
            Outcome::Fail => return Verdict::bare(Outcome::Pass, ""),
            Outcome::Pass => passes += 1,
            Outcome::Skip => skipped = skipped.or(Some(reason)),
            Outcome::Inconclusive | Outcome::Error => open = open.or(Some(reason)),
        }
    }
    let mut verdict = match (open, passes, skipped) {
        (Some(open), _, _) => {
            let reason = format!("whether it still fails can't be known: {open}");
            Verdict::bare(Outcome::Inconclusive, reason)
        }
        (None, 0, skipped) => {
            let reason = skipped.unwrap_or_else(|| "nothing was run".to_owned());
            Verdict::bare(Outcome::Skip, format!("it can't fail here: {reason}"))
        }
        (None, 1, _) => Verdict::bare(Outcome::Fail, STALE),
        (None, passes, _) => {
            Verdict::bare(Outcome::Fail, format!("{STALE}: all {passes} cases pass"))
        }
    };
    verdict.evidence.place = place.cloned();
    verdict
}

/// What is said of an expectation that nothing fails.
const STALE: &str = "it is expected to fail, and passes";

#[cfg(test)]
mod tests {
    use super::*;

    fn of(outcomes: &[Outcome]) -> Outcome {
        let outcomes = outcomes.iter().map(|one| (*one, String::new()));
        follow(None, outcomes).outcome
    }

    #[test]
    fn an_expectation_is_stale_only_where_all_that_was_judged_passes() {
        use Outcome::{Error, Fail, Inconclusive, Pass, Skip};
        assert_eq!(of(&[Pass, Fail, Inconclusive]), Pass);
        assert_eq!(of(&[Pass, Pass, Skip]), Fail);
        // What can't be judged can't be said to fail no longer.
        assert_eq!(of(&[Pass, Inconclusive]), Inconclusive);
        assert_eq!(of(&[Error]), Inconclusive);
        assert_eq!(of(&[Skip]), Skip);
    }

    #[test]
    fn the_requirement_of_expectations_is_there() {
        assert_eq!(expectations().unwrap().id.as_str(), EXPECTATIONS);
    }
}

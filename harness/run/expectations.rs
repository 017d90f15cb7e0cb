//! What is expected to fail, woven into a plan.
//!
//! Each expectation is a case of its own in each version that it is about: one that holds no longer is a failure, at
//! its line. What comes of it follows from the cases that it is about.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use jiff::civil::Date;

use super::{Fate, Outcome, Trial, Verdict, of_runs};
use crate::dokku::Version;
use crate::plugin::Place;
use crate::spec::{KnownFailure, Requirement, Values};

/// The id of the requirement that expectations are cases of. No spec may have it.
pub const EXPECTATIONS: &str = "expectations";

/// The requirement that expectations are cases of; none only if its id were none.
#[must_use]
pub fn expectations() -> Option<&'static Arc<Requirement>> {
    static RULE: LazyLock<Option<Arc<Requirement>>> = LazyLock::new(|| {
        of_runs::rule(
            EXPECTATIONS,
            "What is expected to fail does so still",
            "An expectation takes a failure out of what fails a run. One that nothing answers to any more would hide \
                 the next failure of that rule.",
            "Take the expectation out, or narrow its `case` or `dokku` to what fails still; \
                 to accept the failure for longer, move `expires`.",
        )
    });
    RULE.as_ref()
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

/// What comes of an expectation, by its trial, from the outcomes, with their reasons, of what it is about.
pub fn follow(trial: &Trial, outcomes: impl IntoIterator<Item = (Outcome, String)>) -> Verdict {
    let (outcome, reason) = outcome(&trial.case_name(), outcomes);
    let mut verdict = Verdict::bare(outcome, reason);
    verdict.evidence.place = trial.place.clone();
    verdict
}

/// One that fails is enough. What could not be judged may still fail: nothing is said of it then.
fn outcome(
    subject: &str,
    outcomes: impl IntoIterator<Item = (Outcome, String)>,
) -> (Outcome, String) {
    let (mut passes, mut open, mut skipped) = (0_usize, None, None);
    for (outcome, reason) in outcomes {
        match outcome {
            Outcome::Fail => return (Outcome::Pass, String::new()),
            Outcome::Pass => passes += 1,
            Outcome::Skip => skipped = skipped.or(Some(reason)),
            Outcome::Inconclusive | Outcome::Error => open = open.or(Some(reason)),
        }
    }
    match (open, passes, skipped) {
        (Some(open), _, _) => (
            Outcome::Inconclusive,
            format!("whether it still fails can't be known: {open}"),
        ),
        (None, 0, Some(why)) => (Outcome::Skip, format!("it can't fail here: {why}")),
        (None, 0, None) => (Outcome::Inconclusive, "nothing of it was run".to_owned()),
        (None, passes, _) => (Outcome::Fail, stale(subject, passes)),
    }
}

fn stale(subject: &str, passes: usize) -> String {
    match passes {
        1 => format!("`{subject}` is expected to fail, and passes"),
        _ => format!("`{subject}` is expected to fail, and all {passes} cases of it pass"),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::run::Check;
    use crate::spec::{Source, builtin, load_conformance};

    fn of(outcomes: &[Outcome]) -> Outcome {
        let outcomes = outcomes.iter().map(|one| (*one, String::new()));
        outcome("x", outcomes).0
    }

    /// The plan for a plugin of which this is said, in these versions: what is expected to fail, and what comes of the
    /// expectations before anything runs.
    fn plan(said: &str, versions: &str) -> (Vec<String>, Vec<String>) {
        let mut check = Check::of_plugin(Path::new("fixtures/plugins/hello")).unwrap();
        let versions = versions.split(',').map(|one| one.parse().unwrap());
        check.versions = versions.collect();
        let source = Source::new("x.yaml", format!("expectations:\n{said}"));
        let said = load_conformance(&source, &builtin().unwrap()).unwrap();
        let known = said.expectations.into_iter().map(Arc::new);
        check.plugins[0].known = known.collect();
        let trials = check.plan_on(date(2026, 7, 1)).trials;
        let expected = trials.iter().filter_map(|trial| {
            let reason = &trial.expected.as_ref()?.reason;
            Some(format!("{} {} {reason}", trial.version, trial.case_name()))
        });
        let own = trials
            .iter()
            .filter(|trial| trial.requirement.id.as_str() == EXPECTATIONS);
        let own = own.map(|trial| {
            let fate = match &trial.fate {
                Fate::Follows(trials) => trials.len().to_string(),
                Fate::Decided(Outcome::Fail, reason) => reason.clone(),
                fate => panic!("{fate:?}"),
            };
            format!("{} {}: {fate}", trial.version, trial.case_name())
        });
        (expected.collect(), own.collect())
    }

    #[test]
    fn the_narrowest_expectation_counts_in_its_versions() {
        let (expected, own) = plan(
            "  - {id: unknown-command-declined, reason: wide}
  - {id: unknown-command-declined, case: a command of nobody, dokku: \"0.30\", reason: narrow}
",
            "0.30.2,0.38.27",
        );
        assert_eq!(
            expected,
            [
                "0.30.2 a-command-of-nobody narrow",
                "0.30.2 a-neighbour-still-gets-its-turn wide",
                "0.38.27 a-command-of-nobody wide",
                "0.38.27 a-neighbour-still-gets-its-turn wide",
            ]
        );
        assert_eq!(
            own,
            [
                "0.30.2 unknown-command-declined: 2",
                "0.30.2 unknown-command-declined/a-command-of-nobody: 1",
                "0.38.27 unknown-command-declined: 2",
            ]
        );
    }

    #[test]
    fn an_expectation_holds_to_the_end_of_its_last_day() {
        let said = |day: &str| format!("  - {{id: plugin-toml, expires: {day}, reason: x}}\n");
        let (expected, own) = plan(&said("2026-07-01"), "0.38.27");
        assert!(
            !expected.is_empty() && own == ["0.38.27 plugin-toml: 1"],
            "{own:?}"
        );
        let (expected, own) = plan(&said("2026-06-30"), "0.38.27");
        assert!(
            expected.is_empty() && own[0].contains("expired on 2026-06-30"),
            "{own:?}"
        );
    }

    #[test]
    fn what_matches_nothing_fails_unless_it_does_elsewhere_in_the_run() {
        let gone = "  - {id: app-flag, case: \"the flag equals the argument[gone]\", reason: x}\n";
        let (_, own) = plan(gone, "0.38.27");
        assert!(
            own[0].contains("matches nothing: there are the-flag-"),
            "{own:?}"
        );
        // The rule does not hold yet.
        let (_, own) = plan("  - {id: no-nested-dokku, reason: x}\n", "0.5.0");
        assert!(own.is_empty(), "{own:?}");
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

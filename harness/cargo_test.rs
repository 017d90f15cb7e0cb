//! The conformance tests of a plugin as tests of a Cargo package, for `cargo test` and cargo-nextest.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use libtest_mimic::{Arguments, Completion, Failed, Trial as Test};

use crate::report::{Expected, unified, visible};
use crate::role;
use crate::run::{Check, CheckError, Fate, Ground, Outcome, Trial, Verdict};
use crate::today::today;

/// Runs the conformance tests of the plugin in a directory as the whole of a test binary with `harness = false`, and
/// ends the process:
///
/// ```text
/// // tests/conformance.rs
/// fn main() {
///     dokku_conform::cargo_test(env!("CARGO_MANIFEST_DIR"))
/// }
/// ```
///
/// Every case is a test named `requirement::plugin::case`, and the arguments of the process are those of Rust's own test
/// harness (`--list`, `--exact`, filters, `--skip`, `--test-threads`, ...). What does not apply is ignored, and so, with
/// its reason, is a case that can't be judged, one that the plugin's `conformance.yaml` expects to fail, and a broken
/// `should` or `may`; with `DOKKU_CONFORM_STRICT=1` in the environment a broken `should` fails too. Each expectation is a
/// test of its own, `expectations::plugin::what it is about`, which fails when nothing of that fails any more.
///
/// The exit status is that of Rust's test harness, and 2 if the plugin or its specs can't be read.
pub fn cargo_test(directory: impl AsRef<Path>) -> ! {
    if let Some(status) = role::take_on() {
        std::process::exit(status.into());
    }
    test(directory.as_ref())
}

fn test(directory: &Path) -> ! {
    let arguments = Arguments::from_args();
    match tests(directory) {
        Ok(tests) => libtest_mimic::run(&arguments, tests).exit(),
        Err(error) => {
            eprintln!("{error}");
            std::process::exit(2)
        }
    }
}

fn tests(directory: &Path) -> Result<Vec<Test>, CheckError> {
    let check = Check::of_plugin(directory)?;
    let strict = std::env::var_os("DOKKU_CONFORM_STRICT").is_some_and(|value| value == "1");
    let worlds = Arc::new(Worlds::default());
    let trials = check.plan_on(today()).trials;
    Ok(trials
        .into_iter()
        .map(|trial| test_of(trial, strict, &worlds))
        .collect())
}

/// The worlds of all tests of one process, made when the first test runs, so that a mere list makes none.
#[derive(Default)]
struct Worlds(OnceLock<Result<Ground, String>>);

impl Worlds {
    fn ground(&self) -> Result<&Ground, Failed> {
        let ground = self
            .0
            .get_or_init(|| Ground::new(None).map_err(|error| error.to_string()));
        ground.as_ref().map_err(Failed::from)
    }
}

fn test_of(trial: Trial, strict: bool, worlds: &Arc<Worlds>) -> Test {
    let skipped = matches!(
        trial.fate,
        Fate::Decided(Outcome::Skip, _) | Fate::Absent(_)
    );
    let worlds = Arc::clone(worlds);
    let name = trial.name();
    let run = move || result(&trial, worlds.ground()?.verdict(&trial), strict);
    Test::ignorable_test(name, run).with_ignored_flag(skipped)
}

fn result(trial: &Trial, verdict: Verdict, strict: bool) -> Result<Completion, Failed> {
    let level = trial.requirement.level;
    let counts = level.counts(strict);
    if let (Outcome::Fail, Some(failure)) = (verdict.outcome, &trial.expected) {
        let expected = Expected::from(&**failure);
        return Ok(Completion::ignored_with(format!(
            "expected failure: {expected}"
        )));
    }
    match verdict.outcome {
        Outcome::Pass => Ok(Completion::Completed),
        Outcome::Skip | Outcome::Inconclusive => Ok(Completion::ignored_with(format!(
            "{}: {}",
            verdict.outcome,
            visible(&verdict.reason)
        ))),
        Outcome::Fail if !counts => Ok(Completion::ignored_with(format!(
            "warning ({level}): {}",
            visible(&verdict.reason)
        ))),
        Outcome::Fail => Err(explain(trial, &verdict).into()),
        Outcome::Error => Err(format!("the harness failed: {}", visible(&verdict.reason)).into()),
    }
}

/// What a failed test prints: the place, the reason, the difference and the way out.
fn explain(trial: &Trial, verdict: &Verdict) -> String {
    let evidence = &verdict.evidence;
    let mut lines = Vec::new();
    let place = evidence
        .place
        .as_ref()
        .map(|place| format!("{place}: "))
        .unwrap_or_default();
    lines.push(visible(&format!("{place}{}", verdict.reason)).into_owned());
    for difference in &evidence.differences {
        let step = difference
            .step
            .as_deref()
            .map(|step| format!(" of step `{step}`"))
            .unwrap_or_default();
        lines.push(format!("{}{step}:", difference.subject));
        lines.extend(unified(&difference.expected, &difference.actual));
    }
    let findings = evidence.findings.iter();
    lines.extend(findings.map(|finding| {
        let told = format!("{}: {}", finding.place, finding.message);
        visible(&told).into_owned()
    }));
    lines.extend(
        trial
            .requirement
            .fix
            .as_deref()
            .map(|fix| format!("fix: {}", fix.trim_end())),
    );
    lines.join("\n")
}

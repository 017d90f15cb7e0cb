//! The conformance tests of a plugin as tests of a Cargo package, for `cargo test` and cargo-nextest.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use libtest_mimic::{Arguments, Completion, Failed, Trial as Test};

use crate::report::{CaseRecord, Expected, Header, Journal, Shelf, unified, visible};
use crate::role;
use crate::run::{Check, Fate, Finished, Ground, Outcome, Plan, Trial, Verdict};
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
/// A run leaves the record that `dokku-conform check` would: in `reports/last.jsonl` if the directory has a folder
/// `reports`, or in the file that `DOKKU_CONFORM_RECORD` names. It is there when every case has run, whether by one
/// process or, as cargo-nextest does it, by one for each; a run that was asked for some of the cases leaves none.
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
    let check = match Check::of_plugin(&from_here(directory)) {
        Ok(check) => check,
        Err(error) => {
            eprintln!("{error}");
            std::process::exit(2)
        }
    };
    let strict = std::env::var_os("DOKKU_CONFORM_STRICT").is_some_and(|value| value == "1");
    let plan = check.plan_on(today());
    let trials = plan.trials.clone();
    let session = Arc::new(Session {
        check,
        plan,
        shelf: shelf(directory),
        stage: OnceLock::new(),
    });
    let tests = trials.into_iter().enumerate();
    let tests = tests.map(|(index, trial)| test_of(index, trial, strict, &session));
    let conclusion = libtest_mimic::run(&arguments, tests.collect());
    session.end();
    conclusion.exit()
}

/// The directory as one names it who is there: a record is of the same plugin whatever the machine calls its folder.
fn from_here(directory: &Path) -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    match directory.strip_prefix(here) {
        Ok(below) if below == Path::new("") => PathBuf::from("."),
        Ok(below) => below.to_owned(),
        Err(_) => directory.to_owned(),
    }
}

/// Where the record of the run is left, if it is.
fn shelf(directory: &Path) -> Option<Shelf> {
    match std::env::var_os("DOKKU_CONFORM_RECORD") {
        Some(file) => (!file.is_empty()).then(|| Shelf::of_file(file.into())),
        None => Shelf::in_directory(directory),
    }
}

/// What the processes of one run of cargo-nextest share, as it says itself.
fn shared_run() -> Option<String> {
    let id = std::env::var("NEXTEST_RUN_ID").ok()?;
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
    (!id.is_empty() && id.len() < 100 && id.chars().all(is_plain)).then_some(id)
}

/// What all tests of one process share.
struct Session {
    check: Check,
    plan: Plan,
    shelf: Option<Shelf>,
    /// Made when the first test runs, so that a mere list makes no world.
    stage: OnceLock<Result<Stage, String>>,
}

/// What is there once tests are run.
struct Stage {
    ground: Ground,
    journal: Option<Journal>,
}

impl Session {
    fn stage(&self) -> Result<&Stage, Failed> {
        let make = || {
            let ground = Ground::new(None).map_err(|error| error.to_string())?;
            let shelf = self.shelf.clone();
            let journal = shelf.map(|shelf| self.journal(shelf, &ground));
            Ok(Stage { ground, journal })
        };
        self.stage.get_or_init(make).as_ref().map_err(Failed::from)
    }

    fn journal(&self, shelf: Shelf, ground: &Ground) -> Journal {
        let header = Header::new(&self.check, &self.plan, ground, &[]);
        let header = Header {
            run: shared_run().unwrap_or_else(|| header.run.clone()),
            ..header
        };
        let decided = self.plan.trials.iter().enumerate();
        let decided = decided.filter(|(_, trial)| is_decided(trial));
        let decided = decided.map(|(index, trial)| {
            let finished = Finished {
                index,
                verdict: ground.verdict(trial),
                duration: Duration::ZERO,
                turns: Vec::new(),
            };
            CaseRecord::new(trial, &finished)
        });
        Journal::new(shelf, header, self.plan.trials.clone(), decided.collect())
    }

    /// Runs a trial, and puts it on record.
    fn verdict(&self, index: usize, trial: &Trial) -> Result<Verdict, Failed> {
        let stage = self.stage()?;
        let begun = Instant::now();
        let finished = Finished {
            index,
            verdict: stage.ground.verdict(trial),
            duration: begun.elapsed(),
            turns: Vec::new(),
        };
        if let Some(journal) = stage.journal.as_ref().filter(|_| !is_decided(trial)) {
            tell_of(journal.add(CaseRecord::new(trial, &finished)));
        }
        Ok(finished.verdict)
    }

    /// The process ends, and with it the run, unless that has others.
    fn end(self: Arc<Self>) {
        if let (None, Some(Ok(stage))) = (shared_run(), self.stage.get()) {
            tell_of(
                stage
                    .journal
                    .as_ref()
                    .map_or(Ok(()), Journal::drop_unfinished),
            );
        }
    }
}

/// Says that a record could not be written, which is no fault of the plugin.
fn tell_of(written: io::Result<()>) {
    if let Err(error) = written {
        let said = error.to_string();
        eprintln!(
            "dokku-conform: the record can't be written: {}",
            visible(&said)
        );
    }
}

/// True if nothing of the plugin is run for it.
fn is_decided(trial: &Trial) -> bool {
    matches!(trial.fate, Fate::Decided(..) | Fate::Absent(_))
}

fn is_skipped(trial: &Trial) -> bool {
    matches!(
        trial.fate,
        Fate::Decided(Outcome::Skip, _) | Fate::Absent(_)
    )
}

fn test_of(index: usize, trial: Trial, strict: bool, session: &Arc<Session>) -> Test {
    let is_skipped = is_skipped(&trial);
    let session = Arc::clone(session);
    let name = trial.name();
    let run = move || result(&trial, session.verdict(index, &trial)?, strict);
    Test::ignorable_test(name, run).with_ignored_flag(is_skipped)
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

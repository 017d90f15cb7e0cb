//! Running one trial in worlds of its own, to a verdict.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::doubt;
use super::given::{self, GivenError};
use super::redact::Redactor;
use super::{Difference, Evidence, Fate, Outcome, StepEvidence, Trial, Verdict};
use crate::dokku::{Tree, Version, statuses};
use crate::sandbox;
use crate::sandbox::{Cancel, Order, Output, Stdin, Target};
use crate::spec::{
    self, Case, Cwd, Mismatch, Observations, Observed, Run, Script, Statuses, Step, Terms,
    Unfilled, Unjudged, judge, no_verdict,
};
use crate::world::{Layout, Origin, Snapshot, Stock, Unknown, World};

/// Where trials run, and under which limits.
#[derive(Debug)]
pub struct Ground {
    /// The worlds.
    pub stock: Stock,
    /// The real Dokku that takes the place of the imitated one, for trials in its version.
    pub tree: Option<Arc<Tree>>,
    /// The request to stop.
    pub cancel: Cancel,
    /// How long a step may run that has no deadline of its own.
    pub timeout: Duration,
    /// How many bytes a step may write to a stream.
    pub cap: u64,
}

/// Why a trial could not be run: never the plugin's doing.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    #[error(transparent)]
    Given(#[from] GivenError),
    #[error(transparent)]
    Unjudged(#[from] Unjudged),
    #[error(transparent)]
    Step(#[from] sandbox::StepError),
    #[error("making the world: {0}")]
    World(#[from] io::Error),
    #[error("`{0}` removed the world that it ran in, and with it what there was to judge")]
    Gone(String),
    #[error("the requirement has no such case")]
    NoCase,
}

impl From<Unfilled> for Fault {
    fn from(unfilled: Unfilled) -> Self {
        Self::Unjudged(Unjudged::Unfilled(unfilled))
    }
}

/// One run of all steps of a case.
struct Attempt {
    evidence: Evidence,
    not_applicable: Option<String>,
    undecided: Option<String>,
}

impl Attempt {
    fn passes(&self) -> bool {
        self.evidence.differences.is_empty()
    }

    /// What was not as expected, without the texts, which may name a time or a process.
    fn shape(&self) -> Vec<(Option<&str>, &str)> {
        let differences = self.evidence.differences.iter();
        differences
            .map(|one| (one.step.as_deref(), one.subject.as_str()))
            .collect()
    }
}

/// How long a step may run that has no deadline of its own, unless a person says otherwise.
const TIMEOUT: Duration = Duration::from_secs(10);
/// How many bytes a step may write to a stream.
const CAP: u64 = 1 << 20;
/// How many bytes of what was expected, and of what was there, a difference shows; the evidence has all.
const SHOWN: usize = 16 << 10;
/// How many bytes of each the sentence that sums them up shows.
const QUOTED: usize = 200;

impl Ground {
    /// A ground in the system's folder of temporary files.
    ///
    /// # Errors
    /// If the system has no place, or does not tell where this program is.
    pub fn new() -> io::Result<Self> {
        Ok(Self {
            stock: Stock::new(std::env::current_exe()?)?,
            tree: None,
            cancel: Cancel::default(),
            timeout: TIMEOUT,
            cap: CAP,
        })
    }

    /// The Dokku of the trials in a version.
    pub(super) fn origin(&self, version: Version) -> Origin {
        match &self.tree {
            Some(tree) if tree.version() == version => Origin::Tree(Arc::clone(tree)),
            _ => Origin::BuiltIn(version),
        }
    }

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
            Script::Inspect(inspection) => Ok(inspect(trial, *inspection)),
            Script::Steps(steps) => self.decide(trial, case, steps),
        }
    }

    /// Runs the case, and again where the first run leaves a doubt that a second can remove.
    fn decide(&self, trial: &Trial, case: &Case, steps: &[Step]) -> Result<Verdict, Fault> {
        let first = self.attempt(trial, case, steps, Unknown::Fails)?;
        let verdict = |outcome, reason: String, attempt: Attempt| {
            Ok(Verdict {
                outcome,
                reason,
                evidence: attempt.evidence,
            })
        };
        if let Some(because) = first.not_applicable.clone() {
            return verdict(Outcome::Skip, because, first);
        }
        if let Some(because) = first.undecided.clone() {
            return verdict(Outcome::Inconclusive, because, first);
        }
        if let Some(because) = doubt::interpreter(trial, &first.evidence) {
            return verdict(Outcome::Inconclusive, because, first);
        }
        let unmodelled = doubt::unmodelled(&first.evidence);
        if first.passes() {
            let Some(names) = unmodelled else {
                return verdict(Outcome::Pass, String::new(), first);
            };
            let second = self.attempt(trial, case, steps, Unknown::Succeeds)?;
            return match second.passes() && second.undecided.is_none() {
                true => verdict(Outcome::Pass, String::new(), first),
                false => verdict(Outcome::Inconclusive, names, second),
            };
        }
        if let Some(reason) = unmodelled.or_else(|| doubt::of_failure(trial, &first.evidence)) {
            return verdict(Outcome::Inconclusive, reason, first);
        }
        let second = self.attempt(trial, case, steps, Unknown::Fails)?;
        if second.shape() != first.shape() {
            return verdict(
                Outcome::Inconclusive,
                "it came out differently when it was run again".into(),
                second,
            );
        }
        let reason = summary(&first.evidence);
        verdict(Outcome::Fail, reason, first)
    }

    fn attempt(
        &self,
        trial: &Trial,
        case: &Case,
        steps: &[Step],
        unknown: Unknown,
    ) -> Result<Attempt, Fault> {
        let mut seen = Observations::new();
        let mut evidence = Evidence {
            place: trial.place.clone(),
            ..Evidence::default()
        };
        let single = steps.len() == 1;
        let mut scene = None;
        for step in steps {
            if case.fresh_worlds || scene.is_none() {
                scene = Some(Scene::new(self, trial, case, unknown)?);
            }
            let Some(scene) = &mut scene else { continue };
            let (observed, command) = scene.play(step)?;
            evidence.steps.push(StepEvidence {
                name: (!single).then(|| step.name.to_string()),
                command,
                environment: scene.environment(step)?,
                exit: observed.exit,
                stdout: observed.stdout.text().into_owned(),
                stderr: observed.stderr.text().into_owned(),
                calls: observed.calls.clone(),
                changes: observed.changes.clone(),
                left: observed.left.clone(),
            });
            seen.push(step.name.clone(), observed);
        }
        let terms = Terms {
            values: &trial.values,
            statuses: statuses(trial.version),
        };
        let reason =
            |reasons| no_verdict(reasons, &seen, terms).map(|reason| reason.map(str::to_owned));
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
            not_applicable,
            undecided,
        })
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

/// A text, or its beginning and how much there is more.
fn clipped(mut text: String, most: usize) -> String {
    if text.len() <= most {
        return text;
    }
    let is_cut = |at: &usize| text.is_char_boundary(*at);
    let cut = (0..=most).rev().find(is_cut).unwrap_or_default();
    let more = text.len() - cut;
    text.truncate(cut);
    text.push_str(&format!("[... and {more} bytes more]"));
    text
}

/// The first difference in one sentence.
fn summary(evidence: &Evidence) -> String {
    let Some(first) = evidence.differences.first() else {
        return String::new();
    };
    let step = evidence.step_of(first);
    let command = step.map_or("it", |step| step.command.as_str());
    let (expected, actual) = (quiet(&first.expected), quiet(&first.actual));
    if expected.lines().chain(actual.lines()).count() > 2 {
        return format!("`{command}`: {} is not as expected", first.subject);
    }
    let (expected, actual) = (
        clipped(expected.to_owned(), QUOTED),
        clipped(actual.to_owned(), QUOTED),
    );
    match first.subject.as_str() {
        "exit" => format!("`{command}`: {actual} where {expected} is expected"),
        subject => format!("`{command}`: {subject} is {actual} where {expected} is expected"),
    }
}

fn quiet(text: &str) -> &str {
    match text.trim() {
        "" => "empty",
        text => text,
    }
}

fn inspect(trial: &Trial, inspection: crate::plugin::Inspection) -> Verdict {
    let seen = trial.plugin.inspect(inspection, trial.version);
    let place = seen.findings.first().map(|finding| finding.place.clone());
    if let Some(first) = seen.findings.first() {
        let reason = match seen.findings.len() {
            1 => first.message.clone(),
            more => format!("{} (and {} more)", first.message, more - 1),
        };
        let evidence = Evidence {
            place,
            findings: seen.findings,
            ..Evidence::default()
        };
        return Verdict {
            outcome: Outcome::Fail,
            reason,
            evidence,
        };
    }
    if let Some(first) = seen.unknown.first() {
        let reason = format!("{}: {}", first.place, first.message);
        let evidence = Evidence {
            findings: seen.unknown,
            ..Evidence::default()
        };
        return Verdict {
            outcome: Outcome::Inconclusive,
            reason,
            evidence,
        };
    }
    match seen.skip_because {
        Some(reason) => Verdict::bare(Outcome::Skip, reason),
        None => Verdict::bare(Outcome::Pass, ""),
    }
}

/// A world in which steps are played.
#[derive(Debug)]
pub(super) struct Scene<'a> {
    ground: &'a Ground,
    trial: &'a Trial,
    case: &'a Case,
    world: World<'a>,
    redactor: Redactor,
    /// The supervisor of the step before, waited for no sooner than need be.
    last: Option<sandbox::Lingering>,
    played: usize,
    calls: usize,
}

impl<'a> Scene<'a> {
    pub(super) fn new(
        ground: &'a Ground,
        trial: &'a Trial,
        case: &'a Case,
        unknown: Unknown,
    ) -> Result<Self, Fault> {
        let installation = given::installation(&trial.plugin, ground.origin(trial.version), case);
        let blueprint = given::blueprint(&case.given, &trial.values, unknown)?;
        let world = World::new(&ground.stock, &installation, blueprint)?;
        let redactor = Redactor::new(world.layout().root());
        Ok(Self {
            ground,
            trial,
            case,
            world,
            redactor,
            last: None,
            played: 0,
            calls: 0,
        })
    }

    /// Plays one step; what was seen, and the command line as one would type it.
    fn play(&mut self, step: &Step) -> Result<(Observed, String), Fault> {
        let (process, shown) = self.prepare(step, self.played)?;
        let before = self.case.looks_at_files().then(|| self.world.snapshot());
        let ended = process.run(&self.ground.cancel)?;
        if !self.world.layout().manner().exists() {
            return Err(Fault::Gone(shown));
        }
        self.last = Some(ended.supervisor);
        self.played += 1;
        let calls = self.world.calls()?;
        let new = calls.get(self.calls..).unwrap_or_default().to_vec();
        self.calls = calls.len();
        let observed = Observed {
            exit: ended.report.exit,
            stdout: self.redacted(&ended.stdout),
            stderr: self.redacted(&ended.stderr),
            calls: new
                .into_iter()
                .map(|call| self.redacted_call(call))
                .collect(),
            changes: before.map_or_else(Vec::new, |before| self.changes(&before)),
            left: ended
                .report
                .left
                .iter()
                .map(|line| self.redactor.text(line))
                .collect(),
        };
        Ok((observed, shown))
    }

    /// The process of a step, which is the one of this number in its world, and its command line as one would type it.
    pub(super) fn prepare(
        &self,
        step: &Step,
        number: usize,
    ) -> Result<(sandbox::Step, String), Fault> {
        let command = self.command(step.run.fill(&self.trial.values)?);
        let shown = command.shown.clone();
        Ok((self.sandboxed(step, command, number)?, shown))
    }

    fn changes(&self, before: &Snapshot) -> Vec<crate::world::Change> {
        let mut changes = before.changes_to(&self.world.snapshot());
        for change in &mut changes {
            for state in [&mut change.before, &mut change.after]
                .into_iter()
                .flatten()
            {
                state.content = state
                    .content
                    .as_deref()
                    .map(|text| self.redactor.text(text));
            }
        }
        changes
    }

    fn redacted(&self, output: &Output) -> Output {
        Output::new(self.redactor.bytes(output.bytes()), output.capped())
    }

    fn redacted_call(&self, mut call: crate::world::Call) -> crate::world::Call {
        for word in &mut call.argv {
            *word = self.redactor.text(word);
        }
        call.cwd = self.redactor.text(&call.cwd);
        for value in call.env.values_mut() {
            *value = self.redactor.text(value);
        }
        // Another in every run.
        if let Some(pid) = call.env.get_mut("DOKKU_PID") {
            "[PID]".clone_into(pid);
        }
        call
    }

    /// The variables that the case and the step add.
    fn environment(&self, step: &Step) -> Result<Vec<(String, String)>, Unfilled> {
        let given = self
            .case
            .given
            .environment
            .iter()
            .map(|(key, value)| Ok((key.clone(), value.clone())));
        let own = step.environment.iter().map(|(key, value)| {
            value
                .fill(&self.trial.values)
                .map(|value| (key.clone(), value))
        });
        given.chain(own).collect()
    }

    fn sandboxed(
        &self,
        step: &Step,
        command: Command,
        number: usize,
    ) -> Result<sandbox::Step, Fault> {
        let layout = self.world.layout();
        let mut env = self.world.environment();
        let tty = step.tty.unwrap_or(self.case.given.tty);
        if tty {
            env.push(("TERM".into(), "xterm".into()));
        }
        let extra = self.environment(step)?;
        env.extend(
            extra
                .into_iter()
                .map(|(key, value)| (key.into(), value.into())),
        );
        let stream = |name: &str| layout.control().join(format!("{name}-{number}"));
        Ok(sandbox::Step {
            supervisor: layout.supervisor(),
            name: command.name,
            args: command.args,
            env,
            stdout: stream("stdout"),
            stderr: stream("stderr"),
            order: Order {
                target: command.target,
                stdin: self.stdin(step, number)?,
                tty,
                deadline_ms: u64::try_from(
                    step.deadline.unwrap_or(self.ground.timeout).as_millis(),
                )
                .unwrap_or(u64::MAX),
                cap: self.ground.cap,
                umask: self.case.given.umask.unwrap_or(0o022),
                cwd: self.cwd(step, command.in_plugin)?,
                close_cwd: matches!(self.given_cwd(step), Cwd::Unreadable),
            },
        })
    }

    fn stdin(&self, step: &Step, number: usize) -> Result<Stdin, Fault> {
        Ok(match &step.stdin {
            spec::Stdin::Empty => Stdin::Empty,
            spec::Stdin::Open => Stdin::Open,
            spec::Stdin::Text(text) => {
                let path = self
                    .world
                    .layout()
                    .control()
                    .join(format!("stdin-{number}"));
                fs::write(&path, text.fill(&self.trial.values)?)?;
                Stdin::File(path)
            }
        })
    }

    fn given_cwd<'s>(&'s self, step: &'s Step) -> &'s Cwd {
        step.cwd.as_ref().unwrap_or(&self.case.given.cwd)
    }

    fn cwd(&self, step: &Step, in_plugin: bool) -> io::Result<PathBuf> {
        let layout = self.world.layout();
        Ok(match self.given_cwd(step) {
            Cwd::Home if in_plugin => layout.plugin(self.trial.plugin.name()),
            Cwd::Home => layout.dokku_root(),
            Cwd::Path(path) => layout.root().join(path.trim_start_matches('/')),
            Cwd::Unreadable => {
                let path = layout.root().join("unreadable");
                fs::create_dir_all(&path)?;
                // The step before may have taken the rights away.
                fs::set_permissions(&path, fs::Permissions::from_mode(0o700))?;
                path
            }
        })
    }

    fn command(&self, run: Run<String>) -> Command {
        let layout = self.world.layout();
        let plugin = layout.plugin(self.trial.plugin.name());
        match run {
            Run::Dokku { args } => Command::dokku(layout, args),
            Run::File { file, args } => {
                let shown = shown(&file, &args);
                Command::inside(layout, plugin.join(file).into(), args, shown)
            }
            Run::Trigger { trigger, args } => {
                let shown = format!("plugn trigger {}", shown(&trigger, &args));
                Command::inside(layout, plugin.join(trigger).into(), args, shown)
            }
            Run::Program { program, args } => {
                let shown = shown(&program, &args);
                let mut command = Command::inside(layout, program.into(), args, shown);
                command.in_plugin = true;
                command
            }
            Run::Source { file } => {
                let shown = format!("source {file}");
                let path = plugin.join(file).to_string_lossy().into_owned();
                let args = ["-c", SOURCE, "bash", &path].map(str::to_owned).to_vec();
                Command::inside(layout, "bash".into(), args, shown)
            }
        }
    }
}

/// What sources a shell file as another plugin would: with the core functions there first.
const SOURCE: &str =
    r#"set -eo pipefail; source "$PLUGIN_CORE_AVAILABLE_PATH/common/functions"; source "$1""#;

/// A command line as one would type it; of a word of several lines, the first.
fn shown(program: &str, args: &[String]) -> String {
    let word = |word: &str| match word.split_once('\n') {
        Some((first, rest)) if !rest.is_empty() => format!("{first} ..."),
        _ => word.to_owned(),
    };
    let words = std::iter::once(program).chain(args.iter().map(String::as_str));
    shell_words::join(words.map(word))
}

/// What a step starts.
struct Command {
    target: Target,
    name: OsString,
    args: Vec<OsString>,
    shown: String,
    in_plugin: bool,
}

impl Command {
    fn dokku(layout: &Layout, args: Vec<String>) -> Self {
        Self {
            target: Target::Role(layout.dispatcher()),
            name: "dokku".into(),
            shown: shown("dokku", &args),
            args: args.into_iter().map(OsString::from).collect(),
            in_plugin: false,
        }
    }

    fn inside(layout: &Layout, program: OsString, args: Vec<String>, shown: String) -> Self {
        let rest = args.into_iter().map(OsString::from);
        Self {
            target: Target::Role(layout.inside()),
            name: "dokku".into(),
            shown,
            args: std::iter::once(program).chain(rest).collect(),
            in_plugin: false,
        }
    }
}

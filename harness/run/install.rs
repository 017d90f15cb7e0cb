//! Running a plugin's `install`, as `dokku plugin:install` does.

use std::path::Path;
use std::sync::LazyLock;
use std::time::Duration;

use regex::Regex;

use super::attempt::Play;
use super::{Evidence, StepEvidence, hindrance};
use crate::sandbox::Exit;
use crate::spec::{Run, Step, Template, User};

/// The trigger that Dokku runs, as root, when a plugin is installed.
pub(super) const TRIGGER: &str = "install";

/// How long it may run: a build takes its time.
const PATIENCE: Duration = Duration::from_secs(120);

/// What programs say of a path that is not there.
static MISSING: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?m)(?:\[ROOT\]|^|[\s'‘:])(/[^\s'’:]+)['’]?: No such file or directory").ok()
});

/// Where a plugin's own files are: what is missing there is missing everywhere.
const OF_PLUGINS: &str = "/var/lib/dokku/plugins/";

/// The step that runs it.
pub(super) fn step() -> Step {
    let run = Run::Trigger {
        trigger: Template::literal(TRIGGER),
        args: Vec::new(),
    };
    Step {
        deadline: Some(PATIENCE),
        user: Some(User::Root),
        ..Step::of(run)
    }
}

/// The steps of a case that ran the plugin's `install`, whether the case says so itself or not.
pub(super) fn runs<'e>(
    play: &Play,
    evidence: &'e Evidence,
) -> impl Iterator<Item = &'e StepEvidence> {
    let is_install = |step: &Step| matches!(step.run.fill(&play.trial.values), Ok(Run::Trigger { trigger, .. }) if trigger == TRIGGER);
    let said: Vec<bool> = play.steps.iter().map(is_install).collect();
    let own = evidence.steps.iter().zip(said);
    let own = own.filter_map(|(step, is_install)| is_install.then_some(step));
    evidence.install.as_deref().into_iter().chain(own)
}

/// What hindered a run of `install`, of the plugin of this name, that nothing hinders on a Dokku host; in one sentence.
pub(super) fn hindered(run: &StepEvidence, plugin: &str) -> Option<String> {
    if matches!(run.exit, Exit::Exhausted(_)) {
        return Some(format!("its `install` {}", run.exit));
    }
    let text = || run.stderr.lines().chain(run.stdout.lines());
    if let Some(line) = hindrance::of_root(text()) {
        return Some(format!(
            "its `install` was kept from what root may do on a host: {}",
            line.trim()
        ));
    }
    let pattern = MISSING.as_ref()?;
    let mut missing = text()
        .flat_map(|line| pattern.captures_iter(line))
        .filter_map(|found| found.get(1));
    let path = missing
        .find(|path| !is_own(path.as_str(), plugin))?
        .as_str();
    Some(format!(
        "its `install` needs {path}, which a host may have and a world has not"
    ))
}

/// That the `install` failed which was to make the world ready for a case.
pub(super) fn failed(evidence: &Evidence) -> Option<String> {
    let run = evidence.install.as_ref()?;
    (!run.exit.is_success()).then(|| {
        format!(
            "it may need what its `install` makes, and that failed: {}",
            run.exit
        )
    })
}

/// True for a path that only the plugin itself would make.
fn is_own(path: &str, plugin: &str) -> bool {
    let names_it = |part: &std::ffi::OsStr| {
        let part = part.to_string_lossy();
        part.trim_start_matches('.').trim_start_matches("dokku-") == plugin
    };
    path.starts_with(OF_PLUGINS) || Path::new(path).iter().any(names_it)
}

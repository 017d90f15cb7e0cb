//! A plugin's `conformance.yaml`.

use super::super::conformance::Conformance;
use super::super::raw;
use super::super::requirement::Requirement;
use super::matcher::Scope;
use super::{At, Desk, known_failures, listed};

/// What the plugin says; none if anything in it is wrong, which the desk then knows.
pub(in super::super) fn conformance(
    desk: &mut Desk<'_>,
    raw: &raw::Conformance,
    known: &[Requirement],
    at: At<'_>,
) -> Option<Conformance> {
    if let Some(name) = &raw.name {
        desk.inner_path(name, at.key("name").position());
    }
    let placeholders = raw.placeholders.clone().unwrap_or_default();
    for (name, value) in &placeholders {
        desk.value(value, at.key("placeholders").key(name));
    }
    let (app_commands, other_commands) = desk.app_commands(raw.app_commands.as_ref(), at);
    let trigger_files = raw.trigger_files.clone().unwrap_or_default();
    for (trigger, files) in &trigger_files {
        desk.world_files(Some(files), at.key("trigger_files").key(trigger));
    }
    let programs = desk.programs(
        raw.programs.as_deref().unwrap_or_default(),
        &Scope::bare(),
        at.key("programs"),
    );
    let answers = desk.answers(
        raw.answers.as_deref().unwrap_or_default(),
        &Scope::bare(),
        at.key("answers"),
    );
    let failures = raw.expectations.as_deref().unwrap_or_default();
    let expectations = known_failures(desk, failures, Some(known), at.key("expectations"));
    desk.mistakes.is_empty().then_some(Conformance {
        name: raw.name.clone(),
        placeholders,
        app_commands,
        other_commands,
        trigger_files,
        programs,
        answers,
        expectations,
    })
}

/// How many bytes the value of a placeholder may have: as many as a command line has room for if its usage names many.
const LONGEST_VALUE: usize = 1000;

impl Desk<'_> {
    /// Tells of what nobody would type as an argument.
    fn value(&mut self, value: &str, at: At<'_>) {
        if value.len() > LONGEST_VALUE {
            let message = format!(
                "the value has {} bytes, and one that stands for an argument at most {LONGEST_VALUE}",
                value.len()
            );
            self.tell(at, message);
        } else if value
            .chars()
            .any(|letter| letter.is_control() && letter != '\t')
        {
            self.tell(at, "the value of a placeholder has a control character");
        }
    }

    fn app_commands(
        &mut self,
        raw: Option<&raw::AppCommands>,
        at: At<'_>,
    ) -> (Vec<String>, Vec<String>) {
        let Some(raw) = raw else {
            return Default::default();
        };
        let at = at.key("app_commands");
        let with = raw.commands.clone().unwrap_or_default();
        let without = raw.not.clone().unwrap_or_default();
        for (command, at) in listed(&without, at.key("not")) {
            if with.contains(command) {
                self.tell(
                    at,
                    format!("`{command}` is said to take an app, and not to"),
                );
            }
        }
        (with, without)
    }
}

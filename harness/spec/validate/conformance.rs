//! A plugin's `conformance.yaml`.

use super::super::conformance::{Conformance, KnownFailure};
use super::super::raw;
use super::super::requirement::Requirement;
use super::super::shape::nearest;
use super::{At, Desk, listed};
use crate::dokku::Span;

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
    let (app_commands, other_commands) = desk.app_commands(raw.app_commands.as_ref(), at);
    let trigger_files = raw.trigger_files.clone().unwrap_or_default();
    for (trigger, files) in &trigger_files {
        desk.world_files(Some(files), at.key("trigger_files").key(trigger));
    }
    let failures = raw.expectations.as_deref().unwrap_or_default();
    let expectations = listed(failures, at.key("expectations"))
        .filter_map(|(raw, at)| desk.known_failure(raw, known, at))
        .collect();
    desk.mistakes.is_empty().then_some(Conformance {
        name: raw.name.clone(),
        placeholders: raw.placeholders.clone().unwrap_or_default(),
        app_commands,
        other_commands,
        trigger_files,
        expectations,
    })
}

impl Desk<'_> {
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

    fn known_failure(
        &mut self,
        raw: &raw::KnownFailure,
        known: &[Requirement],
        at: At<'_>,
    ) -> Option<KnownFailure> {
        let requirement = known
            .iter()
            .find(|requirement| requirement.id.as_str() == raw.id);
        if requirement.is_none() {
            let ids = known.iter().map(|requirement| requirement.id.as_str());
            let help = nearest(&raw.id, ids).map_or_else(
                || "`dokku-conform list` shows the requirements".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            self.advise(
                at.key("id"),
                format!("there is no requirement `{}`", raw.id),
                help,
            );
        }
        if let (Some(requirement), Some(case)) = (requirement, &raw.case) {
            self.known_case(requirement, case, at.key("case"));
        }
        let dokku = self.versions(raw.dokku.as_ref(), at.key("dokku"));
        let reason = self.said(&raw.reason, "reason", at.key("reason"));
        let issue = raw
            .issue
            .as_ref()
            .and_then(|issue| self.said(issue, "issue", at.key("issue")));
        let expires = raw
            .expires
            .as_ref()
            .and_then(|date| self.date(date, at.key("expires")));
        Some(KnownFailure {
            id: requirement?.id.clone(),
            case: raw.case.clone(),
            dokku,
            reason: reason?,
            issue,
            expires,
            line: at.position().line,
        })
    }

    fn known_case(&mut self, requirement: &Requirement, case: &str, at: At<'_>) {
        let names: Vec<&str> = requirement
            .cases
            .iter()
            .map(|case| case.name.as_str())
            .collect();
        if !names.contains(&case) {
            let message = format!("`{}` has no case `{case}`", requirement.id);
            self.advise(at, message, format!("its cases are: {}", names.join(", ")));
        }
    }

    fn versions(&mut self, raw: Option<&raw::Versions>, at: At<'_>) -> Span {
        match raw {
            None => Span::default(),
            Some(raw::Versions::One(text)) => {
                let version = self.parse(text, at);
                Span {
                    since: version,
                    until: version,
                }
            }
            Some(raw::Versions::Span(raw)) => {
                if raw.since.is_none() && raw.until.is_none() {
                    let help = "leave `dokku` out if it fails in every version";
                    self.advise(at, "`dokku` says nothing", help);
                }
                self.span(raw.since.as_deref(), raw.until.as_deref(), at)
            }
        }
    }

    fn date(&mut self, text: &str, at: At<'_>) -> Option<jiff::civil::Date> {
        let date = jiff::civil::Date::strptime("%Y-%m-%d", text).ok();
        if date.is_none() {
            let help = "write it as year, month and day: \"2026-12-31\"";
            self.advise(at, format!("`{text}` is no date"), help);
        }
        date
    }
}

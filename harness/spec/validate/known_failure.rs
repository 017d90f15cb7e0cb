//! Expectations: what is known to fail.

use super::super::case_name::CaseName;
use super::super::known_failure::{KnownFailure, repeated};
use super::super::raw;
use super::super::requirement::Requirement;
use super::super::shape::nearest;
use super::{At, Desk, listed};
use crate::dokku::{Spans, UnknownVersion};
use crate::link::is_link;
use crate::visible::is_hidden;

/// What is known to fail of a plugin that is held to these requirements. Where they are not known, only what can be
/// wrong whatever they are is told, and nothing comes of it.
pub(in super::super) fn known_failures(
    desk: &mut Desk<'_>,
    failures: &[raw::KnownFailure],
    known: Option<&[Requirement]>,
    at: At<'_>,
) -> Vec<KnownFailure> {
    let failures: Vec<KnownFailure> = listed(failures, at)
        .filter_map(|(raw, at)| desk.known_failure(raw, known, at))
        .collect();
    desk.mistakes.extend(repeated(&failures));
    failures
}

impl Desk<'_> {
    fn known_failure(
        &mut self,
        raw: &raw::KnownFailure,
        known: Option<&[Requirement]>,
        at: At<'_>,
    ) -> Option<KnownFailure> {
        let requirement = known.and_then(|known| self.requirement_of(raw, known, at));
        let case = raw.case.as_deref().map(CaseName::read);
        if let (Some(requirement), Some(text)) = (requirement, &raw.case) {
            self.known_case(requirement, text, at.key("case"));
        }
        let dokku = self.versions(raw.dokku.as_ref(), at.key("dokku"));
        if let (Some(requirement), Some(dokku)) = (requirement, &dokku)
            && !dokku.meet(&requirement.holds.into())
        {
            let message = format!("`{}` can't fail in Dokku {dokku}", raw.id);
            let help = format!("the rule holds for Dokku {}", requirement.holds);
            self.advise(at.key("dokku"), message, help);
        }
        let reason = self.reason(&raw.reason, at.key("reason"));
        if let Some(issue) = raw.issue.as_ref().filter(|issue| !is_link(issue)) {
            let help = "write the address of a page: https://github.com/owner/name/issues/1";
            self.advise(at.key("issue"), format!("`{issue}` is no link"), help);
        }
        let expires = raw.expires.as_ref();
        let expires = expires.and_then(|date| self.date(date, at.key("expires")));
        let mistake = self.page.mistake(at.position(), "");
        Some(KnownFailure {
            id: requirement?.id.clone(),
            case,
            dokku: dokku?,
            reason: reason?,
            issue: raw.issue.clone(),
            expires,
            file: mistake.file,
            spot: mistake.spot?,
        })
    }

    fn requirement_of<'k>(
        &mut self,
        raw: &raw::KnownFailure,
        known: &'k [Requirement],
        at: At<'_>,
    ) -> Option<&'k Requirement> {
        let found = known.iter().find(|one| one.id.as_str() == raw.id);
        if found.is_none() {
            let ids = known.iter().map(|requirement| requirement.id.as_str());
            let help = nearest(&raw.id, ids).map_or_else(
                || "`dokku-conform list` shows the requirements".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            let message = format!("there is no requirement `{}`", raw.id);
            self.advise(at.key("id"), message, help);
        }
        found
    }

    fn known_case(&mut self, requirement: &Requirement, text: &str, at: At<'_>) {
        let name = CaseName::read(text);
        let found = requirement
            .cases
            .iter()
            .find(|case| case.word() == name.word());
        match (found, name.target()) {
            (None, _) => {
                let names = requirement.cases.iter().map(|case| case.name.as_str());
                let names: Vec<&str> = names.collect();
                let message = format!("`{}` has no case `{text}`", requirement.id);
                self.advise(at, message, format!("its cases are: {}", names.join(", ")));
            }
            (Some(case), Some(target)) if !case.is_repeated() => {
                let message = format!("the case is not repeated for `{target}` or anything else");
                self.advise(at, message, format!("write `{}`", case.name));
            }
            (Some(_), _) => {}
        }
    }

    fn reason(&mut self, text: &str, at: At<'_>) -> Option<String> {
        let says = |letter: char| !letter.is_whitespace() && !is_hidden(letter);
        if !text.contains(says) {
            let help = "fill in why this failure is accepted, for whoever finds it here";
            self.advise(at, "`reason` says nothing", help);
            return None;
        }
        Some(text.to_owned())
    }

    /// The versions, every one where none are named; none if they can't be read.
    fn versions(&mut self, raw: Option<&raw::Versions>, at: At<'_>) -> Option<Spans> {
        match raw {
            None => Some(Spans::default()),
            Some(raw::Versions::Words(words)) => self.spans(words, at),
            Some(raw::Versions::List(list)) if list.is_empty() => {
                let help = "leave `dokku` out if it fails in every version";
                self.advise(at, "`dokku` names no version", help);
                None
            }
            Some(raw::Versions::List(list)) => {
                let read: Vec<Option<Spans>> = listed(list, at)
                    .map(|(words, at)| self.spans(words, at))
                    .collect();
                read.into_iter().collect()
            }
            Some(raw::Versions::Span(raw)) => {
                if raw.since.is_none() && raw.until.is_none() {
                    let help = "leave `dokku` out if it fails in every version";
                    self.advise(at, "`dokku` says nothing", help);
                }
                let span = self.span(raw.since.as_deref(), raw.until.as_deref(), at);
                Some(span.into())
            }
        }
    }

    fn spans(&mut self, words: &str, at: At<'_>) -> Option<Spans> {
        let read: Result<Spans, UnknownVersion> = words.split(',').map(Spans::read).collect();
        match read {
            Ok(spans) => Some(spans),
            Err(UnknownVersion::Text(text)) => {
                let help =
                    "write \"0.38.27\", \"0.38\", \"0.30..0.38\", or several: \"0.24,0.30..0.38\"";
                self.advise(at, format!("`{text}` names no Dokku version"), help);
                None
            }
            Err(error) => {
                self.tell(at, error.to_string());
                None
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

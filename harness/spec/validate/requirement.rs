//! Requirements.

use super::super::page::Position;
use super::super::requirement::{Applies, Citation, Example, Requirement};
use super::super::{Id, raw};
use super::{At, Desk, each, listed};
use crate::dokku::Span;

/// The requirement; none if anything in it is wrong, which the desk then knows.
pub(in super::super) fn requirement(
    desk: &mut Desk<'_>,
    raw: &raw::Requirement,
    at: At<'_>,
) -> Option<Requirement> {
    let id = desk.parse::<Id>(&raw.id, at.key("id"));
    let title = desk.said(&raw.title, "title", at.key("title"));
    let holds = desk.span(raw.since.as_deref(), raw.until.as_deref(), at);
    let source = raw.source.as_ref().and_then(|raw| {
        let at = at.key("source");
        desk.said(&raw.doc, "doc", at.key("doc"))
            .map(|doc| Citation {
                doc,
                section: raw.section.clone(),
            })
    });
    let why = raw
        .why
        .as_ref()
        .and_then(|text| desk.said(text, "why", at.key("why")));
    let fix = raw
        .fix
        .as_ref()
        .and_then(|text| desk.said(text, "fix", at.key("fix")));
    let applies = raw
        .applies
        .as_ref()
        .map(|raw| desk.applies(raw, at.key("applies")));
    let example = raw.example.as_ref().map(|raw| {
        let at = at.key("example");
        Example {
            passes: desk.file_texts(Some(&raw.passes), at.key("passes")),
            fails: desk.file_texts(Some(&raw.fails), at.key("fails")),
        }
    });
    desk.case_names(&raw.cases, at.key("cases"));
    let cases = listed(&raw.cases, at.key("cases"))
        .filter_map(|(raw, at)| desk.case(raw, at))
        .collect();
    let (id, title) = id.zip(title)?;
    desk.mistakes.is_empty().then_some(Requirement {
        id,
        own: false,
        title,
        level: raw.level,
        holds,
        source,
        why,
        fix,
        applies,
        example,
        cases,
    })
}

impl Desk<'_> {
    /// The versions from `since` to `until`, both keys of one map.
    pub(super) fn span(&mut self, since: Option<&str>, until: Option<&str>, at: At<'_>) -> Span {
        let since = since.and_then(|text| self.parse(text, at.key("since")));
        let until = until.and_then(|text| self.parse(text, at.key("until")));
        if let (Some(first), Some(last)) = (since, until)
            && first > last
        {
            let message = format!("no version is both {first} or newer and {last} or older");
            self.advise(
                at.key("until"),
                message,
                "`until` is the last version, not an older one",
            );
        }
        Span { since, until }
    }

    fn applies(&mut self, raw: &raw::Applies, at: At<'_>) -> Applies {
        if raw.has.is_none() && raw.has_any.is_none() {
            let help = "leave `applies` out if every plugin is concerned";
            self.advise(at, "`applies` says nothing", help);
        }
        let mut applies = Applies::default();
        if let Some(parts) = &raw.has {
            let at = at.key("has");
            applies.has = each(parts, at).map(|(part, _)| *part).collect();
            self.named_parts("has", applies.has.is_empty(), at);
        }
        if let Some(parts) = &raw.has_any {
            applies.has_any = parts.iter().copied().collect();
            self.named_parts("has_any", parts.is_empty(), at.key("has_any"));
        }
        applies
    }

    fn named_parts(&mut self, key: &str, none: bool, at: At<'_>) {
        if none {
            self.tell(at, format!("`{key}` names nothing"));
        }
    }

    /// Tells of a requirement without cases, and of cases with one name.
    fn case_names(&mut self, cases: &[raw::Case], at: At<'_>) {
        if cases.is_empty() {
            self.tell(at, "a requirement without a case checks nothing");
        }
        let mut seen: Vec<(&str, Position)> = Vec::new();
        for (case, at) in listed(cases, at) {
            let (name, position) = (case.name(), at.key("name").position());
            match seen.iter().find(|(other, _)| *other == name) {
                Some((_, first)) => {
                    let message = format!("a second case has the name `{name}`");
                    self.repeated(position, *first, message);
                }
                None => seen.push((name, position)),
            }
        }
    }
}

impl raw::Case {
    fn name(&self) -> &str {
        match self {
            Self::Run(case) => &case.name,
            Self::Steps(case) => &case.name,
            Self::Inspect(case) => &case.name,
        }
    }
}

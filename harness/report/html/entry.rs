//! What is told of a cell: its cases that did not pass, those that came out alike once.

use maud::{Markup, html};

use super::evidence::evidence;
use super::matrix::{Matrix, Row};
use super::room::Room;
use super::seen::Seen;
use super::shown::{Line, Prose, line, slug};
use super::sign::letter;
use crate::dokku::Version;
use crate::link::is_link;
use crate::report::again::again;
use crate::report::group::{Group, Stage, groups, spans};
use crate::report::mark::Mark;
use crate::report::{CaseRecord, Expected, Record};
use crate::run::Evidence;

/// How many cases of a group are named that are not shown.
const NAMED: usize = 40;
/// How much of a name or a reason is shown where there is little room, in letters.
const START: usize = 160;

/// Writes the entries of a page in the order of the matrix.
pub(super) struct Entries<'r> {
    record: &'r Record,
    strict: bool,
    versions: &'r [Version],
    room: Room,
    seen: Seen<'r>,
}

impl<'r> Entries<'r> {
    /// Of this record.
    pub(super) fn new(record: &'r Record, matrix: &'r Matrix<'r>) -> Self {
        Self {
            record,
            strict: matrix.strict,
            versions: &matrix.versions,
            room: Room::new(matrix.entries()),
            seen: Seen::default(),
        }
    }

    /// All that is told of a plugin.
    pub(super) fn section(&mut self, row: &Row<'r>, rules: &[&str]) -> Markup {
        let notes = row.plugin.map_or(&[][..], |plugin| &plugin.notes);
        let path = row.plugin.map(|plugin| plugin.path.as_str());
        let cells = row.cells.iter().zip(rules);
        let mut told: Vec<_> = cells.filter(|(cell, _)| !cell.told.is_empty()).collect();
        told.sort_by_key(|(cell, _)| cell.worst());
        html! {
            section.plugin id={ "plugin:" (slug(row.label)) } {
                h3 {
                    (Line(row.label))
                    @if let Some(path) = path.filter(|path| !row.label.contains(path)) {
                        " " span.faint { (Line(path)) }
                    }
                }
                @if !notes.is_empty() {
                    details.notes {
                        summary { (notes.len()) @if notes.len() == 1 { " note" } @else { " notes" } " on what can be known of it" }
                        ul { @for note in notes { li { (line(note)) } } }
                    }
                }
                @for (cell, rule) in told {
                    (self.entry(&format!("{}/{}", slug(row.label), slug(rule)), &cell.told, (row.label, rule), path))
                }
            }
        }
    }

    /// What is told of a cell.
    fn entry(
        &mut self,
        id: &str,
        cases: &[&'r CaseRecord],
        (plugin, rule): (&str, &str),
        path: Option<&str>,
    ) -> Markup {
        self.room.next();
        let groups = groups(cases);
        let first = groups.iter().find_map(|group| group.first()?.newest());
        let record = self.record.header.rule(plugin, rule);
        let entry = html! {
            @if let Some(first) = first {
                @let mark = Mark::of(first, self.strict);
                details.entry {
                    summary {
                        span.mark.(letter(mark)) { (mark.word()) } " "
                        b { (Line(rule)) } " "
                        @if let Some(place) = &first.evidence.place { code.place { (line(place)) } " " }
                        span.reason { (Prose(start(&first.reason))) }
                    }
                    div.body id=(id) {
                        @if let Some(record) = record {
                            p.title { span.level { (line(&record.level)) } " " (Prose(&record.title)) }
                        }
                        @for group in &groups { (self.group(id, group)) }
                        @if cases.iter().any(|case| Mark::of(case, self.strict) <= Mark::Warn) {
                            @if let Some(fix) = record.and_then(|rule| rule.fix.as_deref()) {
                                h4 { "How to mend it" }
                                div.fix { (Prose(fix.trim_end())) }
                            }
                        }
                        @if let Some(path) = path {
                            h4 { "Run it again" }
                            pre.again { code { (again(&self.record.header, path, first)) } }
                        }
                    }
                }
            }
        };
        self.room.end(entry.0.len());
        entry
    }

    /// Cases that came out alike: the first with all that was seen, and of the others what differs.
    fn group(&mut self, id: &str, group: &Group<'r>) -> Markup {
        let Some(first) = group.first() else {
            return html! {};
        };
        let rest = group.members().iter();
        let rest = rest.filter(|one| !std::ptr::eq(*one, first));
        let members = std::iter::once(first).chain(rest);
        let mut stages = members.flat_map(|member| member.stages(is_same));
        let Some(first) = stages.next() else {
            return html! {};
        };
        let body = self.evidence(id, first.case);
        let mut own = vec![&first.case.evidence];
        let (mut shown, mut others) = (Vec::new(), Vec::new());
        for stage in stages {
            let seen = &stage.case.evidence;
            let is_new = !own.contains(&seen) && *seen != Evidence::default();
            if is_new && !self.room.is_full() && shown.len() < NAMED {
                own.push(seen);
                let body = self.evidence(id, stage.case);
                shown.push((stage, body));
            } else {
                others.push(stage);
            }
        }
        html! {
            section.group {
                (self.heading(&first))
                @if let Some(expected) = &first.case.expected { (accepted(expected)) }
                @if !first.case.reason.is_empty() && !is_found(first.case) { p.reason { (self.reason(first.case)) } }
                (body)
                @for (stage, body) in shown {
                    details.member {
                        summary { (self.name(&stage)) }
                        @if stage.case.reason != first.case.reason { p.reason { (self.reason(stage.case)) } }
                        (body)
                    }
                }
                (self.also(&others))
            }
        }
    }

    /// Why a case came out so, which is short where there is no room.
    fn reason(&self, case: &CaseRecord) -> Markup {
        match self.room.is_full() {
            true => html! { (Prose(start(&case.reason))) },
            false => html! { (Prose(&case.reason)) },
        }
    }

    fn heading(&self, stage: &Stage<'_>) -> Markup {
        let mark = Mark::of(stage.case, self.strict);
        html! {
            h4.case {
                span.mark.(letter(mark)) { (mark.word()) } " " (self.name(stage))
                @if let Some(place) = &stage.case.evidence.place { " " code.place { (line(place)) } }
            }
        }
    }

    fn name(&self, Stage { case, versions }: &Stage<'_>) -> Markup {
        html! {
            (Line(start(&case.case)))
            @if versions.len() < self.versions.len() {
                " " span.faint { "in Dokku " (spans(versions, self.versions)) }
            } @else if versions.len() > 1 {
                " " span.faint { "in every version" }
            }
        }
    }

    /// The names of cases of which no more is told.
    fn also(&self, stages: &[Stage<'_>]) -> Markup {
        let named = match self.room.is_full() {
            true => 0,
            false => NAMED,
        };
        html! {
            @if !stages.is_empty() {
                p.also { "Also so:" }
                ul.plain {
                    @for stage in stages.iter().take(named) { li { (self.name(stage)) } }
                    @if stages.len() > named {
                        li.more { "[" (stages.len() - named) " more cases are in the record]" }
                    }
                }
            }
        }
    }

    /// What was seen in a case, or where the page already shows the same.
    fn evidence(&mut self, id: &str, case: &'r CaseRecord) -> Markup {
        let seen = &case.evidence;
        if *seen == Evidence::default() {
            return html! {};
        }
        if let Some(place) = self.seen.before(seen, id) {
            return html! { p.same { "The same was seen in " a href={ "#" (place) } { (place) } "." } };
        }
        evidence(seen, &mut self.room)
    }
}

/// Why a failure is accepted.
fn accepted(expected: &Expected) -> Markup {
    html! {
        p.expected {
            "Expected: " (Prose(&expected.reason))
            @if let Some(issue) = &expected.issue {
                " "
                @if is_link(issue) { a href=(issue) rel="noreferrer noopener" { (Line(issue)) } }
                @else { (Line(issue)) }
            }
            @if let Some(last) = &expected.expires { " until " (Line(last)) }
            " " code.place { (line(&expected.place)) }
        }
    }
}

/// True if the same is told of two cases.
fn is_same(one: &CaseRecord, other: &CaseRecord) -> bool {
    one.reason == other.reason && one.evidence == other.evidence && one.expected == other.expected
}

/// True if the first finding says why a case came out so, and where besides.
fn is_found(case: &CaseRecord) -> bool {
    let finding = case.evidence.findings.first();
    finding.is_some_and(|finding| finding.message == case.reason)
}

/// The beginning of a text.
fn start(text: &str) -> &str {
    let line = text.lines().next().unwrap_or_default();
    match line.char_indices().nth(START) {
        Some((end, _)) => line.get(..end).unwrap_or(line),
        None => line,
    }
}

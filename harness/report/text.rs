//! The report for a person at a terminal.

use std::fmt::{self, Display};

use anstyle::{AnsiColor, Style};

use super::again::again;
use super::group::{Group, Member, groups, spans};
use super::told::Told;
use super::{CaseRecord, Counts, PluginRecord, Record, visible};
use crate::dokku::Version;
use crate::run::Outcome;
use crate::sandbox::Isolation;

/// How far the text under a heading is indented.
pub(super) const INDENT: &str = "     ";
/// How many notes on a plugin are shown unless all evidence is.
const NOTES: usize = 5;
/// The colours of a report.
#[derive(Clone, Copy, Debug, Default)]
pub struct Palette {
    pub(super) bad: Style,
    pub(super) doubtful: Style,
    pub(super) good: Style,
    pub(super) strong: Style,
    pub(super) faint: Style,
}

impl Palette {
    /// That of what went wrong.
    pub(super) fn bad(&self) -> Style {
        self.bad
    }

    /// True if it has no colours at all.
    pub(super) fn is_plain(&self) -> bool {
        self.bad.is_plain()
    }

    /// The colours for a terminal.
    #[must_use]
    pub fn coloured() -> Self {
        Self {
            bad: AnsiColor::Red.on_default().bold(),
            doubtful: AnsiColor::Yellow.on_default(),
            good: AnsiColor::Green.on_default(),
            strong: Style::new().bold(),
            faint: Style::new().dimmed(),
        }
    }
}

/// The text report of one run.
#[derive(Debug)]
pub struct Text<'r> {
    /// The run.
    pub record: &'r Record,
    /// Whether passes and skips are shown, and all evidence.
    pub verbose: bool,
    /// Whether a broken `should` counts as a failure.
    pub strict: bool,
    /// The colours.
    pub palette: Palette,
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.heading(f)?;
        if let Some(against) = &self.record.header.against {
            return self.comparison(f, against);
        }
        for plugin in &self.record.header.plugins {
            let cases: Vec<_> = self
                .record
                .cases
                .iter()
                .filter(|case| case.plugin == plugin.label)
                .collect();
            self.notes(f, plugin)?;
            for group in groups(&cases) {
                self.group(f, &group, &plugin.path)?;
            }
            self.slow(f, &cases)?;
            self.total(f, &plugin.label, Counts::of(cases))?;
        }
        Ok(())
    }
}

impl Text<'_> {
    fn heading(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let header = &self.record.header;
        writeln!(
            f,
            "dokku-conform {} · Dokku {} · isolation {} · {}, {}",
            header.program,
            dokku(&header.dokku),
            header.isolation,
            counted(header.requirements.len(), "requirement"),
            counted(header.cases, "case")
        )?;
        match &header.lacks {
            Some(why) => writeln!(
                f,
                "{INDENT}isolation {} does not work here: {}",
                Isolation::Strict,
                visible(why)
            ),
            None => Ok(()),
        }
    }

    fn notes(&self, f: &mut fmt::Formatter<'_>, plugin: &PluginRecord) -> fmt::Result {
        let faint = self.palette.faint;
        let shown = if self.verbose { usize::MAX } else { NOTES };
        for note in plugin.notes.iter().take(shown) {
            let note = note.to_string();
            writeln!(f, "{faint}note{faint:#} {}", visible(&note))?;
        }
        match plugin.notes.len().saturating_sub(shown) {
            0 => Ok(()),
            more => writeln!(f, "{faint}note{faint:#} and {more} more; -v shows them"),
        }
    }

    fn group(&self, f: &mut fmt::Formatter<'_>, group: &Group<'_>, path: &str) -> fmt::Result {
        let Some((first, case)) = group
            .first()
            .and_then(|first| Some((first, first.newest()?)))
        else {
            return Ok(());
        };
        match case.outcome {
            _ if self.verbose => self.whole(f, group)?,
            Outcome::Fail if case.expected.is_some() => return self.accepted(f, group, first),
            Outcome::Pass | Outcome::Skip => {}
            Outcome::Fail => {
                self.stages(f, first)?;
                self.also(f, group, first)?;
            }
            Outcome::Inconclusive | Outcome::Error => {
                self.title(f, case, &first.versions())?;
                writeln!(f, "{INDENT}{}", visible(&case.reason))?;
                let members: Vec<_> = group.members().iter().collect();
                writeln!(f, "{INDENT}in: {}", self.names(&members, first))?;
            }
        }
        if case.outcome == Outcome::Fail {
            self.way_out(f, case, path)?;
        }
        Ok(())
    }

    /// What was expected to fail and does: what, and why that is accepted.
    fn accepted(
        &self,
        f: &mut fmt::Formatter<'_>,
        group: &Group<'_>,
        first: &Member<'_>,
    ) -> fmt::Result {
        let Some(case) = first.newest() else {
            return Ok(());
        };
        self.title(f, case, &first.versions())?;
        writeln!(f, "{INDENT}{}", visible(&case.reason))?;
        self.why_accepted(f, case)?;
        self.also(f, group, first)
    }

    /// Why a failure is accepted, if it is.
    pub(super) fn why_accepted(
        &self,
        f: &mut fmt::Formatter<'_>,
        case: &CaseRecord,
    ) -> fmt::Result {
        match &case.expected {
            Some(expected) => writeln!(f, "{INDENT}expected: {expected}"),
            None => Ok(()),
        }
    }

    /// Every case of a group with all that was seen, once for the versions in which that was the same.
    fn whole(&self, f: &mut fmt::Formatter<'_>, group: &Group<'_>) -> fmt::Result {
        let seen = |case: &CaseRecord| (case.reason.clone(), case.evidence.clone());
        let members = group.members().iter();
        for stage in members.flat_map(|member| member.stages(|one, other| seen(one) == seen(other)))
        {
            self.title(f, stage.case, &stage.versions)?;
            self.why_accepted(f, stage.case)?;
            self.detail(f, stage.case)?;
        }
        Ok(())
    }

    /// What is wrong in the newest version, and what is wrong in others that is not the same.
    fn stages(&self, f: &mut fmt::Formatter<'_>, member: &Member<'_>) -> fmt::Result {
        const SHOWN: usize = 4;
        let said = |case: &CaseRecord| {
            let findings = case.evidence.findings.iter();
            let findings: Vec<String> = findings.map(|one| one.place.to_string()).collect();
            (case.reason.clone(), findings)
        };
        let stages = member.stages(|one, other| said(one) == said(other));
        let Some((newest, older)) = stages.split_first() else {
            return Ok(());
        };
        self.title(f, newest.case, &newest.versions)?;
        self.detail(f, newest.case)?;
        for stage in older.iter().take(SHOWN) {
            let versions = spans(&stage.versions, &self.record.header.dokku);
            let reason = visible(&stage.case.reason);
            writeln!(f, "{INDENT}in Dokku {versions}: {reason}")?;
        }
        match older.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => writeln!(
                f,
                "{INDENT}and {} in other versions; -v shows them",
                counted(more, "reason")
            ),
        }
    }

    /// The members of a group that are not shown.
    fn also(
        &self,
        f: &mut fmt::Formatter<'_>,
        group: &Group<'_>,
        shown: &Member<'_>,
    ) -> fmt::Result {
        let others: Vec<_> = group
            .members()
            .iter()
            .filter(|member| !std::ptr::eq(*member, shown))
            .collect();
        if others.is_empty() {
            return Ok(());
        }
        writeln!(f, "{INDENT}also: {}", self.names(&others, shown))
    }

    /// The names of some members, the first few of many, each with its versions where they are not those of the one
    /// that is shown.
    fn names(&self, members: &[&Member<'_>], shown: &Member<'_>) -> String {
        const SHOWN: usize = 4;
        let name = |member: &&Member<'_>| {
            let name = visible(&member.newest()?.case).into_owned();
            let versions = member.versions();
            if versions == shown.versions() {
                return Some(name);
            }
            Some(format!(
                "{name} ({})",
                spans(&versions, &self.record.header.dokku)
            ))
        };
        let mut names: Vec<_> = members.iter().take(SHOWN).filter_map(name).collect();
        if members.len() > SHOWN {
            names.push(format!("and {} more", members.len() - SHOWN));
        }
        names.join(", ")
    }

    fn title(
        &self,
        f: &mut fmt::Formatter<'_>,
        case: &CaseRecord,
        versions: &[Version],
    ) -> fmt::Result {
        let palette = self.palette;
        let (style, word) = match case.outcome {
            Outcome::Pass => (palette.good, "pass"),
            Outcome::Fail if case.expected.is_some() => (palette.faint, "expected failure"),
            Outcome::Fail if case.level.counts(self.strict) => (palette.bad, "FAIL"),
            Outcome::Fail => (palette.doubtful, "warn"),
            Outcome::Skip => (palette.faint, "skip"),
            Outcome::Inconclusive => (palette.doubtful, "?   "),
            Outcome::Error => (palette.bad, "ERROR"),
        };
        let strong = palette.strong;
        let place = case
            .evidence
            .place
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        let all = &self.record.header.dokku;
        let version = match all.len() {
            1 => String::new(),
            count if versions.len() == count => "   in every version".to_owned(),
            _ => format!("   in Dokku {}", spans(versions, all)),
        };
        let line = format!(
            "{style}{word}{style:#} {:<6} {strong}{}{strong:#}   {}{version}",
            case.level.to_string(),
            case.requirement,
            visible(&place)
        );
        writeln!(f, "{}", line.trim_end())
    }

    fn detail(&self, f: &mut fmt::Formatter<'_>, case: &CaseRecord) -> fmt::Result {
        let told = Told {
            case,
            verbose: self.verbose,
            palette: self.palette,
            indent: INDENT,
        };
        told.fmt(f)
    }

    fn way_out(&self, f: &mut fmt::Formatter<'_>, case: &CaseRecord, path: &str) -> fmt::Result {
        let rule = self.record.header.rule(&case.plugin, &case.requirement);
        let fix = rule
            .and_then(|rule| rule.fix.as_deref())
            .unwrap_or_default()
            .trim_end();
        let mut lines = fix.lines();
        if let Some(first) = lines.next() {
            writeln!(f, "{INDENT}fix: {}", visible(first))?;
        }
        // A mark, so that no line begins with what a plugin says of its own rule.
        for line in lines {
            writeln!(f, "{INDENT}   | {}", visible(line))?;
        }
        let again = again(&self.record.header, path, case);
        writeln!(f, "{INDENT}again: {again}")
    }

    /// The cases that a slower machine might not finish, the slowest first.
    fn slow(&self, f: &mut fmt::Formatter<'_>, cases: &[&CaseRecord]) -> fmt::Result {
        const SHOWN: usize = 10;
        let style = self.palette.doubtful;
        let slow = slow(cases.iter().copied());
        for (percent, case) in slow.iter().take(SHOWN) {
            writeln!(
                f,
                "{style}slow{style:#} {} {}: {percent} % of its deadline",
                case.requirement,
                visible(&case.case)
            )?;
        }
        match slow.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => writeln!(f, "{style}slow{style:#} and {more} more"),
        }
    }

    fn total(&self, f: &mut fmt::Formatter<'_>, plugin: &str, counts: Counts) -> fmt::Result {
        let unexpected = counts.fail - counts.expected;
        let failed = if self.strict {
            unexpected
        } else {
            unexpected - counts.warn
        };
        write!(
            f,
            "{}: {} passed, {failed} failed, {} warned, {} skipped, {} inconclusive",
            visible(plugin),
            counts.pass,
            unexpected - failed,
            counts.skip,
            counts.inconclusive
        )?;
        if counts.flaky > 0 {
            write!(f, " ({} of them flaky)", counts.flaky)?;
        }
        if counts.expected > 0 {
            let count = counted(counts.expected, "expected failure");
            write!(f, ", {count}")?;
        }
        if counts.error > 0 {
            write!(f, ", {} errors", counts.error)?;
        }
        writeln!(
            f,
            " in {}.{:02} s",
            self.record.footer.duration_ms / 1000,
            self.record.footer.duration_ms % 1000 / 10
        )
    }
}

/// The slow ones of these cases, each with the part of its deadline that it took, in percent; the slowest first.
pub(super) fn slow<'c>(
    cases: impl IntoIterator<Item = &'c CaseRecord>,
) -> Vec<(u8, &'c CaseRecord)> {
    let slow = cases
        .into_iter()
        .filter_map(|case| Some((case.slow?, case)));
    let mut slow: Vec<_> = slow.collect();
    slow.sort_by_key(|(percent, _)| std::cmp::Reverse(*percent));
    slow
}

/// So many of something.
pub(super) fn counted(count: usize, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        count => format!("{count} {noun}s"),
    }
}

/// The versions of a run, the first and last of many.
pub(super) fn dokku(versions: &[Version]) -> String {
    const SHOWN: usize = 5;
    let names: Vec<_> = versions.iter().map(ToString::to_string).collect();
    match (names.first(), names.last()) {
        (Some(first), Some(last)) if names.len() > SHOWN => {
            format!("{first} to {last} ({} versions)", names.len())
        }
        _ => names.join(", "),
    }
}

//! The report for a person at a terminal.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use anstyle::{AnsiColor, Style};

use super::{CaseRecord, Counts, Footer, Header, unified, visible};
use crate::run::{Difference, Outcome, StepEvidence};
use crate::spec::Level;

/// How far the text under a heading is indented.
const INDENT: &str = "     ";

/// The colours of a report.
#[derive(Clone, Copy, Debug, Default)]
pub struct Palette {
    bad: Style,
    doubtful: Style,
    good: Style,
    strong: Style,
    faint: Style,
}

impl Palette {
    /// That of what went wrong.
    pub(super) fn bad(&self) -> Style {
        self.bad
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
    /// What was run.
    pub header: &'r Header,
    /// What came of each case.
    pub cases: &'r [CaseRecord],
    /// How it ended.
    pub footer: &'r Footer,
    /// Whether passes and skips are shown, and all evidence.
    pub verbose: bool,
    /// Whether a broken `should` counts as a failure.
    pub strict: bool,
    /// The colours.
    pub palette: Palette,
}

/// Cases of one plugin and requirement in the same state, for the same reason.
struct Group<'r> {
    cases: Vec<&'r CaseRecord>,
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.heading(f)?;
        for plugin in &self.header.plugins {
            let cases: Vec<_> = self
                .cases
                .iter()
                .filter(|case| case.plugin == plugin.label)
                .collect();
            for group in groups(&cases) {
                self.group(f, &group, &plugin.path)?;
            }
            self.total(f, &plugin.label, Counts::of(cases))?;
        }
        Ok(())
    }
}

/// The cases in groups that a reader takes in at one glance: what differs only in the command it is about goes together.
fn groups<'r>(cases: &[&'r CaseRecord]) -> Vec<Group<'r>> {
    let mut groups: Vec<Group<'r>> = Vec::new();
    let mut index: BTreeMap<(&str, Outcome, &str), usize> = BTreeMap::new();
    for case in cases {
        // A failure is told once with its evidence; of the others the reason is all there is to tell.
        let reason = if case.outcome == Outcome::Fail {
            ""
        } else {
            case.reason.as_str()
        };
        let key = (case.requirement.as_str(), case.outcome, reason);
        let at = *index.entry(key).or_insert_with(|| {
            groups.push(Group { cases: Vec::new() });
            groups.len() - 1
        });
        if let Some(group) = groups.get_mut(at) {
            group.cases.push(case);
        }
    }
    groups.sort_by_key(|group| group.cases.first().map(|case| urgency(case)));
    groups
}

/// What a reader wants to see first.
fn urgency(case: &CaseRecord) -> (u8, Level) {
    let rank = match case.outcome {
        Outcome::Error => 0,
        Outcome::Fail => 1,
        Outcome::Inconclusive => 2,
        Outcome::Skip => 3,
        Outcome::Pass => 4,
    };
    (rank, case.level)
}

impl Text<'_> {
    fn heading(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let header = self.header;
        let versions: Vec<_> = header.dokku.iter().map(ToString::to_string).collect();
        writeln!(
            f,
            "dokku-conform {} · Dokku {} · isolation {} · {} requirements, {} cases",
            header.program,
            versions.join(", "),
            header.isolation,
            header.requirements.len(),
            header.cases
        )
    }

    fn group(&self, f: &mut fmt::Formatter<'_>, group: &Group<'_>, path: &str) -> fmt::Result {
        let Some((first, others)) = group.cases.split_first() else {
            return Ok(());
        };
        let shown = self.verbose || !matches!(first.outcome, Outcome::Pass | Outcome::Skip);
        if !shown {
            return Ok(());
        }
        self.title(f, first)?;
        if first.outcome != Outcome::Fail && !self.verbose {
            return self.reason(f, group);
        }
        self.detail(f, first, path)?;
        if self.verbose {
            for other in others {
                self.title(f, other)?;
                self.detail(f, other, path)?;
            }
        } else if !others.is_empty() {
            writeln!(f, "{INDENT}also: {}", case_list(others))?;
        }
        if first.outcome == Outcome::Fail {
            self.way_out(f, first, path)?;
        }
        Ok(())
    }

    fn title(&self, f: &mut fmt::Formatter<'_>, case: &CaseRecord) -> fmt::Result {
        let palette = self.palette;
        let (style, word) = match case.outcome {
            Outcome::Pass => (palette.good, "pass"),
            Outcome::Fail
                if case.level == Level::Must || (self.strict && case.level == Level::Should) =>
            {
                (palette.bad, "FAIL")
            }
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
        let version = match self.header.dokku.len() {
            1 => String::new(),
            _ => format!(" (Dokku {})", case.dokku),
        };
        let line = format!(
            "{style}{word}{style:#} {:<6} {strong}{}{strong:#}   {}{version}",
            case.level.to_string(),
            case.requirement,
            visible(&place)
        );
        writeln!(f, "{}", line.trim_end())
    }

    fn reason(&self, f: &mut fmt::Formatter<'_>, group: &Group<'_>) -> fmt::Result {
        let Some(first) = group.cases.first() else {
            return Ok(());
        };
        writeln!(f, "{INDENT}{}", visible(&first.reason))?;
        writeln!(f, "{INDENT}in: {}", case_list(&group.cases))
    }

    fn detail(&self, f: &mut fmt::Formatter<'_>, case: &CaseRecord, path: &str) -> fmt::Result {
        let faint = self.palette.faint;
        if self.verbose {
            writeln!(f, "{INDENT}{faint}case: {}{faint:#}", visible(&case.case))?;
        }
        if !case.reason.is_empty() {
            writeln!(f, "{INDENT}{}", visible(&case.reason))?;
        }
        for difference in &case.evidence.differences {
            self.difference(f, difference)?;
            if difference.subject == "exit" && !self.verbose {
                self.last_words(f, case.evidence.step_of(difference))?;
            }
        }
        for finding in &case.evidence.findings {
            writeln!(
                f,
                "{INDENT}  {}: {}",
                visible(&finding.place.to_string()),
                visible(&finding.message)
            )?;
            if let Some(excerpt) = &finding.excerpt {
                writeln!(f, "{INDENT}    {faint}{}{faint:#}", visible(excerpt.trim()))?;
            }
        }
        let _ = path;
        if self.verbose {
            for step in &case.evidence.steps {
                self.step(f, step)?;
            }
        }
        Ok(())
    }

    /// What a step said on standard error before it ended in another way than expected.
    fn last_words(&self, f: &mut fmt::Formatter<'_>, step: Option<&StepEvidence>) -> fmt::Result {
        const SHOWN: usize = 5;
        let lines: Vec<&str> = step
            .map_or("", |step| step.stderr.as_str())
            .lines()
            .collect();
        for line in lines.iter().skip(lines.len().saturating_sub(SHOWN)) {
            writeln!(f, "{INDENT}  stderr | {}", visible(line))?;
        }
        Ok(())
    }

    fn difference(&self, f: &mut fmt::Formatter<'_>, difference: &Difference) -> fmt::Result {
        if let Some(step) = &difference.step {
            writeln!(f, "{INDENT}  {} of step `{step}`:", difference.subject)?;
        } else if difference.subject != "exit" {
            writeln!(f, "{INDENT}  {}:", difference.subject)?;
        }
        for line in unified(&difference.expected, &difference.actual) {
            let style = match line.chars().next() {
                Some('-') => self.palette.bad,
                Some('+') => self.palette.good,
                _ => Style::new(),
            };
            writeln!(f, "{INDENT}  {style}{line}{style:#}")?;
        }
        Ok(())
    }

    fn step(&self, f: &mut fmt::Formatter<'_>, step: &StepEvidence) -> fmt::Result {
        let mut line = String::new();
        for (key, value) in &step.environment {
            let _ = write!(line, "{key}={} ", shell_words::quote(value));
        }
        writeln!(
            f,
            "{INDENT}  $ {}{}   [{}]",
            visible(&line),
            visible(&step.command),
            step.exit
        )?;
        for (name, text) in [("stdout", &step.stdout), ("stderr", &step.stderr)] {
            for line in text.lines() {
                writeln!(f, "{INDENT}    {name} | {}", visible(line))?;
            }
        }
        for call in &step.calls {
            let argv = shell_words::join(call.argv.iter().map(String::as_str));
            let note = if call.modelled {
                ""
            } else {
                "   (not modelled)"
            };
            writeln!(
                f,
                "{INDENT}    called | {} {}{note}",
                visible(&call.program),
                visible(&argv)
            )?;
        }
        for left in &step.left {
            writeln!(f, "{INDENT}    left running | {}", visible(left))?;
        }
        Ok(())
    }

    fn way_out(&self, f: &mut fmt::Formatter<'_>, case: &CaseRecord, path: &str) -> fmt::Result {
        let rule = self.header.rule(&case.requirement);
        let fix = rule
            .and_then(|rule| rule.fix.as_deref())
            .unwrap_or_default()
            .trim_end();
        let mut lines = fix.lines();
        if let Some(first) = lines.next() {
            writeln!(f, "{INDENT}fix: {first}")?;
        }
        for line in lines {
            writeln!(f, "{INDENT}     {line}")?;
        }
        writeln!(
            f,
            "{INDENT}again: dokku-conform check {} --only {}",
            typed(path),
            case.requirement
        )
    }

    fn total(&self, f: &mut fmt::Formatter<'_>, plugin: &str, counts: Counts) -> fmt::Result {
        let failed = if self.strict {
            counts.fail
        } else {
            counts.fail - counts.warn
        };
        write!(
            f,
            "{}: {} passed, {failed} failed, {} warned, {} skipped, {} inconclusive",
            visible(plugin),
            counts.pass,
            counts.fail - failed,
            counts.skip,
            counts.inconclusive
        )?;
        if counts.error > 0 {
            write!(f, ", {} errors", counts.error)?;
        }
        writeln!(
            f,
            " in {}.{:02} s",
            self.footer.duration_ms / 1000,
            self.footer.duration_ms % 1000 / 10
        )
    }
}

/// A path as one types it in bash.
fn typed(path: &str) -> String {
    if visible(path) == path {
        return shell_words::quote(path).into_owned();
    }
    let escape = |letter: char| match letter {
        '\'' | '\\' => format!("\\{letter}"),
        letter if visible(letter.encode_utf8(&mut [0; 4])) == letter.to_string() => {
            letter.to_string()
        }
        letter if letter.is_ascii() => format!("\\x{:02X}", u32::from(letter)),
        letter => format!("\\u{:04X}", u32::from(letter)),
    };
    format!("$'{}'", path.chars().map(escape).collect::<String>())
}

/// The names of some cases, the first few of many.
fn case_list(cases: &[&CaseRecord]) -> String {
    const SHOWN: usize = 4;
    let mut names: Vec<_> = cases
        .iter()
        .take(SHOWN)
        .map(|case| visible(&case.case).into_owned())
        .collect();
    if cases.len() > SHOWN {
        names.push(format!("and {} more", cases.len() - SHOWN));
    }
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_can_be_typed_again() {
        assert_eq!(typed("plugins/hello"), "plugins/hello");
        assert_eq!(typed("it's here"), r#"'it'\''s here'"#);
        assert_eq!(typed("a\nb\\c'd\u{202E}é"), r"$'a\x0Ab\\c\'d\u202Eé'");
    }
}

//! What was seen in a case, as text.

use std::fmt::{self, Display, Write as _};

use super::diff::Diff;
use super::{CaseRecord, Palette, visible};
use crate::run::{Difference, StepEvidence};

/// How many lines of a stream are shown; the record has all.
const LINES: usize = 200;

/// The reason of a case's outcome and its evidence, each line under this indent.
pub(super) struct Told<'r> {
    pub(super) case: &'r CaseRecord,
    /// Whether the steps are shown too.
    pub(super) verbose: bool,
    pub(super) palette: Palette,
    pub(super) indent: &'static str,
}

impl Display for Told<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (case, indent) = (self.case, self.indent);
        let faint = self.palette.faint;
        if self.verbose {
            writeln!(f, "{indent}{faint}case: {}{faint:#}", visible(&case.case))?;
        }
        if !case.reason.is_empty() {
            writeln!(f, "{indent}{}", visible(&case.reason))?;
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
                "{indent}  {}: {}",
                visible(&finding.place.to_string()),
                visible(&finding.message)
            )?;
            if let Some(excerpt) = &finding.excerpt {
                writeln!(f, "{indent}    {faint}{}{faint:#}", visible(excerpt.trim()))?;
            }
        }
        if self.verbose {
            for step in &case.evidence.steps {
                self.step(f, step)?;
            }
        }
        // No matter of a comparison, which holds what is told without this.
        if let Some(version) = case.played_in.filter(|_| self.verbose) {
            writeln!(
                f,
                "{indent}played in Dokku {version}: nothing that it meets is different in {}",
                case.dokku
            )?;
        }
        match &case.evidence.left_out {
            Some(left_out) => writeln!(f, "{indent}{}", visible(left_out)),
            None => Ok(()),
        }
    }
}

impl Told<'_> {
    /// What a step said on standard error before it ended in another way than expected.
    fn last_words(&self, f: &mut fmt::Formatter<'_>, step: Option<&StepEvidence>) -> fmt::Result {
        let indent = self.indent;
        const SHOWN: usize = 5;
        let lines: Vec<&str> = step
            .map_or("", |step| step.stderr.as_str())
            .lines()
            .collect();
        for line in lines.iter().skip(lines.len().saturating_sub(SHOWN)) {
            writeln!(f, "{indent}  stderr | {}", visible(line))?;
        }
        Ok(())
    }

    fn difference(&self, f: &mut fmt::Formatter<'_>, difference: &Difference) -> fmt::Result {
        let indent = self.indent;
        if let Some(step) = &difference.step {
            writeln!(
                f,
                "{indent}  {} of step `{}`:",
                visible(&difference.subject),
                visible(step)
            )?;
        } else if difference.subject != "exit" {
            writeln!(f, "{indent}  {}:", visible(&difference.subject))?;
        }
        for line in Diff::of(&difference.expected, &difference.actual).lines(&self.palette) {
            writeln!(f, "{indent}  {line}")?;
        }
        Ok(())
    }

    fn step(&self, f: &mut fmt::Formatter<'_>, step: &StepEvidence) -> fmt::Result {
        let indent = self.indent;
        let mut line = String::new();
        for (key, value) in &step.environment {
            let _ = write!(line, "{key}={} ", shell_words::quote(value));
        }
        writeln!(
            f,
            "{indent}  $ {}{}   [{}]",
            visible(&line),
            visible(&step.command),
            step.exit
        )?;
        for (name, text) in [("stdout", &step.stdout), ("stderr", &step.stderr)] {
            for line in text.lines().take(LINES) {
                writeln!(f, "{indent}    {name} | {}", visible(line))?;
            }
            let more = text.lines().skip(LINES).count();
            if more > 0 {
                writeln!(
                    f,
                    "{indent}    {name} | [{more} lines more are in the record]"
                )?;
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
                "{indent}    called | {} {}{note}",
                visible(&call.program),
                visible(&argv)
            )?;
        }
        for left in &step.left {
            writeln!(f, "{indent}    left running | {}", visible(left))?;
        }
        Ok(())
    }
}

/// The reason and the evidence without colours; the steps too if that is wanted.
pub(super) fn plain(case: &CaseRecord, verbose: bool) -> String {
    let told = Told {
        case,
        verbose,
        palette: Palette::default(),
        indent: "",
    };
    told.to_string()
}

/// Why a case came out so; what became of it where nothing is said of that, as of a pass that could not be judged before.
pub(super) fn said(case: &CaseRecord) -> String {
    match &case.compared {
        Some(compared) if case.reason.is_empty() => compared.of(case.outcome),
        _ => visible(&case.reason).into_owned(),
    }
}

//! What changed between two runs, for a person at a terminal.

use std::fmt;

use super::Against;
use super::cause::{Cause, causes};
use super::class::Class;
use super::outline::{Outline, named};
use crate::report::again::again;
use crate::report::diff::Diff;
use crate::report::text::{INDENT, Text, counted};
use crate::report::told::{Told, plain};
use crate::report::{CaseRecord, visible};
use crate::run::Outcome;

impl Text<'_> {
    /// What became of the cases since the older record, the most urgent first.
    pub(in crate::report) fn comparison(
        &self,
        f: &mut fmt::Formatter<'_>,
        against: &Against,
    ) -> fmt::Result {
        writeln!(f, "{INDENT}{against}")?;
        let style = self.palette.doubtful;
        for difference in against.others() {
            writeln!(f, "{style}{difference}{style:#}")?;
        }
        let outline = Outline::of(self.record);
        for line in outline.lines() {
            let faint = self.palette.faint;
            writeln!(f, "{faint}{}{faint:#}", visible(&line))?;
        }
        for cause in causes(self.record) {
            self.cause(f, &cause)?;
        }
        writeln!(f, "{}", outline.counts())
    }

    fn cause(&self, f: &mut fmt::Formatter<'_>, cause: &Cause<'_>) -> fmt::Result {
        let is_shown = self.verbose || cause.is_told();
        let Some(case) = cause.cases.first().filter(|_| is_shown) else {
            return Ok(());
        };
        let style = match (cause.class, case.outcome) {
            (_, Outcome::Fail) if case.expected.is_some() => self.palette.faint,
            (Class::Regressed, _) | (Class::New, Outcome::Fail) => self.palette.bad,
            (Class::Fixed, _) => self.palette.good,
            (Class::Added, Outcome::Fail)
            | (Class::Changed | Class::Indeterminate | Class::Flaky, _) => self.palette.doubtful,
            _ => self.palette.faint,
        };
        let strong = self.palette.strong;
        let place = case.evidence.place.as_ref().map(ToString::to_string);
        let title = format!(
            "{style}{}{style:#} {} {strong}{}{strong:#}   {}",
            cause.class.words(),
            case.level,
            visible(&case.requirement),
            visible(&place.unwrap_or_default())
        );
        writeln!(f, "{}", title.trim_end())?;
        let plugins = cause.plugins();
        let count = counted(plugins.len(), "plugin");
        writeln!(f, "{INDENT}{count}: {}", named(&plugins))?;
        let cases: Vec<&str> = cause.cases.iter().map(|case| &*case.case).collect();
        writeln!(
            f,
            "{INDENT}{}: {}",
            counted(cases.len(), "case"),
            named(&cases)
        )?;
        self.why_accepted(f, case)?;
        self.told_of(f, case)
    }

    /// What was seen of a case, beside what was seen before.
    fn told_of(&self, f: &mut fmt::Formatter<'_>, case: &CaseRecord) -> fmt::Result {
        let Some(compared) = &case.compared else {
            return Ok(());
        };
        let is_told = match (compared.class, &compared.told) {
            (Class::Changed, Some(before)) => {
                for line in Diff::of_visible(before, &plain(case, false)).lines(&self.palette) {
                    writeln!(f, "{INDENT}{line}")?;
                }
                true
            }
            (Class::StillPassing | Class::StillSkipped, _) => false,
            _ => {
                writeln!(f, "{INDENT}{}", compared.of(case.outcome))?;
                if let Some(before) = compared.told.as_ref().filter(|told| !told.is_empty()) {
                    writeln!(f, "{INDENT}before: {}", visible(before))?;
                }
                case.outcome != Outcome::Pass
            }
        };
        if is_told && compared.class != Class::Changed {
            let told = Told {
                case,
                verbose: self.verbose,
                palette: self.palette,
                indent: INDENT,
            };
            write!(f, "{told}")?;
        }
        let plugins = &self.record.header.plugins;
        let plugin = plugins.iter().find(|one| one.label == case.plugin);
        match plugin.filter(|_| case.outcome == Outcome::Fail) {
            Some(plugin) => {
                let again = again(&self.record.header, &plugin.path, case);
                writeln!(f, "{INDENT}again: {again}")
            }
            None => Ok(()),
        }
    }
}

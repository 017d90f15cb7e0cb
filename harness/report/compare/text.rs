//! What changed between two runs, for a person at a terminal.

use std::collections::BTreeMap;
use std::fmt;

use super::Against;
use super::cause::{Cause, causes};
use super::class::Class;
use crate::report::again::again;
use crate::report::diff::Diff;
use crate::report::text::{INDENT, Text, counted, dokku};
use crate::report::told::{Told, plain};
use crate::report::{CaseRecord, visible};
use crate::run::Outcome;

/// How many plugins, or cases, are named.
const NAMED: usize = 6;

impl Text<'_> {
    /// What became of the cases since the older record, the most urgent first.
    pub(in crate::report) fn comparison(
        &self,
        f: &mut fmt::Formatter<'_>,
        against: &Against,
    ) -> fmt::Result {
        writeln!(
            f,
            "{INDENT}against the run of {} (dokku-conform {}, Dokku {}, isolation {})",
            visible(&against.time),
            visible(&against.program),
            dokku(&against.dokku),
            against.isolation
        )?;
        for difference in &against.differences {
            let style = self.palette.doubtful;
            writeln!(f, "{style}other {}{style:#}", visible(difference))?;
        }
        let mut counts: BTreeMap<Class, (usize, usize)> = BTreeMap::new();
        for cause in causes(self.record) {
            let expected = cause.cases.iter().filter(|case| case.expected.is_some());
            let count = counts.entry(cause.class).or_default();
            count.0 += cause.cases.len();
            count.1 += expected.count();
            self.cause(f, &cause)?;
        }
        let counts = Class::ALL.iter().map(|class| {
            let (count, expected) = counts.get(class).copied().unwrap_or_default();
            match expected {
                0 => format!("{count} {}", class.words()),
                expected => format!("{count} {} ({expected} of them expected)", class.words()),
            }
        });
        writeln!(f, "{}", counts.collect::<Vec<_>>().join(", "))
    }

    fn cause(&self, f: &mut fmt::Formatter<'_>, cause: &Cause<'_>) -> fmt::Result {
        let is_shown = self.verbose || cause.class < Class::StillFailing;
        let Some(case) = cause.cases.first().filter(|_| is_shown) else {
            return Ok(());
        };
        let style = match (cause.class, case.outcome) {
            (_, Outcome::Fail) if case.expected.is_some() => self.palette.faint,
            (Class::Regressed, _) | (Class::New, Outcome::Fail) => self.palette.bad,
            (Class::Fixed, _) => self.palette.good,
            (Class::Changed | Class::Indeterminate | Class::Flaky, _) => self.palette.doubtful,
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
                for line in Diff::of(before, &plain(case, false)).lines(&self.palette) {
                    writeln!(f, "{INDENT}{line}")?;
                }
                true
            }
            (Class::StillPassing | Class::StillSkipped, _) => false,
            _ => {
                writeln!(f, "{INDENT}{compared}")?;
                if let Some(before) = &compared.told {
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

/// The first few of many names.
fn named(names: &[&str]) -> String {
    let shown = names.iter().take(NAMED).map(|name| visible(name));
    let mut shown: Vec<_> = shown.map(std::borrow::Cow::into_owned).collect();
    if names.len() > NAMED {
        shown.push(format!("and {} more", names.len() - NAMED));
    }
    shown.join(", ")
}

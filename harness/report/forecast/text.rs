//! A forecast for a person at a terminal.

use std::fmt;

use super::{SHOWN, caution, effort, line, spans};
use crate::report::text::INDENT;
use crate::report::{Palette, visible};
use crate::run::{Cause, Forecast};
use crate::spec::Level;

/// The text report of one forecast.
#[derive(Debug)]
pub struct ForecastText<'f> {
    /// The forecast.
    pub forecast: &'f Forecast,
    /// Whether the person named the two ends, and so asks for the way from one to the other.
    pub upgrade: bool,
    /// Whether everything is shown, and not the first few of many.
    pub verbose: bool,
    /// The colours.
    pub palette: Palette,
}

impl fmt::Display for ForecastText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let forecast = self.forecast;
        let strong = self.palette.strong;
        let caution = caution(forecast).map(|text| format!(", {text}"));
        writeln!(
            f,
            "{strong}{}{strong:#}: {} (of {} to {}){}",
            visible(&forecast.plugin),
            forecast.range,
            forecast.from,
            forecast.to,
            caution.unwrap_or_default()
        )?;
        let lower = match forecast.works.is_empty() {
            true => "in the last of them:",
            false => "it begins there since before:",
        };
        self.list(f, lower, &forecast.lower)?;
        self.list(f, "it ends there since after:", &forecast.upper)?;
        self.others(f)?;
        if self.upgrade {
            self.upgrade(f)?;
        }
        self.changes(f)?;
        self.always(f)?;
        self.unclear(f)?;
        let faint = self.palette.faint;
        writeln!(f, "{INDENT}{faint}{}{faint:#}", effort(&forecast.effort))
    }
}

impl ForecastText<'_> {
    fn shown(&self) -> usize {
        if self.verbose { usize::MAX } else { SHOWN }
    }

    fn list(&self, f: &mut fmt::Formatter<'_>, title: &str, causes: &[Cause]) -> fmt::Result {
        if causes.is_empty() {
            return Ok(());
        }
        writeln!(f, "{INDENT}{title}")?;
        for cause in causes.iter().take(self.shown()) {
            writeln!(f, "{INDENT}  {}", visible(&line(cause)))?;
        }
        match causes.len().saturating_sub(self.shown()) {
            0 => Ok(()),
            more => writeln!(f, "{INDENT}  and {more} more; -v shows them"),
        }
    }

    /// The spans before the newest one.
    fn others(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.forecast.works.split_last() {
            Some((_, others)) if !others.is_empty() => {
                writeln!(f, "{INDENT}it works also in {}", spans(others))
            }
            _ => Ok(()),
        }
    }

    fn upgrade(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (from, to) = (self.forecast.from, self.forecast.to);
        let upgrade = &self.forecast.upgrade;
        let way = format!("an upgrade from {from} to {to}");
        if upgrade.breaks.is_empty() && upgrade.may_break.is_empty() {
            writeln!(f, "{INDENT}{way} breaks nothing")?;
        }
        self.list(f, &format!("{way} breaks:"), &upgrade.breaks)?;
        let may_break = format!("{way} may break, which {from} does not tell:");
        self.list(f, &may_break, &upgrade.may_break)?;
        self.list(f, "and mends:", &upgrade.mends)
    }

    fn changes(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let changes = &self.forecast.changes;
        for change in changes.iter().take(self.shown()) {
            let style = match change.cause.level {
                Level::Must => self.palette.bad,
                _ => self.palette.doubtful,
            };
            writeln!(
                f,
                "{INDENT}{style}broken in {}{style:#}: {}",
                spans(&change.versions),
                visible(&line(&change.cause))
            )?;
        }
        match changes.len().saturating_sub(self.shown()) {
            0 => Ok(()),
            more => writeln!(f, "{INDENT}and {more} more that change; -v shows them"),
        }
    }

    /// What no version mends, by rule: `check` tells more of it.
    fn always(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rules: Vec<&str> = Vec::new();
        let always = self.forecast.always.iter();
        let ends = [
            &self.forecast.lower,
            &self.forecast.upper,
            &self.forecast.upgrade.may_break,
        ];
        let is_told = |cause: &&Cause| {
            let mut told = ends.into_iter().flatten();
            told.any(|one| one.requirement == cause.requirement)
        };
        for cause in always.filter(|cause| cause.level != Level::May && !is_told(cause)) {
            if !rules.contains(&cause.requirement.as_str()) {
                rules.push(&cause.requirement);
            }
        }
        if rules.is_empty() {
            return Ok(());
        }
        let rules = rules.join(", ");
        writeln!(
            f,
            "{INDENT}broken in every version that tells, so not counted: {rules}"
        )
    }

    fn unclear(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unclear = &self.forecast.unclear;
        for (reason, count) in unclear.iter().take(self.shown()) {
            let cases = if *count == 1 { "case" } else { "cases" };
            writeln!(
                f,
                "{INDENT}not known in {count} {cases}: {}",
                visible(reason)
            )?;
        }
        match unclear.len().saturating_sub(self.shown()) {
            0 => Ok(()),
            more => writeln!(f, "{INDENT}and {more} more reasons; -v shows them"),
        }
    }
}

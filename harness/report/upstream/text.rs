//! The report for a person at a terminal.

use std::fmt;

use super::{Upstream, became, by_plugin, counted, hold, many, since};
use crate::dokku::Version;
use crate::dokku::surface::{Change, Facet, What};
use crate::report::{Palette, visible};
use crate::upstream::User;

/// How many places of a plugin, and how many cases under a heading, are shown unless everything is.
const SHOWN: usize = 6;

/// The text report of a change of Dokku.
#[derive(Debug)]
pub struct UpstreamText<'u> {
    /// What is told.
    pub upstream: &'u Upstream,
    /// Whether everything is shown: what is Dokku's own affair, and all of many.
    pub verbose: bool,
    /// The colours.
    pub palette: Palette,
}

impl fmt::Display for UpstreamText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let upstream = self.upstream;
        let strong = self.palette.strong;
        writeln!(
            f,
            "{strong}from {} to {}{strong:#}, {}",
            visible(&upstream.old.name()),
            visible(&upstream.new.name()),
            many(upstream.plugins.len(), "plugin", "plugins")
        )?;
        self.changes(f)?;
        self.users(f)?;
        self.regressions(f)
    }
}

impl UpstreamText<'_> {
    fn heading(&self, f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
        let strong = self.palette.strong;
        writeln!(f, "\n{strong}{text}{strong:#}")
    }

    fn shown(&self) -> usize {
        if self.verbose { usize::MAX } else { SHOWN }
    }

    fn changes(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.heading(f, "What changed")?;
        let mut is_same = true;
        for facet in Facet::ALL {
            if let Some(tally) = counted(self.upstream.tally(*facet)) {
                is_same = false;
                writeln!(f, "  {}: {tally}", facet.plural())?;
                self.of_facet(f, *facet)?;
            }
        }
        if is_same {
            writeln!(f, "  nothing that plugins could see")?;
        }
        let faint = self.palette.faint;
        for sentence in self.upstream.untold() {
            writeln!(f, "  {faint}{}{faint:#}", visible(&sentence))?;
        }
        Ok(())
    }

    fn of_facet(&self, f: &mut fmt::Formatter<'_>, facet: Facet) -> fmt::Result {
        let changes = self.upstream.changes.changes.iter();
        let (shown, own): (Vec<&Change>, Vec<&Change>) = changes
            .filter(|change| change.facet == facet)
            .partition(|change| change.is_for_plugins() || self.verbose);
        let (added, others): (Vec<&Change>, Vec<&Change>) = shown
            .into_iter()
            .partition(|change| change.what == What::Added);
        for change in others {
            writeln!(
                f,
                "    {}",
                visible(&line(change, self.upstream.new.version))
            )?;
        }
        if !added.is_empty() {
            let names: Vec<String> = added.iter().map(|change| self.added(change)).collect();
            writeln!(f, "    added: {}", visible(&names.join(", ")))?;
        }
        match own.len() {
            0 => Ok(()),
            count => writeln!(f, "    {count} of them Dokku's own affair; -v shows them"),
        }
    }

    /// What came, with the version if it was not the last.
    fn added(&self, change: &Change) -> String {
        match since(change, self.upstream.new.version) {
            Some(since) => format!("{} ({since})", change.name),
            None => change.name.clone(),
        }
    }

    fn users(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.upstream.plugins.is_empty() {
            return Ok(());
        }
        self.heading(f, "Who uses what changed")?;
        let used = self.upstream.used();
        if used.is_empty() {
            writeln!(f, "  none of the plugins, as far as their texts tell")?;
        }
        for (change, users) in used {
            let kind = change.facet;
            writeln!(
                f,
                "  {kind} {}",
                visible(&line(change, self.upstream.new.version))
            )?;
            for (plugin, users) in by_plugin(&users) {
                self.places(f, plugin, &users)?;
            }
        }
        Ok(())
    }

    fn places(&self, f: &mut fmt::Formatter<'_>, plugin: &str, users: &[&User]) -> fmt::Result {
        let bad = self.palette.bad;
        for user in users.iter().take(self.shown()) {
            let (style, note) = match hold(&user.hold) {
                note if note.is_empty() => (bad, String::new()),
                note => (self.palette.faint, format!(" ({note})")),
            };
            writeln!(
                f,
                "    {style}{}{style:#} {}{}",
                visible(plugin),
                visible(&user.place.to_string()),
                visible(&note)
            )?;
        }
        match users.len().saturating_sub(self.shown()) {
            0 => Ok(()),
            more => writeln!(
                f,
                "    {} {more} places more; -v shows them",
                visible(plugin)
            ),
        }
    }

    fn regressions(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(regressions) = &self.upstream.regressions else {
            return Ok(());
        };
        self.heading(f, "What regresses")?;
        if regressions.cases.is_empty() {
            writeln!(f, "  nothing")?;
        }
        for explained in regressions.explained(&self.upstream.changes) {
            let Some(change) = self.upstream.changes.changes.get(explained.change) else {
                continue;
            };
            writeln!(
                f,
                "  {} {}: {}",
                change.facet,
                visible(&line(change, self.upstream.new.version)),
                many(explained.cases.len(), "case", "cases")
            )?;
            let cases = explained.cases.iter();
            let cases = cases.map(|(case, why)| (*case, why.evidence.as_str()));
            self.cases(f, &cases.collect::<Vec<_>>())?;
        }
        let unexplained: Vec<_> = regressions
            .unexplained()
            .map(|case| (case, case.reason.as_str()))
            .collect();
        if !unexplained.is_empty() {
            let count = many(unexplained.len(), "case", "cases");
            writeln!(f, "  no change explains: {count}")?;
            self.cases(f, &unexplained)?;
        }
        let classes = regressions.classes.iter();
        let classes = classes.map(|(class, count)| format!("{count} {}", class.words()));
        let regress = match regressions.plugins().len() {
            1 => "regresses",
            _ => "regress",
        };
        writeln!(
            f,
            "\n{} of {} {regress}; cases: {}",
            regressions.plugins().len(),
            many(self.upstream.plugins.len(), "plugin", "plugins"),
            classes.collect::<Vec<_>>().join(", ")
        )
    }

    /// Cases, each with what is said of it.
    fn cases(
        &self,
        f: &mut fmt::Formatter<'_>,
        cases: &[(&super::Regression, &str)],
    ) -> fmt::Result {
        for (case, said) in cases.iter().take(self.shown()) {
            let style = match case.is_expected {
                true => self.palette.faint,
                false => self.palette.bad,
            };
            writeln!(
                f,
                "    {style}{}{style:#} {} {}, {}{}",
                visible(&case.plugin),
                case.level,
                visible(&case.requirement),
                visible(&case.case),
                if case.is_expected { " (expected)" } else { "" }
            )?;
            writeln!(f, "      {}", visible(&said.replace('\n', " ")))?;
        }
        match cases.len().saturating_sub(self.shown()) {
            0 => Ok(()),
            more => writeln!(f, "    and {more} more; -v shows them"),
        }
    }
}

/// A change in a line.
fn line(change: &Change, newest: Version) -> String {
    let (name, became) = (&change.name, became(change, newest));
    match &change.instead {
        Some(instead) => format!("{name} {became}: {instead}"),
        None => format!("{name} {became}"),
    }
}

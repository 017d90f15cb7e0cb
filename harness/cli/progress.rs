//! The progress bar of a run.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::output::is_watched;

/// How long a run goes on before the bar is shown.
const PATIENCE: Duration = Duration::from_secs(1);

/// A bar on standard error that appears only on a terminal, and only if the run takes long.
pub(super) struct Progress {
    bar: ProgressBar,
    started: Instant,
}

impl Progress {
    /// A bar for so many cases.
    pub(super) fn new(cases: usize) -> Self {
        Self::of(cases, "cases")
    }

    /// A bar for so many of these.
    pub(super) fn of(count: usize, what: &str) -> Self {
        let bar = ProgressBar::with_draw_target(Some(count as u64), ProgressDrawTarget::hidden());
        let template = format!("{{pos}}/{{len}} {what} {{wide_bar}} {{eta}}");
        if let Ok(style) = ProgressStyle::with_template(&template) {
            bar.set_style(style);
        }
        Self {
            bar,
            started: Instant::now(),
        }
    }

    /// So many more cases are to be run.
    pub(super) fn more(&self, cases: usize) {
        self.bar.inc_length(cases as u64);
    }

    /// One more case has ended.
    pub(super) fn step(&self) {
        self.bar.inc(1);
        if is_watched() && self.bar.is_hidden() && self.started.elapsed() > PATIENCE {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }

    /// Takes the bar away.
    pub(super) fn end(&self) {
        self.bar.finish_and_clear();
    }
}

//! The requirements of runs themselves: what no spec says, and no spec may have the id of.

use std::sync::Arc;

use super::{Plan, expectations, source, suite};
use crate::dokku::Span;
use crate::spec::{Level, Requirement};

/// All of them, in the order of a record.
pub fn of_runs() -> impl Iterator<Item = &'static Arc<Requirement>> {
    [source(), suite(), expectations()].into_iter().flatten()
}

impl Plan {
    /// Those that the plan has cases of.
    pub fn of_runs(&self) -> impl Iterator<Item = &'static Arc<Requirement>> {
        of_runs().filter(|rule| {
            let mut trials = self.trials.iter();
            trials.any(|trial| trial.requirement.id == rule.id)
        })
    }
}

/// One of them; none only if its id were none.
pub(super) fn rule(id: &str, title: &str, why: &str, fix: &str) -> Option<Arc<Requirement>> {
    Some(Arc::new(Requirement {
        id: id.parse().ok()?,
        own: false,
        title: title.to_owned(),
        level: Level::Must,
        holds: Span::default(),
        source: None,
        why: Some(why.to_owned()),
        fix: Some(fix.to_owned()),
        applies: None,
        example: None,
        cases: Vec::new(),
    }))
}

//! A case of a record without what was seen of it, which is by far the most of it.

use serde::Deserialize;

use super::CaseRecord;
use crate::plugin::Place;
use crate::run::{Evidence, Outcome};

/// A case with only the place of its evidence.
pub type Sketch = CaseRecord<Whereabouts>;

/// Of the evidence of a case the place alone.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Whereabouts {
    /// The place in the plugin that the verdict is about, where it can be known.
    #[serde(default)]
    pub place: Option<Place>,
}

impl Sketch {
    /// True if a reader wants to know more of it than that it passed or did not apply.
    #[must_use]
    pub fn is_news(&self) -> bool {
        !matches!(self.outcome, Outcome::Pass | Outcome::Skip)
    }
}

impl From<Sketch> for CaseRecord {
    fn from(sketch: Sketch) -> Self {
        Self {
            plugin: sketch.plugin,
            requirement: sketch.requirement,
            level: sketch.level,
            case: sketch.case,
            dokku: sketch.dokku,
            outcome: sketch.outcome,
            reason: sketch.reason,
            duration_ms: sketch.duration_ms,
            evidence: Evidence {
                place: sketch.evidence.place,
                ..Evidence::default()
            },
            expected: sketch.expected,
            flaky: sketch.flaky,
            runs: sketch.runs,
            played_in: sketch.played_in,
            slow: sketch.slow,
            compared: sketch.compared,
        }
    }
}

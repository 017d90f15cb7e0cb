//! How the page names a mark: a letter where there is little room, and words where it is counted.

use crate::report::mark::Mark;

/// Every mark, the most urgent first.
pub(super) const MARKS: [Mark; 8] = [
    Mark::Error,
    Mark::Fail,
    Mark::Warn,
    Mark::Known,
    Mark::Inconclusive,
    Mark::Expected,
    Mark::Pass,
    Mark::Skip,
];

/// Its class in the style sheet, which gives it a colour and a sign; this is also what it is called in the data of a row.
pub(super) fn letter(mark: Mark) -> &'static str {
    match mark {
        Mark::Error => "e",
        Mark::Fail => "f",
        Mark::Warn => "w",
        Mark::Known => "k",
        Mark::Inconclusive => "i",
        Mark::Expected => "x",
        Mark::Pass => "p",
        Mark::Skip => "s",
    }
}

/// What its cases are called when they are counted.
pub(super) fn counted(mark: Mark) -> &'static str {
    match mark {
        Mark::Error => "errors",
        Mark::Fail => "failed",
        Mark::Warn => "warned",
        Mark::Known => "broken before too",
        Mark::Inconclusive => "inconclusive",
        Mark::Expected => "expected failures",
        Mark::Pass => "passed",
        Mark::Skip => "skipped",
    }
}

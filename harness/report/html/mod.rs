//! The report as a page for a browser: one file that asks nothing of the network.

mod cell;
mod diff;
mod entry;
mod evidence;
mod mark;
mod matrix;
mod page;
mod room;
mod shown;
mod step;

use std::fmt;

use super::Record;
use matrix::Matrix;

/// The HTML report of one run.
///
/// The page can be read without its script, which adds filters that are kept in the URL, arrow keys in the matrix, and
/// evidence that opens over it. Passes and skips are marks in the matrix and no more; what else is told is bounded, so that
/// the page of a big record can still be opened, and says where it leaves something to the record.
#[derive(Debug)]
pub struct Html<'r> {
    /// The run.
    pub record: &'r Record,
    /// Whether a broken `should` counts as a failure.
    pub strict: bool,
}

impl fmt::Display for Html<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        page::write(f, self.record, &Matrix::of(self.record, self.strict))
    }
}

#[cfg(test)]
mod tests;

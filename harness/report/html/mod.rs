//! The report as a page for a browser: one file that asks nothing of the network.

mod cell;
mod diff;
mod entry;
mod evidence;
mod matrix;
mod page;
mod room;
mod seen;
mod shown;
mod sign;
mod step;

use super::Record;
use matrix::Matrix;
pub(super) use page::STYLE;
use page::page;
pub(super) use shown::{Line, Prose};

/// The record as a page that can be read without its script, which adds filters that are kept in the URL, arrow keys in the
/// matrix, and evidence that opens over it. Passes and skips are marks in the matrix and no more; what else is told is
/// bounded, so that the page of a big record can still be opened, and says where it leaves something to the record.
#[must_use]
pub fn html(record: &Record, strict: bool) -> String {
    page(record, &Matrix::of(record, strict))
}

#[cfg(test)]
mod tests;

//! Tables of facts: rows of cells between tabs, under one row of headings.

use crate::dokku::Span;

/// The rows below the headings.
pub(in crate::dokku) fn rows(table: &'static str) -> impl Iterator<Item = &'static str> {
    table.lines().skip(1)
}

/// The cells of a row, or none if there are not exactly `N`.
pub(in crate::dokku) fn cells<const N: usize>(row: &'static str) -> Option<[&'static str; N]> {
    row.split('\t').collect::<Vec<_>>().try_into().ok()
}

/// A span from its two cells, where an empty one leaves that end open; none if one is no version.
pub(in crate::dokku) fn span(first: &str, last: &str) -> Option<Span> {
    let end = |cell: &str| {
        if cell.is_empty() {
            Some(None)
        } else {
            cell.parse().ok().map(Some)
        }
    };
    Some(Span {
        since: end(first)?,
        until: end(last)?,
    })
}

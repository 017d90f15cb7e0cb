//! Columns of text, as docker's lists lay them out.

/// How wide a column is at least, and how far from the next.
const NARROWEST: usize = 10;
const BETWEEN: usize = 3;

/// Puts what stands between tabs below each other. A column is made of lines that follow each other and have it.
pub(super) fn columns(text: &str) -> String {
    let rows: Vec<Vec<&str>> = text
        .lines()
        .map(|line| line.split('\t').collect())
        .collect();
    let mut shown = String::new();
    for (at, row) in rows.iter().enumerate() {
        let last = row.len().saturating_sub(1);
        for (column, cell) in row.iter().enumerate() {
            shown.push_str(cell);
            if column < last {
                let width = width(&rows, at, column);
                let own = cell.chars().count();
                shown.push_str(&" ".repeat(width.saturating_sub(own)));
            }
        }
        shown.push('\n');
    }
    shown
}

/// How wide a column is around this row.
fn width(rows: &[Vec<&str>], at: usize, column: usize) -> usize {
    let has = |row: &&Vec<&str>| row.len() > column + 1;
    let (before, after) = rows.split_at_checked(at).unwrap_or((rows, &[]));
    let around = before
        .iter()
        .rev()
        .take_while(has)
        .chain(after.iter().take_while(has));
    let cells = around.filter_map(|row| row.get(column));
    let widest = cells.map(|cell| cell.chars().count() + BETWEEN).max();
    widest.unwrap_or_default().max(NARROWEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_as_wide_as_its_widest_cell() {
        assert_eq!(
            columns("ID\tNAMES\tX\nabcdefghijkl\ta\tb\n"),
            "ID             NAMES     X\nabcdefghijkl   a         b\n"
        );
        assert_eq!(columns("A\n"), "A\n");
    }
}

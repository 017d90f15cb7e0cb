//! Text in a table of Markdown.

use super::visible;

/// A text that is nothing but text in a table, but for what stands between backticks.
pub(super) fn cell(text: &str) -> String {
    let text = text.replace('\n', " ");
    let pairs = text.matches('`').count().is_multiple_of(2);
    let (mut cell, mut in_code) = (String::new(), false);
    for letter in visible(&text).chars() {
        match letter {
            '`' if pairs => in_code = !in_code,
            '|' => cell.push('\\'),
            '`' | '<' | '>' | '*' | '_' | '[' | ']' | '\\' if !in_code => cell.push('\\'),
            _ => {}
        }
        cell.push(letter);
    }
    cell
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn a_cell_keeps_to_itself() {
        assert_eq!(cell("a|b\n<i>"), r"a\|b \<i\>");
        assert_eq!(cell("`a_b|c` a_b"), r"`a_b\|c` a\_b");
        assert_eq!(cell("a ` b"), r"a \` b");
    }
}

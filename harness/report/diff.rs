//! What was expected against what came, line by line.

use similar::{ChangeTag, TextDiff};

use super::visible;

/// How many equal lines are shown around a difference.
const CONTEXT: usize = 3;
/// How many lines of a difference are shown at most.
const LONGEST: usize = 60;

/// The lines of a unified diff: `- ` what was expected, `+ ` what came, `  ` what is the same. A missing newline at the
/// end is told.
#[must_use]
pub fn unified(expected: &str, actual: &str) -> Vec<String> {
    let diff = TextDiff::from_lines(expected, actual);
    let mut lines = Vec::new();
    for (index, group) in diff.grouped_ops(CONTEXT).iter().enumerate() {
        if index > 0 {
            lines.push("  ...".to_owned());
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let sign = match change.tag() {
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
                ChangeTag::Equal => ' ',
            };
            let text = change.value();
            lines.push(format!(
                "{sign} {}",
                visible(text.strip_suffix('\n').unwrap_or(text))
            ));
        }
    }
    if expected.trim_end_matches('\n') == actual.trim_end_matches('\n') && expected != actual {
        lines.push("  (they differ in the newlines at the end)".to_owned());
    }
    if lines.len() > LONGEST {
        let more = lines.len() - LONGEST;
        lines.truncate(LONGEST);
        lines.push(format!("  ... and {more} more lines"));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_marked_and_what_is_hidden_is_shown() {
        assert_eq!(unified("exit 10", "exit 0"), ["- exit 10", "+ exit 0"]);
        assert_eq!(unified("a\nb\n", "a\nb\x1B\n"), ["  a", "- b", "+ b\\x1B"]);
        assert!(
            unified("a\n", "a")
                .iter()
                .any(|line| line.contains("newlines"))
        );
    }
}

//! Items that are added to a list in a file that somebody keeps by hand.

use super::page::Page;
use super::source::Source;
use super::yaml::{self, Node, Value};

/// Adds items to the list that this key of a file's root has, which is begun if it is not there. Each item is YAML that
/// begins in the first column with `- `, after comments if there are any. All else stays as it is, to the byte.
///
/// None if the file can't be read, or is laid out so that this can't be done for certain.
#[must_use]
pub fn with_items(source: &Source, key: &str, items: &[String]) -> Option<String> {
    let text = std::str::from_utf8(&source.text).ok()?;
    let end = match text.contains("\r\n") {
        true => "\r\n",
        false => "\n",
    };
    let root = read(text)?;
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    let (at, begin, indent) = match root.entry(key).map(|entry| &entry.value.value) {
        None => (
            lines.len(),
            Some(format!("{}:", quoted_key(key))),
            "  ".to_owned(),
        ),
        Some(Value::List(old)) if old.is_empty() => {
            let at = line_of(&root, key)?;
            let line = lines.get(at)?.trim_end();
            let begin = line.strip_suffix("[]")?.trim_end().to_owned();
            lines.remove(at);
            (at, Some(begin), "  ".to_owned())
        }
        Some(Value::List(old)) => {
            let first = lines.get(old.first()?.position.line.checked_sub(1)?)?;
            let (indent, _) = first.split_once('-')?;
            (end_of_list(&root, key, &lines)?, None, indent.to_owned())
        }
        Some(_) => return None,
    };
    let mut added = String::new();
    let is_torn = lines
        .get(at.wrapping_sub(1))
        .is_some_and(|line| !line.ends_with('\n'));
    if is_torn {
        added.push_str(end);
    }
    if let Some(begin) = begin {
        added.push_str(&begin);
        added.push_str(end);
    }
    for line in items.iter().flat_map(|item| item.lines()) {
        added.push_str(&indent);
        added.push_str(line);
        added.push_str(end);
    }
    let (before, after) = lines.split_at_checked(at)?;
    let new = format!("{}{added}{}", before.concat(), after.concat());
    is_addition(&root, &read(&new)?, key, items).then_some(new)
}

/// The root of a file, which is a map. A file that says nothing is an empty one.
fn read(text: &str) -> Option<Node> {
    let says = |line: &str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let source = match text.lines().any(says) {
        true => Source::new("", text),
        false => Source::new("", "{}"),
    };
    let root = yaml::read(&Page::read(&source).ok()?).ok()?;
    matches!(root.value, Value::Map(_)).then_some(root)
}

/// The line of a key, from 0.
fn line_of(root: &Node, key: &str) -> Option<usize> {
    root.entry(key)?.position.line.checked_sub(1)
}

/// The line, from 0, after the last one of a list: before the next key, and what stands above that or below everything.
fn end_of_list(root: &Node, key: &str, lines: &[&str]) -> Option<usize> {
    let here = line_of(root, key)?;
    let Value::Map(entries) = &root.value else {
        return None;
    };
    let others = entries.iter().filter_map(|entry| line_of(root, &entry.key));
    let next = others.filter(|line| *line > here).min();
    let next = next.unwrap_or(lines.len());
    let is_apart = |line: &str| line.trim().is_empty() || line.starts_with('#');
    let between = lines.get(..next)?.iter().rev();
    let apart = between.take_while(|line| is_apart(line)).count();
    next.checked_sub(apart)
}

/// True if the new file says what the old one does, and these items more.
fn is_addition(old: &Node, new: &Node, key: &str, items: &[String]) -> bool {
    let list = |root: &Node| match root.entry(key).map(|entry| entry.value.plain()) {
        Some(serde_yaml::Value::Sequence(list)) => list,
        _ => Vec::new(),
    };
    let without = |root: &Node| {
        let mut plain = root.plain();
        plain.as_mapping_mut().map(|map| map.remove(key));
        plain
    };
    let alone = format!("items:\n{}", items.concat());
    let Some(alone) = read(&alone) else {
        return false;
    };
    let Some(serde_yaml::Value::Sequence(added)) =
        alone.entry("items").map(|entry| entry.value.plain())
    else {
        return false;
    };
    let mut expected = list(old);
    expected.extend(added);
    without(old) == without(new) && list(new) == expected
}

/// A key, in quotes where it would not be read as itself.
fn quoted_key(key: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    match key.starts_with(|letter: char| letter.is_ascii_alphabetic()) && key.chars().all(is_plain)
    {
        true => key.to_owned(),
        false => quoted(key),
    }
}

/// A text in double quotes, in which what is not seen is an escape.
#[must_use]
pub fn quoted(text: &str) -> String {
    let letter = |letter: char| match letter {
        '"' | '\\' => format!("\\{letter}"),
        '\t' => "\\t".to_owned(),
        letter if crate::visible::is_hidden(letter) => format!("\\U{:08X}", u32::from(letter)),
        letter => letter.to_string(),
    };
    format!("\"{}\"", text.chars().map(letter).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn added(text: &str) -> Option<String> {
        let items = ["# why\n- id: a\n  reason: \"\"\n".to_owned()];
        with_items(&Source::new("x.yaml", text), "expectations", &items)
    }

    #[test]
    fn a_list_is_begun_or_goes_on_and_all_else_stays() {
        let item = "  # why\n  - id: a\n    reason: \"\"\n";
        for (before, after) in [
            ("", ""),
            ("# only words\n", ""),
            ("name: x\n", ""),
            ("name: x", ""),
            ("expectations:\n  - id: b  # b\n", ""),
            (
                "expectations:\n  # of b\n  - id: b\n    reason: |\n      long\n\n      # text\n",
                "\n# next\nname: x\n",
            ),
        ] {
            let new = added(&format!("{before}{after}")).unwrap();
            let begin = match before.contains("expectations") {
                true => "",
                false => "expectations:\n",
            };
            let torn = if before.is_empty() || before.ends_with('\n') {
                ""
            } else {
                "\n"
            };
            assert_eq!(new, format!("{before}{torn}{begin}{item}{after}"));
        }
        assert_eq!(
            added("name: x\r\nexpectations:\r\n- id: b\r\n").unwrap(),
            "name: x\r\nexpectations:\r\n- id: b\r\n# why\r\n- id: a\r\n  reason: \"\"\r\n"
        );
        assert_eq!(
            added("expectations: []\nname: x\n").unwrap(),
            format!("expectations:\n{item}name: x\n")
        );
    }

    #[test]
    fn what_is_laid_out_otherwise_is_left() {
        for text in [
            "{name: x}\n",
            "expectations: [{id: b}]\n",
            "expectations: none\n",
            "- a\n",
            "name: x\n...\n",
            "name: [\n",
            "expectations:\n  -\n    id: b\n",
        ] {
            assert_eq!(added(text), None, "{text}");
        }
    }

    #[test]
    fn a_quoted_text_is_read_as_it_was() {
        let text = "a \"b\" \\c \u{1B}[31m\u{202E}\té: #\n";
        let read = read(&format!("x: {}\n", quoted(text))).unwrap();
        assert_eq!(read.entry("x").unwrap().value.plain().as_str(), Some(text));
        assert!(!quoted(text).contains(['\u{1B}', '\u{202E}', '\n']));
    }
}

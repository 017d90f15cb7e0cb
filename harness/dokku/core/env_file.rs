//! ENV files: one `KEY="value"` a line, as godotenv reads and writes them.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::dokku::{Timeline, Version};

/// The variables of an app or of the host, by name.
pub(super) type Variables = BTreeMap<String, String>;

/// Whether a value that is a number is written bare, which loses its leading zeros.
const BARE_NUMBERS: Timeline<bool> = Timeline::new(false, &[(Version::new(0, 37, 8), true)]);

/// Whether the last line of a file has an end.
const ENDED: Timeline<bool> = Timeline::new(
    true,
    &[
        (Version::new(0, 11, 0), false),
        (Version::new(0, 37, 8), true),
    ],
);

/// Whether nobody but its owner may read a file, or whoever could before, and anybody a new one.
const OWNER_ONLY: Timeline<bool> = Timeline::new(
    true,
    &[
        (Version::new(0, 11, 0), false),
        (Version::new(0, 27, 5), true),
    ],
);

/// True if a variable may have this name.
pub(super) fn is_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// The variables of a file; none if it is not there. Lines that are none are passed over.
pub(super) fn read(path: &Path) -> Variables {
    fs::read_to_string(path).map_or_else(|_| Variables::new(), |text| parse(&text))
}

/// Writes a file, and the directory it lies in.
pub(super) fn write(path: &Path, variables: &Variables, version: Version) -> io::Result<()> {
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory)?;
    }
    let end = if *ENDED.at(version) { "\n" } else { "" };
    fs::write(path, render(variables, version) + end)?;
    match OWNER_ONLY.at(version) {
        true => fs::set_permissions(path, fs::Permissions::from_mode(0o600)),
        false => Ok(()),
    }
}

fn parse(text: &str) -> Variables {
    let mut variables = Variables::new();
    let mut rest = text;
    while let Some(start) = rest.find(|letter: char| !letter.is_whitespace()) {
        let statement = &rest[start..];
        let (line, after) = statement.split_once('\n').unwrap_or((statement, ""));
        rest = after;
        if line.starts_with('#') {
            continue;
        }
        let Some((name, value)) = statement.split_once('=') else {
            continue;
        };
        let name = name.strip_prefix("export ").unwrap_or(name).trim();
        if !is_name(name) {
            continue;
        }
        match quoted(value.trim_start_matches([' ', '\t'])) {
            Some((value, after)) => {
                variables.insert(name.to_owned(), value);
                rest = after;
            }
            None => {
                let (bare, _) = value.split_once('\n').unwrap_or((value, ""));
                let bare = bare.split_once(" #").map_or(bare, |(bare, _)| bare);
                variables.insert(name.to_owned(), bare.trim().to_owned());
            }
        }
    }
    variables
}

/// The value between the quotes that a text begins with, and what comes after; none if it begins with none.
fn quoted(text: &str) -> Option<(String, &str)> {
    let quote = text
        .chars()
        .next()
        .filter(|first| matches!(first, '"' | '\''))?;
    let mut value = String::new();
    let mut letters = text.char_indices().skip(1);
    while let Some((index, letter)) = letters.next() {
        match letter {
            '\\' if quote == '"' => match letters.next()?.1 {
                'n' => value.push('\n'),
                'r' => value.push('\r'),
                other => value.push(other),
            },
            _ if letter == quote => return Some((value, text.get(index + 1..)?)),
            _ => value.push(letter),
        }
    }
    None
}

/// The text of a file, without the newline at its end.
pub(super) fn render(variables: &Variables, version: Version) -> String {
    let mut lines: Vec<String> = variables
        .iter()
        .map(|(name, value)| match value.parse::<i64>() {
            Ok(number) if *BARE_NUMBERS.at(version) => format!("{name}={number}"),
            _ => format!("{name}=\"{}\"", escaped(value)),
        })
        .collect();
    lines.sort();
    lines.join("\n")
}

fn escaped(value: &str) -> String {
    let mut text = String::new();
    for letter in value.chars() {
        match letter {
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\\' | '"' | '!' | '$' | '`' => text.extend(['\\', letter]),
            _ => text.push(letter),
        }
    }
    text
}

/// The versions in which something changed here.
pub(super) fn turns() -> impl Iterator<Item = Version> {
    [BARE_NUMBERS.turns(), ENDED.turns(), OWNER_ONLY.turns()]
        .into_iter()
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let hard = "a \"b\" $HOME `x` \\ ! '\n\r # é";
        let variables = Variables::from([
            ("A".to_owned(), hard.to_owned()),
            ("EMPTY".to_owned(), String::new()),
            ("N".to_owned(), "12".to_owned()),
        ]);
        for version in [Version::new(0, 11, 0), Version::NEWEST] {
            assert_eq!(parse(&render(&variables, version)), variables);
        }
    }

    #[test]
    fn numbers_are_bare_from_0_37_8_on() {
        let variables = Variables::from([("N".to_owned(), "007".to_owned())]);
        assert_eq!(render(&variables, Version::new(0, 37, 7)), "N=\"007\"");
        assert_eq!(render(&variables, Version::new(0, 37, 8)), "N=7");
    }

    #[test]
    fn files_written_by_hand_are_read() {
        let text = "# a comment\n\nexport A='b c'\nB=plain # said\n no name=1\nC=\"d\"\nE=";
        let expected = [("A", "b c"), ("B", "plain"), ("C", "d"), ("E", "")];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(parse(text), Variables::from(expected));
    }
}

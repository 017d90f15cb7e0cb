//! The command line that runs a case again.

use super::{CaseRecord, Header, visible};
use crate::dokku::Version;
use crate::run::{EXPECTATIONS, SOURCE, SUITE};

/// The command that checks the plugin at this path, or of this list, by the case's requirement alone, as one types it in
/// bash.
pub(super) fn again(header: &Header, path: &str, case: &CaseRecord) -> String {
    let is_of_suites = header.requirements.iter().any(|rule| rule.id == SUITE);
    let mut words = match &header.list {
        None if is_of_suites => vec!["dokku-conform suite".to_owned(), typed(path)],
        None => vec!["dokku-conform check".to_owned(), typed(path)],
        Some(list) => vec![
            "dokku-conform nightly".to_owned(),
            typed(&list.path),
            "--plugin".to_owned(),
            typed(&case.plugin),
        ],
    };
    // An expectation is judged by the cases of another requirement, and a source by none.
    if case.requirement == SUITE {
        words.extend(["--only".to_owned(), typed(file_of(case))]);
    } else if ![EXPECTATIONS, SOURCE].contains(&case.requirement.as_str()) {
        words.extend(["--only".to_owned(), typed(&case.requirement)]);
    }
    if case.dokku != Version::NEWEST {
        words.extend(["--dokku".to_owned(), case.dokku.to_string()]);
    }
    words.extend(header.options.iter().map(|word| typed(word)));
    words.join(" ")
}

/// The file that a case of a suite lies in.
fn file_of(case: &CaseRecord) -> &str {
    let place = case.evidence.place.as_ref();
    place.map_or("", |place| place.file.as_str())
}

/// A word as one types it in bash.
fn typed(word: &str) -> String {
    if visible(word) == word {
        return shell_words::quote(word).into_owned();
    }
    let escape = |letter: char| match letter {
        '\'' | '\\' => format!("\\{letter}"),
        letter if visible(letter.encode_utf8(&mut [0; 4])) == letter.to_string() => {
            letter.to_string()
        }
        letter if letter.is_ascii() => format!("\\x{:02X}", u32::from(letter)),
        letter => format!("\\U{:08X}", u32::from(letter)),
    };
    format!("$'{}'", word.chars().map(escape).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_can_be_typed_again() {
        assert_eq!(typed("plugins/hello"), "plugins/hello");
        assert_eq!(typed("it's here"), r#"'it'\''s here'"#);
        assert_eq!(typed("a\nb\\c'd\u{202E}é"), r"$'a\x0Ab\\c\'d\U0000202Eé'");
    }
}

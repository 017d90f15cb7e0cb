//! The command that runs a case again.

use super::{CaseRecord, visible};
use crate::dokku::Version;

/// The command that checks a case's requirement again, of the plugin at a path, in the case's Dokku version.
pub(super) fn again(path: &str, case: &CaseRecord) -> String {
    let (path, requirement) = (typed(path), typed(&case.requirement));
    let mut command = format!("dokku-conform check {path} --only {requirement}");
    if case.dokku != Version::NEWEST {
        command.push_str(&format!(" --dokku {}", case.dokku));
    }
    command
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
        assert_eq!(typed("a\nb\\c'd\u{202E}e"), r"$'a\x0Ab\\c\'d\U0000202Ee'");
    }
}

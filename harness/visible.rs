//! Making text safe and honest to show: nothing that a plugin prints may move a cursor, hide, or be what no form of a
//! report can hold.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::path::Path;

use crate::sandbox::visible_utf8;

/// One line with its control characters and those that change the direction of text shown as escapes. Tabs stay.
#[must_use]
pub fn visible(line: &str) -> Cow<'_, str> {
    if !line.chars().any(is_hidden) {
        return Cow::Borrowed(line);
    }
    let mut text = String::with_capacity(line.len() + 8);
    for letter in line.chars() {
        match letter {
            '\r' => text.push_str("\\r"),
            '\0' => text.push_str("\\0"),
            letter if is_hidden(letter) && letter.is_ascii() => {
                let _ = write!(text, "\\x{:02X}", u32::from(letter));
            }
            letter if is_hidden(letter) => {
                let _ = write!(text, "\\u{{{:X}}}", u32::from(letter));
            }
            letter => text.push(letter),
        }
    }
    Cow::Owned(text)
}

/// A path as [`visible`] text; each byte of it that is not part of valid UTF-8 is shown as `\xNN`.
#[must_use]
pub(crate) fn visible_path(path: &Path) -> String {
    visible(&visible_utf8(path.as_os_str().as_encoded_bytes())).into_owned()
}

/// A text of several lines, each [`visible`].
#[must_use]
pub fn visible_lines(text: &str) -> String {
    let lines: Vec<_> = text.split('\n').map(visible).collect();
    lines.join("\n")
}

/// A text that may be printed in a job of GitHub's or of Azure's: no line of it is taken for a workflow command, whoever
/// wrote it. Such a command is a line that begins with `::` after any blanks, or has `##[` or `##vso[` anywhere.
#[must_use]
pub fn inert(text: &str) -> String {
    without_commands(text, "| ::", ["##\\[", "##\\vso["])
}

/// The same for HTML, which looks as it did.
#[must_use]
pub fn inert_html(text: &str) -> String {
    without_commands(text, "&#58;:", ["#&#35;[", "#&#35;vso["])
}

/// A text with something else in place of what begins a command at the start of a line, and anywhere.
fn without_commands(text: &str, start: &str, anywhere: [&str; 2]) -> String {
    let line = |line: &str| {
        let words = line.trim_start();
        let indent = line.get(..line.len() - words.len()).unwrap_or_default();
        let (start, rest) = match words.strip_prefix("::") {
            Some(rest) => (start, rest),
            None => ("", words),
        };
        let [old, azures] = anywhere;
        let rest = rest.replace("##[", old).replace("##vso[", azures);
        format!("{indent}{start}{rest}")
    };
    let lines: Vec<_> = text.split('\n').map(line).collect();
    lines.join("\n")
}

/// Letters that take no room, turn the direction, or stand for none.
const HIDDEN: [std::ops::RangeInclusive<char>; 12] = [
    '\u{AD}'..='\u{AD}',
    '\u{61C}'..='\u{61C}',
    '\u{115F}'..='\u{1160}',
    '\u{180E}'..='\u{180E}',
    '\u{200B}'..='\u{200F}',
    '\u{2028}'..='\u{202E}',
    '\u{2060}'..='\u{206F}',
    '\u{3164}'..='\u{3164}',
    '\u{FEFF}'..='\u{FEFF}',
    '\u{FFA0}'..='\u{FFA0}',
    '\u{FFF9}'..='\u{FFFB}',
    '\u{E0000}'..='\u{E007F}',
];

/// True for a letter that is not seen as itself.
#[must_use]
pub(crate) fn is_hidden(letter: char) -> bool {
    (letter.is_control() && letter != '\t')
        || HIDDEN.iter().any(|range| range.contains(&letter))
        // What is no character, and XML refuses.
        || matches!(u32::from(letter) & 0xFFFF, 0xFFFE | 0xFFFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_a_command_to_github() {
        let text = "a ::error::x\n  ::error file=a::x\n\t##[error]x\nb ##[group]\n\u{A0}::x\n";
        let shown =
            "a ::error::x\n  | ::error file=a::x\n\t##\\[error]x\nb ##\\[group]\n\u{A0}| ::x\n";
        assert_eq!(inert(text), shown);
        assert_eq!(inert("a ##vso[task.x]"), "a ##\\vso[task.x]");
    }

    #[test]
    fn no_line_of_a_page_is_a_command_either() {
        let text = "a::b\n  ::error::x\n<p>##[error] ##vso[x]\n";
        let shown = "a::b\n  &#58;:error::x\n<p>#&#35;[error] #&#35;vso[x]\n";
        assert_eq!(inert_html(text), shown);
    }

    #[test]
    fn what_would_not_be_seen_is_shown() {
        assert_eq!(visible("a\x1B[31mb\r\0"), "a\\x1B[31mb\\r\\0");
        assert_eq!(visible("\u{202E}x"), "\\u{202E}x");
        assert_eq!(
            visible("\u{FFFE}\u{1FFFF}\u{FFFD}"),
            "\\u{FFFE}\\u{1FFFF}\u{FFFD}"
        );
        assert!(matches!(visible("\tplain é"), Cow::Borrowed(_)));
    }
}

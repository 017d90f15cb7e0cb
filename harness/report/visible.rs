//! Making text safe and honest to show: nothing that a plugin prints may move a cursor or hide.

use std::borrow::Cow;
use std::fmt::Write as _;

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

fn is_hidden(letter: char) -> bool {
    (letter.is_control() && letter != '\t')
        || matches!(letter, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_not_be_seen_is_shown() {
        assert_eq!(visible("a\x1B[31mb\r\0"), "a\\x1B[31mb\\r\\0");
        assert_eq!(visible("\u{202E}x"), "\\u{202E}x");
        assert!(matches!(visible("\tplain é"), Cow::Borrowed(_)));
    }
}

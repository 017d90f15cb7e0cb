//! What a process wrote to one of its streams.

use std::borrow::Cow;
use std::fmt::Write as _;

/// The bytes of one stream, up to the cap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Output {
    bytes: Vec<u8>,
    capped: bool,
}

impl Output {
    /// What was captured; `capped` says that there was more.
    #[must_use]
    pub fn new(bytes: Vec<u8>, capped: bool) -> Self {
        Self { bytes, capped }
    }

    /// The bytes as they came.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// True if the stream was longer than the cap.
    #[must_use]
    pub fn capped(&self) -> bool {
        self.capped
    }

    /// The bytes as text; each byte that is not part of valid UTF-8 is shown as `\xNN`.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        visible_utf8(&self.bytes)
    }
}

/// Bytes as text, where each byte that is not part of valid UTF-8 becomes `\xNN`, so that two different byte strings
/// seldom look alike and none is lost.
#[must_use]
pub fn visible_utf8(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            let _ = write!(text, "\\x{byte:02X}");
        }
    }
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_bytes_are_shown_and_valid_text_is_not_copied() {
        assert!(matches!(visible_utf8("né".as_bytes()), Cow::Borrowed("né")));
        assert_eq!(visible_utf8(b"a\xFFb\xC3"), "a\\xFFb\\xC3");
    }
}

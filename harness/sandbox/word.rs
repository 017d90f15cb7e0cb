//! A word of a command line or of an environment, as runner and supervisor tell it each other.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use serde::{Deserialize, Serialize};

/// Any bytes but NUL. They go as a text where they are one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Word {
    Text(String),
    Bytes(Vec<u8>),
}

impl From<&OsStr> for Word {
    fn from(word: &OsStr) -> Self {
        match word.to_str() {
            Some(text) => Self::Text(text.to_owned()),
            None => Self::Bytes(word.as_bytes().to_owned()),
        }
    }
}

impl AsRef<OsStr> for Word {
    fn as_ref(&self) -> &OsStr {
        match self {
            Self::Text(text) => text.as_ref(),
            Self::Bytes(bytes) => OsStr::from_bytes(bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_text_comes_as_it_was() {
        for bytes in [
            &b""[..],
            b"a word",
            "\u{e9}\n\"".as_bytes(),
            b"\xff\xfe=x",
            b"[1,2]",
        ] {
            let word = Word::from(OsStr::from_bytes(bytes));
            let told = serde_json::to_string(&word).unwrap();
            let heard: Word = serde_json::from_str(&told).unwrap();
            assert_eq!(heard.as_ref().as_bytes(), bytes);
        }
    }
}

//! SHA-256 of what consists of parts: each with its length, so that where it ends is part of what is digested.

use std::io::{self, Read};

use sha2::{Digest, Sha256};

/// Adds a part.
pub(crate) fn add(digest: &mut Sha256, part: &[u8]) {
    digest.update(part.len().to_le_bytes());
    digest.update(part);
}

/// Adds all that a file still has. Its length is for the caller to add.
///
/// # Errors
/// If it can't be read.
pub(crate) fn add_all(digest: &mut Sha256, mut file: impl Read) -> io::Result<()> {
    let mut piece = [0; 16 << 10];
    loop {
        let count = file.read(&mut piece)?;
        match piece.get(..count) {
            None | Some([]) => return Ok(()),
            Some(read) => digest.update(read),
        }
    }
}

/// Its letters.
pub(crate) fn letters(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

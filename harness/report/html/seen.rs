//! Evidence that a page already shows: what forty plugins share need not stand there forty times.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::Hasher;
use std::io::{self, Write};

use crate::run::Evidence;

/// Evidence that is shorter in the record, in bytes, is shown again rather than referred to.
const SHORT: usize = 1000;

/// What was already shown, by its hash, with the entry that shows it.
#[derive(Default)]
pub(super) struct Seen<'r>(HashMap<u64, Vec<(&'r Evidence, String)>>);

impl<'r> Seen<'r> {
    /// The entry that has shown this already; none if it is too short to be worth a reference, or if it is now shown
    /// for the first time, in the entry with this id.
    pub(super) fn before(&mut self, evidence: &'r Evidence, id: &str) -> Option<&str> {
        let (hash, length) = weigh(evidence);
        if length < SHORT {
            return None;
        }
        let alike = self.0.entry(hash).or_default();
        match alike.iter().position(|(one, _)| *one == evidence) {
            Some(index) => alike.get(index).map(|(_, place)| place.as_str()),
            None => {
                alike.push((evidence, id.to_owned()));
                None
            }
        }
    }
}

/// What evidence is known by, and how long it is.
fn weigh(evidence: &Evidence) -> (u64, usize) {
    let mut scale = Scale(DefaultHasher::new(), 0);
    // What can't be written weighs as much as what was written of it.
    let _ = serde_json::to_writer(&mut scale, evidence);
    (scale.0.finish(), scale.1)
}

struct Scale(DefaultHasher, usize);

impl Write for Scale {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes);
        self.1 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

//! The list that a run is about, and the part of it that the run took.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::digest::{add, letters};

/// The list of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ListRecord {
    /// Its file, as the person named it.
    pub path: String,
    /// How many rows it has.
    pub rows: usize,
    /// What is not checked, since the list says so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub disabled: Vec<Disabled>,
    /// The digest of all that the parts of one run have in common: the list, the Dokku versions, the specs and the options.
    pub plan: String,
    /// The part that this run took; none for all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
}

/// A row that is left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Disabled {
    /// What the list calls the plugin.
    pub name: String,
    /// Why, in the list's words.
    pub reason: String,
}

/// One part of several that a run is made in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Shard {
    /// Which, from 1.
    pub index: usize,
    /// Of how many.
    pub of: usize,
}

impl Shard {
    /// True if the row with this place in the list, from 1, is of this part.
    #[must_use]
    pub fn has(self, row: usize) -> bool {
        row.saturating_sub(1) % self.of.max(1) == self.index.saturating_sub(1)
    }
}

impl std::str::FromStr for Shard {
    type Err = String;

    /// Reads `I/N`.
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "write it as I/N, such as 2/4 for the second of four".to_owned();
        let (index, of) = text.split_once('/').ok_or_else(wrong)?;
        let number = |text: &str| text.parse::<usize>().map_err(|_| wrong());
        let (index, of) = (number(index)?, number(of)?);
        match (1..=of).contains(&index) && of <= MOST {
            true => Ok(Self { index, of }),
            false => Err(wrong()),
        }
    }
}

/// In how many parts a run is made at most.
const MOST: usize = 10_000;

impl std::fmt::Display for Shard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.index, self.of)
    }
}

/// The digest of these words, each with its end.
#[must_use]
pub fn digest_of(words: impl IntoIterator<Item = impl AsRef<[u8]>>) -> String {
    let mut digest = Sha256::new();
    for word in words {
        add(&mut digest, word.as_ref());
    }
    letters(&digest.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_of_one_shard() {
        for row in 1..20 {
            let shards = (1..=4).map(|index| Shard { index, of: 4 });
            assert_eq!(shards.filter(|shard| shard.has(row)).count(), 1);
        }
    }

    #[test]
    fn a_shard_is_one_of_some() {
        assert_eq!("2/4".parse(), Ok(Shard { index: 2, of: 4 }));
        for wrong in [
            "0/4",
            "5/4",
            "1/0",
            "a/2",
            "2",
            "1/99999999",
            "-1/2",
            "1/2/3",
        ] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
    }
}

//! Requirements that have another name in the newer record.

use std::collections::BTreeMap;

/// The old names of requirements, each with the new one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Renames(BTreeMap<String, String>);

/// Why a table of renames can't be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct BadRename {
    /// The line, from 1 on.
    pub line: usize,
    /// What is wrong with it.
    pub what: String,
}

impl Renames {
    /// Reads a table: on each line the old id, blanks, and the new id. Empty lines and what follows a `#` are left out.
    ///
    /// # Errors
    /// If a line has another form, or names an id twice.
    pub fn read(text: &str) -> Result<Self, BadRename> {
        let mut renames = BTreeMap::new();
        for (line, row) in (1..).zip(text.lines()) {
            let refuse = |what: String| BadRename { line, what };
            let row = row.split('#').next().unwrap_or_default();
            let words: Vec<&str> = row.split_whitespace().collect();
            match words.as_slice() {
                [] => {}
                [old, new] if old == new => {
                    return Err(refuse(format!("{old} is renamed to itself")));
                }
                [old, new] => {
                    if renames
                        .insert((*old).to_owned(), (*new).to_owned())
                        .is_some()
                    {
                        return Err(refuse(format!("{old} is renamed a second time")));
                    }
                }
                _ => return Err(refuse("write an old id, a blank and its new id".to_owned())),
            }
        }
        Ok(Self(renames))
    }

    /// What an id of the older record is called in the newer one.
    pub(super) fn of<'r>(&'r self, id: &'r str) -> &'r str {
        self.0.get(id).map_or(id, String::as_str)
    }

    /// What an id of the newer record was called in the older one, where that was another.
    pub(super) fn were<'r>(&'r self, id: &'r str) -> impl Iterator<Item = &'r str> {
        let olds = self.0.iter().filter(move |(_, new)| *new == id);
        olds.map(|(old, _)| old.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_read_and_its_mistakes_are_placed() {
        let renames = Renames::read("# since 0.2\nold-name  new-name # why\n\n").unwrap();
        assert_eq!(renames.of("old-name"), "new-name");
        assert_eq!(renames.of("other"), "other");
        for (text, line) in [("a b\na c", 2), ("a", 1), ("\na b c", 2), ("a a", 1)] {
            assert_eq!(Renames::read(text).unwrap_err().line, line, "{text}");
        }
    }
}

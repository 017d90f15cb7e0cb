//! Requirements that have another name in the newer record.

use std::collections::BTreeMap;

use crate::report::{Header, visible};

/// The old names of requirements, each with the new one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Renames(BTreeMap<String, Rename>);

/// The new name of a requirement, and the line of the table that says so.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Rename {
    new: String,
    line: usize,
}

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
                    let new = (*new).to_owned();
                    let rename = Rename { new, line };
                    if renames.insert((*old).to_owned(), rename).is_some() {
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
        self.0.get(id).map_or(id, |rename| &rename.new)
    }

    /// What is worth telling of the table, a sentence for each line that has no requirement of the older record to rename, or
    /// none of the newer one to be called so, in the order of the lines.
    #[must_use]
    pub fn doubts(&self, old: &Header, new: &Header) -> Vec<String> {
        let has = |header: &Header, id: &str| header.requirements.iter().any(|one| one.id == id);
        let doubt = |(id, rename): (&String, &Rename)| {
            let (record, id) = match (has(old, id), has(new, &rename.new)) {
                (true, true) => return None,
                (false, _) => ("older", id),
                (_, false) => ("newer", &rename.new),
            };
            let line = rename.line;
            let said = format!(
                "line {line}: the {record} record has no requirement {}",
                visible(id)
            );
            Some((line, said))
        };
        let doubts: BTreeMap<usize, String> = self.0.iter().filter_map(doubt).collect();
        doubts.into_values().collect()
    }

    /// What an id of the newer record was called in the older one, where that was another.
    pub(super) fn were<'r>(&'r self, id: &'r str) -> impl Iterator<Item = &'r str> {
        let olds = self.0.iter().filter(move |(_, rename)| rename.new == id);
        olds.map(|(old, _)| old.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::CaseRecord;
    use crate::report::compare::tests::case;
    use crate::report::record::sample;
    use crate::run::Outcome;

    #[test]
    fn what_renames_nothing_is_told_with_its_line() {
        let of = |rule: &str| {
            let case = CaseRecord {
                requirement: rule.to_owned(),
                ..case("a", Outcome::Pass, "")
            };
            sample(vec![case]).header
        };
        let table = "z-old x\nold new\nold-too z-new # gone\n";
        let doubts = Renames::read(table).unwrap().doubts(&of("old"), &of("new"));
        assert_eq!(
            doubts,
            [
                "line 1: the older record has no requirement z-old",
                "line 3: the older record has no requirement old-too"
            ]
        );
        let doubts = Renames::read("old no")
            .unwrap()
            .doubts(&of("old"), &of("new"));
        assert_eq!(doubts, ["line 1: the newer record has no requirement no"]);
    }

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

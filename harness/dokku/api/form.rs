//! Ways of use that hold in some versions and not in others: the meaning of an argument, the stream of a text.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::Life;
use crate::dokku::Span;
use crate::dokku::core::table;

/// A form that holds in several spans has a row for each.
const TABLE: &str = include_str!("../data/api/forms.tsv");

/// A way of use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// The versions in which it holds.
    pub life: Life,
    /// True if a command fails or does something else where it does not hold.
    pub fails: bool,
    /// What a plugin that has it does: a sentence without its subject.
    pub what: &'static str,
    /// What to do instead.
    pub instead: &'static str,
}

/// The form of this name.
#[must_use]
pub fn form(name: &str) -> Option<&'static Form> {
    known().get(name)
}

/// Every form, by its name.
pub fn forms() -> impl Iterator<Item = (&'static str, &'static Form)> {
    known().iter().map(|(name, form)| (*name, form))
}

fn known() -> &'static BTreeMap<&'static str, Form> {
    static KNOWN: OnceLock<BTreeMap<&str, Form>> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let mut forms = BTreeMap::new();
        for row in table::rows(TABLE) {
            if let Some((name, span, fails, what, instead)) = parse(row) {
                let form: &mut Form = forms.entry(name).or_insert(Form {
                    life: Life::never(),
                    fails,
                    what,
                    instead,
                });
                form.life = form.life.or(&Life::from(span));
            }
        }
        forms
    })
}

fn parse(row: &'static str) -> Option<(&'static str, Span, bool, &'static str, &'static str)> {
    let [name, first, last, effect, what, instead] = table::cells(row)?;
    let fails = match effect {
        "fails" => true,
        "silent" => false,
        _ => return None,
    };
    Some((name, table::span(first, last)?, fails, what, instead))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read() {
        assert!(table::rows(TABLE).all(|row| parse(row).is_some()));
        assert_eq!(form("name-with-plugin").unwrap().life.spans().len(), 2);
        assert_eq!(form("no-such-form"), None);
    }
}

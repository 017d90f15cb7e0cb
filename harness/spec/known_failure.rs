//! A failure that is known, and why it is accepted.

use std::collections::HashMap;
use std::path::PathBuf;

use jiff::civil::Date;

use super::diagnostic::{Diagnostic, Related, Spot};
use super::{CaseName, Id};
use crate::dokku::Spans;

/// A known failure, and why it is accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownFailure {
    /// The requirement, one that exists.
    pub id: Id,
    /// The case, one that the requirement has; none for whatever fails of it.
    pub case: Option<CaseName>,
    /// The Dokku versions in which it fails.
    pub dokku: Spans,
    /// Why it is accepted; never empty.
    pub reason: String,
    /// Where it is discussed, a page of the web.
    pub issue: Option<String>,
    /// The last day on which it is accepted.
    pub expires: Option<Date>,
    /// The file that says so.
    pub file: PathBuf,
    /// Where in it.
    pub spot: Spot,
}

impl KnownFailure {
    /// True if it is about this case of this requirement.
    #[must_use]
    pub fn covers(&self, requirement: &str, case: &str) -> bool {
        let is_case = self.case.as_ref().is_none_or(|name| name.covers(case));
        self.id.as_str() == requirement && is_case
    }

    /// What it is about, in a word: the requirement, and the case if one is named.
    #[must_use]
    pub fn subject(&self) -> String {
        match &self.case {
            Some(case) => format!("{}/{case}", self.id),
            None => self.id.to_string(),
        }
    }

    /// How narrow it is: of two that are about a case, the narrower one counts.
    #[must_use]
    pub fn narrowness(&self) -> u8 {
        match &self.case {
            None => 0,
            Some(case) if case.target().is_none() => 1,
            Some(_) => 2,
        }
    }

    /// Tells that it says again what another one says.
    fn repeats(&self, first: &Self) -> Diagnostic {
        let message = format!("`{}` is expected to fail a second time", self.subject());
        let help = "take one of them out, or name other Dokku versions in it";
        Diagnostic {
            spot: Some(self.spot.clone()),
            related: Some(Related {
                file: first.file.clone(),
                spot: first.spot.clone(),
                message: "the first is here".to_owned(),
            }),
            ..Diagnostic::of_file(&self.file, message).help(help)
        }
    }
}

/// Each that says of some version what one before it says.
pub(crate) fn repeated<'k>(all: impl IntoIterator<Item = &'k KnownFailure>) -> Vec<Diagnostic> {
    let mut before: HashMap<_, Vec<&KnownFailure>> = HashMap::new();
    let mut mistakes = Vec::new();
    for one in all {
        let alike = before.entry((&one.id, &one.case)).or_default();
        let first = alike.iter().find(|other| other.dokku.meet(&one.dokku));
        mistakes.extend(first.map(|first| one.repeats(first)));
        alike.push(one);
    }
    mistakes
}

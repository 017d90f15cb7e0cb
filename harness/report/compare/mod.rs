//! A record held against an older one.
//!
//! What comes of it is a record too: that of the newer run, with what became of each case, and with the cases that are
//! gone. So it is told in every form that a record is.

mod before;
mod cause;
mod class;
mod compared;
mod renames;
mod text;

pub use before::Before;
pub use class::Class;
pub use compared::{Against, Compared};
pub use renames::{BadRename, Renames};

use super::diff::alike;
use super::told::plain;
use super::{CaseRecord, Counts, Footer, Header, Record};
use crate::run::{Evidence, Outcome};

/// Holds a record against an older one. Where each is of one Dokku version, a case is the same whatever the version is.
#[must_use]
pub fn compare(old: &Record, new: Record, renames: &Renames) -> Record {
    let mut before = Before::new(old, &new.header, renames);
    let Record {
        header,
        mut cases,
        footer,
    } = new;
    for case in &mut cases {
        case.compared = Some(compared(before.meet(case), case));
    }
    cases.extend(before.gone().map(gone_by_now));
    Record {
        header: Header {
            cases: cases.len(),
            against: Some(against(&old.header, &header)),
            ..header
        },
        footer: Footer {
            counts: Counts::of(&cases),
            ..footer
        },
        cases,
    }
}

/// What became of a case.
fn compared(old: Option<&CaseRecord>, new: &CaseRecord) -> Compared {
    let Some(old) = old else {
        return Compared {
            class: Class::New,
            was: None,
            told: None,
        };
    };
    let mut told = None;
    let same = || {
        let (before, now) = (plain(old, false), plain(new, false));
        let same = alike(&before, &now);
        told = (!same).then_some(before);
        same
    };
    let class = Class::of(old, new, same);
    if class.is_open() && old.reason != new.reason {
        told = Some(old.reason.clone());
    }
    Compared {
        class,
        was: Some(old.outcome),
        told,
    }
}

/// A case that the newer record does not have: nothing was seen of it there.
fn gone_by_now(old: &CaseRecord) -> CaseRecord {
    CaseRecord {
        outcome: Outcome::Skip,
        reason: "the newer record does not have this case".to_owned(),
        duration_ms: 0,
        evidence: Evidence {
            place: old.evidence.place.clone(),
            ..Evidence::default()
        },
        expected: None,
        compared: Some(Compared {
            class: Class::Gone,
            was: Some(old.outcome),
            told: (!old.reason.is_empty()).then(|| old.reason.clone()),
        }),
        ..old.clone()
    }
}

fn against(old: &Header, new: &Header) -> Against {
    Against {
        program: old.program.clone(),
        dokku: old.dokku.clone(),
        isolation: old.isolation,
        time: old.time.clone(),
        differences: old.circumstances(new),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::dokku::Version;
    use crate::report::record::sample;
    use crate::spec::Level;

    pub(in crate::report) fn case(name: &str, outcome: Outcome, reason: &str) -> CaseRecord {
        CaseRecord {
            plugin: "greeter".to_owned(),
            requirement: "help-command".to_owned(),
            level: Level::Must,
            case: name.to_owned(),
            dokku: Version::NEWEST,
            outcome,
            reason: reason.to_owned(),
            duration_ms: 1,
            evidence: Evidence::default(),
            expected: None,
            flaky: false,
            runs: Vec::new(),
            slow: None,
            compared: None,
        }
    }

    fn classes(record: &Record) -> Vec<(&str, Class)> {
        let cases = record.cases.iter();
        cases
            .map(|one| (one.case.as_str(), one.compared.as_ref().unwrap().class))
            .collect()
    }

    #[test]
    fn what_is_missing_on_a_side_is_no_pass() {
        let old = sample(vec![
            case("stays", Outcome::Pass, ""),
            case("goes", Outcome::Pass, ""),
        ]);
        let new = sample(vec![
            case("stays", Outcome::Pass, ""),
            case("comes", Outcome::Pass, ""),
        ]);
        let compared = compare(&old, new, &Renames::default());
        assert_eq!(
            classes(&compared),
            [
                ("stays", Class::StillPassing),
                ("comes", Class::New),
                ("goes", Class::Gone)
            ]
        );
        assert_eq!(compared.cases[2].outcome, Outcome::Skip);
        assert_eq!(compared.footer.counts.total(), compared.header.cases);
    }

    #[test]
    fn another_reason_is_a_change_and_another_time_is_none() {
        let fail = |reason| case("a", Outcome::Fail, reason);
        let class = |old, new| {
            let (old, new) = (sample(vec![fail(old)]), sample(vec![fail(new)]));
            classes(&compare(&old, new, &Renames::default()))[0].1
        };
        assert_eq!(class("exit 1", "exit 1"), Class::StillFailing);
        assert_eq!(class("exit 1", "exit 2"), Class::Changed);
        let (early, late) = ("at 2026-01-01T10:00:00Z", "at 2026-02-03T11:22:33Z");
        assert_eq!(class(early, late), Class::StillFailing);
    }

    #[test]
    fn one_version_each_is_compared_whatever_it_is() {
        let old = sample(vec![case("a", Outcome::Pass, "")]);
        let mut new = sample(vec![case("a", Outcome::Fail, "exit 1")]);
        let version: Version = "0.30.0".parse().unwrap();
        new.cases[0].dokku = version;
        new.header.dokku = vec![version];
        let compared = compare(&old, new.clone(), &Renames::default());
        assert_eq!(classes(&compared), [("a", Class::Regressed)]);
        let differences = compared.header.against.unwrap().differences;
        assert_eq!(differences.len(), 1);
        assert!(differences[0].contains("0.30.0"), "{differences:?}");
        new.header.dokku = vec![version, Version::NEWEST];
        let compared = compare(&old, new, &Renames::default());
        assert_eq!(classes(&compared), [("a", Class::New), ("a", Class::Gone)]);
    }

    #[test]
    fn a_requirement_with_a_new_name_is_the_same() {
        let old = sample(vec![case("a", Outcome::Fail, "exit 1")]);
        let mut new = sample(vec![case("a", Outcome::Pass, "")]);
        new.cases[0].requirement = "help".to_owned();
        let renames = Renames::read("help-command help").unwrap();
        assert_eq!(
            classes(&compare(&old, new, &renames)),
            [("a", Class::Fixed)]
        );
    }
}

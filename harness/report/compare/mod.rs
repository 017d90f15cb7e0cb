//! A record held against an older one.
//!
//! What comes of it is a record too: that of the newer run, with what became of each case, and with the cases that are
//! gone. So it is told in every form that a record is.

mod before;
mod cause;
mod class;
mod compared;
mod outline;
mod renames;
mod text;

pub use before::Before;
pub(super) use cause::{Cause, causes};
pub use class::Class;
pub use compared::{Against, Compared};
pub(super) use outline::{Outline, named};
pub use renames::{BadRename, Renames};

use super::scope::Scope;
use super::told::plain;
use super::{CaseRecord, Counts, Footer, Header, Record};
use crate::run::{Evidence, Outcome};
use crate::times::alike;

/// Holds a record against an older one. Where each is of one Dokku version, a case is the same whatever the version is.
#[must_use]
pub fn compare(old: &Record, new: Record, renames: &Renames) -> Record {
    let mut before = Before::new(old, &new.header, renames);
    let Record {
        header,
        mut cases,
        footer,
    } = new;
    let (was_about, is_about) = (Scope::of(&old.header), Scope::of(&header));
    let asked = |case: &CaseRecord| {
        let id = case.requirement.as_str();
        let mut ids = std::iter::once(id).chain(renames.were(id));
        ids.any(|id| was_about.level(&case.plugin, id).is_some())
    };
    for case in &mut cases {
        case.compared = Some(match before.meet(case) {
            Some(old) => compared(old, case),
            None => new_by_now(asked(case)),
        });
    }
    let is_by_version = before.is_by_version();
    let asks = |case: &CaseRecord| {
        let id = renames.of(&case.requirement);
        !is_about.has_plugin(&case.plugin)
            || (is_about.level(&case.plugin, id).is_some()
                && (!is_by_version || is_about.has_version(case.dokku)))
    };
    cases.extend(before.gone().map(|case| gone_by_now(case, asks(case))));
    let against = against(&old.header, &header);
    Record {
        header: Header {
            cases: cases.len(),
            against: Some(against),
            ..header
        },
        footer: Footer {
            counts: Counts::of(&cases),
            ..footer
        },
        cases,
    }
}

/// What became of a case that both have.
fn compared(old: &CaseRecord, new: &CaseRecord) -> Compared {
    let mut told = None;
    let same = || {
        let (before, now) = (plain(old, false), plain(new, false));
        let same = alike(&before, &now);
        told = (!same).then_some(before);
        same
    };
    let class = Class::of(old, new, same);
    if class.is_open() && old.reason != new.reason {
        told = said(old);
    }
    Compared {
        class,
        was: Some(old.outcome),
        told,
    }
}

/// What became of a case that the older record does not have, though it may have asked for it.
fn new_by_now(was_asked: bool) -> Compared {
    Compared {
        class: match was_asked {
            true => Class::New,
            false => Class::Added,
        },
        was: None,
        told: None,
    }
}

/// A case that the newer record does not have, though it may have asked for it: nothing was seen of it there.
fn gone_by_now(old: &CaseRecord, is_asked: bool) -> CaseRecord {
    let (class, reason) = match is_asked {
        true => (Class::Gone, "the newer record does not have this case"),
        false => (
            Class::Dropped,
            "the newer run is not about this requirement or Dokku version",
        ),
    };
    CaseRecord {
        outcome: Outcome::Skip,
        reason: reason.to_owned(),
        duration_ms: 0,
        evidence: Evidence {
            place: old.evidence.place.clone(),
            ..Evidence::default()
        },
        expected: None,
        compared: Some(Compared {
            class,
            was: Some(old.outcome),
            told: said(old),
        }),
        ..old.clone()
    }
}

/// Why a case came out as it did, if that is told.
fn said(case: &CaseRecord) -> Option<String> {
    (!case.reason.is_empty()).then(|| case.reason.clone())
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
            played_in: None,
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
    fn what_a_run_was_not_about_is_told_apart_from_what_it_lacks() {
        let of = |rule: &str, outcome| CaseRecord {
            requirement: rule.to_owned(),
            ..case("a", outcome, "")
        };
        let both = sample(vec![
            of("help-command", Outcome::Pass),
            of("app-flag", Outcome::Fail),
        ]);
        let one = sample(vec![of("help-command", Outcome::Pass)]);
        let more = compare(&one, both.clone(), &Renames::default());
        assert_eq!(more.cases[1].class(), Some(Class::Added));
        assert!(!more.cases[1].fails(true));
        let mut known = one.clone();
        known.header = both.header.clone();
        known.header.cases = 1;
        let new = compare(&known, both.clone(), &Renames::default());
        assert_eq!(new.cases[1].class(), Some(Class::New));
        assert!(new.cases[1].fails(false));
        // Under another name it was asked before.
        known.header.requirements[0].id = "app-flags".to_owned();
        let renames = Renames::read("app-flags app-flag").unwrap();
        let renamed = compare(&known, both.clone(), &renames);
        assert_eq!(renamed.cases[1].class(), Some(Class::New));
        let less = compare(&both, one, &Renames::default());
        assert_eq!(less.cases[1].class(), Some(Class::Dropped));
        let gone = compare(&both, known, &Renames::default());
        assert_eq!(gone.cases[1].class(), Some(Class::Dropped));
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

//! Cases that changed alike: what one file of shared code does to forty plugins is one thing to tell.

use std::collections::BTreeMap;

use super::class::Class;
use super::outline::named;
use crate::report::{CaseRecord, Expected, Record, visible};
use crate::run::Outcome;
use crate::spec::Level;

/// Cases of one requirement with which the same happened, for the same reason.
pub(in crate::report) struct Cause<'r> {
    /// What became of them.
    pub(in crate::report) class: Class,
    /// The cases, in the order of the record; never empty.
    pub(in crate::report) cases: Vec<&'r CaseRecord>,
    /// Whether the newer record has their plugins.
    is_here: bool,
}

/// What makes cases alike, whatever the plugin is called.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Likeness<'r> {
    class: Class,
    /// Whether the newer record has the plugin.
    is_here: bool,
    level: Level,
    requirement: &'r str,
    outcome: Outcome,
    was: Option<Outcome>,
    file: Option<String>,
    reason: String,
    expected: Option<&'r Expected>,
}

impl<'r> Cause<'r> {
    /// The plugins that show it, each once.
    pub(in crate::report) fn plugins(&self) -> Vec<&'r str> {
        let mut labels: Vec<&str> = self.cases.iter().map(|case| &*case.plugin).collect();
        labels.dedup();
        labels
    }

    /// What became of its cases, of which requirement and plugins they are, in one line.
    pub(in crate::report) fn headline(&self) -> Option<String> {
        let case = self.cases.first()?;
        let compared = case.compared.as_ref()?;
        Some(format!(
            "{}: {} {} of {}",
            compared.of(case.outcome),
            case.level,
            visible(&case.requirement),
            named(&self.plugins())
        ))
    }

    /// True if it is a change that the outline of the comparison does not tell already.
    pub(in crate::report) fn is_told(&self) -> bool {
        let outcome = self.cases.first().map(|case| case.outcome);
        match self.class {
            Class::Dropped => false,
            Class::Added => !matches!(outcome, Some(Outcome::Pass | Outcome::Skip)),
            Class::Gone => self.is_here,
            class => !class.is_as_before(),
        }
    }
}

/// The causes of what became of the cases of a record, the most urgent first, and of these what most plugins show.
pub(in crate::report) fn causes(record: &Record) -> Vec<Cause<'_>> {
    let plugins = record.header.plugins.iter();
    let names: BTreeMap<&str, &str> = plugins.map(|one| (&*one.label, &*one.name)).collect();
    let mut alike: BTreeMap<Likeness<'_>, Vec<&CaseRecord>> = BTreeMap::new();
    for case in &record.cases {
        let Some(compared) = &case.compared else {
            continue;
        };
        let known = names.get(&*case.plugin).copied();
        let name = known.unwrap_or(&case.plugin);
        let anonymous = |text: &str| text.replace(name, "<plugin>");
        let place = case.evidence.place.as_ref();
        let likeness = Likeness {
            class: compared.class,
            is_here: known.is_some(),
            level: case.level,
            requirement: &case.requirement,
            outcome: case.outcome,
            was: compared.was,
            file: place.map(|place| anonymous(&place.file)),
            reason: anonymous(&case.reason),
            expected: case.expected.as_ref(),
        };
        alike.entry(likeness).or_default().push(case);
    }
    let cause = |(likeness, cases): (Likeness<'_>, _)| Cause {
        class: likeness.class,
        is_here: likeness.is_here,
        cases,
    };
    let mut causes: Vec<Cause<'_>> = alike.into_iter().map(cause).collect();
    causes.sort_by_key(|one| {
        let fails = one.cases.iter().any(|case| case.outcome == Outcome::Fail);
        (one.class, !fails, usize::MAX - one.plugins().len())
    });
    causes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::compare::tests::case;
    use crate::report::compare::{Renames, compare};
    use crate::report::record::sample;

    #[test]
    fn what_shared_code_does_to_many_plugins_is_one_cause() {
        let of = |plugin: &str, outcome, reason: &str| CaseRecord {
            plugin: plugin.to_owned(),
            ..case("a", outcome, reason)
        };
        let names = ["redis", "mysql", "couchdb"];
        let old = names.map(|name| of(name, Outcome::Pass, ""));
        let mut new: Vec<_> = names
            .map(|name| of(name, Outcome::Fail, &format!("`dokku {name}:list`: exit 1")))
            .into();
        new[2].reason = "`dokku couchdb:list`: exit 2".to_owned();
        let record = compare(&sample(old.into()), sample(new), &Renames::default());
        let causes = causes(&record);
        let plugins: Vec<_> = causes.iter().map(Cause::plugins).collect();
        assert_eq!(plugins, [vec!["redis", "mysql"], vec!["couchdb"]]);
    }
}

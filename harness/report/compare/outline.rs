//! What is to be said of a comparison as a whole, in few words.

use std::collections::{BTreeMap, BTreeSet};

use super::class::Class;
use crate::report::text::counted;
use crate::report::{CaseRecord, Record, visible};
use crate::run::Outcome;

/// How many plugins, requirements or cases are named.
const NAMED: usize = 6;

/// How many cases became what, and what need not be told of each case.
pub(in crate::report) struct Outline<'r> {
    /// The cases of each class, and how many of them are expected failures.
    classes: BTreeMap<Class, (usize, usize)>,
    /// The plugins that are in the older record alone.
    plugins: Group<'r>,
    /// The requirements and versions that the older run alone was about.
    dropped: Group<'r>,
    /// The requirements that the newer run alone is about, and that are not broken.
    added: Group<'r>,
}

/// Cases of which it is enough to name what they are of.
#[derive(Default)]
struct Group<'r> {
    names: BTreeSet<&'r str>,
    cases: usize,
}

impl<'r> Group<'r> {
    fn add(&mut self, name: &'r str) {
        self.names.insert(name);
        self.cases += 1;
    }

    /// So many things, with so many cases, and the first few of their names.
    fn line(&self, what: &str, noun: &str) -> Option<String> {
        let names: Vec<&str> = self.names.iter().copied().collect();
        (!names.is_empty()).then(|| {
            format!(
                "{what}: {} with {}: {}",
                counted(names.len(), noun),
                counted(self.cases, "case"),
                named(&names)
            )
        })
    }
}

impl<'r> Outline<'r> {
    /// That of a record that is held against an older one.
    pub(in crate::report) fn of(record: &'r Record) -> Self {
        let plugins = record.header.plugins.iter();
        let labels: BTreeSet<&str> = plugins.map(|one| &*one.label).collect();
        let mut outline = Self {
            classes: BTreeMap::new(),
            plugins: Group::default(),
            dropped: Group::default(),
            added: Group::default(),
        };
        for case in &record.cases {
            outline.add(case, labels.contains(&*case.plugin));
        }
        outline
    }

    fn add(&mut self, case: &'r CaseRecord, has_plugin: bool) {
        let Some(class) = case.class() else { return };
        let count = self.classes.entry(class).or_default();
        count.0 += 1;
        count.1 += usize::from(case.expected.is_some());
        match (class, case.outcome) {
            (Class::Gone, _) if !has_plugin => self.plugins.add(&case.plugin),
            (Class::Dropped, _) => self.dropped.add(&case.requirement),
            (Class::Added, Outcome::Pass | Outcome::Skip) => self.added.add(&case.requirement),
            _ => {}
        }
    }

    /// What is told in a line each, and not case by case.
    pub(in crate::report) fn lines(&self) -> Vec<String> {
        let lines = [
            self.plugins.line(Class::Gone.words(), "plugin"),
            self.dropped.line(Class::Dropped.words(), "requirement"),
            self.added.line(
                &format!("{} and not broken", Class::Added.words()),
                "requirement",
            ),
        ];
        lines.into_iter().flatten().collect()
    }

    /// How many cases there are of each class; of those that only other questions make, if there are some.
    pub(in crate::report) fn counts(&self) -> String {
        let counts = Class::ALL.iter().filter_map(|class| {
            let (count, expected) = self.classes.get(class).copied().unwrap_or_default();
            match expected {
                0 if count == 0 && matches!(class, Class::Added | Class::Dropped) => None,
                0 => Some(format!("{count} {}", class.words())),
                expected => Some(format!(
                    "{count} {} ({expected} of them expected)",
                    class.words()
                )),
            }
        });
        counts.collect::<Vec<_>>().join(", ")
    }
}

/// The first few of many names.
pub(in crate::report) fn named(names: &[&str]) -> String {
    let shown = names.iter().take(NAMED).map(|name| visible(name));
    let mut shown: Vec<_> = shown.map(std::borrow::Cow::into_owned).collect();
    if names.len() > NAMED {
        shown.push(format!("and {} more", names.len() - NAMED));
    }
    shown.join(", ")
}

//! What the authors of listed plugins claim to work with, beside what was found: a table in Markdown.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;

use super::cell::cell;
use super::group::spans;
use super::{CaseRecord, PluginRecord, Record};
use crate::dokku::Version;
use crate::roster::Claim;
use crate::run::{Outcome, SOURCE};

/// What was found of a plugin in a Dokku version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    /// Something that counts was judged, and nothing that counts is broken.
    Works,
    /// Something that counts is broken.
    Broken,
    /// Nothing could be judged.
    Unknown,
}

/// A plugin's row.
struct Row<'r> {
    plugin: &'r PluginRecord,
    found: BTreeMap<Version, Found>,
    /// What is broken in some version.
    rules: BTreeSet<&'r str>,
    /// What of that is expected to be, in every case that breaks it.
    expected: BTreeSet<&'r str>,
}

/// The table of what is claimed and what was found, of the plugins of a record whose list tells claims. What is expected
/// to fail is broken all the same; a `should` counts if `strict`.
#[must_use]
pub fn compatibility(record: &Record, strict: bool) -> String {
    let mut cases: HashMap<&str, Vec<&CaseRecord>> = HashMap::new();
    for case in &record.cases {
        cases.entry(&case.plugin).or_default().push(case);
    }
    let plugins = record.header.plugins.iter();
    let rows: Vec<Row> = plugins
        .map(|plugin| {
            let cases = cases.remove(plugin.label.as_str());
            Row::of(plugin, &cases.unwrap_or_default(), strict)
        })
        .collect();
    let mut text = String::from("# Claimed and found compatibility\n\n");
    let versions = &record.header.dokku;
    let names: Vec<String> = versions.iter().map(Version::to_string).collect();
    let _ = writeln!(
        text,
        "Checked in Dokku {} by dokku-conform {}. Found is what broke no {}; what lies between the versions was not looked at.\n",
        names.join(", "),
        record.header.program,
        if strict {
            "`must` and no `should`"
        } else {
            "`must`"
        },
    );
    text.push_str(
        "| Plugin | Claimed | Works with | Broken with | Verdict |\n|---|---|---|---|---|\n",
    );
    for row in &rows {
        let listed = row.plugin.provenance.as_ref();
        let claimed = listed.and_then(|one| one.compatibility.as_deref());
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} |",
            cell(&row.plugin.label),
            cell(claimed.unwrap_or("")),
            row.versions(Found::Works, versions),
            row.versions(Found::Broken, versions),
            cell(&row.verdict(claimed.map(Claim::parse).as_ref())),
        );
    }
    if let Some(list) = record
        .header
        .list
        .as_ref()
        .filter(|list| !list.disabled.is_empty())
    {
        text.push_str("\nNot checked, since the list says so:\n\n");
        for one in &list.disabled {
            let _ = writeln!(text, "- {}: {}", cell(&one.name), cell(&one.reason));
        }
    }
    text
}

impl<'r> Row<'r> {
    fn of(plugin: &'r PluginRecord, cases: &[&'r CaseRecord], strict: bool) -> Self {
        let mut found: BTreeMap<Version, Found> = BTreeMap::new();
        let mut rules = BTreeSet::new();
        let (mut expected, mut unexpected) = (BTreeSet::new(), BTreeSet::new());
        for case in cases {
            let known = found.entry(case.dokku).or_insert(Found::Unknown);
            let counts = case.level.counts(strict) && case.requirement != SOURCE;
            match case.outcome {
                Outcome::Fail if counts => {
                    *known = Found::Broken;
                    rules.insert(case.requirement.as_str());
                    match case.expected {
                        Some(_) => expected.insert(case.requirement.as_str()),
                        None => unexpected.insert(case.requirement.as_str()),
                    };
                }
                Outcome::Pass if counts && *known == Found::Unknown => *known = Found::Works,
                _ => {}
            }
        }
        Self {
            plugin,
            found,
            expected: &expected - &unexpected,
            rules,
        }
    }

    /// The versions, of those of the run, in which this was found.
    fn versions(&self, what: Found, all: &[Version]) -> String {
        let is_it = |version: &&Version| self.found.get(version) == Some(&what);
        let these: Vec<Version> = all.iter().filter(is_it).copied().collect();
        spans(&these, all)
    }

    fn verdict(&self, claim: Option<&Claim>) -> String {
        if let Some(missing) = self.plugin.missing() {
            return format!("not checked: {missing}");
        }
        let told = |rule: &&str| match self.expected.contains(rule) {
            true => format!("{rule} (expected)"),
            false => (*rule).to_owned(),
        };
        let rules: Vec<String> = self.rules.iter().map(told).collect();
        let rules = rules.join(", ");
        let Some(claim) = claim else {
            return match rules.is_empty() {
                true => "nothing is claimed".to_owned(),
                false => format!("nothing is claimed; breaks {rules}"),
            };
        };
        let these = |what: Found, claimed: bool| -> Vec<String> {
            let found = self.found.iter();
            found
                .filter(|(version, found)| {
                    **found == what && claim.covers(**version) == Some(claimed)
                })
                .map(|(version, _)| version.to_string())
                .collect()
        };
        let (wrong, modest) = (these(Found::Broken, true), these(Found::Works, false));
        let covers = |version: &Version| claim.covers(*version).is_some();
        if !self.found.keys().any(covers) {
            return "the claim says nothing of these versions".to_owned();
        }
        match (wrong.is_empty(), modest.is_empty()) {
            (false, _) => format!("claims {}, and breaks {rules}", wrong.join(", ")),
            (true, false) => format!("works with {} too", modest.join(", ")),
            (true, true) => "holds where it was looked at".to_owned(),
        }
    }
}

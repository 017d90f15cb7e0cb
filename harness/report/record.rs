//! The record of a run: JSON Lines, from which every other format is rendered.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::bound::bounded;
use super::{Against, Class, Compared, Counts, Expected, ListRecord, visible};
use crate::dokku::Version;
use crate::millis::millis;
use crate::plugin::Note;
use crate::run::{
    self, Check, Checked, Evidence, Fate, Finished, Ground, Outcome, Plan, Provenance, Trial, Turn,
    Verdict,
};
use crate::sandbox::Isolation;
use crate::spec::{Level, Requirement};

/// The version of the record's form. It grows with every change that an older reader would misread.
pub(super) const FORMAT: u32 = 1;

/// One line of a record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Line<H = Header, C = Box<CaseRecord>, F = Footer> {
    /// The first line: what is run.
    Header(H),
    /// One line for each case.
    Case(C),
    /// The last line: without it the run was not finished.
    Footer(F),
}

/// A line of a record that stays where it is, to be written.
pub type LineOf<'r> = Line<&'r Header, &'r CaseRecord, &'r Footer>;

/// The record of a run that went to its end.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// What was run.
    pub header: Header,
    /// What came of each case, in the order of the plan.
    pub cases: Vec<CaseRecord>,
    /// How the run ended.
    pub footer: Footer,
}

/// What a run is about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Header {
    /// The version of the record's form.
    pub format: u32,
    /// The version of this program.
    pub program: String,
    /// The imitated Dokku versions.
    pub dokku: Vec<Version>,
    /// The level of isolation.
    pub isolation: Isolation,
    /// What that level enforced.
    pub enforced: Vec<String>,
    /// Why the best level could not be had; none if it could, whether it was asked for or not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lacks: Option<String>,
    /// What the run is known by, which all of its processes share; empty in the record of an older program.
    #[serde(default)]
    pub run: String,
    /// When the run began, in UTC, as RFC 3339 has it.
    pub time: String,
    /// The plugins.
    pub plugins: Vec<PluginRecord>,
    /// The requirements.
    pub requirements: Vec<RuleRecord>,
    /// How many cases the plan has.
    pub cases: usize,
    /// The words of the command line beside the plugins, the requirements and the Dokku versions that a case may need to
    /// come out so again, such as `--dokku-tree` and its folder.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// The list that the plugins are of, if they are of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<ListRecord>,
    /// The older record that each case is held against, if one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub against: Option<Against>,
}

/// A plugin of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PluginRecord {
    /// What its cases call it: the name it was installed under, with the path where several of the run have that name.
    pub label: String,
    /// The name it was installed under.
    pub name: String,
    /// Where it came from, as the person named it.
    pub path: String,
    /// The digest of its files; empty in the record of an older program.
    #[serde(default)]
    pub digest: String,
    /// What limits what can be known of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Note>,
    /// Where it came from, if it is of a list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provenance: Option<Provenance>,
}

/// A requirement of a run, with what a rendering says of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct RuleRecord {
    /// Its id.
    pub id: String,
    /// The label of the plugin that brings it along for itself; none for a rule of all. Several plugins may have one of
    /// the same id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plugin: Option<String>,
    /// Its level.
    pub level: Level,
    /// The rule in one sentence.
    pub title: String,
    /// What an author does to keep it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
}

/// What came of one case, with all that was seen or a part of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "CaseRecord"))]
pub struct CaseRecord<E = Evidence> {
    /// The plugin's label.
    pub plugin: String,
    /// The requirement's id.
    pub requirement: String,
    /// Its level.
    pub level: Level,
    /// The case's name.
    pub case: String,
    /// The Dokku version.
    pub dokku: Version,
    /// The outcome.
    pub outcome: Outcome,
    /// Why; empty for a pass.
    pub reason: String,
    /// How long it took, in milliseconds.
    #[serde(deserialize_with = "crate::millis::possible")]
    #[cfg_attr(test, schemars(range(max = crate::millis::LONGEST)))]
    pub duration_ms: u64,
    /// What was seen.
    pub evidence: E,
    /// The expectation that it fails, if it fails and one says so: then it fails no run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<Expected>,
    /// True if it came out otherwise when it was run again.
    #[serde(default, skip_serializing_if = "is_false")]
    pub flaky: bool,
    /// Each of its runs, if there were several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub runs: Vec<Turn>,
    /// The version in which it was played, if that is another, in which nothing that it meets is different.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub played_in: Option<Version>,
    /// The part of its deadline that a step took, in percent, if that was more than [`SLOW`] of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slow: Option<u8>,
    /// What became of it since an older record, if it is held against one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compared: Option<Compared>,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Footer {
    /// How many cases had each outcome.
    pub counts: Counts,
    /// How long the run took, in milliseconds.
    #[serde(deserialize_with = "crate::millis::possible")]
    #[cfg_attr(test, schemars(range(max = crate::millis::LONGEST)))]
    pub duration_ms: u64,
}

impl Record {
    /// Its lines, in the order of its file.
    pub fn lines(&self) -> impl Iterator<Item = LineOf<'_>> {
        std::iter::once(Line::Header(&self.header))
            .chain(self.cases.iter().map(Line::Case))
            .chain([Line::Footer(&self.footer)])
    }
}

impl Header {
    /// The header of a run of this plan that begins now, on this ground. Files of reports, by their real paths, are
    /// none of a plugin.
    #[must_use]
    pub fn new(check: &Check, plan: &Plan, ground: &Ground, reports: &[PathBuf]) -> Self {
        let isolation = ground.stock.isolation();
        let now = jiff::Timestamp::now();
        Self {
            format: FORMAT,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            dokku: check.all_versions(),
            isolation,
            enforced: ground.machine.enforces(isolation),
            lacks: ground.machine.lacks(Isolation::Strict).map(str::to_owned),
            run: format!("{}-{}", now.strftime("%Y%m%dT%H%M%S"), std::process::id()),
            time: now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            plugins: (check.plugins.iter())
                .map(|checked| PluginRecord::of(checked, reports))
                .collect(),
            requirements: (check.requirements().into_iter())
                .chain(plan.of_runs().map(|rule| (None, Arc::clone(rule))))
                .map(|(plugin, rule)| RuleRecord::of(&rule, plugin))
                .collect(),
            cases: plan.trials.len(),
            options: Vec::new(),
            list: None,
            against: None,
        }
    }

    /// What the run of this record is about and another is not, in a few words; none if both are about the same, be it
    /// at another time.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Option<String> {
        let mut same = self.plugins.iter().zip(&other.plugins);
        let changed = same.find(|(mine, others)| {
            mine.path == others.path && mine.name == others.name && mine.digest != others.digest
        });
        if let Some((plugin, _)) = changed {
            return Some(format!(
                "the files of the plugin {} at {} have changed since",
                visible(&plugin.name),
                visible(&plugin.path)
            ));
        }
        let mut pairs = self.aspects().into_iter().zip(other.aspects());
        if let Some(((what, mine), (_, others))) = pairs.find(|(mine, others)| mine != others) {
            return Some(told_apart(what, &mine, &others));
        }
        let alike = Self {
            run: self.run.clone(),
            time: self.time.clone(),
            ..other.clone()
        };
        (*self != alike)
            .then(|| "what it says of the plugins or the requirements has changed".into())
    }

    /// In what the runs of both records differ beside the plugins and their cases, in a few words each.
    pub(super) fn circumstances(&self, newer: &Self) -> Vec<String> {
        let pairs = self.aspects().into_iter().zip(newer.aspects());
        let counts = |what: &str| !["plugins", "requirements", "number of cases"].contains(&what);
        pairs
            .filter(|((what, old), (_, new))| counts(what) && old != new)
            .map(|((what, old), (_, new))| {
                let list = |words: Vec<String>| match words.is_empty() {
                    true => "none".to_owned(),
                    false => words.join(", "),
                };
                format!("{what}: {}, before {}", list(new), list(old))
            })
            .collect()
    }

    /// What two runs may differ in, in the order of what matters first.
    fn aspects(&self) -> [(&'static str, Vec<String>); 8] {
        let plugin = |plugin: &PluginRecord| format!("{} at {}", plugin.name, plugin.path);
        let dokku = self.dokku.iter().map(Version::to_string);
        [
            ("version of dokku-conform", vec![self.program.clone()]),
            ("plugins", self.plugins.iter().map(plugin).collect()),
            ("Dokku", dokku.collect()),
            (
                "requirements",
                self.requirements
                    .iter()
                    .map(|rule| rule.id.clone())
                    .collect(),
            ),
            ("isolation", vec![self.isolation.to_string()]),
            ("enforced", self.enforced.clone()),
            ("options", self.options.clone()),
            ("number of cases", vec![self.cases.to_string()]),
        ]
    }

    /// The day on which the run began, in UTC; none if the record does not tell it as it should.
    #[must_use]
    pub fn day(&self) -> Option<Date> {
        self.time.get(..10)?.parse().ok()
    }

    /// How long ago the run began, in milliseconds, as far as its time tells.
    pub(super) fn age_ms(&self) -> u64 {
        let began: Option<jiff::Timestamp> = self.time.parse().ok();
        let age = began.map(|began| jiff::Timestamp::now().duration_since(began).as_millis());
        age.and_then(|age| u64::try_from(age).ok())
            .unwrap_or_default()
            .min(crate::millis::LONGEST)
    }

    /// What is known of a requirement that a plugin is held to, by its id and the plugin's label: the plugin's own, or else
    /// that of all.
    #[must_use]
    pub fn rule(&self, plugin: &str, id: &str) -> Option<&RuleRecord> {
        let of = |owner: Option<&str>| {
            let mut rules = self.requirements.iter();
            rules.find(|rule| rule.id == id && rule.plugin.as_deref() == owner)
        };
        of(Some(plugin)).or_else(|| of(None))
    }
}

/// Tells what is in the one list and not in the other.
fn told_apart(what: &str, recorded: &[String], wanted: &[String]) -> String {
    let only = |from: &[String], than: &[String]| {
        let only = from.iter().filter(|word| !than.contains(word));
        let only: Vec<&str> = only.map(String::as_str).collect();
        match only.is_empty() {
            true => "nothing else".to_owned(),
            false => only.join(", "),
        }
    };
    let (its, ours) = (only(recorded, wanted), only(wanted, recorded));
    if recorded.len() == wanted.len() && its == ours {
        return format!("{what}: the record has another order than this run");
    }
    let (its, ours) = (visible(&its), visible(&ours));
    format!("{what}: the record has {its} where this run has {ours}")
}

impl PluginRecord {
    /// Why nothing was checked of it, if it is of a list and could not be had.
    #[must_use]
    pub fn missing(&self) -> Option<&str> {
        self.provenance.as_ref()?.missing.as_deref()
    }

    fn of(checked: &Checked, reports: &[PathBuf]) -> Self {
        Self {
            label: checked.label.clone(),
            name: checked.plugin.name().to_owned(),
            path: checked.path.display().to_string(),
            digest: match checked.missing() {
                Some(_) => String::new(),
                None => checked.plugin.digest(reports),
            },
            notes: checked.plugin.notes().to_vec(),
            provenance: checked.provenance.clone(),
        }
    }
}

impl RuleRecord {
    fn of(rule: &Requirement, plugin: Option<&str>) -> Self {
        Self {
            id: rule.id.to_string(),
            plugin: plugin.map(str::to_owned),
            level: rule.level,
            title: rule.title.clone(),
            fix: rule.fix.clone(),
        }
    }
}

/// From how much of its deadline on, in percent, a case that a slower machine might not finish is called slow.
pub const SLOW: u8 = 80;

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

impl<E> CaseRecord<E> {
    /// What became of it since an older record, if it is held against one.
    #[must_use]
    pub fn class(&self) -> Option<Class> {
        self.compared.as_ref().map(|one| one.class)
    }
}

impl CaseRecord {
    /// The record of a finished trial.
    #[must_use]
    pub fn new(trial: &Trial, finished: &Finished) -> Self {
        Self {
            runs: finished.turns.clone(),
            ..Self::of(trial, &finished.verdict, finished.duration)
        }
    }

    /// The record of a trial whose outcome follows from that of others, by the records of those; none if it does not.
    #[must_use]
    pub fn following(trial: &Trial, before: &[Self]) -> Option<Self> {
        let Fate::Follows(trials) = &trial.fate else {
            return None;
        };
        // They are of the version that the plan is at, and so among the last.
        let record = |trial: &Trial| before.iter().rev().find(|case| case.is_of(trial));
        let cases = trials.iter().filter_map(record);
        let outcomes = cases.map(|case| (case.outcome, case.reason.clone()));
        let verdict = run::follow(trial, outcomes);
        Some(Self::of(trial, &verdict, Duration::ZERO))
    }

    fn of(trial: &Trial, verdict: &Verdict, duration: Duration) -> Self {
        let (evidence, reason) = bounded(&verdict.evidence, &verdict.reason);
        Self {
            plugin: trial.label.clone(),
            requirement: trial.requirement.id.to_string(),
            level: trial.requirement.level,
            case: trial.case_name(),
            dokku: trial.version,
            outcome: verdict.outcome,
            reason,
            duration_ms: millis(duration),
            evidence,
            expected: expected(trial, verdict.outcome),
            flaky: verdict.flaky,
            runs: Vec::new(),
            played_in: None,
            slow: Some(verdict.slowest).filter(|percent| *percent > SLOW),
            compared: None,
        }
    }

    /// The verdict that it tells of, and how long that took.
    #[must_use]
    pub fn verdict(&self) -> (Verdict, Duration) {
        let verdict = Verdict {
            outcome: self.outcome,
            reason: self.reason.clone(),
            evidence: self.evidence.clone(),
            flaky: self.flaky,
            slowest: self.slow.unwrap_or_default(),
            era: None,
        };
        (verdict, Duration::from_millis(self.duration_ms))
    }

    /// True if it is about a trial of which the same is expected.
    #[must_use]
    pub fn is_expected_as(&self, trial: &Trial) -> bool {
        self.expected == expected(trial, self.outcome)
    }

    /// True if this is about a trial.
    #[must_use]
    pub fn is_of(&self, trial: &Trial) -> bool {
        self.plugin == trial.label
            && self.requirement == trial.requirement.id.as_str()
            && self.case == trial.case_name()
            && self.dokku == trial.version
            && self.level == trial.requirement.level
    }
}

/// The expectation that a trial with this outcome meets.
pub(super) fn expected(trial: &Trial, outcome: Outcome) -> Option<Expected> {
    let failure = trial
        .expected
        .as_deref()
        .filter(|_| outcome == Outcome::Fail);
    failure.map(Expected::from)
}

/// A whole record of these cases, in which nothing else is of note.
#[cfg(test)]
pub(super) fn sample(cases: Vec<CaseRecord>) -> Record {
    let mut plugins: Vec<&str> = cases.iter().map(|case| case.plugin.as_str()).collect();
    plugins.dedup();
    let mut rules: Vec<(&str, Level)> = (cases.iter())
        .map(|case| (case.requirement.as_str(), case.level))
        .collect();
    rules.sort_unstable();
    rules.dedup();
    let rules = rules.into_iter().map(|(id, level)| RuleRecord {
        id: id.to_owned(),
        plugin: None,
        level,
        title: "a rule".to_owned(),
        fix: None,
    });
    let plugins = plugins.into_iter().map(|label| PluginRecord {
        label: label.to_owned(),
        name: label.to_owned(),
        path: format!("plugins/{label}"),
        digest: String::new(),
        notes: Vec::new(),
        provenance: None,
    });
    Record {
        header: Header {
            format: FORMAT,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            dokku: vec![Version::NEWEST],
            isolation: Isolation::Strict,
            enforced: Vec::new(),
            lacks: None,
            run: "1".to_owned(),
            time: "2026-01-01T00:00:00Z".to_owned(),
            plugins: plugins.collect(),
            requirements: rules.collect(),
            cases: cases.len(),
            options: Vec::new(),
            list: None,
            against: None,
        },
        footer: Footer {
            counts: Counts::of(&cases),
            duration_ms: 1,
        },
        cases,
    }
}

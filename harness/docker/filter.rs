//! What `--filter` lets through.

use std::collections::BTreeMap;

use regex::Regex;

use super::daemon::{Done, Trouble};
use super::options::Line;

/// The filters of a command line: key → values, of which one must fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Filters(BTreeMap<String, Vec<String>>);

impl Filters {
    /// The filters of a line, each of which is among these.
    pub(super) fn read(line: &Line, known: &[&str]) -> Done<Self> {
        let mut filters: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for text in line.values("filter") {
            let Some((key, value)) = text.split_once('=') else {
                let what = format!(
                    "invalid argument \"{text}\" for \"-f, --filter\" flag: invalid filter '{text}'"
                );
                return Err(Trouble::Unmodelled(format!(
                    "`docker {} --filter`: {what}",
                    line.command
                )));
            };
            let key = key.trim().to_lowercase();
            if !known.contains(&key.as_str()) {
                let is_real = OTHERS.contains(&key.as_str());
                return Err(match is_real {
                    true => {
                        Trouble::Unmodelled(format!("`docker {} --filter {key}`", line.command))
                    }
                    false => Trouble::refused(format!("invalid filter '{key}'")),
                });
            }
            filters
                .entry(key)
                .or_default()
                .push(value.trim().to_owned());
        }
        Ok(Self(filters))
    }

    /// The values that are asked for.
    pub(super) fn values(&self, key: &str) -> &[String] {
        self.0.get(key).map_or(&[], Vec::as_slice)
    }

    /// One more value.
    pub(super) fn add(&mut self, key: &str, value: &str) {
        self.0
            .entry(key.to_owned())
            .or_default()
            .push(value.to_owned());
    }

    /// True if nothing is asked of this, or one of what is asked for holds.
    pub(super) fn any(&self, key: &str, holds: impl Fn(&str) -> bool) -> bool {
        let values = self.values(key);
        values.is_empty() || values.iter().any(|value| holds(value))
    }

    /// True if one of these texts is, or matches, what is asked for.
    pub(super) fn matches(&self, key: &str, texts: &[&str]) -> bool {
        self.any(key, |value| {
            let regex = Regex::new(value).ok();
            texts.iter().any(|text| {
                *text == value || regex.as_ref().is_some_and(|regex| regex.is_match(text))
            })
        })
    }

    /// True if all the labels that are asked for are there, and none that are asked not to be.
    pub(super) fn labels(&self, labels: &BTreeMap<String, String>) -> bool {
        let has = |wanted: &String| match wanted.split_once('=') {
            Some((name, value)) => labels.get(name).is_some_and(|one| one == value),
            None => labels.contains_key(wanted),
        };
        self.values("label").iter().all(has) && !self.values("label!").iter().any(has)
    }

    /// A filter that is true or false, if it is asked for.
    pub(super) fn flag(&self, key: &str) -> Done<Option<bool>> {
        match self.values(key).first().map(String::as_str) {
            None => Ok(None),
            Some("true" | "1") => Ok(Some(true)),
            Some("false" | "0") => Ok(Some(false)),
            Some(other) => Err(Trouble::refused(format!(
                "invalid filter '{key}=[{other}]'"
            ))),
        }
    }
}

/// Filters that docker has, for one command or another, and that are not modelled there.
const OTHERS: [&str; 14] = [
    "before",
    "driver",
    "expose",
    "health",
    "is-task",
    "isolation",
    "publish",
    "scope",
    "since",
    "status",
    "type",
    "until",
    "exited",
    "reference",
];

/// True if a name fits a shell's pattern, in which `*` stands for all but a slash.
pub(super) fn fits(pattern: &str, name: &str) -> bool {
    let glob = globset::GlobBuilder::new(pattern)
        .literal_separator(true)
        .build();
    glob.is_ok_and(|glob| glob.compile_matcher().is_match(name))
}

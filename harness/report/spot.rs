//! The places in plugins' files that a record speaks of.

use super::{CaseRecord, Record};
use crate::plugin::Place;
use crate::run::EXPECTATIONS;

/// What is said of one place.
#[derive(PartialEq)]
pub(super) struct Spot<'r> {
    pub(super) plugin: &'r str,
    /// The plugin's directory, as the person named it.
    path: &'r str,
    pub(super) place: Option<&'r Place>,
    pub(super) requirement: &'r str,
    pub(super) message: &'r str,
}

impl<'r> Spot<'r> {
    /// Each finding of a case, or the case with the place of what it ran, where that is known.
    pub(super) fn of(record: &'r Record, case: &'r CaseRecord) -> Vec<Self> {
        let plugins = &record.header.plugins;
        let plugin = plugins.iter().find(|plugin| plugin.label == case.plugin);
        let path = plugin.map_or("", |plugin| plugin.path.as_str());
        let spot = |place, message| Self {
            plugin: &case.plugin,
            // An expectation stands where the person said, which need not be in the plugin.
            path: if case.requirement == EXPECTATIONS {
                ""
            } else {
                path
            },
            place,
            requirement: &case.requirement,
            message,
        };
        let findings = &case.evidence.findings;
        match findings.is_empty() {
            true => vec![spot(case.evidence.place.as_ref(), &case.reason)],
            false => (findings.iter())
                .map(|finding| spot(Some(&finding.place), &finding.message))
                .collect(),
        }
    }

    /// The place of a case, from the folder that the run was begun in, where it is known.
    pub(super) fn place_of(record: &'r Record, case: &'r CaseRecord) -> Option<Place> {
        let place = case.evidence.place.as_ref()?;
        let spots = Self::of(record, case);
        Some(Place {
            file: spots.first()?.file(place),
            line: place.line,
        })
    }

    /// A file of the plugin, from the folder that the run was begun in.
    pub(super) fn file(&self, place: &Place) -> String {
        match self.path.trim_end_matches('/') {
            "" | "." => place.file.clone(),
            path => format!("{}/{}", path.trim_start_matches("./"), place.file),
        }
    }
}

//! Where a plugin of a list came from, and whether it could be had.

use std::sync::{Arc, LazyLock};

use serde::{Deserialize, Serialize};

use super::{Fate, Outcome, Trial, of_runs};
use crate::dokku::Version;
use crate::plugin::Plugin;
use crate::spec::{Requirement, Values};

/// The id of the requirement that a listed plugin can be had from its source. No spec may have it.
pub const SOURCE: &str = "source";

/// What a list says of a plugin, and what came of bringing it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Provenance {
    /// Its row in the list, from 1.
    pub row: usize,
    /// The branch, tag or commit that the list asks for; none for the default branch, and for a folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The commit that was checked; none for what is in no git repository.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// The section of the list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
    /// The Dokku versions that its author claims it works with, in the list's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compatibility: Option<String>,
    /// Why there is nothing to check: it could not be brought, or can't be read; none if there is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<String>,
    /// What else is to be told of bringing it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// The requirement that a listed plugin can be had; none only if its id were none.
#[must_use]
pub fn source() -> Option<&'static Arc<Requirement>> {
    static RULE: LazyLock<Option<Arc<Requirement>>> = LazyLock::new(|| {
        of_runs::rule(
            SOURCE,
            "The plugin can be had from where the list says, and read",
            "Of a plugin that could not be brought nothing is known. A run that left it out without a word would look as \
                 if all were well.",
            "Mend the plugin's row in the list, or give it `disabled:` with a reason.",
        )
    });
    RULE.as_ref()
}

/// The case that a listed plugin could be had, in a version.
pub(super) fn trial(
    plugin: &Arc<Plugin>,
    label: &str,
    provenance: &Provenance,
    version: Version,
) -> Option<Trial> {
    let fate = match &provenance.missing {
        None => Fate::Decided(Outcome::Pass, String::new()),
        // Of the plugin itself nothing is known then.
        Some(why) => Fate::Decided(Outcome::Inconclusive, why.clone()),
    };
    Some(Trial {
        plugin: Arc::clone(plugin),
        label: label.to_owned(),
        requirement: Arc::clone(source()?),
        index: 0,
        version,
        values: Values::new(),
        target: Some("brought".to_owned()),
        place: None,
        fate,
        expected: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_requirement_of_sources_is_there() {
        assert_eq!(source().unwrap().id.as_str(), SOURCE);
    }
}

//! Which of the requirements a run is about.

use std::collections::BTreeSet;

use crate::spec::Requirement;

/// The requirements that a person asked for.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Only these; all where it is empty.
    pub only: Vec<String>,
    /// Not these.
    pub skip: Vec<String>,
}

/// An id that no requirement has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", sentence(.id, .nearest.as_deref()))]
pub struct UnknownId {
    id: String,
    nearest: Option<String>,
}

fn sentence(id: &str, nearest: Option<&str>) -> String {
    match (id, nearest) {
        ("", _) => {
            "a requirement's id is empty: take out the comma that is one too many".to_owned()
        }
        (id, Some(nearest)) => {
            format!("there is no requirement `{id}`; did you mean `{nearest}`?")
        }
        (id, None) => {
            format!("there is no requirement `{id}`; `dokku-conform list` shows them all")
        }
    }
}

impl Selection {
    /// The selected ones of these requirements, in their order.
    ///
    /// # Errors
    /// If an id is that of no requirement.
    pub fn of(&self, requirements: Vec<Requirement>) -> Result<Vec<Requirement>, UnknownId> {
        let known: BTreeSet<&str> = requirements.iter().map(|rule| rule.id.as_str()).collect();
        for id in self.only.iter().chain(&self.skip) {
            if !known.contains(id.as_str()) {
                return Err(UnknownId {
                    id: id.clone(),
                    nearest: nearest(id, &known),
                });
            }
        }
        let wanted = |rule: &Requirement| {
            let id = rule.id.as_str();
            (self.only.is_empty() || self.only.iter().any(|only| only == id))
                && !self.skip.iter().any(|skip| skip == id)
        };
        Ok(requirements.into_iter().filter(wanted).collect())
    }
}

/// The known id that looks most like this one, if one does.
fn nearest(id: &str, known: &BTreeSet<&str>) -> Option<String> {
    known
        .iter()
        .map(|name| (strsim::jaro_winkler(id, name), *name))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, name)| name.to_owned())
}

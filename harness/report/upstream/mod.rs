//! What a change of Dokku means to plugins, told.
//!
//! A report has three parts: what changed in what Dokku offers to plugins; which plugins use what is gone or otherwise now,
//! with file and line; and the cases that pass with the older Dokku and fail with the newer, under the change that explains
//! them. A change explains a case if evidence is on both sides: the plugin uses what changed, unguarded, and what was seen
//! of the failing case names it (see [`explain`]).

mod explain;
#[cfg(feature = "cli")]
mod html;
mod markdown;
mod record;
mod text;

pub use explain::{Explanation, Regression, Regressions, explain};
#[cfg(feature = "cli")]
pub use html::html as upstream_html;
pub use markdown::markdown as upstream_markdown;
pub use record::{FORMAT as UPSTREAM_FORMAT, lines as upstream_lines};
pub use text::UpstreamText;

use std::collections::BTreeMap;

use crate::dokku::Version;
use crate::dokku::surface::{Change, Changes, Facet, What};
use crate::upstream::{Hold, User};

/// All that is told of a change of Dokku.
#[derive(Clone, Debug)]
pub struct Upstream {
    /// The older Dokku.
    pub old: Side,
    /// The newer one.
    pub new: Side,
    /// The labels of the plugins that were looked at.
    pub plugins: Vec<String>,
    /// What changed.
    pub changes: Changes,
    /// Who uses what changed.
    pub users: Vec<User>,
    /// What the checks of the plugins came to; none if they were not run.
    pub regressions: Option<Regressions>,
}

/// One of the two Dokkus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// As the person named it.
    pub label: String,
    /// Its version, or the one that it is taken for.
    pub version: Version,
    /// True if it is read from its files, and not from this program's tables.
    pub is_tree: bool,
}

impl Side {
    /// What it is called in a sentence.
    fn name(&self) -> String {
        match self.is_tree {
            true => format!("{} (Dokku {})", self.label, self.version),
            false => format!("Dokku {}", self.version),
        }
    }
}

impl Upstream {
    /// The users of a change.
    fn users_of<'u>(&'u self, change: &Change) -> Vec<&'u User> {
        let users = self.users.iter();
        users
            .filter(|user| user.facet == change.facet && user.name == change.name)
            .collect()
    }

    /// The changes that somebody uses, in order, each with its users.
    fn used(&self) -> Vec<(&Change, Vec<&User>)> {
        let changes = self.changes.changes.iter();
        changes
            .map(|change| (change, self.users_of(change)))
            .filter(|(_, users)| !users.is_empty())
            .collect()
    }

    /// How many changes there are of each kind: added, removed, changed, moved.
    fn tally(&self, facet: Facet) -> [usize; 4] {
        let mut tally = [0; 4];
        for change in self.changes.changes.iter().filter(|one| one.facet == facet) {
            let at = match change.what {
                What::Added => 0,
                What::Removed => 1,
                What::Changed { .. } => 2,
                What::Moved { .. } => 3,
            };
            if let Some(count) = tally.get_mut(at) {
                *count += 1;
            }
        }
        tally
    }

    /// What was not compared, in a sentence each.
    fn untold(&self) -> Vec<String> {
        let mut untold = Vec::new();
        let facets = self.changes.left_out.iter().map(|facet| facet.plural());
        let facets: Vec<&str> = facets.collect();
        if let Some((last, rest)) = facets.split_last() {
            let list = match rest.is_empty() {
                true => (*last).to_owned(),
                false => format!("{} and {last}", rest.join(", ")),
            };
            untold.push(format!(
                "{list} were not compared: the files of a Dokku do not tell them"
            ));
        }
        untold.extend(self.changes.gaps.iter().cloned());
        untold
    }
}

/// The words for what became of the counted.
const BECAME: [&str; 4] = ["added", "removed", "changed", "moved"];

/// A tally in words, such as `2 added, 14 removed`; none if it is empty.
fn counted(tally: [usize; 4]) -> Option<String> {
    let parts: Vec<String> = tally
        .iter()
        .zip(BECAME)
        .filter(|(count, _)| **count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// The version of a change, where it is another than that of the newer Dokku, of which all are told.
fn since(change: &Change, newest: Version) -> Option<Version> {
    change.since.filter(|since| *since != newest)
}

/// What became of something, after its name: `removed from ps/functions in 0.22.0`.
fn became(change: &Change, newest: Version) -> String {
    let places: Vec<&str> = change.places.iter().map(String::as_str).collect();
    let or_nothing = |text: &str| match text.is_empty() {
        true => "nothing".to_owned(),
        false => text.to_owned(),
    };
    let what = match &change.what {
        What::Added => "added".to_owned(),
        What::Removed if places.is_empty() => "removed".to_owned(),
        What::Removed => format!("removed from {}", places.join(", ")),
        What::Changed { from, to } => {
            format!("changed from {} to {}", or_nothing(from), or_nothing(to))
        }
        // The name of a path says where it was.
        What::Moved { from, to } if *from == change.name => format!("moved to {to}"),
        What::Moved { from, to } => format!("moved from {from} to {to}"),
    };
    match since(change, newest) {
        Some(since) => format!("{what} in {since}"),
        None => what,
    }
}

/// What is said of a use beside its place; empty where the plugin relies on it.
fn hold(hold: &Hold) -> String {
    match hold {
        Hold::Plain => String::new(),
        Hold::Guarded => "guarded".to_owned(),
        Hold::Unsure(why) => format!("perhaps: {why}"),
    }
}

/// Users by plugin, in the order of their places; the plugins that rely on it first.
fn by_plugin<'u>(users: &[&'u User]) -> Vec<(&'u str, Vec<&'u User>)> {
    let mut plugins: BTreeMap<&str, Vec<&User>> = BTreeMap::new();
    for user in users {
        plugins.entry(&user.plugin).or_default().push(user);
    }
    let mut plugins: Vec<(&str, Vec<&User>)> = plugins.into_iter().collect();
    plugins.sort_by_key(|(_, users)| users.iter().map(|user| user.hold.clone()).min());
    plugins
}

/// A count with its noun.
fn many(count: usize, one: &str, several: &str) -> String {
    match count {
        1 => format!("1 {one}"),
        _ => format!("{count} {several}"),
    }
}

#[cfg(test)]
mod tests;

//! Requirements: one rule each, with its level, versions, source and cases.

use std::collections::{BTreeMap, BTreeSet};

use super::{Case, Id, Part};
use crate::dokku::Span;
use crate::words::words;

words! {
    /// How binding a requirement is, in the words of RFC 2119.
    pub enum Level {
        /// A plugin that breaks it is broken.
        Must = "must",
        /// There may be a good reason to break it.
        Should = "should",
        /// A matter of taste.
        May = "may",
    }
}

impl Level {
    /// True if a breach is a failure: that of a `must` always, that of a `should` for who is `strict`.
    #[must_use]
    pub fn counts(self, strict: bool) -> bool {
        match self {
            Self::Must => true,
            Self::Should => strict,
            Self::May => false,
        }
    }
}

/// One rule for plugins.
#[derive(Clone, Debug)]
pub struct Requirement {
    /// Its stable name.
    pub id: Id,
    /// Whether it is the plugin's under test, which brings it along, and no rule of Dokku's.
    pub own: bool,
    /// The rule in one sentence.
    pub title: String,
    /// How binding it is.
    pub level: Level,
    /// The Dokku versions that it holds for.
    pub holds: Span,
    /// Where the rule is written down.
    pub source: Option<Citation>,
    /// What goes wrong for whom when a plugin breaks it.
    pub why: Option<String>,
    /// What an author does to keep it.
    pub fix: Option<String>,
    /// Which plugins it concerns; none for every plugin.
    pub applies: Option<Applies>,
    /// The smallest plugins that keep and break it.
    pub example: Option<Example>,
    /// Its executable checks, at least one, each with a name of its own.
    pub cases: Vec<Case>,
}

/// Where a rule is written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Citation {
    /// The document.
    pub doc: String,
    /// The heading in it.
    pub section: Option<String>,
}

/// What a plugin has if a requirement concerns it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applies {
    /// It has all of these.
    pub has: BTreeSet<Part>,
    /// It has one of these, if any are named.
    pub has_any: BTreeSet<Part>,
}

impl Applies {
    /// True if a plugin with these parts is concerned.
    #[must_use]
    pub fn to(&self, parts: &BTreeSet<Part>) -> bool {
        self.has.is_subset(parts) && (self.has_any.is_empty() || !self.has_any.is_disjoint(parts))
    }
}

/// The smallest plugins that show a rule, file by file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// A plugin that keeps the rule.
    pub passes: BTreeMap<String, String>,
    /// The same plugin, breaking it.
    pub fails: BTreeMap<String, String>,
}

//! The report of a comparison of the imitated Dokku with a real one.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{Palette, unified, visible};
use crate::dokku::{Tree, Version};
use crate::run::fidelity::{Agreement, Comparison, Difference, Outcome};
use crate::sandbox::Isolation;

/// The version of the record's form.
const FORMAT: u32 = 1;

/// How many programs a line names before it only counts them.
const NAMED: usize = 12;

/// One line of the record.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum FidelityLine<'r> {
    /// The first: what is compared.
    Header(TreeRecord<'r>),
    /// One for each command line.
    Line(Box<LineRecord<'r>>),
    /// The last: how many of which.
    Footer(Agreements),
}

/// A real Dokku.
#[derive(Debug, Serialize)]
pub struct TreeRecord<'r> {
    format: u32,
    program: &'static str,
    tree: &'r Path,
    shape: String,
    dokku: Version,
    isolation: Isolation,
    plugn: bool,
    lent: &'r BTreeSet<PathBuf>,
    lacking: &'r BTreeSet<PathBuf>,
}

impl<'r> TreeRecord<'r> {
    /// What a record says of a tree whose worlds are isolated so.
    #[must_use]
    pub fn new(tree: &'r Tree, isolation: Isolation) -> Self {
        Self {
            format: FORMAT,
            program: env!("CARGO_PKG_VERSION"),
            tree: tree.root(),
            shape: tree.shape().to_string(),
            dokku: tree.version(),
            isolation,
            plugn: tree.plugn().is_some(),
            lent: tree.lent(),
            lacking: tree.lacking(),
        }
    }
}

/// What came of a command line. The outcomes themselves are there where they are not the same.
#[derive(Debug, Serialize)]
pub struct LineRecord<'r> {
    line: &'r str,
    agreement: Agreement,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    differences: &'r [Difference],
    #[serde(skip_serializing_if = "Option::is_none")]
    tree: Option<&'r Outcome>,
    #[serde(skip_serializing_if = "Option::is_none")]
    built_in: Option<&'r Outcome>,
}

impl<'r> LineRecord<'r> {
    /// What a record says of a command line.
    #[must_use]
    pub fn new(comparison: &'r Comparison) -> Self {
        let shown = |outcome| (comparison.agreement != Agreement::Equal).then_some(outcome);
        Self {
            line: &comparison.line.text,
            agreement: comparison.agreement,
            differences: &comparison.differences,
            tree: shown(&comparison.tree),
            built_in: shown(&comparison.built_in),
        }
    }
}

/// How many command lines came out how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Agreements {
    /// All of them.
    pub lines: usize,
    /// Those that did the same in both worlds.
    pub equal: usize,
    /// Those that did not.
    pub differ: usize,
    /// Those that did not for want of something that is not modelled.
    pub not_modelled: usize,
}

impl Agreements {
    /// Counts them.
    #[must_use]
    pub fn of(comparisons: &[Comparison]) -> Self {
        let count = |wanted| {
            let of_it = comparisons.iter().filter(|one| one.agreement == wanted);
            of_it.count()
        };
        Self {
            lines: comparisons.len(),
            equal: count(Agreement::Equal),
            differ: count(Agreement::Differs),
            not_modelled: count(Agreement::NotModelled),
        }
    }
}

impl fmt::Display for Agreements {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            lines,
            equal,
            differ,
            not_modelled,
        } = self;
        let noun = if *lines == 1 { "line" } else { "lines" };
        write!(
            f,
            "{lines} command {noun}, {equal} equal, {differ} differ, {not_modelled} not modelled"
        )
    }
}

/// What a world made of a tree has from elsewhere, each in one line; nothing for a tree that is whole.
#[must_use]
pub fn loans(tree: &Tree) -> Vec<String> {
    let mut lines = Vec::new();
    if tree.plugn().is_none() {
        lines.push("the tree has no plugn: dokku-conform lends its own".to_owned());
    }
    if !tree.lent().is_empty() {
        let what = list(tree.lent());
        lines.push(format!(
            "not built in the tree, lent by dokku-conform: {what}"
        ));
    }
    if !tree.lacking().is_empty() {
        let what = list(tree.lacking());
        lines.push(format!("not built in the tree, and not there: {what}"));
    }
    lines
}

fn list(paths: &BTreeSet<PathBuf>) -> String {
    let named: Vec<String> = paths
        .iter()
        .take(NAMED)
        .map(|path| visible(&path.to_string_lossy()).into_owned())
        .collect();
    match paths.len().saturating_sub(NAMED) {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

/// The report for a person at a terminal.
#[derive(Debug)]
pub struct FidelityText<'r> {
    /// The real Dokku.
    pub tree: &'r Tree,
    /// The level of isolation: a world with one user id can give no file to another.
    pub isolation: Isolation,
    /// What came of each command line.
    pub comparisons: &'r [Comparison],
    /// Whether the equal ones are shown, and all of those that are not modelled.
    pub verbose: bool,
    /// The colours.
    pub palette: Palette,
}

impl fmt::Display for FidelityText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tree = self.tree;
        writeln!(
            f,
            "dokku-conform {} · fidelity to {}, {} of Dokku {} · isolation {} (- as it is there, + as it is imitated)",
            env!("CARGO_PKG_VERSION"),
            visible(&tree.root().to_string_lossy()),
            tree.shape(),
            tree.version(),
            self.isolation,
        )?;
        for line in loans(tree) {
            writeln!(f, "{line}")?;
        }
        for comparison in self.comparisons {
            self.comparison(f, comparison)?;
        }
        writeln!(f, "{}", Agreements::of(self.comparisons))
    }
}

impl FidelityText<'_> {
    fn comparison(&self, f: &mut fmt::Formatter<'_>, comparison: &Comparison) -> fmt::Result {
        let line = visible(&comparison.line.text);
        match comparison.agreement {
            Agreement::Equal if self.verbose => writeln!(f, "equal        {line}"),
            Agreement::Equal => Ok(()),
            Agreement::Differs => {
                let (bad, end) = (self.palette.bad(), self.palette.bad().render_reset());
                writeln!(f, "{}DIFFERS{end:#}      {line}", bad.render())?;
                differences(f, &comparison.differences)
            }
            Agreement::NotModelled => {
                let both = comparison
                    .built_in
                    .unmodelled
                    .union(&comparison.tree.unmodelled);
                let names: Vec<&str> = both.map(String::as_str).collect();
                let what = match names.as_slice() {
                    [] => "it follows a line that is not modelled".to_owned(),
                    names => names.join(", "),
                };
                writeln!(f, "not modelled {line}: {}", visible(&what))?;
                match self.verbose {
                    true => differences(f, &comparison.differences),
                    false => Ok(()),
                }
            }
        }
    }
}

fn differences(f: &mut fmt::Formatter<'_>, differences: &[Difference]) -> fmt::Result {
    for one in differences {
        writeln!(f, "     {}", visible(&one.subject))?;
        for line in unified(&one.tree, &one.built_in) {
            writeln!(f, "       {line}")?;
        }
    }
    Ok(())
}

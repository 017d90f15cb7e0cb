//! The cases of a record as a table: plugins down, requirements across.

use std::collections::HashMap;
use std::fmt::Write as _;

use maud::{Markup, Render, html};

use super::cell::{Cell, Tally};
use super::page::anchor;
use super::shown::{Line, slug};
use crate::dokku::Version;
use crate::report::mark::Mark;
use crate::report::{PluginRecord, Record, RuleRecord};

/// All cases of a record by plugin and requirement.
#[derive(Debug)]
pub(super) struct Matrix<'r> {
    /// The requirements, by their ids, in the order of the columns.
    pub(super) rules: Vec<&'r str>,
    /// The versions, in the order of the run.
    pub(super) versions: Vec<Version>,
    /// Whether a broken `should` counts as a failure.
    pub(super) strict: bool,
    /// A row for each plugin.
    pub(super) rows: Vec<Row<'r>>,
}

/// What came of one plugin.
#[derive(Debug)]
pub(super) struct Row<'r> {
    /// What its cases call it.
    pub(super) label: &'r str,
    /// What the header knows of it.
    pub(super) plugin: Option<&'r PluginRecord>,
    /// A cell for each requirement.
    pub(super) cells: Vec<Cell<'r>>,
}

/// Things in the order in which they were first met.
struct Index<T>(Vec<T>, HashMap<T, usize>);

impl<T: Copy + Eq + std::hash::Hash> Index<T> {
    fn of(all: impl IntoIterator<Item = T>) -> Self {
        let mut index = Self(Vec::new(), HashMap::new());
        for one in all {
            index.add(one);
        }
        index
    }

    fn add(&mut self, one: T) {
        self.1.entry(one).or_insert_with(|| {
            self.0.push(one);
            self.0.len() - 1
        });
    }
}

impl<'r> Matrix<'r> {
    /// Of a record, where a broken `should` may count as a failure. What the header does not name comes after what it does.
    pub(super) fn of(record: &'r Record, strict: bool) -> Self {
        let header = &record.header;
        let named = header.plugins.iter().map(|plugin| plugin.label.as_str());
        let mut labels = Index::of(named);
        let mut rules = Index::of(header.requirements.iter().map(|rule| rule.id.as_str()));
        let mut versions = Index::of(header.dokku.iter().copied());
        for case in &record.cases {
            labels.add(&case.plugin);
            rules.add(&case.requirement);
            versions.add(case.dokku);
        }
        let known: HashMap<&str, &PluginRecord> = header
            .plugins
            .iter()
            .map(|plugin| (plugin.label.as_str(), plugin))
            .collect();
        let row = |label: &&'r str| Row {
            label,
            plugin: known.get(label).copied(),
            cells: rules
                .0
                .iter()
                .map(|_| Cell::new(versions.0.len()))
                .collect(),
        };
        let mut rows: Vec<Row<'r>> = labels.0.iter().map(row).collect();
        for case in &record.cases {
            let place = (
                labels.1.get(case.plugin.as_str()),
                rules.1.get(case.requirement.as_str()),
                versions.1.get(&case.dokku),
            );
            let (Some(&row), Some(&column), Some(&version)) = place else {
                continue;
            };
            let cell = rows.get_mut(row).and_then(|row| row.cells.get_mut(column));
            if let Some(cell) = cell {
                cell.add(case, version, Mark::of(case, strict));
            }
        }
        Self {
            rules: rules.0,
            versions: versions.0,
            strict,
            rows,
        }
    }

    /// How many cases have each mark.
    pub(super) fn tally(&self) -> Tally {
        let cells = self.rows.iter().flat_map(|row| &row.cells);
        cells.flat_map(|cell| &cell.tallies).sum()
    }

    /// How many cells have evidence.
    pub(super) fn entries(&self) -> usize {
        let cells = self.rows.iter().flat_map(|row| &row.cells);
        cells.filter(|cell| !cell.told.is_empty()).count()
    }

    /// Writes the table to a page.
    pub(super) fn write(&self, page: &mut String, record: &Record) {
        let labels = self.rows.iter().map(|row| row.label.chars().count());
        let widest = labels.max().unwrap_or_default();
        let _ = write!(
            page,
            r#"<div id="matrix" role="region" aria-labelledby="matrix-title" tabindex="0" style="--longest: {widest}ch"><table role="table" aria-labelledby="matrix-title">"#,
        );
        self.head(record).render_to(page);
        page.push_str(r#"<tbody role="rowgroup">"#);
        for row in &self.rows {
            self.row(row).render_to(page);
        }
        page.push_str("</tbody></table></div>");
    }

    fn head(&self, record: &Record) -> Markup {
        // Of those that several plugins have under one id, nothing is said of the column of all.
        let mut known: HashMap<&str, Vec<&RuleRecord>> = HashMap::new();
        for rule in &record.header.requirements {
            known.entry(&rule.id).or_default().push(rule);
        }
        let only = |id: &str| match known.get(id).map(Vec::as_slice) {
            Some([rule]) => Some(*rule),
            _ => None,
        };
        let first = |id: &str| known.get(id).and_then(|rules| rules.first()).copied();
        html! {
            thead role="rowgroup" {
                tr role="row" {
                    th role="columnheader" scope="col" { "Plugin" }
                    @for id in &self.rules {
                        @let rule = only(id);
                        th.(rule.map(|rule| rule.level.to_string()).unwrap_or_default())
                            role="columnheader" scope="col"
                            title=[rule.map(|rule| Line(&rule.title))] {
                            a href={ "#" (first(id).map_or_else(|| format!("rule:{}", slug(id)), anchor)) } { (Line(id)) }
                        }
                    }
                }
            }
        }
    }

    fn row(&self, row: &Row<'_>) -> Markup {
        let data: Vec<String> = row.cells.iter().map(Cell::data).collect();
        let label = slug(row.label);
        html! {
            tr role="row" data-cells=(data.join(" ")) {
                th role="rowheader" scope="row" title=[row.plugin.map(|plugin| Line(&plugin.path))] {
                    @if row.has_section() { a href={ "#plugin:" (label) } { (Line(row.label)) } }
                    @else { (Line(row.label)) }
                }
                @for (cell, rule) in row.cells.iter().zip(&self.rules) {
                    (cell.render(|| format!("#{label}/{}", slug(rule))))
                }
            }
        }
    }
}

impl Row<'_> {
    /// True if there is more to tell of the plugin than its marks.
    pub(super) fn has_section(&self) -> bool {
        self.plugin.is_some_and(|plugin| !plugin.notes.is_empty())
            || self.cells.iter().any(|cell| !cell.told.is_empty())
    }
}

//! The tables of a Markdown page, with what their rows say of plugins.

use std::ops::Range;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// What a row of a table says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct TableRow {
    /// The line that it is on, from 1.
    pub(super) line: usize,
    /// The line's text.
    pub(super) text: String,
    /// The headings that it stands under, but for the page's own.
    pub(super) section: String,
    /// What it links to as a plugin.
    pub(super) links: Vec<String>,
    /// What it calls the plugin.
    pub(super) name: String,
    /// Who it says wrote it.
    pub(super) author: String,
    /// What it says of Dokku's versions.
    pub(super) compatibility: String,
}

/// What is found on a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// A row of a table of plugins.
    Row(TableRow),
    /// A table of something else, by the line it begins on and that line.
    NoPlugins(usize, String),
    /// What looks like a table and is none, by its line and that line.
    NoTable(usize, String),
}

/// What a column is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Plugin,
    Author,
    Compatibility,
    Other,
}

impl Column {
    fn of(heading: &str) -> Self {
        match heading.trim().to_lowercase().as_str() {
            "plugin" | "plugins" | "name" => Self::Plugin,
            "author" | "authors" | "maintainer" => Self::Author,
            "compatibility" => Self::Compatibility,
            _ => Self::Other,
        }
    }
}

/// A cell, as far as it was read.
#[derive(Debug, Default)]
struct Cell {
    text: String,
    links: Vec<String>,
}

/// Reads a page from its beginning to its end.
struct Reader<'p> {
    page: &'p str,
    headings: Vec<(HeadingLevel, String)>,
    /// What is being read that has a text.
    cell: Option<Cell>,
    columns: Vec<Column>,
    cells: Vec<Cell>,
    /// How many elements are open whose text is no part of what they stand in.
    asides: usize,
    found: Vec<Found>,
}

/// All rows of a page, in their order.
pub(super) fn tables(page: &str) -> Vec<Found> {
    // The mark that some editors put before a text is none of it.
    let page = page.strip_prefix('\u{feff}').unwrap_or(page);
    let mut reader = Reader {
        page,
        headings: Vec::new(),
        cell: None,
        columns: Vec::new(),
        cells: Vec::new(),
        asides: 0,
        found: Vec::new(),
    };
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    for (event, range) in Parser::new_ext(page, options).into_offset_iter() {
        reader.read(event, range);
    }
    reader.found
}

impl Reader<'_> {
    fn read(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(Tag::Heading { .. } | Tag::TableCell) => {
                self.cell = Some(Cell::default());
                self.asides = 0;
            }
            Event::Start(Tag::TableHead | Tag::TableRow) => self.cells.clear(),
            Event::Start(Tag::Paragraph) => self.paragraph(range),
            Event::Start(Tag::Link { dest_url, .. }) => {
                if let Some(cell) = &mut self.cell {
                    cell.links.push(dest_url.into_string());
                }
            }
            Event::End(TagEnd::Heading(level)) => {
                let text = self.cell.take().unwrap_or_default().text;
                self.headings.retain(|(above, _)| *above < level);
                self.headings.push((level, one_line(&text)));
            }
            Event::End(TagEnd::TableCell) => self.cells.extend(self.cell.take()),
            Event::End(TagEnd::TableHead) => self.head(range),
            Event::End(TagEnd::TableRow) => self.row(range),
            Event::Text(text) | Event::Code(text) => self.add(&text),
            Event::SoftBreak | Event::HardBreak => self.add(" "),
            Event::InlineHtml(tag) => match &*tag.to_lowercase() {
                "<sup>" => self.asides += 1,
                "</sup>" => self.asides = self.asides.saturating_sub(1),
                tag if tag.starts_with("<br") => self.add(" "),
                _ => {}
            },
            _ => {}
        }
    }

    fn add(&mut self, text: &str) {
        if let Some(cell) = self.cell.as_mut().filter(|_| self.asides == 0) {
            cell.text.push_str(text);
        }
    }

    fn head(&mut self, range: Range<usize>) {
        self.columns = self
            .cells
            .iter()
            .map(|cell| Column::of(&cell.text))
            .collect();
        if !self.columns.contains(&Column::Plugin) {
            let (line, text) = self.place(&range);
            self.found.push(Found::NoPlugins(line, text));
        }
    }

    fn row(&mut self, range: Range<usize>) {
        if !self.columns.contains(&Column::Plugin) {
            return;
        }
        let (line, text) = self.place(&range);
        let mut row = TableRow {
            line,
            text,
            section: self.section(),
            ..TableRow::default()
        };
        for (column, cell) in self.columns.iter().zip(std::mem::take(&mut self.cells)) {
            let text = one_line(&cell.text);
            match column {
                Column::Plugin => {
                    row.name = text;
                    row.links = cell.links;
                }
                Column::Author => row.author = unlinked(&text).to_owned(),
                Column::Compatibility => row.compatibility = text,
                Column::Other => {}
            }
        }
        self.found.push(Found::Row(row));
    }

    /// The headings from the page's own on.
    fn section(&self) -> String {
        let below = self
            .headings
            .iter()
            .filter(|(level, _)| *level > HeadingLevel::H1);
        let names: Vec<&str> = below.map(|(_, text)| text.as_str()).collect();
        names.join(" / ")
    }

    fn paragraph(&mut self, range: Range<usize>) {
        let (line, text) = self.place(&range);
        if text.trim_start().starts_with('|') {
            self.found.push(Found::NoTable(line, text));
        }
    }

    /// The line that something begins on, from 1, and its text.
    fn place(&self, range: &Range<usize>) -> (usize, String) {
        let (before, after) = self
            .page
            .split_at_checked(range.start)
            .unwrap_or((self.page, ""));
        let begin = before.rsplit('\n').next().unwrap_or_default();
        let end = after.split('\n').next().unwrap_or_default();
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        (line, format!("{begin}{end}").trim_end().to_owned())
    }
}

/// A text with single blanks for all that parts its words.
fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ")
}

/// What a link shows that is defined nowhere.
fn unlinked(text: &str) -> &str {
    text.strip_prefix('[')
        .and_then(|text| Some(text.split_once(']')?.0))
        .unwrap_or(text)
}

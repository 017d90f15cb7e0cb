//! A list of plugins as it is written, each row of which is read by itself.

use std::sync::Arc;

use super::diagnostic::{Diagnostic, Diagnostics, Related, Spot};
use super::known_failure::KnownFailure;
use super::load::told;
use super::page::Page;
use super::raw;
use super::requirement::Requirement;
use super::schema;
use super::shape;
use super::source::Source;
use super::validate::{self, At, Desk};
use super::yaml::{self, Entry, Node, Value};

/// The key that the rows stand under.
const ROWS: &str = "plugins";

/// A list of plugins that is valid YAML.
#[derive(Debug)]
pub(crate) struct Listing {
    page: Arc<Page>,
    rows: Vec<(Node, Vec<Diagnostic>)>,
}

/// A row as it is written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Written<'l> {
    page: &'l Arc<Page>,
    node: &'l Node,
    /// What YAML itself has against it.
    mistakes: &'l [Diagnostic],
}

impl Listing {
    /// Reads a list; its rows are not looked at.
    ///
    /// # Errors
    /// What is wrong with the whole file: it is no YAML, or has no rows.
    pub(crate) fn read(source: &Source) -> Result<Self, Diagnostics> {
        let read = || {
            let page = Page::read(source)?;
            let (root, mistakes) = yaml::read_on(&page)?;
            Self::of(page, root, mistakes)
        };
        read().map_err(|mistakes| Diagnostics::of(told(&source.name, mistakes)))
    }

    fn of(page: Page, root: Node, mistakes: Vec<Diagnostic>) -> Result<Self, Vec<Diagnostic>> {
        let Value::Map(entries) = root.value else {
            let message = "is no list of plugins: expected a map with the key `plugins`";
            return Err(vec![page.mistake(root.position, message).help(FORM)]);
        };
        let (mut rows, mut found) = (None, Vec::new());
        for Entry {
            key,
            position,
            value,
        } in entries
        {
            match value.value {
                Value::List(nodes) if key == ROWS && !nodes.is_empty() => rows = Some(nodes),
                _ if key == ROWS => {
                    let message = "the list has no plugins";
                    found.push(page.mistake(position, message).help(FORM));
                }
                _ => {
                    let message = format!("unknown key `{key}`");
                    let near = shape::nearest(&key, [ROWS].into_iter());
                    let help = match near {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => format!("the only key here is: {ROWS}"),
                    };
                    found.push(page.mistake(position, message).help(help));
                }
            }
        }
        let rows = apart(rows.unwrap_or_default(), mistakes, &mut found);
        if rows.is_empty() && found.is_empty() {
            found.push(
                page.mistake(root.position, "the key `plugins` is missing")
                    .help(FORM),
            );
        }
        match found.is_empty() {
            true => Ok(Self {
                page: Arc::new(page),
                rows,
            }),
            false => Err(found),
        }
    }

    /// The rows.
    pub(crate) fn rows(&self) -> impl Iterator<Item = Written<'_>> {
        self.rows.iter().map(|(node, mistakes)| Written {
            page: &self.page,
            node,
            mistakes,
        })
    }
}

/// What a list looks like, for who has none.
const FORM: &str =
    "write the rows under it: plugins: [{name: hello, git: https://github.com/owner/dokku-hello}]";

/// Gives each row the mistakes that stand in its lines; those that are in none are the whole file's.
fn apart(
    rows: Vec<Node>,
    mistakes: Vec<Diagnostic>,
    of_file: &mut Vec<Diagnostic>,
) -> Vec<(Node, Vec<Diagnostic>)> {
    let begins: Vec<usize> = rows.iter().map(|row| row.position.line).collect();
    let mut own: Vec<Vec<Diagnostic>> = rows.iter().map(|_| Vec::new()).collect();
    for mistake in mistakes {
        let line = mistake.spot.as_ref().map(|spot| spot.line);
        // Rows that share a line share its mistakes: neither is sound.
        let begun = begins.iter().filter(|begin| Some(**begin) <= line).max();
        let of_line = begins
            .iter()
            .zip(&mut own)
            .filter(|(begin, _)| Some(*begin) == begun);
        let mut is_of_row = false;
        for (_, mistakes) in of_line {
            mistakes.push(mistake.clone());
            is_of_row = true;
        }
        if !is_of_row {
            of_file.push(mistake);
        }
    }
    rows.into_iter().zip(own).collect()
}

impl Written<'_> {
    /// Decodes the row.
    ///
    /// # Errors
    /// Every mistake in its form that can be told.
    pub(crate) fn decode(&self) -> Result<raw::ListedPlugin, Vec<Diagnostic>> {
        let mut mistakes = self.mistakes.to_vec();
        let schema = schema::plugins();
        if let Some(part) = schema.pointer("/$defs/ListedPlugin") {
            mistakes.extend(shape::check_part(self.page, self.node, schema, part));
        }
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        self.node
            .decode()
            .map_err(|error| vec![self.page.mistake(self.node.position, error)])
    }

    /// The text under a key, if there is one, whatever else is wrong with the row.
    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        match &self.node.entry(key)?.value.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// True if the row has a key.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.node.entry(key).is_some()
    }

    /// What stands under a key, one word or several, to the letter: a number loses the zeros at its end.
    pub(crate) fn words(&self, key: &str) -> Vec<String> {
        let letters = |node: &Node| match &node.value {
            Value::Text(text) => text.clone(),
            _ => self.page.at(node.position),
        };
        match self.node.entry(key).map(|entry| &entry.value) {
            None => Vec::new(),
            Some(Node {
                value: Value::List(items),
                ..
            }) => items.iter().map(letters).collect(),
            Some(node) => vec![letters(node)],
        }
    }

    /// Where the row begins.
    pub(crate) fn spot(&self) -> Option<Spot> {
        self.page.mistake(self.node.position, "").spot
    }

    /// A mistake at the value of a key, or at the row if it is not there.
    pub(crate) fn mistake(&self, key: &str, message: impl Into<String>) -> Diagnostic {
        let value = self.node.entry(key).map(|entry| &entry.value);
        self.page
            .mistake(value.unwrap_or(self.node).position, message)
    }

    /// The value of a key, as a place that another mistake has to do with.
    pub(crate) fn related(&self, key: &str, message: &str) -> Related {
        let value = self.node.entry(key).map(|entry| &entry.value);
        self.page
            .related(value.unwrap_or(self.node).position, message)
    }

    /// What the row says is known to fail.
    ///
    /// # Errors
    /// What is wrong with it whatever the plugin is held to.
    pub(crate) fn failures(
        &self,
        raw: &raw::ListedPlugin,
    ) -> Result<ListedFailures, Vec<Diagnostic>> {
        let failures = ListedFailures {
            page: Arc::clone(self.page),
            node: self.node.clone(),
            raw: raw.expectations.clone().unwrap_or_default(),
        };
        failures.read(None).map(|_| failures)
    }
}

/// What a list says is known to fail of a plugin. Which requirements the plugin is held to, it does not know.
#[derive(Clone, Debug)]
pub struct ListedFailures {
    page: Arc<Page>,
    node: Node,
    raw: Vec<raw::KnownFailure>,
}

impl ListedFailures {
    /// The failures of a plugin that is held to these requirements.
    ///
    /// # Errors
    /// Every requirement and case that does not exist.
    pub fn of(&self, known: &[Requirement]) -> Result<Vec<KnownFailure>, Diagnostics> {
        let read = self.read(Some(known));
        read.map_err(|mistakes| Diagnostics::of(told(self.page.file(), mistakes)))
    }

    /// True if nothing is known to fail.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.raw.is_empty()
    }

    fn read(&self, known: Option<&[Requirement]>) -> Result<Vec<KnownFailure>, Vec<Diagnostic>> {
        let mut desk = Desk::new(&self.page);
        let at = At::root(&self.node).key("expectations");
        let failures = validate::known_failures(&mut desk, &self.raw, known, at);
        match desk.into_mistakes() {
            mistakes if mistakes.is_empty() => Ok(failures),
            mistakes => Err(mistakes),
        }
    }
}

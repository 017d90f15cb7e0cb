//! YAML text → a tree in which every node knows its place.
//!
//! The one place that knows YAML's crates. Anchors, aliases and tags are refused: a spec says what it means where it means it.

use std::ops::ControlFlow;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span};
use serde::de::DeserializeOwned;

use super::diagnostic::Diagnostic;
use super::page::{Page, Position};

/// How deep lists and maps may be nested; no spec needs a tenth of it.
const DEPTH: usize = 64;

/// How many values a file may hold; no spec needs a tenth of them.
const MOST: usize = 10_000;

/// A value and its place.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) position: Position,
    pub(super) value: Value,
}

/// A value.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Null,
    Bool(bool),
    Integer(i64),
    Float(f64),
    Text(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// A key of a map, its place, and its value.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) position: Position,
    pub(super) value: Node,
}

impl Node {
    /// The entry of this key.
    pub(super) fn entry(&self, key: &str) -> Option<&Entry> {
        match &self.value {
            Value::Map(entries) => entries.iter().find(|entry| entry.key == key),
            _ => None,
        }
    }

    /// The item at this index.
    pub(super) fn item(&self, index: usize) -> Option<&Self> {
        match &self.value {
            Value::List(items) => items.get(index),
            _ => None,
        }
    }

    /// Decodes the value.
    ///
    /// # Errors
    /// If the value does not have the type's shape; the error knows no place.
    pub(super) fn decode<T: DeserializeOwned>(&self) -> Result<T, String> {
        serde_yaml::from_value(self.plain()).map_err(|error| error.to_string())
    }

    /// The value without its places.
    pub(super) fn plain(&self) -> serde_yaml::Value {
        use serde_yaml::Value as Plain;
        match &self.value {
            Value::Null => Plain::Null,
            Value::Bool(value) => (*value).into(),
            Value::Integer(value) => (*value).into(),
            Value::Float(value) => (*value).into(),
            Value::Text(text) => text.as_str().into(),
            Value::List(items) => items.iter().map(Self::plain).collect(),
            Value::Map(entries) => entries
                .iter()
                .map(|entry| (Plain::from(entry.key.as_str()), entry.value.plain()))
                .collect::<serde_yaml::Mapping>()
                .into(),
        }
    }
}

/// Reads the only document of a page.
///
/// # Errors
/// Every mistake up to the first that makes the rest unreadable.
pub(super) fn read(page: &Page) -> Result<Node, Vec<Diagnostic>> {
    match read_on(page)? {
        (root, mistakes) if mistakes.is_empty() => Ok(root),
        (_, mistakes) => Err(mistakes),
    }
}

/// Reads the only document of a page, and tells the mistakes in it that leave the rest readable: who uses a part of the
/// tree must see that none of them is in it.
///
/// # Errors
/// If the rest is not readable: every mistake up to there.
pub(super) fn read_on(page: &Page) -> Result<(Node, Vec<Diagnostic>), Vec<Diagnostic>> {
    let mut reader = Reader {
        page,
        open: Vec::new(),
        root: None,
        documents: 0,
        values: 0,
        mistakes: Vec::new(),
    };
    let mut parser = Parser::new_from_str(page.text());
    while let Some(event) = parser.next_event() {
        let read = match event {
            Ok((event, span)) => reader.read(event, span),
            Err(error) => reader.stop(syntax(page, &error)),
        };
        if read.is_break() {
            return Err(reader.mistakes);
        }
    }
    match reader.root {
        Some(root) => Ok((root, reader.mistakes)),
        None => Err(vec![Diagnostic::of_file(page.file(), "is empty")]),
    }
}

/// Builds the tree from the parser's events.
struct Reader<'p> {
    page: &'p Page,
    open: Vec<Open>,
    root: Option<Node>,
    documents: usize,
    values: usize,
    mistakes: Vec<Diagnostic>,
}

/// A list or map whose end was not seen yet.
struct Open {
    position: Position,
    parts: Parts,
}

enum Parts {
    List(Vec<Node>),
    Map {
        entries: Vec<Entry>,
        key: Option<(String, Position)>,
    },
}

impl Reader<'_> {
    fn read(&mut self, event: Event<'_>, span: Span) -> ControlFlow<()> {
        let position = self.position(span);
        match event {
            Event::DocumentStart(_) => {
                self.documents += 1;
                if self.documents > 1 {
                    let message = "a second document begins here";
                    let help = "one file holds one document: make it a file of its own";
                    return self.stop(self.page.mistake(position, message).help(help));
                }
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.refuse_marks(position, anchor, tag.is_some());
                let value = match style {
                    ScalarStyle::Plain => resolve(&text),
                    _ => Value::Text(text.into_owned()),
                };
                self.count(position)?;
                self.add(Node { position, value });
            }
            Event::Alias(_) => {
                let help = "write the value out: aliases and anchors are not allowed in a spec";
                let mistake = self.page.mistake(position, "an alias").help(help);
                self.mistakes.push(mistake);
                let value = Value::Null;
                self.count(position)?;
                self.add(Node { position, value });
            }
            Event::SequenceStart(anchor, tag) => {
                self.refuse_marks(position, anchor, tag.is_some());
                self.open(position, Parts::List(Vec::new()))?;
            }
            Event::MappingStart(anchor, tag) => {
                self.refuse_marks(position, anchor, tag.is_some());
                let entries = Vec::new();
                self.open(position, Parts::Map { entries, key: None })?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(),
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
        ControlFlow::Continue(())
    }

    /// Tells of a mistake after which nothing more can be read.
    fn stop(&mut self, mistake: Diagnostic) -> ControlFlow<()> {
        self.mistakes.push(mistake);
        ControlFlow::Break(())
    }

    fn position(&self, span: Span) -> Position {
        let (start, end) = (span.start, span.end);
        let width = if start.line() == end.line() && end.col() > start.col() {
            end.col() - start.col()
        } else {
            // Until the end of the line; a page cuts it.
            usize::MAX
        };
        // A value that is missing at the end of the file stands behind the last line.
        self.page.said(Position {
            line: start.line(),
            column: start.col() + 1,
            width,
        })
    }

    fn refuse_marks(&mut self, position: Position, anchor: usize, tagged: bool) {
        if anchor > 0 {
            let help = "write the value out: aliases and anchors are not allowed in a spec";
            let mistake = self
                .page
                .mistake(position, "a value with an anchor")
                .help(help);
            self.mistakes.push(mistake);
        }
        if tagged {
            let help = "leave the tag out: the place says what type a value has";
            let mistake = self.page.mistake(position, "a value with a tag").help(help);
            self.mistakes.push(mistake);
        }
    }

    fn count(&mut self, position: Position) -> ControlFlow<()> {
        self.values += 1;
        if self.values > MOST {
            let message = format!("more than {MOST} values");
            return self.stop(self.page.mistake(position, message));
        }
        ControlFlow::Continue(())
    }

    fn open(&mut self, position: Position, parts: Parts) -> ControlFlow<()> {
        if self.open.len() >= DEPTH {
            let message = format!("nested deeper than {DEPTH} levels");
            return self.stop(self.page.mistake(position, message));
        }
        self.count(position)?;
        self.open.push(Open { position, parts });
        ControlFlow::Continue(())
    }

    fn close(&mut self) {
        if let Some(Open { position, parts }) = self.open.pop() {
            let value = match parts {
                Parts::List(items) => Value::List(items),
                Parts::Map { entries, .. } => Value::Map(entries),
            };
            self.add(Node { position, value });
        }
    }

    /// Puts a finished node where it belongs: into the innermost open list or map, or at the root.
    fn add(&mut self, node: Node) {
        let Some(Open { parts, .. }) = self.open.last_mut() else {
            self.root.get_or_insert(node);
            return;
        };
        match parts {
            Parts::List(items) => items.push(node),
            Parts::Map { entries, key } => match key.take() {
                Some((key, position)) => entries.push(Entry {
                    key,
                    position,
                    value: node,
                }),
                None => self.begin_entry(&node),
            },
        }
    }

    fn begin_entry(&mut self, node: &Node) {
        let name = match &node.value {
            Value::Text(text) => text.clone(),
            Value::List(_) | Value::Map(_) => {
                let message = "a list or a map as a key";
                self.mistakes
                    .push(self.page.mistake(node.position, message));
                String::new()
            }
            _ => self.page.at(node.position),
        };
        let Some(Open {
            parts: Parts::Map { entries, key },
            ..
        }) = self.open.last_mut()
        else {
            return;
        };
        if let Some(first) = entries.iter().find(|entry| entry.key == name) {
            let message = format!("the key `{name}` stands here a second time");
            let mut mistake = self.page.mistake(node.position, message);
            mistake.related = Some(self.page.related(first.position, "the first is here"));
            self.mistakes.push(mistake);
        }
        *key = Some((name, node.position));
    }
}

/// The type of a plain scalar, after the core schema of YAML 1.2.
fn resolve(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        _ => {}
    }
    if let Ok(number) = text.parse() {
        return Value::Integer(number);
    }
    let numeric = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    match text.parse() {
        Ok(number) if numeric => Value::Float(number),
        _ => Value::Text(text.to_owned()),
    }
}

fn syntax(page: &Page, error: &ScanError) -> Diagnostic {
    let marker = error.marker();
    let position = page.said(Position {
        line: marker.line(),
        column: marker.col() + 1,
        width: 1,
    });
    let mistake = page.mistake(position, format!("no valid YAML: {}", error.info()));
    let line = page.line(position.line);
    let indent = line.len() - line.trim_start().len();
    if line.get(..indent).is_some_and(|blank| blank.contains('\t')) {
        mistake.help("indent with blanks: YAML does not allow a tab there")
    } else if line.contains(": ") {
        mistake.help("put a text in quotes if it holds `: ` or ` #`, or begins with one of [ ] { } , & * ! | > ' \" % @ `")
    } else {
        mistake
    }
}

#[cfg(test)]
mod tests {
    use super::super::source::Source;
    use super::*;

    fn tree(text: &str) -> Result<Node, Vec<Diagnostic>> {
        read(&Page::read(&Source::new("x.yaml", text))?)
    }

    fn spots(text: &str) -> Vec<(usize, usize, String)> {
        let mistakes = tree(text).unwrap_err();
        let spot = |mistake: Diagnostic| {
            let spot = mistake.spot.unwrap();
            (spot.line, spot.column, mistake.message)
        };
        mistakes.into_iter().map(spot).collect()
    }

    #[test]
    fn every_node_knows_its_place_whatever_the_line_ends() {
        for text in [
            "a: 1\nb:\n  - x y\n",
            "\u{feff}a: 1\r\nb:\r\n  - x y\r\n",
            "a: 1\rb:\r  - x y",
        ] {
            let root = tree(text).unwrap();
            let item = root.entry("b").unwrap().value.item(0).unwrap();
            let Position {
                line,
                column,
                width,
            } = item.position;
            assert_eq!((line, column, width), (3, 5, 3), "{text:?}");
            assert!(matches!(&item.value, Value::Text(text) if text == "x y"));
        }
    }

    #[test]
    fn scalars_have_the_types_of_the_core_schema() {
        let typed = |text: &str| format!("{:?}", resolve(text));
        assert_eq!(typed("0.3.4"), r#"Text("0.3.4")"#);
        assert_eq!(typed("yes"), r#"Text("yes")"#);
        assert_eq!(typed("10"), "Integer(10)");
        assert_eq!(typed("1.10"), "Float(1.1)");
        assert_eq!(typed("inf"), r#"Text("inf")"#);
        assert_eq!(typed("e"), r#"Text("e")"#);
        assert_eq!(typed("~"), "Null");
    }

    #[test]
    fn what_is_refused_is_refused_with_its_place_and_the_rest_is_read_on() {
        let found = spots("a: &x 1\nb: *x\na: !t 2\n");
        let messages: Vec<&str> = found.iter().map(|(.., message)| message.as_str()).collect();
        assert_eq!(
            messages,
            [
                "a value with an anchor",
                "an alias",
                "the key `a` stands here a second time",
                "a value with a tag"
            ]
        );
        assert_eq!(found[1].0, 2);
        assert_eq!(spots("a: 1\n---\nb: 2\n")[0].0, 2);
        assert_eq!(
            spots("a: [\n")[0].2.split(':').next(),
            Some("no valid YAML")
        );
        assert_eq!(
            spots("a: b\0c\n")[0],
            (1, 5, "a control character, U+0000".into())
        );
        let deep = "[".repeat(100);
        assert!(spots(&deep)[0].2.contains("deeper"));
    }
}

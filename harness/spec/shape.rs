//! The walk of a file's tree along its JSON Schema, which finds everything that has the wrong shape.
//!
//! It knows the part of JSON Schema that the generator of `raw`'s schemas writes, no more. A validator of the whole standard
//! would stop at "matches none of the alternatives" where an author needs to hear which key is misspelt.

use serde_json::Value as Schema;

use super::diagnostic::Diagnostic;
use super::page::{Page, Position};
use super::yaml::{Entry, Node, Value};

/// Everything in the tree that is not as the schema says.
pub(super) fn check(page: &Page, root: &Node, schema: &Schema) -> Vec<Diagnostic> {
    check_part(page, root, schema, schema)
}

/// Everything in a part of the tree that is not as its part of the schema says.
pub(super) fn check_part(
    page: &Page,
    node: &Node,
    schema: &Schema,
    part: &Schema,
) -> Vec<Diagnostic> {
    let mut walk = Walk {
        page,
        schema,
        mistakes: Vec::new(),
    };
    walk.node(node, part);
    walk.mistakes
}

struct Walk<'w> {
    page: &'w Page,
    schema: &'w Schema,
    mistakes: Vec<Diagnostic>,
}

impl<'w> Walk<'w> {
    fn node(&mut self, node: &Node, schema: &'w Schema) {
        let alternatives = self.alternatives(schema);
        let fitting: Vec<&Schema> = alternatives
            .iter()
            .copied()
            .filter(|alternative| takes(alternative, &node.value))
            .collect();
        let Some(&first) = fitting.first() else {
            self.wrong_type(node, &alternatives);
            return;
        };
        match &node.value {
            Value::Map(entries) => {
                if let Some(meant) = self.meant(node, entries, &fitting) {
                    self.map(node, entries, meant, &fitting);
                }
            }
            Value::List(items) => {
                if let Some(schema) = first.get("items") {
                    items.iter().for_each(|item| self.node(item, schema));
                }
            }
            Value::Text(text) => self.text(node, text, &fitting, &alternatives),
            Value::Integer(number) => self.integer(node, *number, first),
            Value::Null | Value::Bool(_) | Value::Float(_) => {}
        }
    }

    /// The one of several map shapes that is meant: the one whose own key is there, or nearly.
    fn meant(
        &mut self,
        node: &Node,
        entries: &[Entry],
        union: &[&'w Schema],
    ) -> Option<&'w Schema> {
        if let [only] = union {
            return Some(only);
        }
        let marks: Vec<(&str, &Schema)> = union
            .iter()
            .filter_map(|schema| Some((mark(schema, union)?, *schema)))
            .collect();
        let mut present = entries.iter().filter_map(|entry| {
            let marked = marks.iter().find(|(mark, _)| *mark == entry.key)?;
            Some((entry, marked.1))
        });
        match (present.next(), present.next()) {
            (Some((_, schema)), None) => return Some(schema),
            (Some((first, _)), Some((second, _))) => {
                let message = format!(
                    "the key `{}` can't stand beside `{}`",
                    second.key, first.key
                );
                let mistake = self.mistake(second.position, message);
                self.mistakes.push(mistake);
                return None;
            }
            (None, _) => {}
        }
        let known = |key: &str| union.iter().any(|schema| property(schema, key).is_some());
        let near = entries
            .iter()
            .filter(|entry| !known(&entry.key))
            .find_map(|entry| nearest(&entry.key, marks.iter().map(|(mark, _)| *mark)));
        if let Some((_, schema)) = marks.iter().find(|(mark, _)| Some(*mark) == near) {
            return Some(schema);
        }
        let names: Vec<String> = marks.iter().map(|(mark, _)| format!("`{mark}`")).collect();
        let message = format!("one of the keys {} is missing", names.join(", "));
        let mistake = self.mistake(node.position, message);
        self.mistakes.push(mistake);
        None
    }

    fn map(&mut self, node: &Node, entries: &[Entry], schema: &'w Schema, union: &[&'w Schema]) {
        let mut meant = Vec::new();
        for entry in entries {
            match property(schema, &entry.key) {
                Some(value) => self.value(entry, value),
                None => meant.extend(self.unknown_key(entry, entries, schema, union)),
            }
        }
        for key in required(schema) {
            if node.entry(key).is_none() && !meant.contains(&key) {
                let mistake = self.mistake(node.position, format!("the key `{key}` is missing"));
                let help = property(schema, key)
                    .and_then(|schema| schema.get("description")?.as_str())
                    .map(|text| format!("`{key}`: {text}"));
                self.mistakes.push(Diagnostic { help, ..mistake });
            }
        }
    }

    /// Walks the value of a key; a key without a value is told at the key, since there is nothing else to point at.
    fn value(&mut self, entry: &Entry, schema: &'w Schema) {
        let alternatives = self.alternatives(schema);
        let null = matches!(entry.value.value, Value::Null);
        if null
            && !alternatives
                .iter()
                .any(|schema| takes(schema, &Value::Null))
        {
            let message = format!("the key `{}` has no value", entry.key);
            let help = format!("expected {}", expected(&alternatives));
            let mistake = self.mistake(entry.position, message).help(help);
            self.mistakes.push(mistake);
        } else {
            self.node(&entry.value, schema);
        }
    }

    /// Tells of a key that does not belong, and gives the key that was meant, if one is near enough.
    fn unknown_key(
        &mut self,
        entry: &Entry,
        entries: &[Entry],
        schema: &'w Schema,
        union: &[&'w Schema],
    ) -> Option<&'w str> {
        let key = &entry.key;
        let stranger = union
            .iter()
            .find(|other| property(other, key).is_some())
            .and_then(|other| {
                required(schema).find(|ours| {
                    property(other, ours).is_none() && entries.iter().any(|e| e.key == *ours)
                })
            });
        let known: Vec<&str> = keys(schema).collect();
        let near = nearest(key, known.iter().copied());
        let mistake = match (stranger, near) {
            (Some(ours), _) => self.mistake(
                entry.position,
                format!("the key `{key}` can't stand beside `{ours}`"),
            ),
            (None, Some(near)) => self
                .mistake(entry.position, format!("unknown key `{key}`"))
                .help(format!("did you mean `{near}`?")),
            (None, None) => self
                .mistake(entry.position, format!("unknown key `{key}`"))
                .help(format!("the keys here are: {}", known.join(", "))),
        };
        self.mistakes.push(mistake);
        near
    }

    fn text(
        &mut self,
        node: &Node,
        text: &str,
        fitting: &[&'w Schema],
        alternatives: &[&'w Schema],
    ) {
        let mut known = Vec::new();
        for schema in fitting {
            match words(schema) {
                Some(words) if !words.contains(&text) => known.extend(words),
                // A free text, or the right word.
                _ => return,
            }
        }
        let mistake = self.mistake(node.position, format!("unknown word `{text}`"));
        let number = text.parse::<i64>().is_ok()
            && alternatives
                .iter()
                .any(|schema| kind(schema) == Some("integer"));
        let help = if number {
            format!("a number is written without quotes: {text}")
        } else if let Some(near) = nearest(text, known.iter().copied()) {
            format!("did you mean `{near}`?")
        } else {
            format!("expected {}", expected(alternatives))
        };
        self.mistakes.push(mistake.help(help));
    }

    fn integer(&mut self, node: &Node, number: i64, schema: &Schema) {
        let bound = |name: &str| schema.get(name).and_then(Schema::as_i64);
        let (least, most) = (bound("minimum"), bound("maximum"));
        if least.is_none_or(|least| least <= number) && most.is_none_or(|most| number <= most) {
            return;
        }
        let range = match (least, most) {
            (Some(least), Some(most)) => format!("a number from {least} to {most}"),
            (Some(least), None) => format!("a number from {least} on"),
            (None, most) => format!("a number up to {}", most.unwrap_or(i64::MAX)),
        };
        let mistake = self
            .mistake(node.position, format!("{number} is out of range"))
            .help(format!("expected {range}"));
        self.mistakes.push(mistake);
    }

    fn wrong_type(&mut self, node: &Node, alternatives: &[&Schema]) {
        let found = match node.value {
            Value::Null => "nothing",
            Value::Bool(_) => "a truth value",
            Value::Integer(_) => "a whole number",
            Value::Float(_) => "a number",
            Value::Text(_) => "a text",
            Value::List(_) => "a list",
            Value::Map(_) => "a map",
        };
        let message = format!("expected {}, found {found}", expected(alternatives));
        let mistake = self.mistake(node.position, message);
        let scalar = matches!(
            node.value,
            Value::Bool(_) | Value::Integer(_) | Value::Float(_)
        );
        let mistake = if scalar && alternatives.iter().any(|schema| is_free_text(schema)) {
            let raw = self.page.at(node.position);
            mistake.help(format!("put it in quotes: \"{raw}\""))
        } else {
            mistake
        };
        self.mistakes.push(mistake);
    }

    fn mistake(&self, position: Position, message: String) -> Diagnostic {
        self.page.mistake(position, message)
    }

    /// The schemas that a schema offers, each without references.
    fn alternatives(&self, schema: &'w Schema) -> Vec<&'w Schema> {
        let schema = self.resolve(schema);
        let options = ["anyOf", "oneOf"]
            .iter()
            .find_map(|word| schema.get(word)?.as_array());
        match options {
            Some(options) if words(schema).is_none() => options
                .iter()
                .flat_map(|option| self.alternatives(option))
                .collect(),
            _ => vec![schema],
        }
    }

    fn resolve(&self, schema: &'w Schema) -> &'w Schema {
        schema
            .get("$ref")
            .and_then(Schema::as_str)
            .and_then(|reference| reference.strip_prefix('#'))
            .and_then(|pointer| self.schema.pointer(pointer))
            .unwrap_or(schema)
    }
}

/// The type that a schema asks for, if it asks for one.
fn kind(schema: &Schema) -> Option<&str> {
    if words(schema).is_some() {
        return Some("string");
    }
    schema.get("type").and_then(Schema::as_str)
}

fn is_free_text(schema: &Schema) -> bool {
    kind(schema) == Some("string") && words(schema).is_none()
}

/// True if the value has the type that the schema asks for.
fn takes(schema: &Schema, value: &Value) -> bool {
    match kind(schema) {
        None => true,
        Some("string") => matches!(value, Value::Text(_)),
        Some("integer") => matches!(value, Value::Integer(_)),
        Some("number") => matches!(value, Value::Integer(_) | Value::Float(_)),
        Some("boolean") => matches!(value, Value::Bool(_)),
        Some("array") => matches!(value, Value::List(_)),
        Some("object") => matches!(value, Value::Map(_)),
        Some(_) => false,
    }
}

/// The words that a schema allows, if it allows only words.
fn words(schema: &Schema) -> Option<Vec<&str>> {
    if let Some(words) = schema.get("enum").and_then(Schema::as_array) {
        return words.iter().map(Schema::as_str).collect();
    }
    let options = schema.get("oneOf")?.as_array()?;
    options
        .iter()
        .map(|option| option.get("const")?.as_str())
        .collect()
}

fn keys(schema: &Schema) -> impl Iterator<Item = &str> {
    schema
        .get("properties")
        .and_then(Schema::as_object)
        .into_iter()
        .flat_map(|properties| properties.keys().map(String::as_str))
}

fn required(schema: &Schema) -> impl Iterator<Item = &str> {
    schema
        .get("required")
        .and_then(Schema::as_array)
        .into_iter()
        .flatten()
        .filter_map(Schema::as_str)
}

/// The schema of a key's value; none if the key does not belong.
fn property<'s>(schema: &'s Schema, key: &str) -> Option<&'s Schema> {
    let named = schema
        .get("properties")
        .and_then(|properties| properties.get(key));
    let open = || match schema.get("additionalProperties") {
        Some(Schema::Bool(false)) => None,
        // A schema without properties of its own says nothing about keys.
        other => other.or(Some(&Schema::Null)),
    };
    named.or_else(open)
}

/// The key by which a map shape is told from the others of a union: it must be there, and belongs to no other.
fn mark<'s>(schema: &'s Schema, union: &[&Schema]) -> Option<&'s str> {
    required(schema).find(|key| {
        let owners = union.iter().filter(|other| property(other, key).is_some());
        owners.count() == 1
    })
}

/// What could stand somewhere, in words.
fn expected(alternatives: &[&Schema]) -> String {
    let mut parts: Vec<String> = Vec::new();
    for schema in alternatives {
        let part = match (words(schema), kind(schema)) {
            (Some(words), _) => {
                let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
                words.join(", ")
            }
            (None, Some("string")) => "a text".to_owned(),
            (None, Some("integer")) => "a whole number".to_owned(),
            (None, Some("number")) => "a number".to_owned(),
            (None, Some("boolean")) => "true or false".to_owned(),
            (None, Some("array")) => "a list".to_owned(),
            (None, Some("object")) => match required(schema).collect::<Vec<_>>().as_slice() {
                [] => "a map".to_owned(),
                keys => format!("a map with {}", keys.join(", ")),
            },
            (None, _) => "any value".to_owned(),
        };
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    parts.join(", or ")
}

/// The known word that a misspelt one is most like, if it is like any.
pub(super) fn nearest<'k>(word: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    const ALIKE: f64 = 0.55;
    let length = word.chars().count();
    // What differs much in length is not alike, and to compare it would take its time.
    let could_be = |known: &&str| {
        let known = known.chars().count();
        length.min(known) as f64 >= ALIKE * length.max(known) as f64
    };
    known
        .filter(could_be)
        .map(|known| (strsim::normalized_damerau_levenshtein(word, known), known))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, known)| known)
}

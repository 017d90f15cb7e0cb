//! Words of a shell script, with what is known of their text.

use std::fmt::Write as _;

use tree_sitter::Node;

/// One word, as it stands in the script.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Word {
    /// Its parts, in order.
    pub parts: Vec<Part>,
    /// The line it begins on, from 1.
    pub line: u32,
    /// The byte it begins at.
    pub at: usize,
    /// The text as it stands.
    pub source: String,
}

/// A part of a word.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Text that is known.
    Text {
        /// The text without quotes and escapes.
        text: String,
        /// True if it was quoted, so that `*` in it is a star.
        quoted: bool,
    },
    /// A variable's value.
    Variable(Variable),
    /// What a command prints: `$(...)` or backquotes.
    Output {
        /// The command's text.
        text: String,
        /// True if it was quoted, so that it stays one word.
        quoted: bool,
    },
    /// What only running tells: arithmetic, a length, an indirect variable, a process substitution.
    Computed,
}

/// A variable in a word.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Variable {
    /// Its name: `APP`, `1`, `@`.
    pub name: String,
    /// The index of an array's element: `0`, `@`, `$i`.
    pub index: Option<String>,
    /// What is done with the value: `:-web`, `%%/*`; empty if nothing.
    pub change: String,
    /// True if it was quoted.
    pub quoted: bool,
}

impl Variable {
    /// True if this may become any number of words: unquoted, `$@`, or a whole array.
    #[must_use]
    pub fn spreads(&self) -> bool {
        !self.quoted
            || self.name == "@"
            || self.index.as_deref() == Some("@")
            || self.change.starts_with('@')
    }

    /// True if it is nothing but the variable's value.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.index.is_none() && self.change.is_empty()
    }

    /// True if the value itself is used, or a default in place of an empty one.
    #[must_use]
    pub fn keeps_value(&self) -> bool {
        let change = self.change.strip_prefix(':').unwrap_or(&self.change);
        self.change.is_empty() || change.starts_with(['-', '=', '?'])
    }
}

impl Word {
    /// The text, if all of it is known.
    #[must_use]
    pub fn literal(&self) -> Option<String> {
        let mut whole = String::new();
        for part in &self.parts {
            match part {
                Part::Text { text, .. } => whole.push_str(text),
                _ => return None,
            }
        }
        Some(whole)
    }

    /// True if its text is known and this.
    #[must_use]
    pub fn is(&self, text: &str) -> bool {
        match self.parts.as_slice() {
            [Part::Text { text: whole, .. }] => whole == text,
            _ => self.literal().as_deref() == Some(text),
        }
    }

    /// The variable, if the word is nothing but one.
    #[must_use]
    pub fn variable(&self) -> Option<&Variable> {
        match self.parts.as_slice() {
            [Part::Variable(variable)] => Some(variable),
            _ => None,
        }
    }

    /// The known text before the first part that is not known.
    #[must_use]
    pub fn known_start(&self) -> &str {
        match self.parts.first() {
            Some(Part::Text { text, .. }) => text,
            _ => "",
        }
    }

    /// The known text after the last part that is not known.
    #[must_use]
    pub fn known_end(&self) -> &str {
        match self.parts.last() {
            Some(Part::Text { text, .. }) => text,
            _ => "",
        }
    }

    /// The variables in it.
    pub fn variables(&self) -> impl Iterator<Item = &Variable> {
        self.parts.iter().filter_map(|part| match part {
            Part::Variable(variable) => Some(variable),
            _ => None,
        })
    }

    /// True if the names of files may come in its place: it has a `*` or a `?` that is not quoted.
    #[must_use]
    pub fn has_pattern(&self) -> bool {
        self.parts.iter().any(
            |part| matches!(part, Part::Text { text, quoted: false } if text.contains(['*', '?'])),
        )
    }

    /// True if it may become any number of words that the script's text does not tell.
    #[must_use]
    pub fn spreads(&self) -> bool {
        self.parts.iter().any(|part| match part {
            Part::Variable(variable) => variable.spreads(),
            Part::Output { quoted, .. } => !quoted,
            Part::Text { .. } | Part::Computed => false,
        })
    }

    /// The text with each part that is not known shown as its source would be: for messages.
    #[must_use]
    pub fn shown(&self) -> String {
        let mut shown = String::new();
        for part in &self.parts {
            match part {
                Part::Text { text, .. } => shown.push_str(text),
                Part::Variable(variable) => {
                    let _ = write!(shown, "${}", variable.name);
                }
                Part::Output { .. } | Part::Computed => shown.push_str("$(...)"),
            }
        }
        shown
    }

    /// Reads a word from its node.
    pub(super) fn read(node: Node<'_>, source: &str) -> Self {
        let mut word = Self {
            parts: Vec::new(),
            line: line_of(node),
            at: node.start_byte(),
            source: text_of(node, source).to_owned(),
        };
        word.add(node, source, false, 0);
        word
    }

    fn push_text(&mut self, text: &str, quoted: bool) {
        if let Some(Part::Text {
            text: last,
            quoted: was,
        }) = self.parts.last_mut()
            && *was == quoted
        {
            last.push_str(text);
        } else {
            self.parts.push(Part::Text {
                text: text.to_owned(),
                quoted,
            });
        }
    }

    fn add(&mut self, node: Node<'_>, source: &str, quoted: bool, depth: u8) {
        let text = text_of(node, source);
        if depth > 40 {
            self.parts.push(Part::Computed);
            return;
        }
        match node.kind() {
            "word"
            | "number"
            | "extglob_pattern"
            | "regex"
            | "brace_expression"
            | "variable_name"
            | "special_variable_name" => {
                self.push_text(&unescaped(text, |_| true), quoted);
            }
            "string_content" => {
                self.push_text(&unescaped(text, |c| "$`\"\\\n".contains(c)), true);
            }
            "raw_string" => self.push_text(text.trim_matches('\''), true),
            "ansi_c_string" => {
                self.push_text(text.trim_start_matches('$').trim_matches('\''), true);
            }
            "string" => self.add_string(node, source, depth),
            "translated_string" | "concatenation" | "command_name" => {
                let mut cursor = node.walk();
                for child in node.children(&mut cursor) {
                    if child.is_named() {
                        self.add(child, source, quoted, depth + 1);
                    } else if child.kind() != "$" || node.kind() == "concatenation" {
                        self.push_text(text_of(child, source), quoted);
                    }
                }
            }
            "simple_expansion" => {
                let name = text.trim_start().trim_start_matches('$').to_owned();
                self.parts.push(Part::Variable(Variable {
                    name,
                    index: None,
                    change: String::new(),
                    quoted,
                }));
            }
            "expansion" => self.parts.push(expansion(text.trim(), quoted)),
            "command_substitution" => self.parts.push(Part::Output {
                text: text.trim().to_owned(),
                quoted,
            }),
            _ if node.child_count() == 0 => self.push_text(text, quoted),
            _ => self.parts.push(Part::Computed),
        }
    }

    /// A double-quoted string. The grammar leaves blanks between two parts to neither of them, or puts them into the
    /// expansion that follows: both are text.
    fn add_string(&mut self, node: Node<'_>, source: &str, depth: u8) {
        let mut at = node.start_byte() + 1;
        let end = node.end_byte().saturating_sub(1);
        let mut cursor = node.walk();
        for child in node.children(&mut cursor) {
            if child.kind() == "\"" {
                continue;
            }
            self.gap(source.get(at..child.start_byte()));
            let text = text_of(child, source);
            if child.kind() != "string_content" {
                let blanks = text.len() - text.trim_start().len();
                self.gap(text.get(..blanks));
            }
            self.add(child, source, true, depth + 1);
            at = child.end_byte();
        }
        self.gap(source.get(at..end));
        if self.parts.is_empty() {
            self.push_text("", true);
        }
    }

    fn gap(&mut self, text: Option<&str>) {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            self.push_text(text, true);
        }
    }
}

/// Reads `${...}`.
fn expansion(text: &str, quoted: bool) -> Part {
    let inner = text
        .strip_prefix("${")
        .and_then(|rest| rest.strip_suffix('}'))
        .unwrap_or(text);
    let special = inner
        .chars()
        .next()
        .filter(|first| "@*?$-".contains(*first));
    let end = match special {
        Some(first) => first.len_utf8(),
        None => inner
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
            .unwrap_or(inner.len()),
    };
    let (name, rest) = inner.split_at(end);
    // `${#x}` is a length and `${!x}` another variable's value.
    if name.is_empty() {
        return Part::Computed;
    }
    let (index, change) = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((index, change)) => (Some(index.to_owned()), change),
        None => (None, rest),
    };
    Part::Variable(Variable {
        name: name.to_owned(),
        index,
        change: change.to_owned(),
        quoted,
    })
}

fn unescaped(text: &str, escapes: impl Fn(char) -> bool) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            plain.push(character);
            continue;
        }
        match characters.next() {
            // A backslash before a line's end joins the two lines.
            Some('\n') => {}
            Some(next) if escapes(next) => plain.push(next),
            Some(next) => plain.extend(['\\', next]),
            None => plain.push('\\'),
        }
    }
    plain
}

pub(super) fn text_of<'s>(node: Node<'_>, source: &'s str) -> &'s str {
    source.get(node.byte_range()).unwrap_or_default()
}

pub(super) fn line_of(node: Node<'_>) -> u32 {
    u32::try_from(node.start_position().row).map_or(u32::MAX, |row| row.saturating_add(1))
}

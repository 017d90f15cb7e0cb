//! Go's templates, as much of them as docker's `--format` is given: text, fields, variables, pipelines, `if`, `with`,
//! `range`, and the functions that docker adds.
//!
//! What is wrong with a template is told in Go's words; what is good for docker and not understood here is a
//! [`Problem::Unmodelled`], never a guess.

mod functions;
mod lex;
mod parse;
mod run;
mod value;

pub(super) use value::{Field, Kind, Value};

/// Why a template prints nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    /// Its text is no template; in Go's words.
    Text(String),
    /// It asks for what is not there; in Go's words.
    Execution(String),
    /// It uses what is not modelled, by name.
    Unmodelled(String),
}

/// How lookups are done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// By the types of Go.
    Typed,
    /// In what was JSON, where a key that is not there is an error.
    Raw,
    /// For the heading of a list.
    Heading,
}

/// A template that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Template {
    text: String,
    nodes: Vec<parse::Node>,
}

impl Template {
    /// Reads a template.
    pub(super) fn read(text: &str) -> Result<Self, Problem> {
        Ok(Self {
            text: text.to_owned(),
            nodes: parse::parse(text)?,
        })
    }

    /// What it prints of a value.
    pub(super) fn print(&self, data: &Value, manner: Manner) -> Result<String, Problem> {
        run::run(&self.text, &self.nodes, data, manner)
    }
}

/// A text in quotes, as Go writes it.
pub(super) fn quote(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => {
                quoted.push('\\');
                quoted.push(letter);
            }
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            letter if letter.is_control() => {
                quoted.push_str(&format!("\\x{:02x}", u32::from(letter)));
            }
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests;

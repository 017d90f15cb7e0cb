//! Go's templates, as much of them as docker's `--format` and `sigil` are given: text, fields, variables, pipelines, `if`,
//! `with`, `range`, and the functions that each of the two adds.
//!
//! What is wrong with a template is told in Go's words; what is good for the program and not understood here is a
//! [`Problem::Unmodelled`], never a guess.

mod functions;
mod lex;
mod parse;
mod run;
mod value;

pub(crate) use value::{Field, Kind, Value};

/// Why a template prints nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    /// Its text is no template; in Go's words.
    Text(String),
    /// It asks for what is not there; in Go's words.
    Execution(String),
    /// It uses what is not modelled, by name.
    Unmodelled(String),
}

/// The functions that a template has besides Go's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Functions {
    Docker,
    Sigil,
}

/// How lookups are done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    /// By the types of Go.
    Typed,
    /// In what was JSON, where a key that is not there is an error.
    Raw,
    /// For the heading of a list.
    Heading,
}

/// A template that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Template {
    text: String,
    functions: Functions,
    nodes: Vec<parse::Node>,
}

impl Template {
    /// Reads a template of docker's.
    pub(crate) fn read(text: &str) -> Result<Self, Problem> {
        Self::read_with(text, Functions::Docker)
    }

    /// Reads a template that has these functions.
    pub(crate) fn read_with(text: &str, functions: Functions) -> Result<Self, Problem> {
        Ok(Self {
            text: text.to_owned(),
            functions,
            nodes: parse::parse(text, functions)?,
        })
    }

    /// What it prints of a value.
    pub(crate) fn print(&self, data: &Value, manner: Manner) -> Result<String, Problem> {
        run::run(self, data, manner)
    }
}

/// A text in quotes, as Go writes it.
pub(crate) fn quote(text: &str) -> String {
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

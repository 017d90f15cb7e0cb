//! A plugin's `plugin.toml`.

use toml::{Table, Value};

use super::file::PluginFile;
use super::shell::Unread;

/// What `plugin.toml` holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Manifest {
    /// There is none.
    Absent,
    /// It was not read.
    Unread(String),
    /// It is no TOML.
    Broken {
        /// The line, from 1, where the parser says one.
        line: Option<u32>,
        /// What is wrong, in one line.
        message: String,
    },
    /// It was parsed.
    Parsed(Fields),
}

/// The fields that Dokku and plugn look at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields {
    /// `[plugin] description`.
    pub description: Field,
    /// `[plugin] version`.
    pub version: Field,
    /// True if there is a `[plugin.config]`.
    pub config: bool,
    /// True if there is a `[plugin]`.
    pub plugin: bool,
}

/// One field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Field {
    /// It is missing.
    #[default]
    Missing,
    /// It is no text, but this type.
    NoText(&'static str),
    /// Its text.
    Text(String),
}

impl Field {
    /// The text, if there is one with something other than blanks.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) if !text.trim().is_empty() => Some(text),
            _ => None,
        }
    }

    /// True if the text has control characters, which would end up on a terminal.
    #[must_use]
    pub fn has_controls(&self) -> bool {
        self.text()
            .is_some_and(|text| text.chars().any(char::is_control))
    }
}

impl Manifest {
    /// Reads the manifest from its file.
    pub(super) fn of(file: Option<&PluginFile>) -> Self {
        let Some(file) = file else {
            return Self::Absent;
        };
        match file.text() {
            Ok(text) => Self::parse(text),
            Err(Unread::TooLarge) => Self::Unread("it is larger than 1 MiB".to_owned()),
            Err(why) => Self::Unread(why.to_string()),
        }
    }

    fn parse(text: &str) -> Self {
        let table: Table = match text.parse() {
            Ok(table) => table,
            Err(error) => return broken(text, &error),
        };
        let Some(plugin) = table.get("plugin").and_then(Value::as_table) else {
            return Self::Parsed(Fields::default());
        };
        Self::Parsed(Fields {
            description: field(plugin, "description"),
            version: field(plugin, "version"),
            config: plugin.get("config").is_some_and(Value::is_table),
            plugin: true,
        })
    }
}

fn broken(text: &str, error: &toml::de::Error) -> Manifest {
    let line = error
        .span()
        .and_then(|span| text.get(..span.start))
        .and_then(|before| u32::try_from(before.matches('\n').count() + 1).ok());
    Manifest::Broken {
        line,
        message: error.message().replace('\n', ", "),
    }
}

fn field(plugin: &Table, name: &str) -> Field {
    match plugin.get(name) {
        None => Field::Missing,
        Some(Value::String(text)) => Field::Text(text.clone()),
        Some(other) => Field::NoText(other.type_str()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_complete_manifest_is_read() {
        let text = "[plugin]\ndescription = \"d\"\nversion = \"0.1.0\"\n[plugin.config]\n";
        let Manifest::Parsed(fields) = Manifest::parse(text) else {
            panic!("not parsed")
        };
        assert_eq!(fields.description.text(), Some("d"));
        assert_eq!(fields.version.text(), Some("0.1.0"));
        assert!(fields.config && !fields.description.has_controls());
    }

    #[test]
    fn what_is_missing_or_of_another_type_is_told_apart() {
        let Manifest::Parsed(fields) =
            Manifest::parse("[plugin]\nversion = 1\ndescription = \"a\\u001bb\"\n")
        else {
            panic!("not parsed")
        };
        assert_eq!(fields.version, Field::NoText("integer"));
        assert!(fields.description.has_controls() && !fields.config);
        assert_eq!(Manifest::parse(""), Manifest::Parsed(Fields::default()));
    }

    #[test]
    fn a_broken_manifest_says_its_line() {
        let Manifest::Broken { line, .. } = Manifest::parse("[plugin]\nversion = = 1\n") else {
            panic!("parsed")
        };
        assert_eq!(line, Some(2));
    }
}

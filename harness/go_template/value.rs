//! What a template can look at: the values of Go that docker's documents and rows are made of.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

/// A value, as much of Go's about it as shows in what a template prints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// What a lookup gives that found nothing; printed as `<no value>`.
    Missing,
    /// A nil of this kind.
    Nil(Kind),
    /// The empty struct, which is all that a set's members have.
    Unit,
    Bool(bool),
    Int(i64),
    Text(String),
    List(Vec<Value>),
    /// A map; the kind is that of what a key has that is not there.
    Map(Kind, BTreeMap<String, Value>),
    /// A structure: its type's name, and its fields.
    Struct(&'static str, Vec<Field>),
    /// The method of rows that tells a label.
    Label(BTreeMap<String, String>),
    /// What the world does not know, by name.
    Unknown(String),
}

/// What a value is that nobody gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Any,
    Pointer,
    List,
    Map,
    Text,
    Unit,
}

impl Kind {
    /// The value of this kind that nobody gave.
    pub(crate) fn zero(self) -> Value {
        match self {
            Self::Any => Value::Missing,
            Self::Text => Value::Text(String::new()),
            Self::Unit => Value::Unit,
            Self::Pointer | Self::List | Self::Map => Value::Nil(self),
        }
    }
}

/// A field of a structure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Field {
    /// Its name in Go.
    pub(crate) name: &'static str,
    /// Its name in JSON; none if JSON leaves it out.
    pub(crate) key: Option<&'static str>,
    pub(crate) value: Value,
}

impl Field {
    /// A field of the same name in Go and in JSON.
    pub(crate) fn new(name: &'static str, value: impl Into<Value>) -> Self {
        Self::named(name, name, value)
    }

    /// A field that JSON has under another name.
    pub(crate) fn named(name: &'static str, key: &'static str, value: impl Into<Value>) -> Self {
        Self {
            name,
            key: Some(key),
            value: value.into(),
        }
    }

    /// A field that JSON leaves out where it is empty.
    pub(crate) fn optional(name: &'static str, value: impl Into<Value>) -> Self {
        let value = value.into();
        let key = (!value.is_empty()).then_some(name);
        Self { name, key, value }
    }

    /// A field or method that JSON has not.
    pub(crate) fn hidden(name: &'static str, value: impl Into<Value>) -> Self {
        Self {
            name,
            key: None,
            value: value.into(),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl Value {
    /// A map of texts; nil where there is none.
    pub(crate) fn texts(map: &BTreeMap<String, String>) -> Self {
        let entries = map.iter();
        let entries = entries.map(|(key, value)| (key.clone(), value.as_str().into()));
        Self::Map(Kind::Text, entries.collect())
    }

    /// A list of texts.
    pub(crate) fn list(texts: &[String]) -> Self {
        Self::List(texts.iter().map(|text| text.as_str().into()).collect())
    }

    /// A list of texts; nil where there is none.
    pub(crate) fn some_list(texts: &[String]) -> Self {
        match texts {
            [] => Self::Nil(Kind::List),
            texts => Self::list(texts),
        }
    }

    /// A set of names; nil where there is none.
    pub(crate) fn set<'n>(names: impl IntoIterator<Item = &'n String>) -> Self {
        let entries: BTreeMap<_, _> = names
            .into_iter()
            .map(|name| (name.clone(), Self::Unit))
            .collect();
        match entries.is_empty() {
            true => Self::Nil(Kind::Map),
            false => Self::Map(Kind::Unit, entries),
        }
    }

    /// True for what `if` takes for false, and `omitempty` leaves out.
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::Missing | Self::Nil(_) => true,
            Self::Bool(value) => !value,
            Self::Int(value) => *value == 0,
            Self::Text(text) => text.is_empty(),
            Self::List(items) => items.is_empty(),
            Self::Map(_, entries) => entries.is_empty(),
            Self::Unit | Self::Struct(..) | Self::Label(_) | Self::Unknown(_) => false,
        }
    }

    /// The name of its type, as an error tells it.
    pub(crate) fn type_name(&self) -> &'static str {
        match self {
            Self::Missing => "<nil>",
            Self::Nil(_) | Self::Label(_) | Self::Unknown(_) => "interface {}",
            Self::Unit => "struct {}",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int64",
            Self::Text(_) => "string",
            Self::List(_) => "[]string",
            Self::Map(Kind::Text, _) => "map[string]string",
            Self::Map(..) => "map[string]interface {}",
            Self::Struct(name, _) => name,
        }
    }

    /// The value as it is once it has been JSON: no structures, and no types.
    pub(crate) fn raw(&self) -> Self {
        let entry = |(key, value): (&String, &Self)| (key.clone(), value.raw());
        match self {
            Self::Nil(_) => Self::Nil(Kind::Any),
            Self::Unit => Self::Map(Kind::Any, BTreeMap::new()),
            Self::List(items) => Self::List(items.iter().map(Self::raw).collect()),
            Self::Map(_, entries) => Self::Map(Kind::Any, entries.iter().map(entry).collect()),
            Self::Struct(_, fields) => {
                let entries = fields.iter();
                let entries =
                    entries.filter_map(|field| Some((field.key?.to_owned(), field.value.raw())));
                Self::Map(Kind::Any, entries.collect())
            }
            other => other.clone(),
        }
    }

    /// The value as JSON. What the world does not know is null: it is a part of a whole that nobody asked for by name.
    pub(crate) fn json(&self) -> Json {
        match self {
            Self::Missing | Self::Nil(_) | Self::Label(_) | Self::Unknown(_) => Json::Null,
            Self::Unit => Json::Object(Map::new()),
            Self::Bool(value) => Json::Bool(*value),
            Self::Int(value) => Json::from(*value),
            Self::Text(text) => Json::String(text.clone()),
            Self::List(items) => Json::Array(items.iter().map(Self::json).collect()),
            Self::Map(_, entries) => Json::Object(
                entries
                    .iter()
                    .map(|(key, value)| (key.clone(), value.json()))
                    .collect(),
            ),
            Self::Struct(_, fields) => Json::Object(
                fields
                    .iter()
                    .filter_map(|field| Some((field.key?.to_owned(), field.value.json())))
                    .collect(),
            ),
        }
    }

    /// The value as Go's `%v` prints it; none for what shows an address or is not known how.
    pub(crate) fn shown(&self) -> Option<String> {
        let joined = |items: &[Self]| {
            let shown: Option<Vec<_>> = items.iter().map(Self::shown_inside).collect();
            shown.map(|shown| shown.join(" "))
        };
        Some(match self {
            Self::Missing | Self::Nil(Kind::Any) => "<no value>".to_owned(),
            Self::Nil(Kind::List) => "[]".to_owned(),
            Self::Nil(Kind::Map) => "map[]".to_owned(),
            Self::Nil(_) => "<nil>".to_owned(),
            Self::Unit => "{}".to_owned(),
            Self::Bool(value) => value.to_string(),
            Self::Int(value) => value.to_string(),
            Self::Text(text) => text.clone(),
            Self::List(items) => format!("[{}]", joined(items)?),
            Self::Map(_, entries) => {
                let shown: Option<Vec<_>> = entries
                    .iter()
                    .map(|(key, value)| Some(format!("{key}:{}", value.shown_inside()?)))
                    .collect();
                format!("map[{}]", shown?.join(" "))
            }
            Self::Struct(_, fields) => {
                let shown: Option<Vec<_>> = fields
                    .iter()
                    .map(|field| match &field.value {
                        // A pointer's address.
                        Self::Struct(..) => None,
                        value => value.shown_inside(),
                    })
                    .collect();
                format!("{{{}}}", shown?.join(" "))
            }
            Self::Label(_) | Self::Unknown(_) => return None,
        })
    }

    fn shown_inside(&self) -> Option<String> {
        match self {
            Self::Missing | Self::Nil(Kind::Any) => Some("<nil>".to_owned()),
            other => other.shown(),
        }
    }

    /// What the world does not know of this value, if it is that.
    pub(crate) fn unknown(&self) -> Option<&str> {
        match self {
            Self::Unknown(what) => Some(what),
            _ => None,
        }
    }
}

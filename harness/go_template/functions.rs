//! The functions of templates: Go's own, docker's, and those of `sigil`.

use super::quote;
use super::value::{Kind, Value};

/// Why a function gives nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// In Go's words.
    Wrong(String),
    /// The arguments are too many or too few.
    Count(String),
    /// This is not modelled.
    Unmodelled(String),
}

type Told = Result<Value, Refusal>;

fn wrong<T>(what: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal::Wrong(what.into()))
}

/// What a function of this name gives in a list's heading, where docker's own change nothing.
pub(super) fn of_heading(name: &str, arguments: Vec<Value>) -> Told {
    match name {
        "json" | "split" | "join" | "title" | "lower" | "upper" | "truncate" => {
            Ok(arguments.into_iter().next().unwrap_or(Value::Missing))
        }
        _ => call(name, arguments),
    }
}

/// What a function of this name gives in a template of `sigil`, whose functions take what a pipeline brings last.
pub(super) fn of_sigil(name: &str, arguments: Vec<Value>) -> Told {
    match (name, arguments.as_slice()) {
        ("split", [Value::Text(separator), Value::Text(text)]) => {
            Ok(Value::List(split(text, separator)))
        }
        ("join", [Value::Text(separator), list]) => join(list, separator),
        ("replace", [Value::Text(old), Value::Text(new), Value::Text(text)]) if !old.is_empty() => {
            Ok(text.replace(old, new).into())
        }
        ("trim", [Value::Text(text)]) => Ok(text.trim_matches([' ', '\n']).into()),
        ("capitalize", [Value::Text(text)]) => Ok(title(text).into()),
        ("default", [value, Value::Missing]) => Ok(value.clone()),
        ("default", [value, Value::Text(text)]) if text.is_empty() => Ok(value.clone()),
        ("default", [_, text @ Value::Text(_)]) => Ok(text.clone()),
        ("split" | "join" | "replace" | "trim" | "capitalize" | "default", _) => {
            Err(Refusal::Unmodelled(format!("such arguments of `{name}`")))
        }
        _ => call(name, arguments),
    }
}

/// What a function of this name gives.
pub(super) fn call(name: &str, arguments: Vec<Value>) -> Told {
    match (name, arguments.as_slice()) {
        ("and" | "or", [.., last]) => Ok(last.clone()),
        ("not", [value]) => Ok(Value::Bool(value.is_empty())),
        ("len", [value]) => length(value),
        ("index", [item, keys @ ..]) => index(item, keys),
        ("slice", [item, bounds @ ..]) => slice(item, bounds),
        ("print", values) => print(values).map(Value::Text),
        ("println", values) => line(values).map(Value::Text),
        ("printf", [Value::Text(format), values @ ..]) => printf(format, values).map(Value::Text),
        ("eq", [first, others @ ..]) => equal_to_any(first, others),
        ("ne", [first, second]) => Ok(Value::Bool(!equal(first, second)?)),
        ("lt", [first, second]) => Ok(Value::Bool(order(first, second)?.is_lt())),
        ("le", [first, second]) => Ok(Value::Bool(order(first, second)?.is_le())),
        ("gt", [first, second]) => Ok(Value::Bool(order(first, second)?.is_gt())),
        ("ge", [first, second]) => Ok(Value::Bool(order(first, second)?.is_ge())),
        ("json", [value]) => Ok(Value::Text(json(value))),
        ("split", [Value::Text(text), Value::Text(separator)]) => {
            Ok(Value::List(split(text, separator)))
        }
        ("join", [list, Value::Text(separator)]) => join(list, separator),
        ("lower", [Value::Text(text)]) => Ok(text.to_lowercase().into()),
        ("upper", [Value::Text(text)]) => Ok(text.to_uppercase().into()),
        ("title", [Value::Text(text)]) => Ok(title(text).into()),
        ("pad", [Value::Text(text), Value::Int(before), Value::Int(after)]) => {
            Ok(pad(text, *before, *after).into())
        }
        ("truncate", [Value::Text(text), Value::Int(length)]) => {
            let length = usize::try_from(*length).unwrap_or_default();
            Ok(text.get(..length).unwrap_or(text).into())
        }
        ("and" | "or", []) => Err(Refusal::Count("want at least 1 got 0".into())),
        ("not" | "len" | "json" | "lower" | "upper" | "title", values) if values.len() != 1 => {
            Err(Refusal::Count(format!("want 1 got {}", values.len())))
        }
        ("ne" | "lt" | "le" | "gt" | "ge" | "split" | "join" | "truncate", values)
            if values.len() != 2 =>
        {
            Err(Refusal::Count(format!("want 2 got {}", values.len())))
        }
        _ => Err(Refusal::Unmodelled(format!(
            "the function `{name}` with such arguments"
        ))),
    }
}

/// A value as docker's `json` writes it: on one line, the keys of maps in order.
fn json(value: &Value) -> String {
    value.json().to_string()
}

fn length(value: &Value) -> Told {
    let length = match value {
        Value::Text(text) => text.len(),
        Value::List(items) => items.len(),
        Value::Map(_, entries) => entries.len(),
        Value::Nil(Kind::List | Kind::Map) => 0,
        Value::Nil(Kind::Pointer) => return wrong("len of nil pointer"),
        Value::Missing | Value::Nil(_) => {
            return wrong("reflect: call of reflect.Value.Type on zero Value");
        }
        other => return wrong(format!("len of type {}", other.type_name())),
    };
    Ok(Value::Int(i64::try_from(length).unwrap_or(i64::MAX)))
}

fn index(item: &Value, keys: &[Value]) -> Told {
    let mut value = item.clone();
    if matches!(value, Value::Missing | Value::Nil(Kind::Any)) {
        return wrong("index of untyped nil");
    }
    for key in keys {
        value = match (value, key) {
            (Value::Missing | Value::Nil(Kind::Any | Kind::Pointer), _) => {
                return wrong("index of nil pointer");
            }
            (Value::Nil(Kind::Map), Value::Text(_)) => Value::Text(String::new()),
            (Value::Map(kind, entries), Value::Text(key)) => {
                entries.get(key).cloned().unwrap_or_else(|| kind.zero())
            }
            (Value::List(items), Value::Int(at)) => element(&items, *at)?,
            (Value::Text(text), Value::Int(at)) => {
                let bytes: Vec<Value> = text.bytes().map(|byte| i64::from(byte).into()).collect();
                element(&bytes, *at)?
            }
            (Value::Nil(Kind::List), Value::Int(at)) => element(&[], *at)?,
            (Value::List(_) | Value::Nil(Kind::List), Value::Missing) => {
                return wrong("cannot index slice/array with nil");
            }
            (Value::List(_) | Value::Nil(Kind::List), key) => {
                let type_name = key.type_name();
                return wrong(format!("cannot index slice/array with type {type_name}"));
            }
            (Value::Map(..), key) => {
                let type_name = match key {
                    Value::Int(_) => "int",
                    other => other.type_name(),
                };
                return wrong(format!("value has type {type_name}; should be string"));
            }
            (other, _) => {
                return wrong(format!("can't index item of type {}", other.type_name()));
            }
        };
    }
    Ok(value)
}

fn element(items: &[Value], at: i64) -> Told {
    let found = usize::try_from(at).ok();
    match found.and_then(|found| items.get(found)) {
        Some(value) => Ok(value.clone()),
        // Go lets the length itself through, to fail a step later.
        None if found == Some(items.len()) => wrong("reflect: slice index out of range"),
        None => wrong(format!("index out of range: {at}")),
    }
}

fn slice(item: &Value, bounds: &[Value]) -> Told {
    let bound = |at: usize| match bounds.get(at) {
        Some(Value::Int(bound)) => usize::try_from(*bound).ok(),
        _ => None,
    };
    let length = match item {
        Value::Text(text) => text.len(),
        Value::List(items) => items.len(),
        other => return wrong(format!("can't slice item of type {}", other.type_name())),
    };
    let start = bound(0).unwrap_or(0);
    let end = if bounds.len() > 1 {
        bound(1)
    } else {
        Some(length)
    };
    let out = |at: usize| Refusal::Wrong(format!("index out of range: {at}"));
    let end = end.ok_or_else(|| Refusal::Unmodelled("a slice with such bounds".into()))?;
    if end > length {
        return Err(out(end));
    }
    match item {
        Value::Text(text) => {
            let part = text.get(start..end).ok_or_else(|| out(start))?;
            Ok(part.into())
        }
        Value::List(items) => {
            let part = items.get(start..end).ok_or_else(|| out(start))?;
            Ok(Value::List(part.to_vec()))
        }
        _ => Ok(Value::Missing),
    }
}

fn shown(value: &Value) -> Result<String, Refusal> {
    match value {
        Value::Missing | Value::Nil(Kind::Any) => Ok("<nil>".into()),
        value => value
            .shown()
            .ok_or_else(|| Refusal::Unmodelled("a format that prints a whole structure".into())),
    }
}

/// Blanks stand between two values neither of which is a text.
fn print(values: &[Value]) -> Result<String, Refusal> {
    let mut text = String::new();
    let mut was_text = true;
    for value in values {
        let is_text = matches!(value, Value::Text(_));
        if !was_text && !is_text {
            text.push(' ');
        }
        text.push_str(&shown(value)?);
        was_text = is_text;
    }
    Ok(text)
}

fn line(values: &[Value]) -> Result<String, Refusal> {
    let shown: Result<Vec<_>, _> = values.iter().map(shown).collect();
    Ok(format!("{}\n", shown?.join(" ")))
}

fn printf(format: &str, values: &[Value]) -> Result<String, Refusal> {
    let unmodelled = || Refusal::Unmodelled(format!("printf {}", quote(format)));
    let mut text = String::new();
    let mut values = values.iter();
    let mut letters = format.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            text.push(letter);
            continue;
        }
        let is_left = letters.next_if_eq(&'-').is_some();
        let mut width = String::new();
        while let Some(digit) = letters.next_if(char::is_ascii_digit) {
            width.push(digit);
        }
        let verb = letters.next().ok_or_else(unmodelled)?;
        if verb == '%' {
            text.push('%');
            continue;
        }
        let value = values.next();
        let shown = match (verb, value) {
            (verb, None) => format!("%!{verb}(MISSING)"),
            ('v', Some(value)) => shown(value)?,
            ('s', Some(value @ (Value::Text(_) | Value::List(_)))) => shown(value)?,
            ('d', Some(Value::Int(value))) => value.to_string(),
            ('t', Some(Value::Bool(value))) => value.to_string(),
            ('q', Some(Value::Text(value))) => quote(value),
            ('s', Some(Value::Int(value))) => format!("%!s(int64={value})"),
            ('s', Some(Value::Bool(value))) => format!("%!s(bool={value})"),
            ('d', Some(Value::Text(value))) => format!("%!d(string={value})"),
            _ => return Err(unmodelled()),
        };
        let width = match (width.is_empty(), width.starts_with('0')) {
            (true, _) => 0,
            (false, true) => return Err(unmodelled()),
            (false, false) => width.parse().map_err(|_| unmodelled())?,
        };
        if width > 1000 {
            return Err(unmodelled());
        }
        match is_left {
            true => text.push_str(&format!("{shown:<width$}")),
            false => text.push_str(&format!("{shown:>width$}")),
        }
    }
    match values.next() {
        None => Ok(text),
        Some(_) => Err(unmodelled()),
    }
}

fn equal_to_any(first: &Value, others: &[Value]) -> Told {
    if others.is_empty() {
        return wrong("missing argument for comparison");
    }
    for other in others {
        if equal(first, other)? {
            return Ok(Value::Bool(true));
        }
    }
    Ok(Value::Bool(false))
}

fn equal(first: &Value, second: &Value) -> Result<bool, Refusal> {
    let is_nil = |value: &Value| matches!(value, Value::Missing | Value::Nil(Kind::Any));
    match (first, second) {
        (Value::Bool(first), Value::Bool(second)) => Ok(first == second),
        (Value::Int(first), Value::Int(second)) => Ok(first == second),
        (Value::Text(first), Value::Text(second)) => Ok(first == second),
        (first, second) if is_nil(first) || is_nil(second) => Ok(is_nil(first) && is_nil(second)),
        (Value::Bool(_) | Value::Int(_) | Value::Text(_), _)
        | (_, Value::Bool(_) | Value::Int(_) | Value::Text(_)) => incompatible(first, second),
        _ => Err(Refusal::Unmodelled("a comparison of what has parts".into())),
    }
}

fn order(first: &Value, second: &Value) -> Result<std::cmp::Ordering, Refusal> {
    match (first, second) {
        (Value::Int(first), Value::Int(second)) => Ok(first.cmp(second)),
        (Value::Text(first), Value::Text(second)) => Ok(first.cmp(second)),
        (Value::Int(_) | Value::Text(_), Value::Int(_) | Value::Text(_)) => {
            wrong("incompatible types for comparison")
        }
        _ => wrong("invalid type for comparison"),
    }
}

fn incompatible<T>(first: &Value, second: &Value) -> Result<T, Refusal> {
    let name = |value: &Value| match value {
        Value::Int(_) => "int",
        other => other.type_name(),
    };
    wrong(format!(
        "incompatible types for comparison: {} and {}",
        name(first),
        name(second)
    ))
}

fn split(text: &str, separator: &str) -> Vec<Value> {
    match separator {
        "" => text
            .chars()
            .map(|letter| letter.to_string().into())
            .collect(),
        separator => text.split(separator).map(Value::from).collect(),
    }
}

fn join(list: &Value, separator: &str) -> Told {
    let items = match list {
        Value::List(items) => items.as_slice(),
        Value::Nil(Kind::List) => &[],
        other => {
            let type_name = other.type_name();
            return Err(Refusal::Unmodelled(format!("join of a {type_name}")));
        }
    };
    let texts: Option<Vec<&str>> = items
        .iter()
        .map(|item| match item {
            Value::Text(text) => Some(text.as_str()),
            _ => None,
        })
        .collect();
    match texts {
        Some(texts) => Ok(texts.join(separator).into()),
        None => Err(Refusal::Unmodelled("join of what is no text".into())),
    }
}

/// Each word with a capital.
fn title(text: &str) -> String {
    let mut is_start = true;
    text.chars()
        .map(|letter| {
            let was_start = std::mem::replace(&mut is_start, !letter.is_alphanumeric());
            if was_start {
                letter.to_ascii_uppercase()
            } else {
                letter
            }
        })
        .collect()
}

fn pad(text: &str, before: i64, after: i64) -> String {
    let blanks = |count: i64| " ".repeat(usize::try_from(count).unwrap_or_default().min(1000));
    match text {
        "" => String::new(),
        text => format!("{}{text}{}", blanks(before), blanks(after)),
    }
}

//! The variables of a shell.

use std::collections::BTreeMap;
use std::env;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

/// Named values, each exported to the programs that the shell starts or not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Variables(BTreeMap<OsString, Variable>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Variable {
    value: OsString,
    exported: bool,
}

impl Variables {
    /// Those of this process, all of them exported.
    pub(crate) fn inherited() -> Self {
        let exported = |value| Variable {
            value,
            exported: true,
        };
        Self(
            env::vars_os()
                .map(|(name, value)| (name, exported(value)))
                .collect(),
        )
    }

    /// The value; empty if there is no such variable, as in a shell.
    pub(crate) fn get(&self, name: &str) -> &OsStr {
        self.0
            .get(OsStr::new(name))
            .map_or(OsStr::new(""), |variable| variable.value.as_os_str())
    }

    /// True if the variable has a value that is not empty.
    pub(crate) fn has(&self, name: &str) -> bool {
        !self.get(name).is_empty()
    }

    /// `NAME=value`: exported if it was before.
    pub(crate) fn set(&mut self, name: &str, value: impl Into<OsString>) {
        let exported = self.0.get(OsStr::new(name)).is_some_and(|old| old.exported);
        self.insert(name.into(), value.into(), exported);
    }

    /// `export NAME=value`
    pub(crate) fn export(&mut self, name: &str, value: impl Into<OsString>) {
        self.insert(name.into(), value.into(), true);
    }

    /// `${NAME:=value}`: set if it is empty, and the value that it has then.
    pub(crate) fn or_default(&mut self, name: &str, value: impl Into<OsString>) -> OsString {
        if !self.has(name) {
            self.set(name, value);
        }
        self.get(name).to_owned()
    }

    /// Puts in a variable.
    pub(crate) fn insert(&mut self, name: OsString, value: OsString, exported: bool) {
        self.0.insert(name, Variable { value, exported });
    }

    /// `unset NAME`
    pub(crate) fn unset(&mut self, name: &str) {
        self.0.remove(OsStr::new(name));
    }

    /// `export -n NAME`
    pub(crate) fn keep(&mut self, name: &str) {
        if let Some(variable) = self.0.get_mut(OsStr::new(name)) {
            variable.exported = false;
        }
    }

    /// What a program that is started gets.
    pub(crate) fn exported(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        self.those(true)
    }

    /// What a program that is started does not get.
    pub(crate) fn kept(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        self.those(false)
    }

    fn those(&self, exported: bool) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        self.0
            .iter()
            .filter(move |(_, variable)| variable.exported == exported)
            .map(|(name, variable)| (name.as_os_str(), variable.value.as_os_str()))
    }

    /// The text with each `$NAME` replaced by that variable's value.
    pub(crate) fn expand(&self, text: &str) -> OsString {
        let mut parts = text.split('$');
        let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
        for part in parts {
            let end = part.find(|letter: char| letter != '_' && !letter.is_ascii_alphanumeric());
            let (name, rest) = part.split_at(end.unwrap_or(part.len()));
            bytes.extend_from_slice(self.get(name).as_bytes());
            bytes.extend_from_slice(rest.as_bytes());
        }
        OsString::from_vec(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exported(variables: &Variables) -> Vec<&OsStr> {
        variables.exported().map(|(name, _)| name).collect()
    }

    #[test]
    fn an_assignment_keeps_what_was_exported_exported() {
        let mut variables = Variables::default();
        variables.export("A", "1");
        variables.set("A", "2");
        variables.set("B", "3");
        assert_eq!(variables.get("A"), "2");
        assert_eq!(exported(&variables), ["A"]);
        variables.keep("A");
        assert!(exported(&variables).is_empty());
        assert_eq!(variables.get("A"), "2");
    }

    #[test]
    fn a_default_replaces_the_empty_value_too() {
        let mut variables = Variables::default();
        variables.export("A", "");
        assert_eq!(variables.or_default("A", "new"), "new");
        assert_eq!(variables.or_default("A", "newer"), "new");
    }

    #[test]
    fn names_are_replaced_by_values_and_bytes_survive() {
        let mut variables = Variables::default();
        variables.set("ROOT", OsString::from_vec(vec![b'/', 0xff]));
        let expanded = variables.expand("$ROOT/plugins:$NONE.");
        assert_eq!(expanded.as_bytes(), b"/\xff/plugins:.");
    }
}

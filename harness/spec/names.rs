//! The names that specs give to requirements and steps.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A text that is no name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no name: write lower-case letters and digits, joined by single hyphens, such as `app-flag`"
)]
pub struct NameError(String);

fn is_kebab(text: &str) -> bool {
    text.split('-').all(|part| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    })
}

macro_rules! name {
    ($(#[$outer:meta])* $name:ident) => {
        $(#[$outer])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = NameError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                if is_kebab(text) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(NameError(text.to_owned()))
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = NameError;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name! {
    /// The stable id of a requirement, such as `app-flag`.
    Id
}

name! {
    /// The name of a step within its case; a case with a single `run` calls it `run`.
    StepName
}

impl StepName {
    /// The name of the only step of a case that has `run`.
    #[must_use]
    pub fn only() -> Self {
        Self("run".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_kebab_case() {
        for good in ["app-flag", "a", "v2", "no-tty"] {
            assert_eq!(good.parse::<Id>().unwrap().as_str(), good);
        }
        for bad in ["", "-a", "a-", "a--b", "App", "a_b", "a b", "é"] {
            assert!(bad.parse::<Id>().is_err(), "{bad}");
        }
    }
}

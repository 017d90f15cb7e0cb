//! A failure that was expected.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::visible;
use crate::plugin::Place;
use crate::run;
use crate::spec::KnownFailure;

/// The expectation that a case fails, which fails.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Expected {
    /// Where it stands: the file as the person named it, and the line.
    pub place: Place,
    /// Why the failure is accepted.
    pub reason: String,
    /// Where it is discussed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issue: Option<String>,
    /// The last day on which it is accepted, as 2026-12-31.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
}

impl From<&KnownFailure> for Expected {
    fn from(failure: &KnownFailure) -> Self {
        Self {
            place: run::place(failure),
            reason: failure.reason.clone(),
            issue: failure.issue.clone(),
            expires: failure.expires.map(|last| last.to_string()),
        }
    }
}

impl fmt::Display for Expected {
    /// One line that anything can show.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = self.reason.split_whitespace().collect::<Vec<_>>().join(" ");
        f.write_str(&visible(&words))?;
        if let Some(issue) = &self.issue {
            write!(f, ", {}", visible(issue))?;
        }
        if let Some(last) = &self.expires {
            write!(f, ", until {}", visible(last))?;
        }
        write!(f, " ({})", visible(&self.place.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_told_in_one_line_in_which_nothing_hides() {
        let expected = Expected {
            place: Place {
                file: "conformance.yaml".to_owned(),
                line: Some(7),
            },
            reason: "the old\n  dispatcher\u{1B}[31m drops it".to_owned(),
            issue: Some("https://example.org/1".to_owned()),
            expires: Some("2026-12-31".to_owned()),
        };
        assert_eq!(
            expected.to_string(),
            "the old dispatcher\\x1B[31m drops it, https://example.org/1, until 2026-12-31 (conformance.yaml:7)"
        );
    }
}

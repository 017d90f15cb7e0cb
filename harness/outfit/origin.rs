//! Where a plugin's repository takes this crate from.

use std::str::FromStr;

/// The version of this crate.
pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Where this crate is taken from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// The crate registry, in the version of this program.
    #[default]
    Registry,
    /// A git repository at this URL.
    Git(String),
}

/// A text that is no URL, or has what TOML or a shell would take for something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write a URL such as https://example.com/dokku-conform.git")]
pub struct BadUrl;

impl FromStr for Origin {
    type Err = BadUrl;

    /// The git repository at a URL.
    fn from_str(url: &str) -> Result<Self, BadUrl> {
        let (scheme, rest) = url.split_once("://").ok_or(BadUrl)?;
        let is_plain =
            |letter: char| letter.is_ascii_alphanumeric() || "+-._~:/@%".contains(letter);
        let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic());
        match is_scheme && !rest.is_empty() && url.chars().all(is_plain) {
            true => Ok(Self::Git(url.to_owned())),
            false => Err(BadUrl),
        }
    }
}

impl Origin {
    /// The dependency, as a Cargo.toml has it.
    pub(super) fn dependency(&self) -> String {
        let (key, value) = match self {
            Self::Registry => ("version", VERSION),
            Self::Git(url) => ("git", url.as_str()),
        };
        format!("{{ {key} = \"{value}\", default-features = false }}")
    }

    /// The options of `cargo install` that name it.
    pub(super) fn install(&self) -> String {
        match self {
            Self::Registry => format!("--version {VERSION}"),
            Self::Git(url) => format!("--git {url}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_taken_and_what_could_end_its_quotes_is_not() {
        let url = "https://example.com/a/dokku-conform.git";
        assert_eq!(url.parse(), Ok(Origin::Git(url.to_owned())));
        assert!("ssh://git@example.com:22/a".parse::<Origin>().is_ok());
        for bad in [
            "",
            "x",
            "://x",
            "https://",
            "--x://y",
            "https://a b",
            "https://a\"",
            "https://a;b",
            "https://$a",
        ] {
            assert_eq!(bad.parse::<Origin>(), Err(BadUrl), "{bad}");
        }
    }
}

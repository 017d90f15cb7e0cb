//! The address of a repository.

use std::fmt;

use crate::visible::is_hidden;

/// The address of a git repository, in a form that git takes for nothing else.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Url {
    text: String,
    repository: String,
}

/// A text that is no address of a repository.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadUrl {
    /// It is none at all.
    #[error("`{0}` is no address of a repository")]
    Text(String),
    /// Its scheme is none that is brought from.
    #[error("nothing is brought by way of `{0}://`")]
    Scheme(String),
    /// It has a password in it, or a name that stands for one.
    #[error("the address holds a user or a password, which would be told wherever it is")]
    Password,
    /// It is a folder's path.
    #[error("`{0}` is a folder, and no address of a repository")]
    Folder(String),
    /// It does not say which repository.
    #[error("`{0}` names a place, and no repository in it")]
    NoRepository(String),
}

impl BadUrl {
    /// What to write in its place.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::Password => {
                "leave it out; what is not public can be brought with a key, by way of ssh://".to_owned()
            }
            Self::Folder(folder) => format!("write it so: path: {folder}"),
            Self::Text(_) | Self::Scheme(_) | Self::NoRepository(_) => {
                "write an address that begins with https://, http://, ssh://, git:// or file://, or user@host:path"
                    .to_owned()
            }
        }
    }
}

/// How many bytes an address may have.
const LONGEST: usize = 2000;

impl Url {
    /// Reads an address: `https://`, `http://`, `ssh://`, `git://` or `file://`, or `user@host:path`.
    ///
    /// # Errors
    /// If it is none of these, if git would take a part of it for an option or a program, or if it holds a password.
    pub fn parse(text: &str) -> Result<Self, BadUrl> {
        let none = || BadUrl::Text(text.to_owned());
        let is_letter =
            |letter: char| !letter.is_whitespace() && !is_hidden(letter) && letter != '\\';
        if text.is_empty()
            || text.len() > LONGEST
            || text.starts_with('-')
            || !text.chars().all(is_letter)
        {
            return Err(none());
        }
        let path = match text.split_once("://") {
            Some((scheme, rest)) => {
                path_of(scheme, rest).map_err(|bad| bad.unwrap_or_else(none))?
            }
            None => path_after_colon(text)?,
        };
        if path.contains(['?', '#']) {
            return Err(none());
        }
        let last = path
            .trim_end_matches('/')
            .rsplit('/')
            .next()
            .unwrap_or_default();
        let repository = last.strip_suffix(".git").unwrap_or(last);
        if ["", ".", ".."].contains(&repository)
            || repository.starts_with('-')
            || repository.len() > 200
        {
            return Err(BadUrl::NoRepository(text.to_owned()));
        }
        Ok(Self {
            text: text.to_owned(),
            repository: repository.to_owned(),
        })
    }

    /// The address as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The repository's own name: the last part of the path, less a `.git`.
    #[must_use]
    pub fn repository(&self) -> &str {
        &self.repository
    }

    /// True if it is reached by way of ssh.
    #[must_use]
    pub fn is_ssh(&self) -> bool {
        self.text.starts_with("ssh://") || !self.text.contains("://")
    }
}

/// The path of an address with a scheme; if there is none, why, or nothing.
fn path_of<'u>(scheme: &str, rest: &'u str) -> Result<&'u str, Option<BadUrl>> {
    if scheme.contains([':', '/']) {
        return Err(None);
    }
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let (user, place) = host.rsplit_once('@').unwrap_or(("", host));
    // Git and ssh take it for an option.
    let is_option = place.starts_with('-') || host.starts_with('-');
    match scheme {
        "file" if host.is_empty() => Ok(path),
        "file" => Err(None),
        "https" | "http" | "git" | "ssh" if place.is_empty() || is_option => Err(None),
        "https" | "http" | "git" if host.contains('@') => Err(Some(BadUrl::Password)),
        "ssh" if user.contains(':') => Err(Some(BadUrl::Password)),
        "https" | "http" | "git" | "ssh" => Ok(path),
        _ => Err(Some(BadUrl::Scheme(scheme.to_owned()))),
    }
}

/// The path of an address such as `git@github.com:owner/name`.
fn path_after_colon(text: &str) -> Result<&str, BadUrl> {
    let none = || BadUrl::Text(text.to_owned());
    let (host, path) = match text.split_once(':') {
        // As git has it: what has a slash before the first colon is a path.
        Some((host, path)) if !host.contains('/') => (host, path),
        _ => return Err(BadUrl::Folder(text.to_owned())),
    };
    let place = host.rsplit_once('@').map_or(host, |(_, place)| place);
    // Two colons call a program by name, as `ext::` does any.
    let is_none = place.is_empty()
        || place.starts_with('-')
        || host.starts_with('-')
        || path.starts_with([':', '-'])
        || path.is_empty();
    match is_none {
        true => Err(none()),
        false => Ok(path),
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_its_repository() {
        for (text, name) in [
            ("https://github.com/dokku/dokku-postgres", "dokku-postgres"),
            (
                "https://github.com/dokku/dokku-postgres.git/",
                "dokku-postgres",
            ),
            ("http://notabug.org/x/dokku-robots.txt", "dokku-robots.txt"),
            ("ssh://git@example.com:22/a/b.git", "b"),
            ("git@github.com:owner/dokku-x.git", "dokku-x"),
            ("git://example.com/dokku-x", "dokku-x"),
            ("file:///srv/dokku-x.git", "dokku-x"),
        ] {
            assert_eq!(Url::parse(text).unwrap().repository(), name, "{text}");
        }
    }

    #[test]
    fn what_git_would_run_or_take_for_an_option_is_no_address() {
        for text in [
            "",
            "-x",
            "--upload-pack=x",
            "ext::sh -c x",
            "ext::sh",
            "fd::17",
            "host:-x",
            "-host:x",
            "ssh://-oProxyCommand=x/y",
            "ssh://u@-oProxyCommand=x/y",
            "https://",
            "https:///x",
            "ftp://x.org/y",
            "ext://x/y",
            "a::https://x.org/y",
            "https://x.org",
            "https://x.org/..",
            "https://x.org/.git",
            "file://host/x",
            "https://x.org/a b",
            "https://x.org/a\nb",
            "https://x.org/\u{202E}b",
            "https://t@x.org/a",
            "https://u:p@x.org/a",
            "ssh://u:p@x.org/a",
            "../x",
            "/srv/x",
            "x",
            "https://x.org/a?b",
            "https://x.org/a/-b",
            ":x",
            "u@:x",
        ] {
            assert!(Url::parse(text).is_err(), "{text}");
        }
    }
}

//! How images are named.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The name of an image, with a tag or a digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) struct Reference {
    /// The repository, as people write it: without the usual registry.
    pub(in super::super) repository: String,
    pub(in super::super) tag: Option<String>,
    /// `sha256:...`
    pub(in super::super) digest: Option<String>,
}

/// The registry that goes without saying, and its folder that does.
const USUAL: [&str; 3] = ["docker.io/", "index.docker.io/", "library/"];

impl Reference {
    /// Reads a name.
    ///
    /// # Errors
    /// In docker's words, if it is none.
    pub(in super::super) fn read(text: &str) -> Result<Self, String> {
        let (rest, digest) = match text.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest.to_owned())),
            None => (text, None),
        };
        let (repository, tag) = match rest.rsplit_once(':') {
            Some((repository, tag)) if !tag.contains('/') => (repository, Some(tag.to_owned())),
            _ => (rest, None),
        };
        let is_good_tag = |tag: &String| {
            let first =
                tag.starts_with(|letter: char| letter.is_ascii_alphanumeric() || letter == '_');
            first
                && tag.len() <= 128
                && tag.chars().all(|letter| {
                    letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.' | '-')
                })
        };
        let is_good_digest = |digest: &String| {
            digest
                .strip_prefix("sha256:")
                .is_some_and(|letters| letters.len() == 64 && letters.chars().all(is_hex))
        };
        let is_bad = tag.as_ref().is_some_and(|tag| !is_good_tag(tag))
            || digest
                .as_ref()
                .is_some_and(|digest| !is_good_digest(digest))
            || !is_repository(&repository.to_lowercase());
        if is_bad {
            return Err("invalid reference format".into());
        }
        let path = repository
            .split_once('/')
            .filter(|(first, _)| is_registry(first));
        let path = path.map_or(repository, |(_, path)| path);
        if path.chars().any(char::is_uppercase) {
            return Err(format!(
                "invalid reference format: repository name ({path}) must be lowercase"
            ));
        }
        let mut familiar = repository;
        for usual in USUAL {
            let rest = familiar.strip_prefix(usual);
            // Only what is left with no folder of its own was in the usual one.
            familiar = rest
                .filter(|rest| usual != "library/" || !rest.contains('/'))
                .unwrap_or(familiar);
        }
        Ok(Self {
            repository: familiar.to_owned(),
            tag,
            digest,
        })
    }

    /// The same with the usual tag, if it has neither tag nor digest.
    pub(in super::super) fn tagged(mut self) -> Self {
        if self.tag.is_none() && self.digest.is_none() {
            self.tag = Some("latest".into());
        }
        self
    }

    /// The whole name, with the registry that goes without saying.
    pub(in super::super) fn full(&self) -> String {
        let first = self.repository.split('/').next().unwrap_or_default();
        match (self.repository.contains('/'), is_registry(first)) {
            (true, true) => self.to_string(),
            (true, false) => format!("docker.io/{self}"),
            (false, _) => format!("docker.io/library/{self}"),
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.repository)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        match &self.digest {
            Some(digest) => write!(f, "@{digest}"),
            None => Ok(()),
        }
    }
}

/// True for a letter of an id.
pub(in super::super) fn is_hex(letter: char) -> bool {
    matches!(letter, '0'..='9' | 'a'..='f')
}

/// True if the first part of a name is a host.
fn is_registry(first: &str) -> bool {
    first.contains(['.', ':']) || first == "localhost"
}

fn is_repository(name: &str) -> bool {
    let is_part = |part: &str| {
        let is_edge = |letter: char| letter.is_ascii_alphanumeric();
        part.starts_with(is_edge)
            && part.ends_with(is_edge)
            && part
                .chars()
                .all(|letter| is_edge(letter) || matches!(letter, '.' | '_' | '-'))
    };
    // Only a host has a port.
    let path = match name.split_once('/') {
        Some((first, path)) if is_registry(first) => {
            let host = first.split_once(':').map_or(first, |(host, _)| host);
            is_part(host).then_some(path)
        }
        _ => Some(name),
    };
    name.len() <= 255 && path.is_some_and(|path| path.split('/').all(is_part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_as_people_write_it() {
        let read = |text: &str| Reference::read(text).map(|name| name.tagged().to_string());
        assert_eq!(read("postgres"), Ok("postgres:latest".into()));
        assert_eq!(
            read("docker.io/library/postgres:15"),
            Ok("postgres:15".into())
        );
        assert_eq!(read("docker.io/dokku/wait"), Ok("dokku/wait:latest".into()));
        assert_eq!(
            read("localhost:5000/a/b:1"),
            Ok("localhost:5000/a/b:1".into())
        );
        assert_eq!(read("a:b:c"), Err("invalid reference format".into()));
        assert_eq!(read(""), Err("invalid reference format".into()));
        assert_eq!(read("-x"), Err("invalid reference format".into()));
        assert_eq!(
            read("Foo/bar"),
            Err("invalid reference format: repository name (Foo/bar) must be lowercase".into())
        );
        let full = |text: &str| Reference::read(text).unwrap().tagged().full();
        assert_eq!(full("postgres"), "docker.io/library/postgres:latest");
        assert_eq!(full("ghcr.io/a/b:1"), "ghcr.io/a/b:1");
    }
}

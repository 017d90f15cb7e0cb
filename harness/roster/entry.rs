//! What a row says.

use std::path::Path;

use super::claim::Claim;
use super::reference::Reference;
use super::source::Source;
use super::url::Url;
use crate::dokku::{UnknownVersion, Versions};
use crate::spec::{Diagnostic, ListedFailures, ListedPlugin, Written};
use crate::visible::is_hidden;

/// How many letters a name may have.
pub(super) const LONGEST: usize = 100;

/// What a row says of a plugin.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What reports call it; no other row has the name.
    pub name: String,
    /// Where it is brought from.
    pub source: Source,
    /// The heading that it stands under.
    pub section: Option<String>,
    /// Who wrote it.
    pub author: Option<String>,
    /// The Dokku versions that its author says it works with.
    pub compatibility: Option<Claim>,
    /// The Dokku versions to check it in, in place of those of the run.
    pub dokku: Option<Versions>,
    /// What is known to fail of it.
    pub expectations: ListedFailures,
    /// Why it is neither brought nor run.
    pub disabled: Option<String>,
}

impl Entry {
    /// Reads a row of a list that lies in this folder.
    pub(super) fn read(written: &Written<'_>, folder: &Path) -> Result<Self, Vec<Diagnostic>> {
        let raw = written.decode()?;
        let mut mistakes = Vec::new();
        let mut tell = |found: Vec<Diagnostic>| mistakes.extend(found);
        if !is_name(&raw.name) {
            tell(vec![bad_name(written, &raw.name)]);
        }
        let source = source(written, &raw, folder).map_err(&mut tell);
        let dokku = versions(written).map_err(&mut tell);
        let expectations = written.failures(&raw).map_err(&mut tell);
        if raw.disabled.as_deref().is_some_and(says_nothing) {
            let help = "say why it is neither brought nor run, or leave the key out";
            let mistake = written.mistake("disabled", "`disabled` says nothing");
            tell(vec![mistake.help(help)]);
        }
        match (source, dokku, expectations) {
            (Ok(source), Ok(dokku), Ok(expectations)) if mistakes.is_empty() => Ok(Self {
                name: raw.name,
                source,
                section: raw.section,
                author: raw.author,
                compatibility: raw.compatibility.as_deref().map(Claim::parse),
                dokku,
                expectations,
                disabled: raw.disabled,
            }),
            _ => Err(mistakes),
        }
    }
}

/// True for what can be a row's name: what a report, a file name and a command line can hold.
pub(super) fn is_name(name: &str) -> bool {
    name.chars().count() <= LONGEST
        && !name
            .chars()
            .any(|letter| letter == '/' || letter == '\t' || is_hidden(letter))
        && name.trim() == name
        && !name.starts_with('-')
        && !["", ".", ".."].contains(&name)
}

fn bad_name(written: &Written<'_>, name: &str) -> Diagnostic {
    if name.is_empty() {
        return written.mistake("name", "`name` says nothing");
    }
    let message = format!("`{name}` is no name here");
    let help = format!(
        "write at most {LONGEST} letters without `/` and without any that is not seen, not beginning with `-` or a blank"
    );
    written.mistake("name", message).help(help)
}

fn says_nothing(text: &str) -> bool {
    text.chars()
        .all(|letter| letter.is_whitespace() || is_hidden(letter))
}

fn source(
    written: &Written<'_>,
    raw: &ListedPlugin,
    folder: &Path,
) -> Result<Source, Vec<Diagnostic>> {
    let refuse =
        |key: &str, message: &str, help: &str| Err(vec![written.mistake(key, message).help(help)]);
    match (&raw.git, &raw.path) {
        (Some(git), None) => remote(written, git, raw.reference.as_deref()),
        (None, Some(_)) if raw.reference.is_some() => refuse(
            "ref",
            "`ref` can't stand beside `path`: a folder is taken as it is",
            "leave it out, or give the repository's address as `git`",
        ),
        (None, Some(path)) => local(written, path, folder),
        (None, None) => refuse(
            "name",
            "the row has neither `git` nor `path`",
            "say where the plugin is: git: https://github.com/owner/dokku-hello, or path: ../dokku-hello",
        ),
        (Some(_), Some(_)) => refuse(
            "path",
            "the row has both `git` and `path`",
            "leave one of them out",
        ),
    }
}

fn remote(
    written: &Written<'_>,
    git: &str,
    reference: Option<&str>,
) -> Result<Source, Vec<Diagnostic>> {
    let url = Url::parse(git).map_err(|error| {
        let mistake = written.mistake("git", error.to_string());
        vec![mistake.help(error.help())]
    });
    let reference = reference
        .map(Reference::parse)
        .transpose()
        .map_err(|error| {
            let mistake = written.mistake("ref", error.to_string());
            vec![
                mistake.help("write a branch, a tag or all 40 digits of a commit: ref: \"1.41.0\""),
            ]
        });
    match (url, reference) {
        (Ok(url), Ok(reference)) => Ok(Source::Git { url, reference }),
        (url, reference) => {
            let mistakes = [url.err(), reference.err()];
            Err(mistakes.into_iter().flatten().flatten().collect())
        }
    }
}

fn local(written: &Written<'_>, path: &str, folder: &Path) -> Result<Source, Vec<Diagnostic>> {
    let refuse = |message: &str, help: &str| Err(vec![written.mistake("path", message).help(help)]);
    if says_nothing(path) {
        return refuse(
            "`path` says nothing",
            "write the plugin's folder: path: ../dokku-hello",
        );
    }
    if path.contains('\0') {
        return refuse(
            "a path can't hold the byte NUL",
            "write the plugin's folder",
        );
    }
    if path == "~" || path.starts_with("~/") {
        let help = "write the folder out, or from where the list is";
        return refuse("`~` stands for no folder here", help);
    }
    Ok(Source::Path(folder.join(path)))
}

fn versions(written: &Written<'_>) -> Result<Option<Versions>, Vec<Diagnostic>> {
    if !written.has("dokku") {
        return Ok(None);
    }
    let words = written.words("dokku");
    let read: Result<Vec<Versions>, UnknownVersion> = words
        .iter()
        .flat_map(|word| word.split(','))
        .map(str::parse)
        .collect();
    match read {
        Ok(all) if all.is_empty() => {
            let mistake = written.mistake("dokku", "`dokku` names no version");
            let help = "leave `dokku` out if it is to be checked in those of the run";
            Err(vec![mistake.help(help)])
        }
        Ok(all) => Ok(Some(all.iter().flat_map(Versions::all).copied().collect())),
        Err(error) => Err(vec![written.mistake("dokku", error.to_string())]),
    }
}

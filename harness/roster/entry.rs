//! What a row says.

use std::path::Path;

use super::claim::Claim;
use super::reference::Reference;
use super::source::Source;
use super::url::Url;
use crate::dokku::{UnknownVersion, Version, Versions};
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
        let mut tell = |mistake: Diagnostic| mistakes.push(mistake);
        if !is_name(&raw.name) {
            tell(bad_name(written, &raw.name));
        }
        let source = source(written, &raw, folder).map_err(&mut tell);
        let dokku = versions(written).map_err(&mut tell);
        let expectations = written
            .failures(&raw)
            .map_err(|found| found.into_iter().for_each(&mut tell));
        if raw.disabled.as_deref().is_some_and(says_nothing) {
            let help = "say why it is neither brought nor run, or leave the key out";
            tell(
                written
                    .mistake("disabled", "`disabled` says nothing")
                    .help(help),
            );
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

fn source(written: &Written<'_>, raw: &ListedPlugin, folder: &Path) -> Result<Source, Diagnostic> {
    match (&raw.git, &raw.path) {
        (Some(git), None) => Ok(Source::Git {
            url: Url::parse(git)
                .map_err(|error| written.mistake("git", error.to_string()).help(error.help()))?,
            reference: raw.reference.as_deref().map(Reference::parse).transpose().map_err(
                |error| {
                    let help = "write a branch, a tag or all 40 digits of a commit: ref: \"1.41.0\"";
                    written.mistake("ref", error.to_string()).help(help)
                },
            )?,
        }),
        (None, Some(path)) => {
            if raw.reference.is_some() {
                let help = "leave it out, or give the repository's address as `git`";
                return Err(written
                    .mistake("ref", "`ref` can't stand beside `path`: a folder is taken as it is")
                    .help(help));
            }
            local(written, path, folder)
        }
        (None, None) => Err(written
            .mistake("name", "the row has neither `git` nor `path`")
            .help("say where the plugin is: git: https://github.com/owner/dokku-hello, or path: ../dokku-hello")),
        (Some(_), Some(_)) => Err(written
            .mistake("path", "the row has both `git` and `path`")
            .help("leave one of them out")),
    }
}

fn local(written: &Written<'_>, path: &str, folder: &Path) -> Result<Source, Diagnostic> {
    let refuse = |message: &str, help: &str| Err(written.mistake("path", message).help(help));
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

fn versions(written: &Written<'_>) -> Result<Option<Versions>, Diagnostic> {
    let words = written.words("dokku");
    let read: Result<Vec<Versions>, UnknownVersion> = words
        .iter()
        .flat_map(|word| word.split(','))
        .map(str::parse)
        .collect();
    match read {
        Ok(all) if all.is_empty() => match written.has("dokku") {
            false => Ok(None),
            true => Err(written
                .mistake("dokku", "`dokku` names no version")
                .help("leave `dokku` out if it is to be checked in those of the run")),
        },
        Ok(all) => {
            let versions = all.iter().flat_map(Versions::all).copied();
            Ok(Some(
                versions.collect::<Vec<Version>>().into_iter().collect(),
            ))
        }
        Err(error) => Err(written.mistake("dokku", error.to_string())),
    }
}

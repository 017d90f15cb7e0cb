//! A work tree of a git repository at a ref, for the time of a run.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// Why a repository can't be had at a ref.
#[derive(Debug, thiserror::Error)]
pub enum CheckoutError {
    /// The name of the ref could be taken for something else.
    #[error("`{0}` is no name of a ref: write a branch, a tag or a commit")]
    BadRef(String),
    /// The repository's address could be taken for something else, or asks for a way that is not taken.
    #[error(
        "`{0}` is no repository that is fetched: write the path of one, or an address that begins with https://, ssh:// or git://"
    )]
    BadRepository(String),
    /// There is no room, or no git.
    #[error("git can't be run: {0}")]
    NoGit(#[from] io::Error),
    /// Git says no.
    #[error("git can't get `{what}`: {said}")]
    Refused {
        /// What was asked for.
        what: String,
        /// What it said last.
        said: String,
    },
}

/// The ways by which git may fetch.
const SCHEMES: [&str; 4] = ["https://", "http://", "ssh://", "git://"];

/// Gets the files of a repository, at a path or an address, as they are at a ref, into a folder that goes with the value.
/// Nothing that the repository or the user's settings name is run: no hooks, filters, helpers or prompts.
///
/// # Errors
/// [`CheckoutError`] if it can't be had.
pub fn checkout(repository: &str, reference: &str) -> Result<TempDir, CheckoutError> {
    if reference.is_empty()
        || reference.starts_with('-')
        || reference.contains(['\0', ' ', ':', '^', '~'])
    {
        return Err(CheckoutError::BadRef(reference.to_owned()));
    }
    let source = source(repository)?;
    let place = tempfile::Builder::new()
        .prefix("dokku-conform-")
        .tempdir()?;
    let bare = place.path().join(".git");
    git(
        &[
            OsStr::new("init"),
            "--quiet".as_ref(),
            "--template=".as_ref(),
            "--bare".as_ref(),
            bare.as_os_str(),
        ],
        None,
    )?;
    let fetch: [&OsStr; 7] = [
        "fetch".as_ref(),
        "--quiet".as_ref(),
        "--depth=1".as_ref(),
        "--no-tags".as_ref(),
        "--no-recurse-submodules".as_ref(),
        source.as_os_str(),
        reference.as_ref(),
    ];
    git(&fetch, Some((&bare, place.path())))?;
    let checkout: [&OsStr; 4] = [
        "checkout".as_ref(),
        "--quiet".as_ref(),
        "--force".as_ref(),
        "FETCH_HEAD".as_ref(),
    ];
    git(&checkout, Some((&bare, place.path())))?;
    Ok(place)
}

/// Where git fetches from: an address as it is, a path from the root on, so that neither is taken for an option.
fn source(repository: &str) -> Result<PathBuf, CheckoutError> {
    if SCHEMES.iter().any(|scheme| repository.starts_with(scheme)) {
        return Ok(PathBuf::from(repository));
    }
    Path::new(repository)
        .canonicalize()
        .map_err(|_| CheckoutError::BadRepository(repository.to_owned()))
}

/// Runs git in an environment of its own, in a repository and its work tree if there are.
fn git(arguments: &[&OsStr], at: Option<(&Path, &Path)>) -> Result<(), CheckoutError> {
    let mut command = Command::new("git");
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("LC_ALL", "C")
        .env("HOME", "/nonexistent")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_ASKPASS", "true")
        .env("GIT_SSH_COMMAND", "ssh -oBatchMode=yes")
        .env("GIT_ALLOW_PROTOCOL", "file:https:http:ssh:git")
        .env("GIT_ATTR_NOSYSTEM", "1")
        .env("GIT_LFS_SKIP_SMUDGE", "1")
        .args([
            "-c",
            "core.hooksPath=/dev/null",
            "-c",
            "core.fsmonitor=false",
        ])
        .args(["-c", "protocol.ext.allow=never", "-c", "credential.helper="])
        .args(["-c", "safe.directory=*", "-c", "core.bare=false"]);
    if let Some((repository, tree)) = at {
        command
            .arg("--git-dir")
            .arg(repository)
            .arg("--work-tree")
            .arg(tree)
            .current_dir(tree);
    }
    let output = command.args(arguments).stdin(Stdio::null()).output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let last = said.lines().rfind(|line| !line.trim().is_empty());
    let what: Vec<_> = arguments
        .iter()
        .map(|word| word.to_string_lossy())
        .collect();
    Err(CheckoutError::Refused {
        what: what.join(" "),
        said: last.unwrap_or("it gives no reason").to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_ref_or_no_repository_is_refused() {
        for reference in ["", "--upload-pack=x", "a b", "a:b", "a^"] {
            assert!(matches!(
                checkout(".", reference),
                Err(CheckoutError::BadRef(_))
            ));
        }
        for repository in [
            "ext::sh -c x",
            "--upload-pack=x",
            "/nonexistent",
            "ftp://x/y",
        ] {
            let refused = checkout(repository, "main");
            assert!(
                matches!(refused, Err(CheckoutError::BadRepository(_))),
                "{repository}"
            );
        }
    }
}

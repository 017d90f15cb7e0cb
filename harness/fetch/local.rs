//! A plugin in a folder of this machine, which is used where it is.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::brought::Brought;
use super::git::{Call, Failure, Git};
use super::missing::Missing;

/// Looks at a folder, as somebody who reads in it would.
pub(super) fn look(path: &Path) -> Result<(), Missing> {
    let refuse = |cause: String| Missing::Folder {
        path: path.to_owned(),
        cause,
    };
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(Missing::NoFolder(path.to_owned()));
        }
        Err(error) => return Err(refuse(error.to_string())),
        Ok(meta) if !meta.is_dir() => return Err(refuse("it is no folder".to_owned())),
        Ok(_) => {}
    }
    fs::read_dir(path)
        .map(drop)
        .map_err(|error| refuse(error.to_string()))
}

/// The plugin in a folder, with its commit if that is the root of a git work tree and tells.
pub(super) fn bring(path: &Path, git: &Git<'_>) -> Result<Brought, Missing> {
    let plain = |commit, notes| Brought::own(path.to_owned(), commit, notes);
    let Ok(real) = fs::canonicalize(path) else {
        return Ok(plain(None, Vec::new()));
    };
    match commit(&real, git) {
        Err(Failure::Missing(Missing::Cancelled)) => Err(Missing::Cancelled),
        // A repository without a commit, or none that git can read.
        Err(_) => Ok(plain(None, Vec::new())),
        Ok(commit) => {
            let notes = match has_changes(&real, &commit, git) {
                Ok(false) => Vec::new(),
                Ok(true) => vec!["it has changes that no commit has".to_owned()],
                Err(Failure::Missing(Missing::Cancelled)) => return Err(Missing::Cancelled),
                Err(_) => vec!["whether it has changes that no commit has is not known".to_owned()],
            };
            Ok(plain(Some(commit), notes))
        }
    }
}

/// The commit that a work tree is at. Only where HEAD leads is looked for, and no object: to get one that is missing, git
/// could be told to run something.
fn commit(real: &Path, git: &Git<'_>) -> Result<String, Failure> {
    let repository = real.join(".git");
    let head = git.look(&Call::on(
        &repository,
        &["rev-parse", "--verify", "--quiet", "HEAD"],
    ))?;
    Ok(String::from_utf8_lossy(&head).trim().to_owned())
}

/// Whether a work tree is another than its commit. Its repository may be set up to run programs when it is asked for that;
/// so one without any settings is asked, which borrows its objects.
fn has_changes(real: &Path, commit: &str, git: &Git<'_>) -> Result<bool, Failure> {
    let objects = git.look(&Call::on(
        &real.join(".git"),
        &["rev-parse", "--git-path", "objects"],
    ))?;
    let objects = real.join(OsStr::from_bytes(objects.trim_ascii_end()));
    let lender = lend(&objects, git)?;
    let index = git.scratch("index");
    let look = |args: &[&str]| {
        git.look(&Call {
            environment: vec![
                ("GIT_INDEX_FILE", index.as_os_str()),
                ("GIT_WORK_TREE", real.as_os_str()),
            ],
            ..Call::on(&lender, args)
        })
    };
    look(&["read-tree", commit])?;
    match look(&["update-index", "--ignore-submodules", "--refresh"]) {
        Ok(_) => {}
        Err(Failure::Said { .. }) => return Ok(true),
        Err(other) => return Err(other),
    }
    let others = look(&[
        "ls-files",
        "--others",
        "--exclude-standard",
        "--directory",
        "--no-empty-directory",
        "-z",
    ])?;
    Ok(!others.is_empty())
}

/// A repository without settings that has these objects.
fn lend(objects: &Path, git: &Git<'_>) -> Result<PathBuf, Failure> {
    let lender = git.scratch("lender.git");
    git.look(&Call::on(
        &lender,
        &["init", "--quiet", "--bare", "--template="],
    ))?;
    let write = || {
        let info = lender.join("objects/info");
        fs::create_dir_all(&info)?;
        let mut file = fs::File::create(info.join("alternates"))?;
        file.write_all(objects.as_os_str().as_bytes())?;
        file.write_all(b"\n")
    };
    write().map_err(|error| Missing::of_cache(&lender, &error))?;
    Ok(lender)
}

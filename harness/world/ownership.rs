//! What root made in a world, and what the user `dokku` can do with it.
//!
//! Every file of a world belongs to one user in truth. So while `dokku` runs, a file that root has made and not given
//! away has for its owner the rights that it has for everybody else.

use std::collections::BTreeSet;
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::call::Call;
use super::change::Change;

/// Programs that make files as another user, which no call tells of.
const AS_ANOTHER: [&str; 4] = ["dokku", "runuser", "su", "sudo"];

/// Below the root: what Dokku's own programs write, and give to `dokku` without asking `chown`; and where the plugins
/// are, which Dokku gives to `dokku` itself.
const OF_DOKKU: [&str; 3] = [
    "var/lib/dokku/config",
    "var/lib/dokku/core-plugins",
    "var/lib/dokku/plugins",
];

/// The paths of a world, below its root, that belong to root.
#[derive(Clone, Debug, Default)]
pub(super) struct Ownership(BTreeSet<PathBuf>);

impl Ownership {
    /// Takes note of what a step of root changed and asked for. Where the calls do not tell whom a file belongs to, it
    /// is taken to be `dokku`'s.
    pub(super) fn note(&mut self, changes: &[Change], calls: &[Call]) {
        let is_clear = !calls
            .iter()
            .any(|call| AS_ANOTHER.contains(&call.program.as_str()));
        let made = changes.iter().filter(|change| {
            let is_new = change.before.is_none();
            let state = change.after.as_ref();
            is_new && state.is_some_and(|state| matches!(state.kind.as_str(), "file" | "directory"))
        });
        let paths = made.map(|change| PathBuf::from(&change.path));
        self.0
            .extend(paths.filter(|path| is_clear && is_plain(path)));
        self.0
            .retain(|path| !calls.iter().any(|call| gives_away(call, path)));
    }

    /// Takes from `dokku`, in the world with this root, the rights that it does not have; they come back when the value
    /// is dropped.
    ///
    /// # Errors
    /// If the system refuses.
    pub(super) fn veil(&self, root: &Path) -> io::Result<Veil> {
        let mut veil = Veil(Vec::new());
        // What lies in a folder before the folder itself.
        for path in self.0.iter().rev().map(|path| root.join(path)) {
            let Some(mode) = mode(&path) else { continue };
            let veiled = mode & 0o077 | (mode & 0o007) << 6;
            if veiled != mode {
                fs::set_permissions(&path, Permissions::from_mode(veiled))?;
                veil.0.push(Veiled { path, mode, veiled });
            }
        }
        Ok(veil)
    }
}

fn is_plain(path: &Path) -> bool {
    !OF_DOKKU.iter().any(|folder| path.starts_with(folder)) && !path.ends_with("ENV")
}

/// True if the call gives this path, which is below the root, another owner or group.
fn gives_away(call: &Call, path: &Path) -> bool {
    if !matches!(call.program.as_str(), "chown" | "chgrp") {
        return false;
    }
    let is_deep = call.argv.iter().any(|word| {
        word == "--recursive"
            || word.starts_with('-') && !word.starts_with("--") && word.contains('R')
    });
    let path = Path::new("/").join(path);
    call.argv.iter().any(|word| {
        let named: PathBuf = Path::new(&call.cwd).join(word).components().collect();
        named == path || is_deep && path.starts_with(&named)
    })
}

/// The permissions of a file or folder that no link leads to.
fn mode(path: &Path) -> Option<u32> {
    let parent = path.parent()?;
    let meta = fs::symlink_metadata(path).ok()?;
    let is_here = fs::canonicalize(parent).is_ok_and(|found| found == parent);
    (is_here && (meta.is_file() || meta.is_dir())).then(|| meta.permissions().mode() & 0o7777)
}

/// Rights that were taken away.
#[derive(Debug)]
pub struct Veil(Vec<Veiled>);

#[derive(Debug)]
struct Veiled {
    path: PathBuf,
    mode: u32,
    veiled: u32,
}

impl Drop for Veil {
    fn drop(&mut self) {
        for Veiled {
            path,
            mode: was,
            veiled,
        } in self.0.iter().rev()
        {
            // What the step removed, or gave other rights, is its own.
            if mode(path) == Some(*veiled) {
                let _ = fs::set_permissions(path, Permissions::from_mode(*was));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::change::FileState;
    use super::*;

    fn made(path: &str) -> Change {
        let state = |kind: &str| FileState {
            kind: kind.into(),
            mode: 0o640,
            content: None,
        };
        Change {
            path: path.into(),
            before: None,
            after: Some(state("file")),
        }
    }

    fn call(line: &str) -> Call {
        let mut words = line.split_whitespace().map(str::to_owned);
        Call {
            program: words.next().unwrap(),
            argv: words.collect(),
            stdin: None,
            cwd: "/var/lib/dokku".into(),
            env: Default::default(),
            modelled: true,
            lacks: None,
        }
    }

    fn roots(calls: &[&str]) -> Vec<String> {
        let mut ownership = Ownership::default();
        let changes = [
            "var/lib/dokku/data/x",
            "var/lib/dokku/data/x/y",
            "var/lib/dokku/config/x",
            "home/dokku/ENV",
        ]
        .map(made);
        let calls: Vec<Call> = calls.iter().map(|line| call(line)).collect();
        ownership.note(&changes, &calls);
        let shown = |path: &PathBuf| path.display().to_string();
        ownership.0.iter().map(shown).collect()
    }

    #[test]
    fn what_root_makes_is_roots_until_it_is_given_away() {
        let (x, y) = ("var/lib/dokku/data/x", "var/lib/dokku/data/x/y");
        assert_eq!(roots(&[]), [x, y]);
        assert_eq!(roots(&["chown dokku:dokku data/x"]), [y]);
        assert_eq!(roots(&["chown -R dokku /var/lib/dokku/data/x/"]), [""; 0]);
        assert_eq!(roots(&["sudo -u dokku touch data/x"]), [""; 0]);
    }

    #[test]
    fn a_veil_takes_rights_and_gives_them_back() {
        let dir = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(dir.path()).unwrap();
        let (folder, file) = (root.join("x"), root.join("x/y"));
        fs::create_dir(&folder).unwrap();
        fs::write(&file, "").unwrap();
        fs::set_permissions(&folder, Permissions::from_mode(0o750)).unwrap();
        fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
        let ownership = Ownership(["x", "x/y"].map(PathBuf::from).into());
        let veil = ownership.veil(&root).unwrap();
        let bits = |path: &Path| fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(bits(&folder), 0o050);
        drop(veil);
        assert_eq!((bits(&folder), bits(&file)), (0o750, 0o644));
    }
}
